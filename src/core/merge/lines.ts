/**
 * A text as lines. `keys` are what is compared: without line ends and byte order mark, so that a difference in either is never an
 * edit. What goes into a result is cut from the text byte for byte, by the `starts` of its lines.
 */
export interface Lines {
  readonly text: string;
  readonly keys: readonly string[];
  /** Where each line starts in the text, and behind the last one the length of the text. */
  readonly starts: readonly number[];
}

export type LineEnd = '\n' | '\r\n';

/** The traits of a text that are not content: they are merged for the whole text, never line by line. */
export interface TextStyle {
  readonly lineEnd: LineEnd;
  readonly byteOrderMark: boolean;
  /** Whether the last line has a line end; undefined for an empty text, which has no last line. */
  readonly lastLineEnds: boolean | undefined;
}

const BYTE_ORDER_MARK = '\uFEFF';
const CARRIAGE_RETURN = 13;

/** Splits after each `\n`. The last line may lack it; an empty text has no lines. Joined, the lines are the text. */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/** The byte order mark belongs to the file, not to its first line: where another line comes first, it must not stay behind. */
export function linesOf(source: string): Lines {
  const text = withoutByteOrderMark(source);
  const keys: string[] = [];
  const starts: number[] = [];
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length : newline + 1;
    let end = newline < 0 ? next : newline;
    if (newline > start && text.charCodeAt(newline - 1) === CARRIAGE_RETURN) end -= 1;
    starts.push(start);
    keys.push(text.slice(start, end));
    start = next;
  }
  starts.push(text.length);
  return { text, keys, starts };
}

/** Lines `start` to `end` (exclusive) as they are in the text. */
export function cutText(lines: Lines, range: { readonly start: number; readonly end: number }): string {
  return lines.text.slice(lines.starts[range.start] ?? 0, lines.starts[range.end] ?? lines.text.length);
}

/** The line without its line end. */
export function lineKey(line: string): string {
  if (line.endsWith('\r\n')) return line.slice(0, -2);
  return line.endsWith('\n') ? line.slice(0, -1) : line;
}

export function withoutByteOrderMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** A text without any line end counts as `\n`; on a tie `\n` wins. */
export function styleOf(text: string): TextStyle {
  let all = 0;
  let carriageReturns = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    all += 1;
    if (text[at - 1] === '\r') carriageReturns += 1;
  }
  return {
    lineEnd: carriageReturns * 2 > all ? '\r\n' : '\n',
    byteOrderMark: text.startsWith(BYTE_ORDER_MARK),
    lastLineEnds: text === '' ? undefined : text.endsWith('\n'),
  };
}

/** `text` with every line end turned into `lineEnd` and no byte order mark: how lines of one side are adopted by another. */
export function adoptLines(text: string, lineEnd: LineEnd): string {
  return withoutByteOrderMark(text).replace(/\r?\n/g, lineEnd);
}

/** Joins pieces of whole lines; a piece whose last line lacks its line end gets one when another follows. */
export function joinPieces(pieces: readonly string[], lineEnd: LineEnd): string {
  let text = '';
  // Looked at by piece: to look at the end of the growing text would copy it each time.
  let ended = true;
  for (const piece of pieces) {
    if (piece === '') continue;
    if (!ended) text += lineEnd;
    text += piece;
    ended = piece.endsWith('\n');
  }
  return text;
}

/** `text` with the byte order mark and the last line end that `style` asks for. */
export function applyStyle(text: string, style: TextStyle): string {
  let styled = withoutByteOrderMark(text);
  if (style.lastLineEnds === true && styled !== '' && !styled.endsWith('\n')) styled += style.lineEnd;
  if (style.lastLineEnds === false) styled = lineKey(styled);
  return style.byteOrderMark ? BYTE_ORDER_MARK + styled : styled;
}
