import { headOf, isBlank, similarity, wordBag, type WordBag } from './likeness.ts';
import type { PassageSide } from './passage.ts';

/**
 * What both sides add at one place. Two additions that speak of different things are both kept, local's first; what both added
 * is kept once, sections that both added under one heading become one; two wordings of one thing are a contradiction.
 */

/** A part of an addition that stands or falls as a whole: a section, a list item, a table row, a paragraph. */
interface Unit {
  readonly lines: PassageSide;
  /** Sections only: their own content can be merged under the one heading. */
  readonly isSection: boolean;
  readonly head: string | undefined;
  readonly text: string;
  readonly bag: WordBag;
}

export interface JoinedAdditions {
  /** Without line ends. */
  readonly keys: readonly string[];
  /** Whether both sides have an entry for one release, with two dates: the later one stands. */
  readonly isRedated: boolean;
}

/** The two additions as one, or undefined where they contradict each other. */
export function mergeAdditions(local: PassageSide, upstream: PassageSide): JoinedAdditions | undefined {
  const own = unitsOf(local);
  const theirs = unitsOf(upstream);
  if (own.length * theirs.length > COMPARISON_BOUND) return undefined;
  if (areWordings(local.keys, upstream.keys)) return undefined;
  const pairs = pairUnits(own, theirs);
  if (pairs === undefined) return undefined;

  const merged: string[] = [];
  let atLocal = 0;
  let atUpstream = 0;
  for (const pair of pairs) {
    for (const unit of own.slice(atLocal, pair.local)) merged.push(...unit.lines.keys);
    for (const unit of theirs.slice(atUpstream, pair.upstream)) merged.push(...unit.lines.keys);
    merged.push(...pair.lines);
    atLocal = pair.local + 1;
    atUpstream = pair.upstream + 1;
  }
  for (const unit of own.slice(atLocal)) merged.push(...unit.lines.keys);
  for (const unit of theirs.slice(atUpstream)) merged.push(...unit.lines.keys);
  return { keys: merged, isRedated: pairs.some(({ isRedated }) => isRedated) };
}

/** True where the additions as wholes are two wordings of one, and neither is the other with more. */
function areWordings(local: readonly string[], upstream: readonly string[]): boolean {
  const own = wordBag(local.join('\n'));
  const theirs = wordBag(upstream.join('\n'));
  if (Math.min(own.size, theirs.size) < FEWEST_WORDS_IN_ALL) return false;
  return similarity(own, theirs) > ALIKE && !contains(local, upstream);
}

/** True where one side's lines are the other's with more between them. */
function contains(local: readonly string[], upstream: readonly string[]): boolean {
  const [few, many] = local.length < upstream.length ? [local, upstream] : [upstream, local];
  let at = 0;
  for (const line of many) if (at < few.length && few[at] === line) at += 1;
  return at === few.length;
}

const COMPARISON_BOUND = 20_000;
/** Share of words in common from which two texts count as two wordings of one. */
const ALIKE = 0.6;
/** Fewer words than this say too little to be a wording of anything. */
const FEWEST_WORDS = 4;
const FEWEST_WORDS_IN_ALL = 8;
/** Sections under different headings may be as alike as two entries of a change log, if they are short. */
const FEWEST_SECTION_WORDS = 25;

interface Pair {
  readonly local: number;
  readonly upstream: number;
  readonly lines: readonly string[];
  readonly isRedated: boolean;
}

/** The units that both sides added, in order, with their merged lines; undefined where units contradict or are in another order. */
function pairUnits(own: readonly Unit[], theirs: readonly Unit[]): Pair[] | undefined {
  const pairs: Pair[] = [];
  const used = new Set<number>();
  for (const [local, mine] of own.entries()) {
    for (const [upstream, other] of theirs.entries()) {
      if (used.has(upstream)) continue;
      if (mine.bag.size === 0 && other.bag.size === 0 && mine.head === undefined) continue;
      const isRedated = areOneRelease(mine, other);
      if (mine.text === other.text || isRedated || (mine.head !== undefined && mine.head === other.head)) {
        const joined = mergeUnits(mine, other);
        if (joined === undefined || upstream <= (pairs.at(-1)?.upstream ?? -1)) return undefined;
        pairs.push({ local, upstream, lines: joined.keys, isRedated: isRedated || joined.isRedated });
        used.add(upstream);
        break;
      }
      if (alike(mine, other)) return undefined;
    }
  }
  return pairs;
}

