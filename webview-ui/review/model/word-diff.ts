import { diff, presentableDiff } from '@codemirror/merge';

/** Half-open ranges of characters. */
export interface CharRange {
  readonly from: number;
  readonly to: number;
}

export interface WordChanges {
  readonly removed: readonly CharRange[];
  readonly added: readonly CharRange[];
}

/** Longer texts are shown as changed lines only: a word diff of them is slow to make and slow to read. */
const MAX_CHARACTERS = 20_000;
/** A text of which more than this part changed is a rewrite: marking every word would mark nothing. */
const REWRITTEN = 0.8;

const UNSPACED = /\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana}/u;

const NONE: WordChanges = { removed: [], added: [] };

/** What changed between two versions of a chunk, in whole words; nothing where either is empty or it is a rewrite. */
export function wordChanges(before: string, after: string): WordChanges {
  if (before === '' || after === '' || before === after) return NONE;
  if (before.length + after.length > MAX_CHARACTERS) return NONE;
  const removed: CharRange[] = [];
  const added: CharRange[] = [];
  // Where words have no spaces between them, a run of letters is a sentence and not a word.
  const changesOf = UNSPACED.test(before) || UNSPACED.test(after) ? diff : presentableDiff;
  const changes = changesOf(before, after, { scanLimit: 1000, timeout: 20 });
  for (const { fromA, toA, fromB, toB } of changes) {
    if (toA > fromA) removed.push(wholeWords(before, fromA, toA));
    if (toB > fromB) added.push(wholeWords(after, fromB, toB));
  }
  if (length(removed) > before.length * REWRITTEN && length(added) > after.length * REWRITTEN) return NONE;
  return { removed: unitedRanges(removed, []), added: unitedRanges(added, []) };
}

/** A letter of a script that puts spaces between words: a change within such a word is shown as a change of the word. */
const WORD_LETTER = /(?!\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana})\p{L}/u;

function wholeWords(text: string, from: number, to: number): CharRange {
  const isLetter = (at: number) => WORD_LETTER.test(text.charAt(at));
  while (from > 0 && isLetter(from) && isLetter(from - 1)) from -= 1;
  while (to < text.length && isLetter(to) && isLetter(to - 1)) to += 1;
  return { from, to };
}

/** Both sets of ranges as one, sorted and without overlap. */
export function unitedRanges(a: readonly CharRange[], b: readonly CharRange[]): readonly CharRange[] {
  const united: CharRange[] = [];
  for (const range of [...a, ...b].sort((x, y) => x.from - y.from)) {
    const last = united.at(-1);
    if (last !== undefined && range.from <= last.to) {
      united[united.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    } else united.push(range);
  }
  return united;
}

function length(ranges: readonly CharRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}
