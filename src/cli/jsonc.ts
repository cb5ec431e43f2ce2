/**
 * JSON as editors write their settings: with `//` and block comments, commas before a closing bracket, and perhaps a byte order mark.
 * @throws SyntaxError when it is not even that.
 */
export function parseJsonWithComments(text: string): unknown {
  const plain = withoutTrailingCommas(withoutComments(text.replace(/^\uFEFF/, '')));
  return plain.trim() === '' ? {} : JSON.parse(plain);
}

/** A whole string, or a comment; whichever starts first wins, so that neither is looked for inside the other. */
const STRING_OR_COMMENT = /"(?:[^"\\]|\\[^])*"|\/\/[^\r\n]*|\/\*[^]*?\*\//g;
const STRING_OR_COMMA = /"(?:[^"\\]|\\[^])*"|,(?=\s*[}\]])/g;

function withoutComments(text: string): string {
  return text.replace(STRING_OR_COMMENT, (token) => (token.startsWith('"') ? token : ' '));
}

function withoutTrailingCommas(text: string): string {
  return text.replace(STRING_OR_COMMA, (token) => (token === ',' ? '' : token));
}