function mergeUnits(mine: Unit, other: Unit): JoinedAdditions | undefined {
  if (mine.text === other.text) return { keys: mine.lines.keys, isRedated: false };
  if (!mine.isSection || !other.isSection) return undefined;
  const [own, theirs] = [bodyOf(mine.lines), bodyOf(other.lines)];
  if (!isEnumeration(own.lines) || !isEnumeration(theirs.lines)) return undefined;
  const heading = laterHeading(mine.lines.keys[0] ?? '', other.lines.keys[0] ?? '');
  const inner = mergeAdditions(own.lines, theirs.lines);
  if (heading === undefined || inner === undefined) return undefined;
  const rule = own.rule.length > 0 ? own.rule : theirs.rule;
  const joined = hasGap(own.lines.keys) || hasGap(theirs.lines.keys) ? inner.keys : withoutGaps(inner.keys);
  return { keys: [heading, ...joined, ...rule], isRedated: inner.isRedated };
}

/** Headings, items and rows only: what can take more of its kind. Two texts under one heading are two answers to one question. */
function isEnumeration({ kinds }: PassageSide): boolean {
  return kinds.every((kind) => kind !== 'text' && kind !== 'code');
}

/** Two blank lines in a row: where neither side has them, they are a seam of the join. */
function hasGap(keys: readonly string[]): boolean {
  return withoutGaps(keys).length < keys.length;
}

function withoutGaps(keys: readonly string[]): readonly string[] {
  return keys.filter((key, at) => !isBlank(key) || at === 0 || !isBlank(keys[at - 1] ?? ''));
}

/** A section without its heading, and without the line that is drawn below it. */
function bodyOf(section: PassageSide): { readonly lines: PassageSide; readonly rule: readonly string[] } {
  const lines = rest(section);
  const last = lines.keys.findLastIndex((key) => key.trim() !== '');
  if (last < 0 || !/^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/.test(lines.keys[last] ?? ''))
    return { lines, rule: [] };
  return {
    lines: { keys: lines.keys.slice(0, last), kinds: lines.kinds.slice(0, last) },
    rule: lines.keys.slice(last),
  };
}

function rest(side: PassageSide): PassageSide {
  return { keys: side.keys.slice(1), kinds: side.kinds.slice(1) };
}

const DATE = /\d{4}-\d{2}-\d{2}/g;

/** Two entries of a change log for one version, under headings that are not the same: two headings of one version are never right. */
function areOneRelease(a: Unit, b: Unit): boolean {
  const version = releaseOf(a);
  return version !== undefined && version === releaseOf(b) && a.head !== b.head;
}

function releaseOf({ isSection, head }: Unit): string | undefined {
  return isSection ? /^\[?v?(\d+(?:\.\d+)+(?:-[\w.]+)?)/.exec(head ?? '')?.[1] : undefined;
}

/** Of two headings that differ in a date only the later one; undefined where they differ in more. */
function laterHeading(mine: string, other: string): string | undefined {
  const [day, theirs] = [mine, other].map((heading) => heading.match(DATE)?.join() ?? '');
  if (mine.replace(DATE, '') !== other.replace(DATE, '') || day === undefined || theirs === undefined)
    return mine.trim().toLowerCase() === other.trim().toLowerCase() ? mine : undefined;
  return day < theirs ? other : mine;
}

function alike(a: Unit, b: Unit): boolean {
  const fewest = a.isSection && b.isSection ? FEWEST_SECTION_WORDS : FEWEST_WORDS;
  if (Math.min(a.bag.size, b.bag.size) < fewest) return false;
  return similarity(a.bag, b.bag) > ALIKE;
}

/** Sections by the outermost heading level; without headings, blocks; in blocks of one kind, items or rows. */
function unitsOf(side: PassageSide): Unit[] {
  const starts = unitStarts(side);
  return starts.map((start, at) => {
    const end = starts[at + 1] ?? side.keys.length;
    const lines = { keys: side.keys.slice(start, end), kinds: side.kinds.slice(start, end) };
    const [first = ''] = lines.keys;
    const isSection = lines.kinds[0] === 'heading';
    const text = lines.keys.join('\n').trim();
    return {
      lines,
      isSection,
      head: headOf(first),
      text,
      bag: wordBag(isSection ? rest(lines).keys.join('\n') : text),
    };
  });
}

function unitStarts({ keys, kinds }: PassageSide): number[] {
  const levels = keys.map((key, at) => (kinds[at] === 'heading' ? headingLevel(key) : undefined));
  const outermost = Math.min(...levels.map((level) => level ?? Infinity));
  const starts: number[] = [];
  for (const [at, key] of keys.entries()) {
    const before = kinds[at - 1];
    const begins =
      at === 0 ||
      (outermost < Infinity
        ? levels[at] === outermost
        : kinds[at] === 'table' ||
          (kinds[at] === 'list' && indentOf(key) <= indentOf(keys[0] ?? '')) ||
          (before === 'blank' && kinds[at] !== 'blank' && kinds[at] !== 'code' && indentOf(key) === 0));
    if (begins) starts.push(at);
  }
  return starts;
}

export function headingLevel(key: string): number {
  return /^ {0,3}(#{1,6})/.exec(key)?.[1]?.length ?? 7;
}

function indentOf(key: string): number {
  return key.length - key.trimStart().length;
}
