import type { Hunk } from './alignment.ts';
import { headOf, isTelling, LONG_LINE_WORDS, similarity, type WordBag, wordBag } from './likeness.ts';
import { mergeLines, type ComparedPassage } from './line-merge.ts';
import type { Passage } from './passage.ts';
import type { Piece } from './piece.ts';
import { because } from './reasons.ts';

/** Lines that follow each other on both sides say one thing when they have this many words together. */
const BLOCK_WORDS = 20;
/** Paragraphs from this length on that share nearly all of their words say one thing. */
const PARAGRAPH_WORDS = 20;
const SAME_PARAGRAPH = 0.9;
/** What a line became has at least this much of what it was. */
const EDITED = 0.5;
/** A line that a side adds more often than this is a form and no statement. */
const MOST_PLACES = 20;
/** Lines that a hunk removes, up to which it is looked at line by line. */
const MOST_REPLACED = 20;
/** Pairs of paragraphs that are compared; beyond that only equal lines are found. */
const MOST_PAIRS = 10_000;

/** A line that one side added. */
interface Added {
  /** In the side's text. */
  readonly line: number;
  readonly key: string;
  readonly hunk: Hunk;
}

/** The same text, added by local and by upstream. */
interface Twin {
  readonly local: Added;
  readonly upstream: Added;
}

/**
 * Text that both sides added at places that do not touch would stand twice in the result, as it does in git's. What upstream adds of it is
 * made a conflict: whether one of the two is too many, and which, only a person can tell. Ranges of `compared` are those of the whole texts.
 */
export function settleDoubles(compared: ComparedPassage, pieces: readonly Piece[]): readonly Piece[] {
  const twins = twinsOf(compared);
  if (twins.length === 0) return pieces;
  const sides = [compared.passage.base, compared.passage.local, compared.passage.upstream].map(({ keys }) =>
    countLines(keys),
  );
  const result = countLines(pieces.flatMap(({ keys }) => keys ?? []));
  /** Whether a line stands there more often than on any side. */
  const standsTwice = (key: string, counts: ReadonlyMap<string, number>): boolean =>
    (counts.get(key) ?? 0) > Math.max(...sides.map((side) => side.get(key) ?? 0));
  const doubled = new Set<Piece>();
  for (const { local, upstream } of twins) {
    const ours = pieces.find((piece) => contains(piece.local, local.line));
    const theirs = pieces.find((piece) => contains(piece.upstream, upstream.line));
    if (ours?.keys == null || theirs?.keys == null) continue;
    if (ours === theirs) {
      // A rule joined the two: without it, the line merge leaves them apart or in conflict.
      if (local.key === upstream.key && standsTwice(local.key, countLines(theirs.keys)))
        return settleDoubles(compared, mergeLines(compared));
      continue;
    }
    if (!ours.keys.includes(local.key) || !theirs.keys.includes(upstream.key)) continue;
    if (local.key === upstream.key && !standsTwice(local.key, result)) continue;
    doubled.add(theirs);
  }
  if (doubled.size === 0) return pieces;
  const note = { region: 'lines', origin: 'both', ...because('added_twice') } as const;
  return pieces.map((piece) =>
    doubled.has(piece) ? { ...piece, kind: 'conflict', keys: null, notes: [note] } : piece,
  );
}

