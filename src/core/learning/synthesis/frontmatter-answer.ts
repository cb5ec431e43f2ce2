import { isMap, parseDocument, stringify } from 'yaml';
import type { JsonValue } from '../../../base/json.ts';
import { parseSkillDocument } from '../../skill-document.ts';
import { wordsOf } from '../wording.ts';
import type { ProposalProblem } from './problems.ts';
import type { Skeleton, SkeletonConflict } from './skeleton.ts';

type Frontmatter = Readonly<Record<string, JsonValue | undefined>>;

/** Whether the answer's frontmatter says nothing that neither side says in its own: keys, names, tools, words of a description. */
export function checkFrontmatter(answer: Frontmatter, sides: readonly string[]): readonly ProposalProblem[] {
  const documents = sides.map((side) => parseSkillDocument(side).frontmatter);
  const problems: ProposalProblem[] = [];
  const isNew = (key: string, value: JsonValue): boolean => {
    const theirs = documents
      .filter((document) => Object.hasOwn(document, key))
      .map((document) => document[key]);
    if (theirs.length === 0) return !isNothing(value);
    if (theirs.some((their) => same(their, value))) return false;
    if (typeof value === 'string' && key !== 'name') {
      const known = new Set(theirs.flatMap(leavesOf).flatMap(wordsOf));
      return wordsOf(value).some((word) => !known.has(word));
    }
    const known = new Set(theirs.flatMap(leavesOf));
    return leavesOf(value).some((leaf) => !known.has(leaf));
  };
  for (const [key, value] of Object.entries(answer)) {
    if (value === undefined) continue;
    if (isToolKey(key)) {
      const known = new Set(
        documents.flatMap((document) =>
          Object.entries(document)
            .filter(([name]) => isToolKey(name))
            .flatMap(([, theirs]) => toolsOf(theirs)),
        ),
      );
      if (toolsOf(value).some((tool) => !known.has(tool))) {
        problems.push({
          code: 'proposal_new_tool',
          message: 'The answer gives the skill a tool that neither side gives it.',
        });
      }
    } else if (isNew(key, value)) {
      problems.push({
        code: 'proposal_new_frontmatter',
        message: 'The frontmatter of the answer has a key or a value that neither side has.',
      });
    }
  }
  return problems;
}

/**
 * What the answer has in place of a conflict in the frontmatter, as lines: those of a side where it says the same, else written anew. In an
 * entry that has more around the conflict only a side can be taken. Undefined where the frontmatter, with these lines in place, cannot be
 * read (a key stands twice) or says something else than the answer.
 */
export function cutFrontmatter(
  conflict: SkeletonConflict,
  answer: Frontmatter,
  skeleton: Pick<Skeleton, 'frontmatter' | 'conflicts'>,
): string | undefined {
  const entries = entriesInPlace(conflict, answer);
  const candidates = entries === undefined ? [conflict.local, conflict.upstream] : [entries];
  return candidates.find((text) => saysTheSame(skeleton, conflict, text, answer));
}

/** Undefined where the conflict is not made of whole entries. */
function entriesInPlace(conflict: SkeletonConflict, answer: Frontmatter): string | undefined {
  const local = entriesOf(conflict.local);
  const upstream = entriesOf(conflict.upstream);
  if (local === undefined || upstream === undefined) return undefined;
  let text = '';
  for (const key of new Set([...local.keys(), ...upstream.keys()])) {
    const value = answer[key];
    if (value === undefined) continue;
    const own = [local.get(key), upstream.get(key)].find(
      (entry) => entry !== undefined && same(entry.value, value),
    );
    text += own?.text ?? stringify({ [key]: value }, { lineWidth: 0 });
  }
  return text;
}

/** Whether the frontmatter can be read with `text` in place, and says what the answer says where the text makes a difference. */
function saysTheSame(
  { frontmatter, conflicts }: Pick<Skeleton, 'frontmatter' | 'conflicts'>,
  { marker }: SkeletonConflict,
  text: string,
  answer: Frontmatter,
): boolean {
  const others = new Set(conflicts.map((conflict) => conflict.marker));
  const withText = (put: string): Frontmatter | undefined => {
    const lines = frontmatter.split(/(?<=\n)/u).slice(1, -1);
    const whole = lines
      .map((line) => (line.trim() === marker ? put : others.has(line.trim()) ? '' : line))
      .join('');
    const document = parseDocument(whole, { uniqueKeys: true, logLevel: 'silent' });
    if (document.errors.length > 0) return undefined;
    return isMap(document.contents) ? (document.toJS() as Frontmatter) : {};
  };
  const data = withText(text);
  const without = withText('') ?? {};
  if (data === undefined) return false;
  return Object.entries(data).every(([key, value]) => same(without[key], value) || same(answer[key], value));
}

interface Entry {
  readonly value: unknown;
  /** Its lines, and the comments above it. */
  readonly text: string;
}

const KEY =
  /^(?:"([^"\\]{1,200})"|'([^'\\]{1,200})'|([^\s"'#[\]{},&*!|>%@`:-][^:#]{0,200}?))\s{0,20}:(?:\s|$)/u;

/** The entries of lines that are a whole number of them; undefined for anything else. */
function entriesOf(text: string): ReadonlyMap<string, Entry> | undefined {
  const document = parseDocument(text, { uniqueKeys: true, logLevel: 'silent' });
  if (text.trim() === '') return new Map();
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const values = new Map<string, unknown>(
    Object.entries(document.toJS() as Readonly<Record<string, unknown>>),
  );
  const entries = new Map<string, Entry>();
  let lines = '';
  let key: string | undefined;
  let waiting = '';
  for (const line of text.split(/(?<=\n)/u)) {
    const match = KEY.exec(line);
    const name = match?.[1] ?? match?.[2] ?? match?.[3];
    if (name !== undefined) {
      if (key !== undefined) entries.set(key, { value: values.get(key), text: lines });
      key = name;
      lines = waiting + line;
      waiting = '';
    } else if (/^#/u.test(line)) {
      waiting += line;
    } else if (key === undefined) {
      return undefined;
    } else {
      lines += waiting + line;
      waiting = '';
    }
  }
  if (key !== undefined) entries.set(key, { value: values.get(key), text: lines + waiting });
  return [...values.keys()].every((name) => entries.has(name)) && entries.size === values.size
    ? entries
    : undefined;
}

function isToolKey(key: string): boolean {
  return /(?:^|[-_])tools?$/iu.test(key) || /tools$/iu.test(key);
}

/** "Read, Bash(git add:*)" and `[Read, Bash]`: commas and spaces part tools outside of parentheses. */
function toolsOf(value: unknown): readonly string[] {
  return leavesOf(value).flatMap((leaf) => leaf.match(/(?:[^\s,()]{1,200}|\([^()]{0,500}\)){1,20}/gu) ?? []);
}

function leavesOf(value: unknown): readonly string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, member]) => [key, ...leavesOf(member)]);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [String(value)]
    : [];
}

function isNothing(value: JsonValue): boolean {
  return leavesOf(value).every((leaf) => leaf === '');
}

function same(a: unknown, b: unknown): boolean {
  return a === b || written(a) === written(b);
}

/** Equal for values that YAML and JSON write differently and mean the same. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join()}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, member]) => `${JSON.stringify(key)}:${written(member)}`)
      .sort()
      .join()}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
