import { compareThree, regionsOf, settleConflict, type Region } from './three-way.ts';
import { isWord, tokensOf } from './tokens.ts';

/** Settles one overlap of both sides' edits, given as text and local's whole line; undefined leaves it a contradiction. */
export type Settle = (base: string, local: string, upstream: string, line: string) => string | undefined;

/** A line of a word merge, with the lines of local and upstream (counted within the passage) that its words are from. */
export interface WordLine {
  readonly key: string;
  readonly local: ReadonlySet<number>;
  readonly upstream: ReadonlySet<number>;
  /** True where `settle` decided a part of it. */
  readonly isSettled: boolean;
}

/**
 * The merge of one passage by words, or undefined where the edits of the two sides overlap, touch, or have no unchanged word (or
 * line end) between them. Both sides making the same edit is one edit. `settle` may decide overlaps.
 */
export function mergeWords(
  base: readonly string[],
  local: readonly string[],
  upstream: readonly string[],
  settle?: Settle,
): WordLine[] | undefined {
  const tokens = { base: tokenLines(base), local: tokenLines(local), upstream: tokenLines(upstream) };
  const comparison = compareThree(tokens.base.tokens, tokens.local.tokens, tokens.upstream.tokens);
  const regions = regionsOf(comparison, 1).flatMap((region) =>
    region.kind === 'conflict' ? settleConflict(region, comparison) : [region],
  );
  if (!editsAreApart(regions, tokens.base.tokens)) return undefined;

  const merged = new LineBuilder();
  for (const region of regions) {
    if (region.kind === 'conflict') {
      const cut = (side: keyof typeof tokens) =>
        tokens[side].tokens.slice(region[side].start, region[side].end).join('');
      const line = tokens.local.lines[region.local.start] ?? 0;
      const settled = settle?.(cut('base'), cut('local'), cut('upstream'), local[line] ?? '');
      if (settled === undefined) return undefined;
      merged.add(settled, 'local', line, true);
      continue;
    }
    const side = region.kind === 'upstream' ? 'upstream' : 'local';
    for (let at = region[side].start; at < region[side].end; at += 1) {
      merged.add(tokens[side].tokens[at] ?? '', side, tokens[side].lines[at] ?? 0);
    }
  }
  return merged.finish();
}

/** The words of all lines with line ends between them, and the line that each is on. */
function tokenLines(keys: readonly string[]): { tokens: string[]; lines: number[] } {
  const tokens: string[] = [];
  const lines: number[] = [];
  for (const [line, key] of keys.entries()) {
    for (const token of line === 0 ? tokensOf(key) : ['\n', ...tokensOf(key)]) {
      tokens.push(token);
      lines.push(line);
    }
  }
  return { tokens, lines };
}

function emptyLine() {
  return { key: '', local: new Set<number>(), upstream: new Set<number>(), isSettled: false };
}

class LineBuilder {
  readonly #done: WordLine[] = [];
  #line = emptyLine();

  add(token: string, side: 'local' | 'upstream', line: number, isSettled = false): void {
    if (token === '\n') {
      this.#done.push(this.#line);
      this.#line = emptyLine();
      return;
    }
    this.#line.key += token;
    this.#line[side].add(line);
    this.#line.isSettled ||= isSettled;
  }

  finish(): WordLine[] {
    return [...this.#done, this.#line];
  }
}

function editsAreApart(regions: readonly Region[], base: readonly string[]): boolean {
  let last: Region['kind'] | undefined;
  let separated = true;
  for (const { kind, base: range } of regions) {
    if (kind === 'unchanged') {
      separated ||= base.slice(range.start, range.end).some((token) => isWord(token) || token.endsWith('\n'));
      continue;
    }
    if (!separated && last !== kind && last !== 'same' && kind !== 'same') return false;
    last = kind;
    separated = false;
  }
  return true;
}
