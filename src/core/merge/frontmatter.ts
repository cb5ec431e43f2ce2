import { parse } from 'yaml';
import { canonicalJsonLine, type JsonValue } from '../../base/json.ts';
import { mergeItems } from './item-list.ts';
import { isVersionKey, largerVersion } from './larger-version.ts';
import type { Note } from './piece.ts';
import { because } from './reasons.ts';
import { compareThree, regionsOf } from './three-way.ts';
import { mergeWords } from './words.ts';

/**
 * Frontmatter by key. An entry is its lines, with the comment lines above it; values are parsed only to be compared, the text is
 * cut from the sides. `unreadable` where the lines are not plain block YAML or repeat a key: then they are lines like any other.
 */
export type FrontmatterMerge =
  | { readonly kind: 'merged'; readonly keys: readonly string[]; readonly notes: readonly Note[] }
  | { readonly kind: 'contradiction' }
  | { readonly kind: 'unreadable' };

/** The three texts are the lines between the fences. */
export function mergeFrontmatter(
  base: readonly string[],
  local: readonly string[],
  upstream: readonly string[],
): FrontmatterMerge {
  const entries = [base, local, upstream].map((lines) => entriesOf(lines));
  const [b, l, u] = entries;
  if (b === undefined || l === undefined || u === undefined) return { kind: 'unreadable' };
  const notes: Note[] = [];
  const keys = mergeEntries(b, l, u, notes);
  return keys === undefined ? { kind: 'contradiction' } : { kind: 'merged', keys, notes };
}

interface Entry {
  readonly name: string;
  readonly lines: readonly string[];
}

type Entries = ReadonlyMap<string, Entry>;

