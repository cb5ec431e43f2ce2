import type { Segment } from '../model/segments.ts';
import type { SideLines } from '../model/result-text.ts';
import type { Side } from './pane-marks.ts';
import type { BetweenLines } from './spacers.ts';

export interface Places {
  /** For each conflict. */
  readonly lens: readonly BetweenLines[];
  /** For each segment. */
  readonly end: readonly BetweenLines[];
}

/**
 * Where the row of actions above a segment and the spacer below it go. Segments without lines share their place with the next one:
 * `side` counts up so that they keep their order.
 */
export function placesOf(side: Side, segments: readonly Segment[], sides: SideLines): Places {
  const lines = sides[side];
  const lens: BetweenLines[] = [];
  const end: BetweenLines[] = [];
  let position = -1;
  let order = 0;
  const next = (at: number): BetweenLines => {
    order = at === position ? order + 1 : 0;
    position = at;
    // A text that does not end its last line has no line start after it: there the widget stands behind the line.
    const behind = at === lines.text.length && at > 0 && !lines.text.endsWith('\n');
    return { position: at, side: (behind ? 1 : -10_000) + order };
  };
  for (const segment of segments) {
    const [start, stop] = segment[side];
    if (segment.lens) lens.push(next(lines.offset(start)));
    end.push(next(lines.offset(stop)));
  }
  return { lens, end };
}
