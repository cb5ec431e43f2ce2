import type { ReviewStrings } from '../../../src/protocol/review-strings.ts';

/** What can be taken whole: a side of a chunk or of a file. */
export type WholeSide = 'base' | 'local' | 'upstream';

export function takeSideWords(strings: ReviewStrings, side: WholeSide): string {
  switch (side) {
    case 'base':
      return strings.takeBase;
    case 'local':
      return strings.takeLocal;
    case 'upstream':
      return strings.takeUpstream;
  }
}
