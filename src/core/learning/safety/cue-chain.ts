import type { Span } from './safety-report.ts';

/**
 * A phrase as a row of cues that follow each other at no more than `gap` characters: "ignore … previous … instructions".
 * Each cue is searched on its own over the whole text and the hits are joined in one pass, so that the time grows with the
 * length of the text whatever the text is; one expression with gaps in it would be retried from every place.
 * A cue holds no unbounded repetition (a test reads their sources).
 */
export interface CueChain {
  readonly cues: readonly RegExp[];
  /** UTF-16 units between the end of one cue and the start of the next. */
  readonly gap: number;
  /** Searched in the text as it is instead of in lower case. */
  readonly cased: boolean;
  /** What may not lie between two cues: the end of a sentence, of a line, or nothing at all is in the way. */
  readonly within: 'sentence' | 'line' | 'file';
}

/** A chain over prose, which is folded: lower case, without accents, one line per paragraph. */
export function phrase(gap: number, ...cues: readonly RegExp[]): CueChain {
  return { cues, gap, within: 'sentence', cased: false };
}

/** A chain within one line of code in lower case. */
export function command(gap: number, ...cues: readonly RegExp[]): CueChain {
  return { cues, gap, within: 'line', cased: false };
}

/** As {@link command}, where upper and lower case mean different things. */
export function casedCommand(gap: number, ...cues: readonly RegExp[]): CueChain {
  return { ...command(gap, ...cues), cased: true };
}

/** A chain over lines of code that follow each other, in lower case. */
export function passage(gap: number, ...cues: readonly RegExp[]): CueChain {
  return { cues, gap, within: 'file', cased: false };
}

interface Reached extends Span {
  /** Where the chain that ends here began. */
  readonly origin: number;
}

/** Every place where the whole chain occurs, from its first cue to its last, in order, without overlap. */
export function findChain(text: string, chain: CueChain): readonly Span[] {
  let reached: readonly Reached[] | undefined;
  for (const cue of chain.cues) {
    const hits = occurrences(text, cue);
    reached =
      reached === undefined
        ? hits.map((hit) => ({ ...hit, origin: hit.start }))
        : joined(text, chain, reached, hits);
    if (reached.length === 0) return [];
  }
  return withoutOverlap((reached ?? []).map((hit) => ({ start: hit.origin, end: hit.end })));
}

function joined(text: string, chain: CueChain, before: readonly Reached[], hits: readonly Span[]): Reached[] {
  const result: Reached[] = [];
  let next = 0;
  let nearest: Reached | undefined;
  for (const hit of hits) {
    for (
      let candidate = before[next];
      candidate !== undefined && candidate.end <= hit.start;
      candidate = before[++next]
    ) {
      nearest = candidate;
    }
    // The nearest one decides: whatever lies between it and the hit lies between an earlier one and the hit as well.
    if (nearest === undefined || hit.start - nearest.end > chain.gap) continue;
    if (!separated(text.slice(nearest.end, hit.start), chain.within))
      result.push({ ...hit, origin: nearest.origin });
  }
  return result;
}

const SENTENCE_END = /[.!?]["')\]]? |[。！？\n]/u;

function separated(between: string, within: CueChain['within']): boolean {
  switch (within) {
    case 'sentence':
      return SENTENCE_END.test(between);
    case 'line':
      return between.includes('\n');
    case 'file':
      return false;
  }
}

function occurrences(text: string, cue: RegExp): readonly Span[] {
  const result: Span[] = [];
  for (const match of text.matchAll(cue))
    result.push({ start: match.index, end: match.index + match[0].length });
  return result;
}

function withoutOverlap(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last === undefined || span.start >= last.end) result.push(span);
  }
  return result;
}
