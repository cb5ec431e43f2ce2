import { because } from './reasons.ts';
import { LATE } from './slides.ts';
import { comparePassage, mergeRefinedLines } from './line-merge.ts';
import {
  cutPassage,
  shiftRanges,
  SIDES,
  type Passage,
  type PassageRanges,
  type PassageSide,
  type Side,
} from './passage.ts';
import { hasConflict, type Piece } from './piece.ts';
import type { Range } from './three-way.ts';

/** From a heading that occurs once to the next such heading; the first section, `''`, is what stands before any. */
interface Section {
  readonly name: string;
  readonly range: Range;
}

interface Outline {
  readonly sections: readonly Section[];
  readonly byName: ReadonlyMap<string, Section>;
}

/**
 * The merge of a document in which one side put its sections in another order: that side's order, with the sections of the other
 * side that are new behind the section they follow there, and every section merged by lines on its own. Undefined where no side,
 * or each in another way, reordered, where a removed section was edited, or where any section conflicts: then the line merge stands.
 */
export function mergeMovedSections(passage: Passage, at: PassageRanges): Piece[] | undefined {
  const outlines = outlinesOf(passage);
  const shared = (side: Side) =>
    outlines[side].sections.map(({ name }) => name).filter((name) => inAll(outlines, name));
  const [base, local, upstream] = [shared('base'), shared('local'), shared('upstream')];
  const localMoved = !sameOrder(base, local);
  const upstreamMoved = !sameOrder(base, upstream);
  if (localMoved === upstreamMoved) return undefined;
  const mover = localMoved ? 'local' : 'upstream';
  if (removesEdited(passage, outlines, mover)) return undefined;
  const names = orderOf(outlines, mover);
  if (names === undefined) return undefined;

  const merged: { readonly name: string; readonly pieces: readonly Piece[] }[] = [];
  for (const name of names) {
    const ranges = rangesOf(outlines, name);
    const pieces = mergeRefinedLines(
      comparePassage(cutPassage(passage, ranges), shiftRanges(ranges, at)),
      LATE,
    );
    if (hasConflict(pieces)) return undefined;
    merged.push({ name, pieces });
  }
  return gatherPieces(passage, outlines, merged, mover, at);
}

/** True where the mover removed a section that the other side changed. */
function removesEdited(
  passage: Passage,
  outlines: Readonly<Record<Side, Outline>>,
  mover: 'local' | 'upstream',
): boolean {
  const other = mover === 'local' ? 'upstream' : 'local';
  return outlines[other].sections.some(({ name, range }) => {
    const before = outlines.base.byName.get(name);
    if (before === undefined || outlines[mover].byName.has(name)) return false;
    return textOf(passage.base, before.range) !== textOf(passage[other], range);
  });
}

function textOf(side: PassageSide, range: Range): string {
  return side.keys.slice(range.start, range.end).join('\n');
}

/** The order of the result: the mover's, without what the other side removed, with what it added. */
function orderOf(
  outlines: Readonly<Record<Side, Outline>>,
  mover: 'local' | 'upstream',
): string[] | undefined {
  const other = mover === 'local' ? 'upstream' : 'local';
  const names = outlines[mover].sections.map(({ name }) => name);
  let before: string | undefined;
  for (const { name } of outlines[other].sections) {
    if (!outlines[mover].byName.has(name) && !outlines.base.byName.has(name)) {
      if (before === undefined || !names.includes(before)) return undefined;
      names.splice(names.indexOf(before) + 1, 0, name);
    }
    before = name;
  }
  return names;
}

