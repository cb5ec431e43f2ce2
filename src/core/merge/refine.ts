import type { Hunk } from './alignment.ts';
import { because, type MergeReasonCode } from './reasons.ts';
import { slideDeletions, type Slides } from './slides.ts';
import { mergeAdditions } from './additions.ts';
import { isVersionKey, largerVersion } from './larger-version.ts';
import type { LineKind } from './line-kinds.ts';
import { isFence, isTelling, wordBag } from './likeness.ts';
import { cutPassage, SIDES, type Passage, type PassageSide, type Side } from './passage.ts';
import { splitAtEditedLines } from './pairing.ts';
import type { Note } from './piece.ts';
import { isProven } from './proof.ts';
import { compareThree, regionsOf, type Comparison, type Region } from './three-way.ts';
import { tokensOf } from './tokens.ts';
import { mergeWords, type Settle, type WordLine } from './words.ts';

export interface RefinedLines {
  readonly keys: readonly string[];
  readonly notes: readonly Note[];
}

/**
 * A second look at a conflict of the line merge, from the outside in: edits that only touch are both taken, additions at one
 * point are both kept, and what overlaps is merged by words. It can be taken with the deletions put in several ways; what those
 * have in common is done once.
 */
export class Refinement {
  readonly #passage: Passage;
  readonly #comparison: Comparison;
  readonly #hunks: Readonly<Record<'local' | 'upstream', readonly Hunk[]>>;
  readonly #taken: {
    readonly local: readonly Hunk[];
    readonly upstream: readonly Hunk[];
    readonly refined: RefinedLines | undefined;
  }[] = [];

  constructor(passage: Passage) {
    const { base, local, upstream } = passage;
    this.#passage = passage;
    this.#comparison = compareThree(base.keys, local.keys, upstream.keys);
    this.#hunks = {
      local: splitAtEditedLines(this.#comparison.localHunks, base.keys, local.keys),
      upstream: splitAtEditedLines(this.#comparison.upstreamHunks, base.keys, upstream.keys),
    };
  }

  /** Undefined where any part of it contradicts. */
  take(slides: Slides): RefinedLines | undefined {
    const base = this.#passage.base.keys;
    const local = slideDeletions(this.#hunks.local, base, slides.local);
    const upstream = slideDeletions(this.#hunks.upstream, base, slides.upstream);
    const taken = this.#taken.find((one) => areSame(one.local, local) && areSame(one.upstream, upstream));
    if (taken !== undefined) return taken.refined;
    const refined = refinePassage(this.#passage, {
      ...this.#comparison,
      localHunks: local,
      upstreamHunks: upstream,
    });
    this.#taken.push({ local, upstream, refined });
    return refined;
  }
}

/** Hunks of the same comparison, slid: where they begin in base tells them. */
function areSame(a: readonly Hunk[], b: readonly Hunk[]): boolean {
  return a.length === b.length && a.every(({ aStart }, at) => aStart === b[at]?.aStart);
}

function refinePassage(passage: Passage, comparison: Comparison): RefinedLines | undefined {
  const refined = refineTouching(passage, comparison) ?? ignoreRewrapping(passage);
  if (refined === undefined) return undefined;
  return isProven(passage, refined.keys, refined.notes, 'words and signs') ? refined : undefined;
}

function refineTouching(passage: Passage, comparison: Comparison): RefinedLines | undefined {
  const regions = regionsOf(comparison, 0);
  const keys: string[] = [];
  const notes: Note[] = [];
  for (const region of regions) {
    const part = cutPassage(passage, region);
    if (region.kind !== 'conflict') {
      keys.push(...part[region.kind === 'upstream' ? 'upstream' : 'local'].keys);
      continue;
    }
    const refined = part.base.keys.length === 0 ? refineAdditions(part) : refineOverlap(part);
    if (refined === undefined) return undefined;
    keys.push(...refined.keys);
    notes.push(...refined.notes);
  }
  if (areOpposed(passage, regions)) return undefined;
  if (addTheSame(passage, regions)) return refineOverlap(passage);
  if (usesRenamed(passage)) return undefined;
  if (regions.filter(({ kind }) => kind !== 'unchanged').length > 1) {
    notes.unshift(note(passage, 'touching_lines_joined'));
  }
  return { keys, notes };
}

/** True where each side, in edits of its own, adds one and the same line: taking both would double it. */
function addTheSame(passage: Passage, regions: readonly Region[]): boolean {
  const added = (side: 'local' | 'upstream') =>
    regions
      .filter(({ kind }) => kind === side)
      .flatMap((region) => passage[side].keys.slice(region[side].start, region[side].end))
      .filter(isTelling);
  const local = new Set(added('local'));
  return added('upstream').some((line) => local.has(line));
}

/** Shorter lines (`else`, `---`) occur by chance on both sides. */
const FEWEST_OPPOSED_WORDS = 3;

/** True where one side removes a line that the other adds, each in an edit of its own: they do not agree on what is there. */
function areOpposed(passage: Passage, regions: readonly Region[]): boolean {
  const lines = (side: 'local' | 'upstream', of: 'base' | 'local' | 'upstream') =>
    regions
      .filter(({ kind }) => kind === side)
      .flatMap((region) => passage[of].keys.slice(region[of].start, region[of].end))
      .filter((key) => isFence(key) || wordBag(key).size >= FEWEST_OPPOSED_WORDS);
  const opposed = (remover: 'local' | 'upstream', adder: 'local' | 'upstream') => {
    const removed = new Set(lines(remover, 'base'));
    for (const kept of lines(remover, remover)) removed.delete(kept);
    return lines(adder, adder).some((line) => removed.has(line));
  };
  return opposed('local', 'upstream') || opposed('upstream', 'local');
}

/**
 * True where a name (a joined word: a path, a skill's name) that one side replaced by another is in new text of the other side:
 * both edits apply, but what they say together is not consistent.
 */
function usesRenamed(passage: Passage): boolean {
  const names = (side: Side) => countNames(passage[side].keys);
  const [base, local, upstream] = [names('base'), names('local'), names('upstream')];
  const isStale = (renamer: ReadonlyMap<string, number>, user: ReadonlyMap<string, number>) =>
    [...renamer.keys()].some((name) => !base.has(name)) &&
    [...base].some(([name, count]) => !renamer.has(name) && (user.get(name) ?? 0) > count);
  return isStale(local, upstream) || isStale(upstream, local);
}

const JOINED = /\w[^\w\s]\w/;

/** Joined words only: plain ones are no names. */
function countNames(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) {
    for (const token of tokensOf(key)) {
      if (token.length > 2 && JOINED.test(token)) counts.set(token, (counts.get(token) ?? 0) + 1);
    }
  }
  return counts;
}