function countLines(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function twinsOf({ passage, comparison }: ComparedPassage): readonly Twin[] {
  const { localHunks, upstreamHunks } = comparison;
  if (localHunks.length === 0 || upstreamHunks.length === 0) return [];
  const local = addedLines(passage.local.keys, localHunks);
  const upstream = addedLines(passage.upstream.keys, upstreamHunks);
  return [...equalTwins(passage, local, upstream), ...likeTwins(local, upstream)];
}

function addedLines(keys: readonly string[], hunks: readonly Hunk[]): ReadonlyMap<number, Added> {
  const added = new Map<number, Added>();
  for (const hunk of hunks) {
    for (let line = hunk.bStart; line < hunk.bEnd; line += 1)
      added.set(line, { line, key: keys[line] ?? '', hunk });
  }
  return added;
}

type AddedLines = ReadonlyMap<number, Added>;

/** Runs of equal lines that are long enough to be no chance: each told by its longest line. */
function equalTwins(passage: Passage, local: AddedLines, upstream: AddedLines): readonly Twin[] {
  const places = new Map<string, Added[]>();
  for (const added of upstream.values()) {
    if (!isTelling(added.key)) continue;
    const known = places.get(added.key);
    if (known === undefined) places.set(added.key, [added]);
    else known.push(added);
  }
  const twins: Twin[] = [];
  for (const ours of local.values()) {
    const others = places.get(ours.key) ?? [];
    if (others.length > MOST_PLACES) continue;
    for (const theirs of others) {
      const before = upstream.get(theirs.line - 1)?.key;
      if (before !== undefined && isTelling(before) && local.get(ours.line - 1)?.key === before) continue;
      const twin = longestOfRun(local, upstream, ours, theirs);
      if (twin !== undefined && !(isEdit(passage, twin.local) && isEdit(passage, twin.upstream)))
        twins.push(twin);
    }
  }
  return twins;
}

/** The longest line of the equal lines that begin here; undefined where they are too few words to say one thing. */
function longestOfRun(
  local: AddedLines,
  upstream: AddedLines,
  first: Added,
  firstTheirs: Added,
): Twin | undefined {
  let words = 0;
  let longest = 0;
  let twin: Twin | undefined;
  for (let step = 0; ; step += 1) {
    const ours = local.get(first.line + step);
    const theirs = upstream.get(firstTheirs.line + step);
    if (ours === undefined || ours.key !== theirs?.key) break;
    const { size } = wordBag(ours.key);
    words += size;
    if (size <= longest) continue;
    longest = size;
    twin = { local: ours, upstream: theirs };
  }
  return longest >= LONG_LINE_WORDS || words >= BLOCK_WORDS ? twin : undefined;
}

/** Paragraphs that both sides put in, alike but for a few words. */
function likeTwins(local: AddedLines, upstream: AddedLines): readonly Twin[] {
  const [ours, theirs] = [local, upstream].map(paragraphs);
  if (ours === undefined || theirs === undefined || ours.length * theirs.length > MOST_PAIRS) return [];
  return ours.flatMap((one) =>
    theirs
      .filter(
        (other) => one.added.key !== other.added.key && similarity(one.bag, other.bag) >= SAME_PARAGRAPH,
      )
      .map((other) => ({ local: one.added, upstream: other.added })),
  );
}

const BEGINS_WITH_LETTER = /^(?:[A-Za-z]|\p{L})/u;

/** Lines of prose where nothing stood. Rows, items and keys may well differ in one word. */
function paragraphs(added: AddedLines): readonly { readonly added: Added; readonly bag: WordBag }[] {
  return [...added.values()]
    .filter(
      ({ key, hunk }) =>
        hunk.aStart === hunk.aEnd && BEGINS_WITH_LETTER.test(key) && headOf(key) === undefined,
    )
    .map((one) => ({ added: one, bag: wordBag(one.key) }))
    .filter(({ bag }) => bag.size >= PARAGRAPH_WORDS);
}

/** Whether the line is what another one became: two such lines of base may well become one text. A rewrite of many lines counts as one. */
function isEdit({ base }: Passage, { key, hunk }: Added): boolean {
  if (hunk.aEnd - hunk.aStart > MOST_REPLACED) return true;
  const bag = wordBag(key);
  return base.keys.slice(hunk.aStart, hunk.aEnd).some((line) => similarity(bag, wordBag(line)) >= EDITED);
}

function contains(range: { readonly start: number; readonly end: number }, line: number): boolean {
  return line >= range.start && line < range.end;
}
