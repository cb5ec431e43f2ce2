import { FieldDigest } from '../../../base/digest.ts';
import { frontmatterEnd } from '../../merge/line-kinds.ts';
import { adoptLines, cutText, linesOf } from '../../merge/lines.ts';
import { mergeText } from '../../merge/text-merge.ts';
import type { TextMerge } from '../../merge/types.ts';

/** The three texts of a document and their merge. */
export interface MergedDocument {
  readonly base: string;
  readonly local: string;
  readonly upstream: string;
  readonly merge: TextMerge;
}

/** One conflict as it stands in the skeleton: a single line, `marker`, in place of the three texts. */
export interface SkeletonConflict {
  readonly id: string;
  readonly marker: string;
  readonly base: string;
  readonly local: string;
  readonly upstream: string;
  readonly part: 'frontmatter' | 'body';
}

/** The merge as far as it got by itself, each conflict one marker line. Line feeds only, no byte order mark. */
export interface Skeleton {
  readonly boundary: string;
  /** With its two `---` lines; empty without frontmatter. */
  readonly frontmatter: string;
  readonly body: string;
  readonly conflicts: readonly SkeletonConflict[];
}

/**
 * What stands between quoted text and what is said about it. It is the digest of the texts themselves: none of them can hold it, as it would
 * have to hold its own digest, and the same documents always give the same prompt (invariants 6 and 11).
 */
export function boundaryOf({ base, local, upstream }: Omit<MergedDocument, 'merge'>): string {
  const digest = new FieldDigest('beaver-synthesis-boundary-v1').field(base).field(local).field(upstream);
  return `beaver-${digest.hex().slice(0, 24)}`;
}

export function skeletonOf(document: MergedDocument): Skeleton {
  const boundary = boundaryOf(document);
  const sides = {
    local: linesOf(document.local).keys,
    upstream: linesOf(document.upstream).keys,
  };
  const ends = { local: frontmatterEnd(sides.local), upstream: frontmatterEnd(sides.upstream) };
  const lines: string[] = [];
  const conflicts: SkeletonConflict[] = [];
  const texts = new Map(document.merge.conflicts.map((conflict) => [conflict.id, conflict]));
  for (const chunk of document.merge.chunks) {
    const conflict = texts.get(chunk.id);
    if (chunk.text !== null || conflict === undefined) {
      lines.push(...linesOf(chunk.text ?? '').keys);
      continue;
    }
    const marker = `[${boundary} conflict ${chunk.id}]`;
    const inFrontmatter =
      chunk.local.start < ends.local || chunk.upstream.start < ends.upstream ? 'frontmatter' : 'body';
    lines.push(marker);
    conflicts.push({
      id: chunk.id,
      marker,
      base: adoptLines(conflict.base, '\n'),
      local: adoptLines(conflict.local, '\n'),
      upstream: adoptLines(conflict.upstream, '\n'),
      part: inFrontmatter,
    });
  }
  const end = frontmatterEnd(lines);
  const whole = (part: readonly string[]): string => part.map((line) => `${line}\n`).join('');
  return { boundary, frontmatter: whole(lines.slice(0, end)), body: whole(lines.slice(end)), conflicts };
}

/** A place where an answer differs from the skeleton without a conflict being there. */
export interface OutsideChange {
  readonly removed: string;
  readonly added: string;
}

export interface BodyCuts {
  /** By conflict id: what the answer has in its place. */
  readonly texts: ReadonlyMap<string, string>;
  readonly outside: readonly OutsideChange[];
}

/**
 * Cuts what `answer` has in place of each conflict of the body, by aligning it with the skeleton line by line. A conflict whose surroundings
 * are not as they were, or that touches another one, is not among the cuts.
 */
export function cutBody(skeleton: Skeleton, answer: string): BodyCuts {
  const body = linesOf(skeleton.body);
  const given = linesOf(adoptLines(answer, '\n'));
  const texts = new Map<string, string>();
  const outside: OutsideChange[] = [];
  // With two equal sides the merge is an alignment: what the answer changed are the chunks of its own.
  for (const chunk of mergeText(skeleton.body, skeleton.body, given.text, { path: 'SKILL.md' }).chunks) {
    if (chunk.kind !== 'upstream') continue;
    const removed = body.keys.slice(chunk.base.start, chunk.base.end);
    const added = cutText(given, chunk.upstream);
    const marked = skeleton.conflicts.filter(({ marker }) => removed.includes(marker));
    const [conflict] = marked;
    if (conflict === undefined) {
      outside.push({ removed: removed.join('\n'), added });
      continue;
    }
    const at = removed.indexOf(conflict.marker);
    const around = [...removed.slice(0, at), ...removed.slice(at + 1)];
    if (marked.length === 1 && around.every((line) => line.trim() === '')) {
      texts.set(conflict.id, withoutBlankLines(added, at, removed.length - at - 1));
    }
  }
  return { texts, outside };
}

/** Without at most so many blank lines at either end: those stand in the skeleton already. */
function withoutBlankLines(text: string, first: number, last: number): string {
  const lines = linesOf(text).keys.map((line) => `${line}\n`);
  let start = 0;
  let end = lines.length;
  while (start < first && lines[start]?.trim() === '') start += 1;
  while (lines.length - end < last && end > start && lines[end - 1]?.trim() === '') end -= 1;
  return lines.slice(start, end).join('');
}