function refineAdditions(part: Passage): RefinedLines | undefined {
  const joined = mergeAdditions(part.local, part.upstream);
  if (joined === undefined) return undefined;
  const { keys, isRedated } = joined;
  const dated: Note = { region: 'version', origin: 'both', ...because('release_joined') };
  return { keys, notes: [note(part, 'additions_joined'), ...(isRedated ? [dated] : [])] };
}

function refineOverlap(part: Passage): RefinedLines | undefined {
  const settle = part.local.kinds.includes('data') ? settleVersion : undefined;
  const merged = mergeWords(part.base.keys, part.local.keys, part.upstream.keys, settle);
  if (merged === undefined || merged.some((line) => mixesCode(part, line))) return undefined;
  const keys = merged.map(({ key }) => key);
  if (merged.some(({ isSettled }) => isSettled)) {
    return { keys, notes: [{ region: 'version', origin: 'both', ...because('counts_raised') }] };
  }
  return { keys, notes: [note(part, 'words_joined')] };
}

/** Paragraphs that one side only wrapped differently are unchanged on that side. */
function ignoreRewrapping(part: Passage): RefinedLines | undefined {
  const isText = (kind: LineKind) => kind === 'text' || kind === 'blank';
  if (!SIDES.every((side) => part[side].kinds.every(isText))) return undefined;
  const base = paragraphsOf(part.base);
  const rewrapped = (['local', 'upstream'] as const).find((side) => paragraphsOf(part[side]) === base);
  if (rewrapped === undefined) return undefined;
  const origin = rewrapped === 'local' ? 'upstream' : 'local';
  const reason = because('words_of_one_side', { side: origin });
  return { keys: part[origin].keys, notes: [{ region: 'paragraph', origin, ...reason }] };
}

/** The words, with the breaks between paragraphs but none of the line ends within them. */
function paragraphsOf({ keys }: PassageSide): string {
  return keys
    .map((key) => key.trim().replace(/\s+/g, ' '))
    .join('\n')
    .replace(/([^\n])\n(?=[^\n])/g, '$1 ');
}

/** Manifests only; frontmatter has its keys read. */
const settleVersion: Settle = (base, local, upstream, line) => {
  const [key = ''] = line.split(':');
  return isVersionKey(key) ? largerVersion(base, local, upstream) : undefined;
};

/** Code is taken in whole lines only: a line that neither side has must not come from a line of code. */
function mixesCode({ local, upstream }: Passage, line: WordLine): boolean {
  if (local.keys.includes(line.key) || upstream.keys.includes(line.key)) return false;
  const isCode = (side: PassageSide) => (at: number) =>
    side.kinds[at] === 'code' || (side.kinds[at] === 'data' && !PROSE_KEY.test(side.keys[at] ?? ''));
  return [...line.local].some(isCode(local)) || [...line.upstream].some(isCode(upstream));
}

/** A manifest's line whose value is prose in one pair of quotes. */
const PROSE_KEY =
  /^[ \t]*["']?(?:description|summary)["']?[ \t]*:[ \t]*"(?:[^"\\]|\\.)*"[ \t]*(?:,[ \t]*)?$/i;

const REGIONS = {
  frontmatter: 'frontmatter',
  heading: 'heading',
  code: 'code',
  data: 'lines',
  table: 'table',
  list: 'list',
  blank: 'lines',
  text: 'paragraph',
} as const;

/** The note names the region by the first telling line that a side has there. */
function note(part: Passage, code: MergeReasonCode): Note {
  const kind = [part.local, part.upstream, part.base]
    .flatMap(({ kinds }) => kinds)
    .find((candidate) => candidate !== 'blank');
  return { region: REGIONS[kind ?? 'blank'], origin: 'both', ...because(code) };
}
