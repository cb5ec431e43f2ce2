import type { LineKind } from './line-kinds.ts';
import type { Range } from './three-way.ts';

/** Lines of one side, without line ends, with what they are. */
export interface PassageSide {
  readonly keys: readonly string[];
  readonly kinds: readonly LineKind[];
}

/** What belongs together on the three sides. */
export interface Passage {
  readonly base: PassageSide;
  readonly local: PassageSide;
  readonly upstream: PassageSide;
}

export interface PassageRanges {
  readonly base: Range;
  readonly local: Range;
  readonly upstream: Range;
}

export const SIDES = ['base', 'local', 'upstream'] as const;

export type Side = (typeof SIDES)[number];

export function cutPassage(passage: Passage, ranges: PassageRanges): Passage {
  return {
    base: cutLines(passage.base, ranges.base),
    local: cutLines(passage.local, ranges.local),
    upstream: cutLines(passage.upstream, ranges.upstream),
  };
}

export function cutLines(side: PassageSide, range: Range): PassageSide {
  return { keys: side.keys.slice(range.start, range.end), kinds: side.kinds.slice(range.start, range.end) };
}

export function wholeOf(passage: Passage): PassageRanges {
  const whole = (side: PassageSide) => ({ start: 0, end: side.keys.length });
  return { base: whole(passage.base), local: whole(passage.local), upstream: whole(passage.upstream) };
}

/** Ranges within a passage that begins at `at`, as ranges of the texts. */
export function shiftRanges(ranges: PassageRanges, at: PassageRanges): PassageRanges {
  const shift = (side: Side) => ({
    start: ranges[side].start + at[side].start,
    end: ranges[side].end + at[side].start,
  });
  return { base: shift('base'), local: shift('local'), upstream: shift('upstream') };
}
