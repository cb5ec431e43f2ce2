import type { MergeChunk, TextMerge } from '../../src/core/merge/types.ts';
import { splitLines } from '../../src/core/merge/lines.ts';

/**
 * A merge as a person reads it: one line per line of the result, marked by where it comes from.
 * `  ` unchanged, `l ` local, `u ` upstream, `= ` the same on both sides, `m ` merged from both; a conflict shows
 * `? base`, `?l`, `?u` for the lines of each side. Line ends are shown only where they are not a plain newline.
 */
export function project(merge: TextMerge): string[] {
  const conflicts = new Map(merge.conflicts.map((conflict) => [conflict.id, conflict]));
  return merge.chunks.flatMap((chunk) => {
    if (chunk.text !== null) return show(MARKS[chunk.kind], chunk.text);
    const conflict = conflicts.get(chunk.id);
    if (conflict === undefined) return [`?? ${chunk.id} has no conflict`];
    return [
      ...show('?b', conflict.base),
      ...show('?l', conflict.local),
      ...show('?u', conflict.upstream),
      `?? ${chunk.id}`,
    ];
  });
}

const MARKS: Readonly<Record<MergeChunk['kind'], string>> = {
  unchanged: ' ',
  local: 'l',
  upstream: 'u',
  same: '=',
  merged: 'm',
  conflict: '?',
};

function show(mark: string, text: string): string[] {
  return splitLines(text).map((line) => {
    if (line.endsWith('\r\n')) return `${mark} ${line.slice(0, -2)}\\r`;
    return line.endsWith('\n') ? `${mark} ${line.slice(0, -1)}` : `${mark} ${line}\\`;
  });
}

/** Words as lines: `lines('a b c')` is `a\nb\nc\n`. */
export function lines(words: string): string {
  return words === '' ? '' : `${words.split(' ').join('\n')}\n`;
}
