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
const NEWLINE = 10;
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
  pushLines(text, 0, text.length, keys, starts);
  starts.push(text.length);
  return { text, keys, starts };
}

/**
 * As `linesOf`, for a text that is mostly like another one: the lines at its start and end that are the other's too are taken from
 * there. What they cost to cut is saved, and they compare as the same strings at once.
 */
export function linesLike(source: string, other: Lines): Lines {
  const text = withoutByteOrderMark(source);
  if (text === other.text) return other;
  const shorter = Math.min(text.length, other.text.length);
  const front = sharedLength(shorter, (from, to) => text.slice(from, to) === other.text.slice(from, to));
  const back = sharedLength(
    shorter - front,
    (from, to) =>
      text.slice(text.length - to, text.length - from) ===
      other.text.slice(other.text.length - to, other.text.length - from),
  );
  const { starts } = other;
  // Whole lines only: `starts[first]` is behind the last line end that both begin with. The last line may go on in the other text.
  const whole = lastAtMost(starts, front);
  const first = whole > 0 && whole === other.keys.length && !other.text.endsWith('\n') ? whole - 1 : whole;
  const shift = text.length - other.text.length;
  let last = lastAtMost(starts, other.text.length - back);
  if (starts[last] !== other.text.length - back || !startsLine(text, text.length - back)) last += 1;
  const from = starts[first] ?? 0;
  const to = (starts[last] ?? other.text.length) + shift;
  const keys = other.keys.slice(0, first);
  const lineStarts = starts.slice(0, first);
  pushLines(text, from, to, keys, lineStarts);
  takeEqual(keys, first, other.keys, last);
  for (let at = last; at < other.keys.length; at += 1) {
    keys.push(other.keys[at] ?? '');
    lineStarts.push((starts[at] ?? 0) + shift);
  }
  lineStarts.push(text.length);
  return { text, keys, starts: lineStarts };
}

/** Where a line from `start` on is the other text's too, in a run that goes on, that one's string stands: the two need no comparing again. */
function takeEqual(keys: string[], start: number, other: readonly string[], otherEnd: number): void {
  const shiftAtEnd = otherEnd - keys.length;
  let shift = 0;
  for (let at = start; at < keys.length; at += 1) {
    const key = keys[at];
    let near = at + shift;
    if (near < start || near >= otherEnd || other[near] !== key) near = at + shiftAtEnd;
    const same = near < start || near >= otherEnd ? undefined : other[near];
    if (same !== key || same === undefined) continue;
    shift = near - at;
    keys[at] = same;
  }
}

/** How far two texts are the same, by ever smaller steps: comparing long stretches is what strings do fastest. */
function sharedLength(most: number, isShared: (from: number, to: number) => boolean): number {
  let shared = 0;
  for (let step = most; step > 0;) {
    const to = Math.min(most, shared + step);
    if (isShared(shared, to)) shared = to;
    if (shared === most) break;
    step = step === 1 ? 0 : Math.ceil(step / 2);
  }
  return shared;
}

/** The last index whose value is not larger; the values ascend and the first one is 0. */
function lastAtMost(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

function startsLine(text: string, at: number): boolean {
  return at === 0 || text.charCodeAt(at - 1) === NEWLINE;
}

function pushLines(text: string, from: number, to: number, keys: string[], starts: number[]): void {
  let start = from;
  while (start < to) {
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length : newline + 1;
    let end = newline < 0 ? next : newline;
    if (newline > start && text.charCodeAt(newline - 1) === CARRIAGE_RETURN) end -= 1;
    starts.push(start);
    keys.push(text.slice(start, end));
    start = next;
  }
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
  return {
    lineEnd: lineEndOf(text),
    byteOrderMark: text.startsWith(BYTE_ORDER_MARK),
    lastLineEnds: text === '' ? undefined : text.endsWith('\n'),
  };
}

function lineEndOf(text: string): LineEnd {
  if (!text.includes('\r')) return '\n';
  let all = 0;
  let carriageReturns = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    all += 1;
    if (text.charCodeAt(at - 1) === CARRIAGE_RETURN) carriageReturns += 1;
  }
  return carriageReturns * 2 > all ? '\r\n' : '\n';
}

/** `text` with every line end turned into `lineEnd` and no byte order mark: how lines of one side are adopted by another. */
export function adoptLines(text: string, lineEnd: LineEnd): string {
  const plain = withoutByteOrderMark(text);
  return lineEnd === '\n' && !plain.includes('\r') ? plain : plain.replace(/\r?\n/g, lineEnd);
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
