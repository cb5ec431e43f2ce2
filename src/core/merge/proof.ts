import { isBlank, LONG_LINE_WORDS, wordBag } from './likeness.ts';
import { SIDES, type Passage } from './passage.ts';
import type { Note } from './piece.ts';
import { isWord, partsOf, tokensOf } from './tokens.ts';

/**
 * The proof of a merged passage, independent of the rule that made it: nothing lost, nothing invented, nothing doubled. A result
 * that fails is not shown to anyone; the line merge's conflict stands instead. `counted` says whether signs count beside words:
 * they do in text, where a lost bracket is a lost bracket, not in YAML, where quotes and wrapping may differ for one value.
 */
export function isProven(
  passage: Passage,
  keys: readonly string[],
  notes: readonly Note[],
  counted: 'words' | 'words and signs',
): boolean {
  const settled = new Set(notes.some(({ region }) => region === 'version') ? versionTokens(passage) : []);
  const isCounted = (token: string) =>
    !settled.has(token) && (counted === 'words and signs' || isWord(token));
  return conservesTokens(passage, keys, isCounted) && doublesNothing(passage, keys);
}

/**
 * With Δ the change of a token's count against base: the result's Δ lies between "the two edits are one" and "both edits apply".
 * Tokens are words without their joins, and single signs.
 */
function conservesTokens(
  passage: Passage,
  keys: readonly string[],
  isCounted: (token: string) => boolean,
): boolean {
  const base = countTokens(passage.base.keys);
  const local = countTokens(passage.local.keys);
  const upstream = countTokens(passage.upstream.keys);
  const result = countTokens(keys);
  for (const token of new Set([...base.keys(), ...local.keys(), ...upstream.keys(), ...result.keys()])) {
    if (!isCounted(token)) continue;
    const before = base.get(token) ?? 0;
    const byLocal = (local.get(token) ?? 0) - before;
    const byUpstream = (upstream.get(token) ?? 0) - before;
    const change = (result.get(token) ?? 0) - before;
    const both = byLocal + byUpstream;
    const least = byLocal >= 0 && byUpstream >= 0 ? Math.max(byLocal, byUpstream) : both;
    const most = byLocal <= 0 && byUpstream <= 0 ? Math.min(byLocal, byUpstream) : both;
    if (change < least || change > most) return false;
  }
  return true;
}

/** What versions and counts consist of: where the larger of two was chosen, the smaller one is meant to be gone. */
function versionTokens(passage: Passage): string[] {
  const joined = SIDES.flatMap((side) => passage[side].keys.flatMap(tokensOf)).filter((token) =>
    /\d/.test(token),
  );
  return joined.flatMap(partsOf);
}

function countTokens(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) {
    for (const token of partsOf(key)) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return counts;
}

/** No heading and no long line stands in the result more often than in one of the sides. */
function doublesNothing(passage: Passage, keys: readonly string[]): boolean {
  const counts = countLines(keys);
  const local = countLines(passage.local.keys);
  const upstream = countLines(passage.upstream.keys);
  const base = countLines(passage.base.keys);
  for (const [line, count] of counts) {
    if (count < 2) continue;
    const most = Math.max(local.get(line) ?? 0, upstream.get(line) ?? 0, base.get(line) ?? 0);
    if (count > most && (/^#{1,2} /.test(line) || wordBag(line).size >= LONG_LINE_WORDS)) return false;
  }
  return true;
}

function countLines(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) if (!isBlank(key)) counts.set(key.trim(), (counts.get(key.trim()) ?? 0) + 1);
  return counts;
}
