import type { FindingSeverity } from '../../../base/errors.ts';
import { codeEntry, type PreflightCode } from './codes.ts';

/** One-based; columns count UTF-16 units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Range {
  readonly start: Position;
  /** Exclusive. */
  readonly end: Position;
}

/** A replacement of one range; an insertion where start and end are the same. */
export interface TextEdit extends Range {
  readonly text: string;
}

/** A change that is safe to make without asking what the author meant. */
export interface Fix {
  /** What it does, in the imperative. */
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** A finding within one plugin. What it leaves out follows from its code. Neither text holds file content (invariant 9). */
export interface Draft {
  readonly code: PreflightCode;
  readonly severity?: FindingSeverity;
  /** POSIX, relative to the root that was checked; `.` for the folder itself. */
  readonly file: string;
  /** JSON pointer, or `/key` of a frontmatter. */
  readonly pointer?: string;
  readonly range?: Range;
  /** One sentence. Default: the title of the code. */
  readonly message?: string;
  /** One imperative sentence. Default: the remedy of the code. */
  readonly nextStep?: string;
  readonly fix?: Fix;
}

export const FILE_START: Range = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

export function severityOf(draft: Draft): FindingSeverity {
  return draft.severity ?? codeEntry(draft.code)?.severity ?? 'warning';
}

export function messageOf(draft: Draft): string {
  return draft.message ?? codeEntry(draft.code)?.title ?? draft.code;
}

export function nextStepOf(draft: Draft): string {
  return draft.nextStep ?? codeEntry(draft.code)?.remedy ?? 'Look at the place.';
}

/** Lines and columns of offsets in one text. */
export class TextPositions {
  readonly #starts: readonly number[];
  readonly #length: number;

  constructor(text: string) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
    this.#length = text.length;
  }

  at(offset: number): Position {
    const bounded = Math.min(Math.max(offset, 0), this.#length);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= bounded) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: bounded - (this.#starts[low] ?? 0) + 1 };
  }

  range(start: number, end: number): Range {
    return { start: this.at(start), end: this.at(end) };
  }
}
