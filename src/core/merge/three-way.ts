import { diffItems, NumberedItems, type Hunk } from './alignment.ts';

/** Half-open ranges of the three sequences that belong together. */
export interface Region {
  readonly kind: 'unchanged' | 'local' | 'upstream' | 'same' | 'conflict';
  readonly base: Range;
  readonly local: Range;
  readonly upstream: Range;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Three sequences, and how local and upstream differ from base. */
export interface Comparison {
  readonly base: readonly string[];
  readonly local: readonly string[];
  readonly upstream: readonly string[];
  readonly localHunks: readonly Hunk[];
  readonly upstreamHunks: readonly Hunk[];
}

export function compareThree(
  base: readonly string[],
  local: readonly string[],
  upstream: readonly string[],
): Comparison {
  const before = new NumberedItems(base);
  return {
    base,
    local,
    upstream,
    localHunks: diffItems(before, local),
    upstreamHunks: diffItems(before, upstream),
  };
}

/**
 * The regions of a comparison: they cover all three sequences in order, and no two neighbours are unchanged. An overlap that both
 * sides changed to the same symbols is `same`. `gap` is how many unchanged symbols must lie between an edit of one side and one of
 * the other for both to be taken: with 1, as in git, edits that touch conflict; with 0 they are taken one after the other, unless
 * both only insert at one point.
 */
export function regionsOf(comparison: Comparison, gap: 0 | 1): Region[] {
  const { base, local, upstream, localHunks, upstreamHunks } = comparison;
  const regions: Region[] = [];
  let atLocal = 0;
  let atUpstream = 0;
  let shiftLocal = 0;
  let shiftUpstream = 0;
  let covered = 0;

  for (;;) {
    const nextLocal = localHunks[atLocal];
    const nextUpstream = upstreamHunks[atUpstream];
    const first = earlier(nextLocal, nextUpstream);
    const start = first?.aStart ?? base.length;
    if (start > covered) {
      regions.push({
        kind: 'unchanged',
        base: { start: covered, end: start },
        local: { start: covered + shiftLocal, end: start + shiftLocal },
        upstream: { start: covered + shiftUpstream, end: start + shiftUpstream },
      });
    }
    if (first === undefined) return regions;

    let end = start;
    let localEnd = shiftLocal;
    let upstreamEnd = shiftUpstream;
    const fromLocal = atLocal;
    const fromUpstream = atUpstream;
    for (let next: Hunk | undefined = first; next !== undefined;) {
      end = Math.max(end, next.aEnd);
      if (next === localHunks[atLocal]) {
        localEnd = next.bEnd - next.aEnd;
        atLocal += 1;
      } else {
        upstreamEnd = next.bEnd - next.aEnd;
        atUpstream += 1;
      }
      const following = earlier(localHunks[atLocal], upstreamHunks[atUpstream]);
      next = following !== undefined && joins(following, start, end, gap) ? following : undefined;
    }
    const region = {
      base: { start, end },
      local: { start: start + shiftLocal, end: end + localEnd },
      upstream: { start: start + shiftUpstream, end: end + upstreamEnd },
    };
    if (atUpstream === fromUpstream) regions.push({ kind: 'local', ...region });
    else if (atLocal === fromLocal) regions.push({ kind: 'upstream', ...region });
    else pushOverlap(regions, region, local, upstream);
    shiftLocal = localEnd;
    shiftUpstream = upstreamEnd;
    covered = end;
  }
}

function earlier(local: Hunk | undefined, upstream: Hunk | undefined): Hunk | undefined {
  if (local === undefined) return upstream;
  if (upstream === undefined) return local;
  if (upstream.aStart !== local.aStart) return upstream.aStart < local.aStart ? upstream : local;
  return upstream.aEnd < local.aEnd ? upstream : local;
}

function joins(hunk: Hunk, start: number, end: number, gap: 0 | 1): boolean {
  if (gap === 1) return hunk.aStart <= end;
  return hunk.aStart < end || (hunk.aEnd === start && end === start);
}

function pushOverlap(
  regions: Region[],
  region: Omit<Region, 'kind'>,
  local: readonly string[],
  upstream: readonly string[],
): void {
  const kind = areEqual(local, region.local, upstream, region.upstream) ? 'same' : 'conflict';
  regions.push({ kind, ...region });
}

/**
 * A conflict as up to three regions: what both sides have in common at its ends is `same`, for the reviewer has nothing to choose
 * there. The base of the conflict stays with the middle.
 */
export function trimConflict(region: Region, { local, upstream }: Comparison): Region[] {
  const { base } = region;
  let { start: l0, end: l1 } = region.local;
  let { start: u0, end: u1 } = region.upstream;
  while (l0 < l1 && u0 < u1 && local[l0] === upstream[u0]) {
    l0 += 1;
    u0 += 1;
  }
  while (l1 > l0 && u1 > u0 && local[l1 - 1] === upstream[u1 - 1]) {
    l1 -= 1;
    u1 -= 1;
  }
  const regions: Region[] = [];
  if (l0 > region.local.start) {
    regions.push({
      kind: 'same',
      base: { start: base.start, end: base.start },
      local: { start: region.local.start, end: l0 },
      upstream: { start: region.upstream.start, end: u0 },
    });
  }
  regions.push({
    kind: 'conflict',
    base,
    local: { start: l0, end: l1 },
    upstream: { start: u0, end: u1 },
  });
  if (l1 < region.local.end) {
    regions.push({
      kind: 'same',
      base: { start: base.end, end: base.end },
      local: { start: l1, end: region.local.end },
      upstream: { start: u1, end: region.upstream.end },
    });
  }
  return regions;
}

/**
 * As {@link trimConflict}, and where both sides put the same around it and only one of them changed what base has there, that
 * side's text stands.
 */
export function settleConflict(region: Region, comparison: Comparison): Region[] {
  const { base, local, upstream } = comparison;
  return trimConflict(region, comparison).map((part) => {
    if (part.kind !== 'conflict' || part.base.start === part.base.end) return part;
    if (areEqual(base, part.base, local, part.local)) return { ...part, kind: 'upstream' };
    if (areEqual(base, part.base, upstream, part.upstream)) return { ...part, kind: 'local' };
    return part;
  });
}

function areEqual(a: readonly string[], inA: Range, b: readonly string[], inB: Range): boolean {
  const length = inA.end - inA.start;
  if (inB.end - inB.start !== length) return false;
  for (let at = 0; at < length; at += 1) if (a[inA.start + at] !== b[inB.start + at]) return false;
  return true;
}
