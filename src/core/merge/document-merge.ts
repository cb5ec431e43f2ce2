import { LATE, type Slides } from './slides.ts';
import { mergeFrontmatter } from './frontmatter.ts';
import { frontmatterEnd } from './line-kinds.ts';
import {
  comparePassage,
  linePiece,
  mergeLines,
  mergeRefinedLines,
  type ComparedPassage,
  type Refinements,
} from './line-merge.ts';
import { cutPassage, SIDES, type Passage, type Side } from './passage.ts';
import { hasConflict, type Piece } from './piece.ts';
import { isProven } from './proof.ts';
import { mergeMovedSections } from './sections.ts';
import { trimConflict } from './three-way.ts';

/**
 * The merge of a document whose line merge, `lines`, has a conflict, by what its structure says. Frontmatter that is part of a conflict is
 * merged by key, the rest by refined lines, or section by section where one side reordered them. Whatever cannot be decided stays
 * the conflict that the line merge made of it.
 */
export function mergeDocument(compared: ComparedPassage, lines: readonly Piece[]): readonly Piece[] {
  const { passage, at } = compared;
  const ends = frontmatterEnds(passage);
  const inFrontmatter = lines.some(
    (piece) => piece.keys === null && SIDES.some((side) => piece[side].start < ends[side]),
  );
  if (!inFrontmatter || SIDES.some((side) => ends[side] === 0)) return mergeBody(compared);
  const split = (side: Side) => ({ start: at[side].start + ends[side], end: at[side].end });
  const body = { base: split('base'), local: split('local'), upstream: split('upstream') };
  const upTo = (side: Side) => ({ start: at[side].start, end: at[side].start + ends[side] });
  const head = { base: upTo('base'), local: upTo('local'), upstream: upTo('upstream') };
  return [
    ...mergeHead(comparePassage(cutPassage(passage, head), head)),
    ...mergeBody(comparePassage(cutPassage(passage, body), body)),
  ];
}

function frontmatterEnds(passage: Passage): Record<Side, number> {
  return {
    base: frontmatterEnd(passage.base.keys),
    local: frontmatterEnd(passage.local.keys),
    upstream: frontmatterEnd(passage.upstream.keys),
  };
}

function mergeHead(compared: ComparedPassage): readonly Piece[] {
  const { passage, at } = compared;
  const inner = (side: Side) => passage[side].keys.slice(1, -1);
  const merge = mergeFrontmatter(inner('base'), inner('local'), inner('upstream'));
  if (merge.kind === 'contradiction') {
    const pieces = mergeLines(compared);
    return repeatsKey(compared, pieces) ? (innerConflict(compared) ?? pieces) : pieces;
  }
  if (merge.kind === 'merged') {
    const fence = (end: number) => passage.local.keys.at(end) ?? '---';
    const keys = [fence(0), ...merge.keys, fence(-1)];
    if (isProven(passage, keys, merge.notes, 'words')) {
      return [{ kind: 'merged', ...at, keys, notes: merge.notes }];
    }
  }
  return mergeRefinedLines(compared, LATE);
}

const TOP_KEY = /^(?:"[^"]+"|'[^']+'|[^\s#:'"\-[\]{}&*!|>%@`,][^:#]*):(?:[ \t]|$)/;

/** Whether a key would stand twice with one side taken for every conflict: lines that are in another order do not fit around it. */
function repeatsKey({ passage, at }: ComparedPassage, pieces: readonly Piece[]): boolean {
  return (['local', 'upstream'] as const).some((side) => {
    const lines = pieces.flatMap(
      (piece) =>
        piece.keys ??
        passage[side].keys.slice(piece[side].start - at[side].start, piece[side].end - at[side].start),
    );
    const keys = lines.flatMap((line) => TOP_KEY.exec(line)?.[0].trim() ?? []);
    return new Set(keys).size < keys.length;
  });
}

/** Everything between the fences as one conflict, but for what both sides have at its ends; undefined where the fences differ. */
function innerConflict({ passage, at, comparison }: ComparedPassage): readonly Piece[] | undefined {
  const fences = [0, -1].map((line) => SIDES.map((side) => passage[side].keys.at(line)));
  if (fences.some((sides) => new Set(sides).size > 1)) return undefined;
  const inner = (side: Side) => ({ start: 1, end: passage[side].keys.length - 1 });
  const ranges = { base: inner('base'), local: inner('local'), upstream: inner('upstream') };
  const fence = (line: number) => {
    const one = (side: Side) => {
      const start = line < 0 ? passage[side].keys.length - 1 : 0;
      return { start, end: start + 1 };
    };
    return { kind: 'unchanged' as const, base: one('base'), local: one('local'), upstream: one('upstream') };
  };
  return [fence(0), ...trimConflict({ kind: 'conflict', ...ranges }, comparison), fence(-1)].map((region) =>
    linePiece(passage, region, at),
  );
}

const SLIDES: readonly Slides[] = [
  LATE,
  { local: 'early', upstream: 'late' },
  { local: 'late', upstream: 'early' },
];

/** The first way to put the deletions of the sides that leaves no conflict; sections only where all leave one. */
function mergeBody(compared: ComparedPassage): readonly Piece[] {
  let first: readonly Piece[] | undefined;
  const refinements: Refinements = new Map();
  for (const slides of SLIDES) {
    const pieces = mergeRefinedLines(compared, slides, refinements);
    if (!hasConflict(pieces)) return pieces;
    first ??= pieces;
  }
  return mergeMovedSections(compared.passage, compared.at) ?? first ?? [];
}
