/**
 * A short digest to tell whether both ends of a webview see the same text. It guards against a display that drifted, not against an
 * adversary: the host alone decides what is published. 53 bits of two mixed 32-bit multiplications per UTF-16 code unit, as hexadecimal.
 */
export function textDigest(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(16);
}

/** A text as both ends compare and show it: line feeds only, no byte order mark. */
export function displayText(text: string): string {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return body.includes('\r') ? body.replaceAll('\r\n', '\n') : body;
}

/**
 * As {@link textDigest} of the text as it is shown, in whole lines: whether the last line of a file ends follows the file's style and not
 * the reviewer's choices. For the same reason a single line end counts as nothing.
 */
export function resultDigest(text: string): string {
  const shown = displayText(text);
  if (shown === '' || shown === '\n') return textDigest('');
  return textDigest(shown.endsWith('\n') ? shown : `${shown}\n`);
}
