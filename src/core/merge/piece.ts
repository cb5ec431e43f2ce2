import type { PassageRanges } from './passage.ts';
import type { ChunkKind, MergeDecision } from './types.ts';

/** Why a rule decided as it did; the chunk is known only when the whole result stands. */
export type Note = Omit<MergeDecision, 'chunk'>;

/** A decided part of the three texts. The pieces of a merge cover all three, in order. */
export interface Piece extends PassageRanges {
  readonly kind: ChunkKind;
  /** The lines of the result, without line ends; null exactly where `kind` is `conflict`. */
  readonly keys: readonly string[] | null;
  readonly notes: readonly Note[];
}

export function hasConflict(pieces: readonly Piece[]): boolean {
  return pieces.some(({ keys }) => keys === null);
}
