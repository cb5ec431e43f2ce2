import type { Hunk } from './alignment.ts';
import { similarity, wordBag } from './likeness.ts';

/** Share of words in common from which a new line counts as the old one, edited. */
const EDITED = 0.5;
/** Hunks with more pairs of lines than this are left as they are. */
const PAIRS_BOUND = 400;

/**
 * Cuts hunks that replace several lines where an old and a new line are evidently one line, edited: the lines between become
 * hunks of their own, so that another side's edit between two edited lines is not taken for an edit of either.
 */
export function splitAtEditedLines(
  hunks: readonly Hunk[],
  before: readonly string[],
  after: readonly string[],
): Hunk[] {
  return hunks.flatMap((hunk) => {
    const rows = hunk.aEnd - hunk.aStart;
    const columns = hunk.bEnd - hunk.bStart;
    if (rows === 0 || columns === 0 || rows + columns < 3 || rows * columns > PAIRS_BOUND) return [hunk];
    const pairs = pairLines(before.slice(hunk.aStart, hunk.aEnd), after.slice(hunk.bStart, hunk.bEnd));
    return splitAt(hunk, pairs);
  });
}

/** The in-order pairing of lines that has the most in common, as index pairs. */
function pairLines(before: readonly string[], after: readonly string[]): (readonly [number, number])[] {
  const beforeBags = before.map(wordBag);
  const afterBags = after.map(wordBag);
  const width = after.length + 1;
  const best = new Float64Array((before.length + 1) * width);
  const value = (row: number, column: number) => best[row * width + column] ?? 0;
  const likeness = beforeBags.map((bag) => afterBags.map((other) => similarity(bag, other)));
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const alike = likeness[row]?.[column] ?? 0;
      const paired = alike > EDITED ? alike + value(row + 1, column + 1) : 0;
      best[row * width + column] = Math.max(paired, value(row + 1, column), value(row, column + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let row = 0, column = 0; row < before.length && column < after.length;) {
    const here = value(row, column);
    if (here === value(row + 1, column)) row += 1;
    else if (here === value(row, column + 1)) column += 1;
    else {
      pairs.push([row, column]);
      row += 1;
      column += 1;
    }
  }
  return pairs;
}

function splitAt(hunk: Hunk, pairs: readonly (readonly [number, number])[]): Hunk[] {
  const hunks: Hunk[] = [];
  let a = hunk.aStart;
  let b = hunk.bStart;
  const add = (aEnd: number, bEnd: number) => {
    if (aEnd > a || bEnd > b) hunks.push({ aStart: a, aEnd, bStart: b, bEnd });
    a = aEnd;
    b = bEnd;
  };
  for (const [row, column] of pairs) {
    add(hunk.aStart + row, hunk.bStart + column);
    add(hunk.aStart + row + 1, hunk.bStart + column + 1);
  }
  add(hunk.aEnd, hunk.bEnd);
  return hunks;
}
