import type { Hunk } from './alignment.ts';

/** Where a deletion that could stand at several places is put. */
export type Slide = 'late' | 'early';

/** Where the deletions of each side are put; late on both sides is what git does. */
export type Slides = Readonly<Record<'local' | 'upstream', Slide>>;

export const LATE: Slides = { local: 'late', upstream: 'late' };

/** The hunks with each pure deletion moved over equal items as far as the hunks beside it allow. Other hunks stay. */
export function slideDeletions(hunks: readonly Hunk[], a: readonly string[], slide: Slide): Hunk[] {
  const slid: Hunk[] = [];
  for (const [at, hunk] of hunks.entries()) {
    if (hunk.bStart < hunk.bEnd) {
      slid.push(hunk);
      continue;
    }
    let shift = 0;
    if (slide === 'early') {
      const lowest = slid.at(-1)?.aEnd ?? 0;
      while (hunk.aStart + shift > lowest && a[hunk.aStart + shift - 1] === a[hunk.aEnd + shift - 1])
        shift -= 1;
    } else {
      const highest = hunks[at + 1]?.aStart ?? a.length;
      while (hunk.aEnd + shift < highest && a[hunk.aStart + shift] === a[hunk.aEnd + shift]) shift += 1;
    }
    slid.push({
      aStart: hunk.aStart + shift,
      aEnd: hunk.aEnd + shift,
      bStart: hunk.bStart + shift,
      bEnd: hunk.bEnd + shift,
    });
  }
  return slid;
}
