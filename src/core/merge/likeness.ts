import { holdsWord, isWord, tokensOf } from './tokens.ts';

/** How often each word occurs in a text, case folded; `size` is the number of words. */
export interface WordBag {
  readonly size: number;
  readonly counts: ReadonlyMap<string, number>;
}

export function wordBag(text: string): WordBag {
  const counts = new Map<string, number>();
  let size = 0;
  for (const token of tokensOf(text.toLowerCase())) {
    if (!isWord(token)) continue;
    counts.set(token, (counts.get(token) ?? 0) + 1);
    size += 1;
  }
  return { size, counts };
}

/** Words in common, from 0 to 1: twice the shared occurrences over all occurrences. */
export function similarity(a: WordBag, b: WordBag): number {
  const total = a.size + b.size;
  if (total === 0) return 0;
  let common = 0;
  const [few, many] = a.counts.size < b.counts.size ? [a, b] : [b, a];
  for (const [word, count] of few.counts) common += Math.min(count, many.counts.get(word) ?? 0);
  return (2 * common) / total;
}

/** Each form of a line that says what it is about. Linear in the line's length, for text is what anyone wrote. */
const HEADS: readonly RegExp[] = [
  /^ {0,3}#{1,6}[ \t]+(.+)$/,
  /^[ \t]*\|([^|]*[^|\-: \t][^|]*)\|/,
  /^[ \t]*(?:[-*+]|\d+[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?:\*\*|__)(.+?)(?:\*\*|__)/,
  /^[ \t]*(?:[-*+]|\d+[.)])[ \t]+(?:\[[ xX]\][ \t]+)?`([^`]+)`/,
  /^[ \t]*(?:[-*+]|\d+[.)])[ \t]+(?:\[[ xX]\][ \t]+)?\[([^\]]+)\]\(/,
  /^[ \t]*(?:\*\*|__)(.+?)(?:\*\*|__)/,
  /^[ \t]*(?:[-*+][ \t]+)?["']?([\w.-]+)["']?[ \t]*[:=](?:[ \t]|$)/,
];

/** What a line is about, where its form says so: a heading, a table row's first cell, an item's lead, a key. */
export function headOf(line: string): string | undefined {
  for (const pattern of HEADS) {
    const head = pattern.exec(line)?.[1];
    if (head !== undefined)
      return head
        .toLowerCase()
        .replace(/[*_`:#]/g, '')
        .trim();
  }
  return undefined;
}

/** A line that carries content: a word of at least two characters, and not only a fence. */
export function isTelling(line: string): boolean {
  return holdsWord(line) && !isFence(line);
}

/** A line of this many words says one thing: two of it are one too many. */
export const LONG_LINE_WORDS = 10;

export function isFence(line: string): boolean {
  return /^[ \t]*(?:```|~~~)/.test(line);
}

export function isBlank(line: string): boolean {
  return line.trim() === '';
}
