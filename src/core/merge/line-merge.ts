import { slideDeletions, type Slides } from './slides.ts';
import { cutLines, cutPassage, shiftRanges, SIDES, type Passage, type PassageRanges } from './passage.ts';
import { Refinement, type RefinedLines } from './refine.ts';
import {
  compareThree,
  regionsOf,
  trimConflict,
  type Comparison,
  type Range,
  type Region,
} from './three-way.ts';
import type { Piece } from './piece.ts';

/** A passage, where it stands in the texts, and how its lines compare. */
export interface ComparedPassage {
  readonly passage: Passage;
  readonly at: PassageRanges;
  readonly comparison: Comparison;
}

export function comparePassage(passage: Passage, at: PassageRanges): ComparedPassage {
  const comparison = compareThree(passage.base.keys, passage.local.keys, passage.upstream.keys);
  return { passage, at, comparison };
}

/** The line merge of one passage, as git would decide it. The pieces cover the passage; their ranges count from the texts' start. */
export function mergeLines({ passage, at, comparison }: ComparedPassage): Piece[] {
  return regionsOf(comparison, 1)
    .flatMap((region) => (region.kind === 'conflict' ? trimConflict(region, comparison) : [region]))
    .map((region) => linePiece(passage, region, at));
}

/** What was refined of a passage, by where its lines are. */
export type Refinements = Map<string, Refinement>;

/**
 * As {@link mergeLines}, with each conflict looked at again by what its lines are. `refinements` are those of the same passage with
 * its deletions put in other ways.
 */
export function mergeRefinedLines(
  { passage, at, comparison }: ComparedPassage,
  slides: Slides,
  refinements: Refinements = new Map(),
): Piece[] {
  const { base, localHunks, upstreamHunks } = comparison;
  const adjusted: Comparison = {
    ...comparison,
    localHunks: slides.local === 'late' ? localHunks : slideDeletions(localHunks, base, slides.local),
    upstreamHunks:
      slides.upstream === 'late' ? upstreamHunks : slideDeletions(upstreamHunks, base, slides.upstream),
  };
  return regionsOf(adjusted, 1).flatMap((region) => {
    if (region.kind !== 'conflict') return [linePiece(passage, region, at)];
    const refined = refineRegion(passage, region, slides, refinements);
    if (refined !== undefined) return [{ kind: 'merged', ...shiftRanges(region, at), ...refined }];
    return trimConflict(region, comparison).map((part) => linePiece(passage, part, at));
  });
}

/**
 * Refines a conflict together with the unchanged line behind it: deletions can only be moved over lines that are seen. That line
 * is in the next piece, so it is taken off the result again.
 */
function refineRegion(
  passage: Passage,
  region: Region,
  slides: Slides,
  refinements: Refinements,
): RefinedLines | undefined {
  const refine = (ranges: PassageRanges) => {
    const key = SIDES.map((side) => `${ranges[side].start}-${ranges[side].end}`).join();
    const refinement = refinements.get(key) ?? new Refinement(cutPassage(passage, ranges));
    refinements.set(key, refinement);
    return refinement.take(slides);
  };
  const next = passage.base.keys[region.base.end];
  if (next === undefined) return refine(region);
  const longer = (range: Range) => ({ start: range.start, end: range.end + 1 });
  const ranges = {
    base: longer(region.base),
    local: longer(region.local),
    upstream: longer(region.upstream),
  };
  const refined = refine(ranges);
  return refined?.keys.at(-1) === next ? { ...refined, keys: refined.keys.slice(0, -1) } : undefined;
}

/** A region of a passage as a piece of the texts. */
export function linePiece(passage: Passage, region: Region, at: PassageRanges): Piece {
  const { kind } = region;
  const side = kind === 'upstream' ? 'upstream' : 'local';
  const keys = kind === 'conflict' ? null : cutLines(passage[side], region[side]).keys;
  return { kind, ...shiftRanges(region, at), keys, notes: [] };
}
