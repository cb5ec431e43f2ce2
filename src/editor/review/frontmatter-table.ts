import type { LineRange, MergeChunk } from '../../core/merge/types.ts';
import type { FrontmatterMark, FrontmatterRow } from '../../protocol/review-view.ts';

/** One top-level key of a frontmatter: its value as it is written, and the lines it takes. */
export interface FrontmatterEntry {
  readonly value: string;
  readonly lines: LineRange;
}

export interface FrontmatterSides {
  readonly base: string;
  readonly local: string;
  readonly upstream: string;
  /** The result without its open conflicts. */
  readonly result: string;
}

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'\-[\]{},&*!|>%@`:][^:\n]*?|[^\s#:]+):(?:[ \t]+(.*))?$/;

/**
 * The frontmatter's top-level keys in order, by reading lines: a table for the eye must also show what a YAML parser refuses
 * (unquoted colons are common in public skills). Texts have line feeds only. Empty where there is no closed frontmatter.
 */
export function frontmatterEntries(text: string): ReadonlyMap<string, FrontmatterEntry> {
  const entries = new Map<string, FrontmatterEntry>();
  const open = /^---[ \t]*\n/.exec(text);
  if (open === null) return entries;
  const close = /^(?:---|\.\.\.)[ \t]*$/gm;
  close.lastIndex = open[0].length;
  const closed = close.exec(text);
  if (closed === null) return entries;
  const lines = text.slice(0, closed.index).split('\n');
  const end = lines.length - 1;
  let at = 1;
  while (at < end) {
    const match = KEY.exec(lines[at] ?? '');
    if (match === null) {
      at += 1;
      continue;
    }
    let next = at + 1;
    while (next < end && continues(lines[next] ?? '')) next += 1;
    const more = lines.slice(at + 1, next);
    while (more.length > 0 && more.at(-1)?.trim() === '') more.pop();
    const value = [match[2] ?? '', ...more].join('\n').trim();
    entries.set(unquoted(match[1] ?? ''), { value, lines: { start: at, end: next } });
    at = next;
  }
  return entries;
}

/** An indented line, a list item or an empty line belongs to the key above it. */
function continues(line: string): boolean {
  return line.trim() === '' || /^[ \t]/.test(line) || /^-(?:[ \t]|$)/.test(line);
}

function unquoted(key: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(key);
  return quoted?.[2] ?? key;
}

/**
 * One row per key of any side, in local's order, then upstream's, then base's. A key that an open conflict touches has no result yet.
 * `chunks` are those of the merge, `unresolved` the ids of its open conflicts.
 */
export function frontmatterTable(
  sides: FrontmatterSides,
  chunks: readonly MergeChunk[],
  unresolved: readonly string[],
): readonly FrontmatterRow[] {
  const base = frontmatterEntries(sides.base);
  const local = frontmatterEntries(sides.local);
  const upstream = frontmatterEntries(sides.upstream);
  const result = frontmatterEntries(sides.result);
  const open = chunks.filter(({ id }) => unresolved.includes(id));
  const keys = new Set([...local.keys(), ...upstream.keys(), ...base.keys(), ...result.keys()]);
  return [...keys].map((key) => {
    const inConflict = open.some(
      (chunk) =>
        touches(base.get(key)?.lines, chunk.base) ||
        touches(local.get(key)?.lines, chunk.local) ||
        touches(upstream.get(key)?.lines, chunk.upstream),
    );
    const values = {
      base: base.get(key)?.value ?? null,
      local: local.get(key)?.value ?? null,
      upstream: upstream.get(key)?.value ?? null,
      result: inConflict ? null : (result.get(key)?.value ?? null),
    };
    return { key, ...values, mark: mark(values, inConflict) };
  });
}

function mark(values: Omit<FrontmatterRow, 'key' | 'mark'>, inConflict: boolean): FrontmatterMark {
  if (inConflict) return 'conflict';
  const { base, local, upstream, result } = values;
  return base === local && base === upstream && base === result ? 'same' : 'differs';
}

function touches(lines: LineRange | undefined, range: LineRange): boolean {
  return lines !== undefined && lines.start < range.end && range.start < lines.end;
}