const ENTRY = /^( *)("[^"]+"|'[^']+'|[^\s#:'"\-[\]{}&*!|>%@`,][^:#]*):(?:[ \t]|$)/;
const COMMENT = /^[ \t]*(?:#.*)?$/;

/** The entries of a block mapping at one indentation; undefined where a line fits none or a key repeats. */
function entriesOf(lines: readonly string[], indent = 0): Entries | undefined {
  const entries = new Map<string, { name: string; lines: string[] }>();
  let current: { name: string; lines: string[] } | undefined;
  let waiting: string[] = [];
  for (const line of lines) {
    const match = ENTRY.exec(line);
    if (match?.[2] !== undefined && match[1]?.length === indent) {
      const name = match[2].trim().replace(/^["']|["']$/g, '');
      if (entries.has(name)) return undefined;
      current = { name, lines: [...waiting, line] };
      waiting = [];
      entries.set(name, current);
    } else if (COMMENT.test(line)) waiting.push(line);
    else if (current !== undefined && isContinuation(line, indent)) {
      current.lines.push(...waiting, line);
      waiting = [];
    } else return undefined;
  }
  if (waiting.length > 0) {
    if (current === undefined) return undefined;
    current.lines.push(...waiting);
  }
  return entries;
}

function isContinuation(line: string, indent: number): boolean {
  const depth = line.length - line.trimStart().length;
  return depth > indent || (depth === indent && line.startsWith('-', depth));
}

/** Local's order; what upstream added stands behind the entry that it follows there. */
function mergeEntries(base: Entries, local: Entries, upstream: Entries, notes: Note[]): string[] | undefined {
  const names = [...local.keys()];
  let before = -1;
  for (const name of upstream.keys()) {
    const at = names.indexOf(name);
    if (at >= 0) before = at;
    else if (!base.has(name)) {
      before += 1;
      names.splice(before, 0, name);
    }
  }
  const removed = [...base.keys()].filter((name) => !local.has(name));
  for (const name of removed) {
    if (upstream.has(name) && !sameLines(upstream.get(name), base.get(name))) return undefined;
  }
  const merged: string[] = [];
  for (const name of names) {
    const lines = mergeEntry(base.get(name), local.get(name), upstream.get(name), notes);
    if (lines === undefined) return undefined;
    merged.push(...lines);
  }
  return merged;
}

/** The lines of one entry, none where a side removed it and the other left it alone; undefined for a contradiction. */
function mergeEntry(
  base: Entry | undefined,
  local: Entry | undefined,
  upstream: Entry | undefined,
  notes: Note[],
): readonly string[] | undefined {
  if (sameLines(local, upstream) || sameLines(upstream, base)) return local?.lines ?? [];
  if (sameLines(local, base)) return upstream?.lines ?? [];
  if (local === undefined || upstream === undefined) return undefined;
  if (base === undefined) return undefined;
  return (
    mergeChildren(base, local, upstream, notes) ??
    mergeVersions(base, local, upstream, notes) ??
    mergeLists(base, local, upstream, notes) ??
    mergeTexts(base, local, upstream, notes) ??
    mergeInnerLines(base, local, upstream, notes) ??
    ignoreRewriting(base, local, upstream, notes)
  );
}

/**
 * A value that one side only wrote differently (quotes, wrapping, indentation) is no change against the other side's edit. Where
 * the difference is the quotes, the edited value gets them or loses them too, if it then still reads the same.
 */
function ignoreRewriting(
  base: Entry,
  local: Entry,
  upstream: Entry,
  notes: Note[],
): readonly string[] | undefined {
  const [origin, edited, rewritten] = sameMeaning(upstream, base)
    ? (['local', local, upstream] as const)
    : (['upstream', upstream, local] as const);
  if (!sameMeaning(rewritten, base)) return undefined;
  const reason = because('value_of_one_side', { side: origin, key: local.name });
  notes.push({ region: 'frontmatter', origin, ...reason });
  const requoted = { name: edited.name, lines: withQuotesOf(rewritten.lines, edited.lines) };
  return sameMeaning(requoted, edited) ? requoted.lines : edited.lines;
}

function withQuotesOf(model: readonly string[], lines: readonly string[]): readonly string[] {
  const [wanted, edited] = [quotedValue(model), quotedValue(lines)];
  if (wanted === undefined || edited === undefined) return lines;
  return [edited.key + wanted.quote + edited.value + wanted.quote];
}

/** A value on the line of its key, without the quotes around it. */
function quotedValue(
  lines: readonly string[],
): { readonly key: string; readonly quote: string; readonly value: string } | undefined {
  const [line = ''] = lines;
  const colon = line.indexOf(': ');
  if (lines.length !== 1 || colon < 0) return undefined;
  const key = line.slice(0, colon + 2);
  const value = line.slice(colon + 2).trim();
  const quote = value.startsWith('"') ? '"' : value.startsWith("'") ? "'" : '';
  if (quote === '') return { key, quote, value };
  return value.length > 1 && value.endsWith(quote) ? { key, quote, value: value.slice(1, -1) } : undefined;
}

/** A nested mapping, key by key; its first line must be the same on both sides. */
function mergeChildren(base: Entry, local: Entry, upstream: Entry, notes: Note[]): string[] | undefined {
  const [first = ''] = local.lines;
  if (!/:[ \t]*$/.test(first) || upstream.lines[0] !== first) return undefined;
  const parts = [base, local, upstream].map(({ lines }) => {
    const body = lines.slice(1);
    const indent = body.find((line) => !COMMENT.test(line));
    return indent === undefined ? undefined : entriesOf(body, indent.length - indent.trimStart().length);
  });
  const [b, l, u] = parts;
  if (b === undefined || l === undefined || u === undefined) return undefined;
  const inner: Note[] = [];
  const merged = mergeEntries(b, l, u, inner);
  if (merged === undefined) return undefined;
  notes.push(...inner);
  return [first, ...merged];
}

function mergeVersions(
  base: Entry,
  local: Entry,
  upstream: Entry,
  notes: Note[],
): readonly string[] | undefined {
  if (!isVersionKey(local.name)) return undefined;
  const values = [base, local, upstream].map((entry) => scalarText(valueOf(entry)));
  const [b, l, u] = values;
  if (b === undefined || l === undefined || u === undefined) return undefined;
  const larger = largerVersion(b, l, u);
  if (larger === undefined) return undefined;
  const origin = larger === l ? 'local' : 'upstream';
  notes.push({
    region: 'version',
    origin,
    ...because('version_raised', { key: local.name }),
  });
  return origin === 'local' ? local.lines : upstream.lines;
}

function scalarText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function mergeLists(base: Entry, local: Entry, upstream: Entry, notes: Note[]): string[] | undefined {
  const merged = mergeItems(base.lines, local.lines, upstream.lines);
  if (merged === undefined) return undefined;
  const note: Note = {
    region: 'frontmatter',
    origin: 'both',
    ...because('list_joined', { key: local.name }),
  };
  notes.push(note);
  return merged;
}

/** By words; the merged text must still be one string, and the one that merging the bare values gives. */
function mergeTexts(base: Entry, local: Entry, upstream: Entry, notes: Note[]): string[] | undefined {
  const values = [base, local, upstream].map(valueOf);
  const [b, l, u] = values;
  if (typeof b !== 'string' || typeof l !== 'string' || typeof u !== 'string') return undefined;
  const text = mergeWords(base.lines, local.lines, upstream.lines)?.map(({ key }) => key);
  if (text === undefined) return undefined;
  const value = valueOf({ name: local.name, lines: text });
  const expected = mergeWords([words(b)], [words(l)], [words(u)])
    ?.map(({ key }) => key)
    .join(' ');
  if (typeof value !== 'string' || expected === undefined || words(value) !== words(expected))
    return undefined;
  notes.push({
    region: 'frontmatter',
    origin: 'both',
    ...because('value_words_joined', { key: local.name }),
  });
  return text;
}

/** Values that are no mapping of scalars (lists of mappings, say): lines that only touch are both taken, if it still reads as YAML. */
function mergeInnerLines(base: Entry, local: Entry, upstream: Entry, notes: Note[]): string[] | undefined {
  if ([base, local, upstream].some((entry) => typeof valueOf(entry) !== 'object')) return undefined;
  const regions = regionsOf(compareThree(base.lines, local.lines, upstream.lines), 0);
  if (regions.some(({ kind }) => kind === 'conflict')) return undefined;
  const lines = regions.flatMap((region) =>
    region.kind === 'upstream'
      ? upstream.lines.slice(region.upstream.start, region.upstream.end)
      : local.lines.slice(region.local.start, region.local.end),
  );
  if (valueOf({ name: local.name, lines }) === undefined) return undefined;
  notes.push({
    region: 'frontmatter',
    origin: 'both',
    ...because('value_lines_joined', { key: local.name }),
  });
  return lines;
}

function words(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function sameLines(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.lines.length === b.lines.length && a.lines.every((line, at) => line === b.lines[at]);
}

/** Comments are not part of the meaning; a value that cannot be read means only itself. */
function sameMeaning(a: Entry, b: Entry): boolean {
  const [value, other] = [valueOf(a), valueOf(b)];
  if (value === undefined || other === undefined) return false;
  return canonicalJsonLine(value) === canonicalJsonLine(other);
}

/** Characters; the parser is slow on long hostile values, and a longer one is not worth comparing by meaning. */
const LONGEST_VALUE = 4_000;

function valueOf(entry: Entry): JsonValue | undefined {
  const indent = entry.lines.find((line) => !COMMENT.test(line))?.search(/\S/) ?? 0;
  const text = entry.lines.map((line) => line.slice(Math.min(indent, line.search(/\S|$/)))).join('\n');
  if (text.length > LONGEST_VALUE) return undefined;
  try {
    const document: unknown = parse(text, { logLevel: 'silent', maxAliasCount: 0 });
    return isRecord(document) ? jsonOf(document[entry.name]) : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined for what JSON cannot hold. */
function jsonOf(value: unknown): JsonValue | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) {
    const items = value.map(jsonOf);
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (!isRecord(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, jsonOf(member)]));
}
