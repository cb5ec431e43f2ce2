/** A text and the offsets of its lines, split after each line feed. An empty text has no lines. */
export class LineIndex {
  readonly text: string;
  readonly count: number;
  /** Start of each line, then the length of the text. */
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.text = text;
    const starts: number[] = [];
    for (let at = 0; at < text.length;) {
      starts.push(at);
      const newline = text.indexOf('\n', at);
      at = newline < 0 ? text.length : newline + 1;
    }
    this.count = starts.length;
    starts.push(text.length);
    this.#starts = starts;
  }

  /** Offset of the start of `line`; the length of the text from the end on. */
  offset(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** The lines `start` up to `end` with their line ends. */
  slice(start: number, end: number): string {
    return this.text.slice(this.offset(start), this.offset(end));
  }
}
