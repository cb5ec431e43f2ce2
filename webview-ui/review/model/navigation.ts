import type { ViewChunk } from '../../../src/protocol/review-view.ts';

/** Indexes of the chunks that a reviewer steps through: the conflicts. */
export function conflictStops(chunks: readonly ViewChunk[]): readonly number[] {
  return indexes(chunks, ({ kind }) => kind === 'conflict');
}

/** Indexes of every chunk in which a side changed something. */
export function changeStops(chunks: readonly ViewChunk[]): readonly number[] {
  return indexes(chunks, ({ kind }) => kind !== 'unchanged');
}

function indexes(chunks: readonly ViewChunk[], matches: (chunk: ViewChunk) => boolean): readonly number[] {
  const found: number[] = [];
  chunks.forEach((chunk, at) => {
    if (matches(chunk)) found.push(at);
  });
  return found;
}

/** The stop after (or before) `current`, around the end; undefined where there is none. `current` need not be a stop. */
export function step(
  stops: readonly number[],
  current: number | undefined,
  direction: 1 | -1,
): number | undefined {
  const first = stops[0];
  const last = stops.at(-1);
  if (first === undefined || last === undefined) return undefined;
  if (current === undefined) return direction === 1 ? first : last;
  if (direction === 1) return stops.find((stop) => stop > current) ?? first;
  return stops.findLast((stop) => stop < current) ?? last;
}

/** Where the focus goes when `current` was settled: the next open conflict, around the end; undefined when none is left. */
export function nextOpen(
  chunks: readonly ViewChunk[],
  isOpen: (chunk: ViewChunk) => boolean,
  current: number,
): number | undefined {
  return step(
    indexes(chunks, (chunk) => chunk.kind === 'conflict' && isOpen(chunk)),
    current,
    1,
  );
}
