import type { PackedDocument, PackedSide, ViewChunk, ViewDocument, ViewRange } from './review-view.ts';

export function packDocument(document: ViewDocument): PackedDocument {
  const starts = lineStarts(document.base);
  const pack = (side: 'local' | 'upstream'): PackedSide => {
    const text = document[side];
    const own = lineStarts(text);
    const parts = document.chunks.map((chunk) => {
      const part = cut(text, own, chunk[side]);
      return part === cut(document.base, starts, chunk.base) ? null : part;
    });
    return join(parts, document.base, document.chunks) === text ? parts : text;
  };
  return { ...document, local: pack('local'), upstream: pack('upstream') };
}

export function unpackDocument({ local, upstream, ...document }: PackedDocument): ViewDocument {
  const unpack = (side: PackedSide) =>
    typeof side === 'string' ? side : join(side, document.base, document.chunks);
  return { ...document, local: unpack(local), upstream: unpack(upstream) };
}

function join(parts: readonly (string | null)[], base: string, chunks: readonly ViewChunk[]): string {
  const starts = lineStarts(base);
  return chunks.map((chunk, at) => parts[at] ?? cut(base, starts, chunk.base)).join('');
}

/** Offsets at which the lines of `text` start, and its length. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0 && at + 1 < text.length; at = text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  starts.push(text.length);
  return starts;
}

export function cut(text: string, starts: readonly number[], [start, end]: ViewRange): string {
  return text.slice(starts[start] ?? text.length, starts[end] ?? text.length);
}
