import type { ViewChunk, ViewDocument, ViewResolution } from '../../../src/protocol/review-view.ts';
import { LineIndex } from './lines.ts';

/** The three sides of a document by line. */
export interface SideLines {
  readonly base: LineIndex;
  readonly local: LineIndex;
  readonly upstream: LineIndex;
}

export function sideLines(document: ViewDocument): SideLines {
  return {
    base: new LineIndex(document.base),
    local: new LineIndex(document.local),
    upstream: new LineIndex(document.upstream),
  };
}

export function sideText(sides: SideLines, chunk: ViewChunk, side: 'base' | 'local' | 'upstream'): string {
  const [start, end] = chunk[side];
  return sides[side].slice(start, end);
}

/**
 * A chunk's part of the result, as whole lines; undefined for a conflict that is not settled. Joined, the parts are the host's result
 * but for the style of the file (line ends, byte order mark, last line end), which the host alone knows how to give back.
 */
export function chunkResult(
  sides: SideLines,
  chunk: ViewChunk,
  resolution: ViewResolution | undefined,
): string | undefined {
  if (resolution === undefined) {
    if (chunk.kind === 'conflict') return undefined;
    return wholeLines(chunk.text ?? sideText(sides, chunk, chunk.kind === 'upstream' ? 'upstream' : 'local'));
  }
  switch (resolution.take) {
    case 'base':
    case 'local':
    case 'upstream':
      return wholeLines(sideText(sides, chunk, resolution.take));
    case 'local_then_upstream':
      return wholeLines(sideText(sides, chunk, 'local')) + wholeLines(sideText(sides, chunk, 'upstream'));
    case 'upstream_then_local':
      return wholeLines(sideText(sides, chunk, 'upstream')) + wholeLines(sideText(sides, chunk, 'local'));
    case 'text':
    case 'proposal':
      return wholeLines(resolution.text);
  }
}

/** Ends the last line, so that what follows starts a new one. */
export function wholeLines(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