/** What the result keeps in line order at both ends stays in its own pieces; everything between is one piece. */
function gatherPieces(
  passage: Passage,
  outlines: Readonly<Record<Side, Outline>>,
  merged: readonly { readonly name: string; readonly pieces: readonly Piece[] }[],
  mover: 'local' | 'upstream',
  at: PassageRanges,
): Piece[] {
  const aligned = (at: number, fromEnd: boolean) => {
    const name = merged.at(fromEnd ? -1 - at : at)?.name;
    return SIDES.every((side) => outlines[side].sections.at(fromEnd ? -1 - at : at)?.name === name);
  };
  const most = merged.length;
  let head = 0;
  while (head < most && aligned(head, false)) head += 1;
  let tail = 0;
  while (tail < most - head && aligned(tail, true)) tail += 1;

  const start = (side: Side) => outlines[side].sections[head]?.range.start ?? passage[side].keys.length;
  const end = (side: Side) => outlines[side].sections.at(-tail - 1)?.range.end ?? passage[side].keys.length;
  const middle = merged.slice(head, most - tail);
  const window: Piece = {
    kind: 'merged',
    ...shiftRanges(
      {
        base: { start: start('base'), end: end('base') },
        local: { start: start('local'), end: end('local') },
        upstream: { start: start('upstream'), end: end('upstream') },
      },
      at,
    ),
    keys: middle.flatMap(({ pieces }) => pieces.flatMap(({ keys }) => keys ?? [])),
    notes: [
      {
        region: 'section',
        origin: 'both',
        ...because('sections_in_order', { side: mover }),
      },
      ...middle.flatMap(({ pieces }) => pieces.flatMap(({ notes }) => notes)),
    ],
  };
  const outer = (parts: typeof merged) => parts.flatMap(({ pieces }) => pieces);
  return [...outer(merged.slice(0, head)), window, ...outer(merged.slice(most - tail))];
}

function outlinesOf(passage: Passage): Record<Side, Outline> {
  const headings = {
    base: headingsOf(passage.base),
    local: headingsOf(passage.local),
    upstream: headingsOf(passage.upstream),
  };
  const repeated = new Set<string>();
  for (const side of Object.values(headings)) {
    const seen = new Set<string>();
    for (const { name } of side) {
      if (seen.has(name)) repeated.add(name);
      seen.add(name);
    }
  }
  const sectionsOf = (side: Side): Section[] => {
    const starts = [
      { name: '', at: 0 },
      ...headings[side].filter(({ name, at }) => at > 0 && !repeated.has(name)),
    ];
    return starts.map(({ name, at }, index) => ({
      name,
      range: { start: at, end: starts[index + 1]?.at ?? passage[side].keys.length },
    }));
  };
  const base = sectionsOf('base');
  const follow = (side: 'local' | 'upstream') =>
    outlineOf(withFormerNames(passage.base, base, passage[side], sectionsOf(side)));
  return { base: outlineOf(base), local: follow('local'), upstream: follow('upstream') };
}

function outlineOf(sections: readonly Section[]): Outline {
  return { sections, byName: new Map(sections.map((section) => [section.name, section])) };
}

/** A section that only its heading tells from one of base goes by its former name: it was renamed. */
function withFormerNames(
  base: PassageSide,
  baseSections: readonly Section[],
  side: PassageSide,
  sections: readonly Section[],
): Section[] {
  const body = (of: PassageSide, { range }: Section) =>
    textOf(of, { start: range.start + 1, end: range.end }).trim();
  const kept = new Set(sections.map(({ name }) => name));
  const gone = baseSections.filter(({ name }) => name !== '' && !kept.has(name));
  const former = new Set(baseSections.map(({ name }) => name));
  return sections.map((section) => {
    if (gone.length === 0 || former.has(section.name)) return section;
    const text = body(side, section);
    if (text === '') return section;
    const matches = gone.filter((candidate) => body(base, candidate) === text);
    const [match] = matches;
    return match !== undefined && matches.length === 1 ? { ...section, name: match.name } : section;
  });
}

function headingsOf(side: PassageSide): { name: string; at: number }[] {
  const headings: { name: string; at: number }[] = [];
  for (const [at, kind] of side.kinds.entries()) {
    if (kind === 'heading') headings.push({ name: (side.keys[at] ?? '').trim().replace(/\s+/g, ' '), at });
  }
  return headings;
}

function inAll(outlines: Readonly<Record<Side, Outline>>, name: string): boolean {
  return Object.values(outlines).every(({ byName }) => byName.has(name));
}

function sameOrder(a: readonly string[], b: readonly string[]): boolean {
  return a.every((name, at) => name === b[at]);
}

const NOWHERE: Range = { start: 0, end: 0 };

function rangesOf(outlines: Readonly<Record<Side, Outline>>, name: string): PassageRanges {
  const range = (side: Side) => outlines[side].byName.get(name)?.range ?? NOWHERE;
  return { base: range('base'), local: range('local'), upstream: range('upstream') };
}
