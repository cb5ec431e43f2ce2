import type { ViewChunk, ViewRange } from '../../../src/protocol/review-view.ts';

type Side = 'base' | 'local' | 'upstream';

/** What is held level across the three panes: a chunk, or a part of an unchanged one. */
export interface Segment {
  /** Index of its chunk. */
  readonly chunk: number;
  /** Unique among the segments of a document: a chunk's last segment has the chunk's index, the part before a cut has -1. */
  readonly key: number;
  readonly base: ViewRange;
  readonly local: ViewRange;
  readonly upstream: ViewRange;
  /** A conflict has a row of actions above it. */
  readonly lens: boolean;
}

/** Where a long unchanged chunk is levelled once more: before its line `lines`, counted from its start. */
export interface Cut {
  readonly chunk: number;
  readonly lines: number;
}

export const CUT_KEY = -1;

export function segmentsOf(chunks: readonly ViewChunk[], cut: Cut | undefined): readonly Segment[] {
  return chunks.flatMap(({ base, local, upstream, kind }, at) => {
    const whole: Segment = { chunk: at, key: at, base, local, upstream, lens: kind === 'conflict' };
    if (cut?.chunk !== at) return [whole];
    const before = ([start]: ViewRange): ViewRange => [start, start + cut.lines];
    const after = ([start, end]: ViewRange): ViewRange => [start + cut.lines, end];
    return [
      { ...whole, key: CUT_KEY, base: before(base), local: before(local), upstream: before(upstream) },
      { ...whole, base: after(base), local: after(local), upstream: after(upstream) },
    ];
  });
}

/**
 * The cut before `line` of local, where that is inside an unchanged chunk. Lines above it may have estimated heights, which differ a
 * little between panes; without a cut they would shift what is on screen.
 */
export function cutAt(chunks: readonly ViewChunk[], line: number): Cut | undefined {
  const chunk = chunkOfLine(chunks, 'local', line);
  const found = chunks[chunk];
  if (found?.kind !== 'unchanged') return undefined;
  const lines = line - found.local[0];
  const sides: readonly Side[] = ['base', 'local', 'upstream'];
  const length = Math.min(...sides.map((side) => found[side][1] - found[side][0]));
  return lines > 0 && lines < length ? { chunk, lines } : undefined;
}

/** Index of the chunk that has the line on this side; the last one for lines past the end. */
export function chunkOfLine(chunks: readonly ViewChunk[], side: Side, line: number): number {
  let low = 0;
  let high = chunks.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((chunks[middle]?.[side][1] ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return Math.max(low, 0);
}
