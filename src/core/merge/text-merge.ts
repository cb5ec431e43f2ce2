import { lineKinds, syntaxOf, type LineKind } from './line-kinds.ts';
import { mergeDocument } from './document-merge.ts';
import { settleDoubles } from './doubled.ts';
import { comparePassage, mergeLines } from './line-merge.ts';
import { adoptLines, cutText, linesLike, linesOf, type Lines, type TextStyle } from './lines.ts';
import { wholeOf, type Passage } from './passage.ts';
import { hasConflict, type Piece } from './piece.ts';
import { assemble, conflictBlock, mergedStyle } from './style.ts';
import type { MergeChunk, MergeConflict, MergeDecision, TextMerge } from './types.ts';

export interface MergeTextOptions {
  /** POSIX path of the file: what it is decides which rules apply. Without one the text itself tells. */
  readonly path?: string;
}

interface Documents {
  readonly base: Lines;
  readonly local: Lines;
  readonly upstream: Lines;
  readonly style: TextStyle;
}

/**
 * The three-way merge of one text. Lines are compared without their line ends and without a byte order mark; the result has
 * those as local has them, and the end of the last line as whichever side changed it (local, if both). Text is cut from the sides and joined, never printed anew.
 * Never throws. Where two sides are equal the result is the third one, byte for byte.
 */
export function mergeText(
  base: string,
  local: string,
  upstream: string,
  options: MergeTextOptions = {},
): TextMerge {
  const baseLines = linesOf(base);
  const documents: Documents = {
    base: baseLines,
    local: linesLike(local, baseLines),
    upstream: linesLike(upstream, baseLines),
    style: mergedStyle(base, local, upstream),
  };
  const syntax = syntaxOf(options.path, local);
  const plain = passageOf(documents, () => []);
  const compared = comparePassage(plain, wholeOf(plain));
  let pieces: readonly Piece[] = mergeLines(compared);
  if (hasConflict(pieces)) {
    const passage = passageOf(documents, (keys) => lineKinds(keys, syntax));
    pieces = mergeDocument({ ...compared, passage }, pieces);
  }
  pieces = settleDoubles(compared, pieces);
  return textMerge(documents, pieces, local === base ? 'upstream' : 'local');
}

function passageOf(
  { base, local, upstream }: Documents,
  kinds: (keys: readonly string[]) => readonly LineKind[],
): Passage {
  const side = ({ keys }: Lines) => ({ keys, kinds: kinds(keys) });
  return { base: side(base), local: side(local), upstream: side(upstream) };
}

function textMerge(documents: Documents, pieces: readonly Piece[], own: 'local' | 'upstream'): TextMerge {
  const chunks: MergeChunk[] = [];
  const conflicts: MergeConflict[] = [];
  const decisions: MergeDecision[] = [];
  const texts: string[] = [];
  const { style } = documents;
  for (const piece of pieces) {
    const { kind, base, local, upstream, notes } = piece;
    const id = `c${chunks.length + 1}`;
    const text = pieceText(documents, piece, own);
    chunks.push({ id, kind, base, local, upstream, text });
    for (const note of notes) decisions.push({ chunk: id, ...note });
    if (text === null) {
      const conflict = {
        id,
        base: cutText(documents.base, base),
        local: cutText(documents.local, local),
        upstream: cutText(documents.upstream, upstream),
      };
      conflicts.push(conflict);
      texts.push(conflictBlock(conflict.base, conflict.local, conflict.upstream, style.lineEnd));
    } else texts.push(text);
  }
  return { chunks, text: assemble(texts, style), conflicts, decisions };
}

/** `own` is the side that the lines which all three share are cut from: local, or upstream where local has no edit at all. */
function pieceText(
  { local, upstream, style }: Documents,
  piece: Piece,
  own: 'local' | 'upstream',
): string | null {
  switch (piece.kind) {
    case 'conflict':
      return null;
    case 'merged':
      return (piece.keys ?? []).map((key) => key + style.lineEnd).join('');
    case 'local':
      return cutText(local, piece.local);
    case 'upstream': {
      const text = cutText(upstream, piece.upstream);
      return own === 'upstream' ? text : adoptLines(text, style.lineEnd);
    }
    case 'unchanged':
    case 'same':
      return own === 'upstream' ? cutText(upstream, piece.upstream) : cutText(local, piece.local);
  }
}
