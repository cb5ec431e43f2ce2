/**
 * Texts as tokens. What most lines are (ASCII, dashes, quotes, arrows) is cut by a scan of its own: the patterns say the same, and
 * need the tables of Unicode for each sign.
 */

/**
 * Words, blanks and single signs. What is joined by signs that occur inside names (`1.2.3`, `skill-creator`, `docs/cli.md`,
 * `user's`, `a:b`) is one word: half a name from each side would be a name that nobody wrote.
 */
const TOKEN = /[\p{L}\p{N}_]+(?:[-./'’:@\\][\p{L}\p{N}_]+)*|[ \t]+|\r?\n|[^\p{L}\p{N}_\s]|\s/gu;
/** Words without their joins, and single signs. */
const PART = /[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu;
const WORD = /^[\p{L}\p{N}_]/u;
const TELLING = /[\p{L}\p{N}]{2}/u;
const PLAIN_TELLING = /[A-Za-z0-9]{2}/;

export function tokensOf(text: string): readonly string[] {
  return plainTokens(text) ?? text.match(TOKEN) ?? [];
}

/** The words of joined ones apart, and no white space. */
export function partsOf(text: string): readonly string[] {
  return plainParts(text) ?? text.match(PART) ?? [];
}

/** Takes what `tokensOf` and `partsOf` give: a word begins with a letter, a digit or an underscore, and nothing else has one. */
export function isWord(token: string): boolean {
  const kind = kindAt(token, 0);
  return kind === UNKNOWN ? WORD.test(token) : kind === WORD_SIGN;
}

/** Whether two letters or digits follow each other. */
export function holdsWord(text: string): boolean {
  return PLAIN_TELLING.test(text) || TELLING.test(text);
}

const ASCII = 128;
const OTHER = 0;
const WORD_SIGN = 1;
const JOINT = 2;
const BLANK = 3;
/** Line ends too. */
const SPACE = 4;
const UNKNOWN = 5;
const END = 6;

/** What each ASCII sign is. */
const KINDS = Uint8Array.from({ length: ASCII }, (_, code) => {
  const sign = String.fromCharCode(code);
  if (/\w/.test(sign)) return WORD_SIGN;
  if ("-./':@\\".includes(sign)) return JOINT;
  if (sign === ' ' || sign === '\t') return BLANK;
  return /\s/.test(sign) ? SPACE : OTHER;
});

function kindAt(text: string, at: number): number {
  if (at >= text.length) return END;
  const code = text.charCodeAt(at);
  if (code < ASCII) return KINDS[code] ?? OTHER;
  if (code >= 0x2010 && code <= 0x2027) return code === 0x2019 ? JOINT : OTHER;
  return code >= 0x2190 && code <= 0x22ff ? OTHER : UNKNOWN;
}

/** As `TOKEN` cuts it; undefined for a text with other signs than those. */
function plainTokens(text: string): string[] | undefined {
  const tokens: string[] = [];
  for (let at = 0; at < text.length;) {
    const kind = kindAt(text, at);
    if (kind === UNKNOWN) return undefined;
    let end = at + 1;
    if (kind === WORD_SIGN) {
      end = endOf(text, end, WORD_SIGN);
      let next = kindAt(text, end);
      while (next === JOINT && kindAt(text, end + 1) === WORD_SIGN) {
        end = endOf(text, end + 2, WORD_SIGN);
        next = kindAt(text, end);
      }
      // The word may go on.
      if (next === UNKNOWN || (next === JOINT && kindAt(text, end + 1) === UNKNOWN)) return undefined;
    } else if (kind === BLANK) end = endOf(text, end, BLANK);
    else if (kind === SPACE && text.startsWith('\r\n', at)) end += 1;
    tokens.push(text.slice(at, end));
    at = end;
  }
  return tokens;
}

/** As `PART` cuts it; undefined for a text with other signs than those. */
function plainParts(text: string): string[] | undefined {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const kind = kindAt(text, at);
    if (kind === UNKNOWN) return undefined;
    const end = kind === WORD_SIGN ? endOf(text, at + 1, WORD_SIGN) : at + 1;
    if (kind !== BLANK && kind !== SPACE) {
      if (kindAt(text, end) === UNKNOWN) return undefined;
      parts.push(text.slice(at, end));
    }
    at = end;
  }
  return parts;
}

function endOf(text: string, from: number, kind: number): number {
  let end = from;
  while (kindAt(text, end) === kind) end += 1;
  return end;
}
