import { adoptLines, cutText, joinPieces, linesOf, type LineEnd } from './lines.ts';
import { assemble, conflictBlock, mergedStyle } from './style.ts';
import type { Resolution, Resolutions, TextMerge } from './types.ts';

export interface Sides {
  readonly base: string;
  readonly local: string;
  readonly upstream: string;
}

export interface ResolvedText {
  readonly text: string;
  /** Ids of the conflicts that no resolution settles, in document order; in `text` they stand between conflict markers. */
  readonly unresolved: readonly string[];
}

/**
 * The text of `merge` with the reviewer's choices in place. Any chunk may be resolved; a chunk without a resolution keeps its
 * text. What is taken from base, upstream or an edit gets the line ends of the result. `sides` are the texts that were merged.
 * Resolutions for ids that the merge does not have are ignored: they belong to an older merge.
 */
export function applyResolutions(merge: TextMerge, sides: Sides, resolutions: Resolutions): ResolvedText {
  const style = mergedStyle(sides.base, sides.local, sides.upstream);
  const lines = {
    base: linesOf(sides.base),
    local: linesOf(sides.local),
    upstream: linesOf(sides.upstream),
  };
  const unresolved: string[] = [];
  const texts = merge.chunks.map((chunk) => {
    const cutSide = (side: 'base' | 'local' | 'upstream') => cutText(lines[side], chunk[side]);
    const resolution = Object.hasOwn(resolutions, chunk.id) ? resolutions[chunk.id] : undefined;
    if (resolution !== undefined) return resolvedText(resolution, cutSide, style.lineEnd);
    if (chunk.text !== null) return chunk.text;
    unresolved.push(chunk.id);
    return conflictBlock(cutSide('base'), cutSide('local'), cutSide('upstream'), style.lineEnd);
  });
  return { text: assemble(texts, style), unresolved };
}

function resolvedText(
  resolution: Resolution,
  cutSide: (side: 'base' | 'local' | 'upstream') => string,
  lineEnd: LineEnd,
): string {
  const adopted = (side: 'base' | 'upstream') => adoptLines(cutSide(side), lineEnd);
  switch (resolution.take) {
    case 'base':
      return adopted('base');
    case 'local':
      return cutSide('local');
    case 'upstream':
      return adopted('upstream');
    case 'local_then_upstream':
      return joinPieces([cutSide('local'), adopted('upstream')], lineEnd);
    case 'upstream_then_local':
      return joinPieces([adopted('upstream'), cutSide('local')], lineEnd);
    case 'text':
    case 'proposal':
      return adoptLines(resolution.text, lineEnd);
  }
}
