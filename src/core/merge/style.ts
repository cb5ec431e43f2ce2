import { adoptLines, applyStyle, joinPieces, styleOf, type LineEnd, type TextStyle } from './lines.ts';

/**
 * The style of a merged text. Line ends and byte order mark are as in local, so that an update never flips them. The end of the
 * last line is merged like content: what local did to it stays, and where local left it alone upstream decides. Where two sides
 * are equal it is the style of the third.
 */
export function mergedStyle(base: string, local: string, upstream: string): TextStyle {
  const theirs = styleOf(upstream);
  if (local === base || local === '') return theirs;
  const own = styleOf(local);
  if (upstream === base || own.lastLineEnds !== styleOf(base).lastLineEnds) return own;
  return { ...own, lastLineEnds: theirs.lastLineEnds ?? own.lastLineEnds };
}

/** Marker lines as git writes them with `merge.conflictStyle=diff3`; each text ends its last line before the next marker, and all lines end alike. */
export function conflictBlock(base: string, local: string, upstream: string, lineEnd: LineEnd): string {
  return joinPieces(
    [
      `<<<<<<< local${lineEnd}`,
      local,
      `||||||| base${lineEnd}`,
      adoptLines(base, lineEnd),
      `=======${lineEnd}`,
      adoptLines(upstream, lineEnd),
      `>>>>>>> upstream${lineEnd}`,
    ],
    lineEnd,
  );
}

/** The whole text from its pieces, in the style of the result. */
export function assemble(pieces: readonly string[], style: TextStyle): string {
  return applyStyle(joinPieces(pieces, style.lineEnd), style);
}
