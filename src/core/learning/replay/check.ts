import type { JsonValue } from '../../../base/json.ts';

/**
 * One statement about a result. `text` is how it is shown and what `grading.json` says of it. `prose` is for a model to judge;
 * `uncheckable` needs what a replay does not have (files on disk, a command to run) and counts neither way.
 */
export type Check =
  | { readonly kind: 'prose'; readonly text: string }
  | {
      readonly kind: 'contains';
      readonly text: string;
      readonly values: readonly string[];
      readonly how: 'all' | 'any' | 'none';
      readonly ignoreCase: boolean;
    }
  | {
      readonly kind: 'affix';
      readonly text: string;
      readonly value: string;
      readonly where: 'whole' | 'start' | 'end';
      readonly ignoreCase: boolean;
    }
  | {
      readonly kind: 'regex';
      readonly text: string;
      readonly pattern: string;
      readonly ignoreCase: boolean;
      readonly multiline: boolean;
      readonly dotAll: boolean;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'json';
      readonly text: string;
      /** Dotted names and numbers from the root; empty for the whole. */
      readonly path: readonly string[];
      /** Undefined where the value only has to be there. */
      readonly expected?: JsonValue;
    }
  | {
      readonly kind: 'length';
      readonly text: string;
      readonly unit: 'characters' | 'words' | 'lines';
      readonly min: number | null;
      readonly max: number | null;
    }
  | { readonly kind: 'uncheckable'; readonly text: string; readonly type: string };

export type ProgramCheck = Exclude<Check, { readonly kind: 'prose' | 'uncheckable' }>;

export interface CheckResult {
  readonly text: string;
  readonly passed: boolean;
  /** What speaks for the verdict, in a sentence. */
  readonly evidence: string;
}

/** A pattern in the syntax of RE2: it takes time that grows with the text alone, whatever its author wrote (invariant 11). */
export interface PatternFlags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

/** The first match, or undefined. `unreadable` where the pattern is not one. */
export type FindPattern = (
  pattern: string,
  flags: PatternFlags,
  text: string,
) => { readonly kind: 'found'; readonly match: string } | { readonly kind: 'absent' | 'unreadable' };

/** Runs one check on the text of a result. Pure, and in time that grows with the text. */
export function runCheck(check: ProgramCheck, output: string, find: FindPattern): CheckResult {
  const { text } = check;
  switch (check.kind) {
    case 'contains':
      return { text, ...containsResult(check, output) };
    case 'affix': {
      const [have, want] = check.ignoreCase
        ? [output.trim().toLowerCase(), check.value.trim().toLowerCase()]
        : [output.trim(), check.value.trim()];
      const passed = { whole: have === want, start: have.startsWith(want), end: have.endsWith(want) }[
        check.where
      ];
      return { text, passed, evidence: passed ? 'The text is there.' : 'The text is not there.' };
    }
    case 'regex': {
      const found = find(check.pattern, check, output);
      if (found.kind === 'unreadable')
        return { text, passed: false, evidence: 'The pattern is not one that can be read.' };
      const evidence =
        found.kind === 'found' ? `Matches: ${quote(found.match)}` : 'The pattern matches nowhere.';
      return { text, passed: (found.kind === 'found') !== check.negated, evidence };
    }
    case 'json':
      return { text, ...jsonResult(check, output) };
    case 'length': {
      const size = lengthOf(output, check.unit);
      const passed = (check.min === null || size >= check.min) && (check.max === null || size <= check.max);
      return { text, passed, evidence: `The result has ${size} ${check.unit}.` };
    }
  }
}

function containsResult(
  { values, how, ignoreCase }: Extract<Check, { kind: 'contains' }>,
  output: string,
): Omit<CheckResult, 'text'> {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const have = fold(output);
  const there = values.filter((value) => have.includes(fold(value)));
  const missing = values.filter((value) => !there.includes(value));
  const list = (all: readonly string[]): string => all.map(quote).join(', ');
  switch (how) {
    case 'all':
      return missing.length === 0
        ? { passed: true, evidence: `Has ${list(there)}.` }
        : { passed: false, evidence: `Lacks ${list(missing)}.` };
    case 'any':
      return there.length > 0
        ? { passed: true, evidence: `Has ${list(there)}.` }
        : { passed: false, evidence: `Has none of ${list(missing)}.` };
    case 'none':
      return there.length === 0
        ? { passed: true, evidence: `Has none of ${list(missing)}.` }
        : { passed: false, evidence: `Has ${list(there)}.` };
  }
}

function jsonResult(check: Extract<Check, { kind: 'json' }>, output: string): Omit<CheckResult, 'text'> {
  const parsed = readJsonText(output);
  if (parsed === undefined) return { passed: false, evidence: 'The result is not JSON.' };
  let value: unknown = parsed.value;
  for (const [depth, name] of check.path.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return { passed: false, evidence: `There is no ${check.path.slice(0, depth + 1).join('.')}.` };
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  if (check.expected === undefined) return { passed: true, evidence: 'The result is JSON and has it.' };
  const [have, want] = [JSON.stringify(sortedKeys(value)), JSON.stringify(sortedKeys(check.expected))];
  return { passed: have === want, evidence: `It is ${quote(have)}.` };
}

const FENCED = /^\s*```[a-z0-9]*[ \t]*\n([\s\S]*?)\n?```\s*$/i;

/** A result that is JSON and nothing else; one code fence around it is forgiven. Undefined when it is not. */
export function readJsonText(text: string): { readonly value: unknown } | undefined {
  for (const candidate of [text, FENCED.exec(text)?.[1]]) {
    if (candidate === undefined) continue;
    try {
      return { value: JSON.parse(candidate) as unknown };
    } catch {
      // Not in this form; perhaps in the other.
    }
  }
  return undefined;
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sortedKeys(member)]),
  );
}

function lengthOf(output: string, unit: 'characters' | 'words' | 'lines'): number {
  const text = output.trim();
  if (text === '') return 0;
  switch (unit) {
    case 'characters':
      return Array.from(text).length;
    case 'words':
      return text.split(/\s+/).length;
    case 'lines':
      return text.split('\n').length;
  }
}

/** Characters of a result that a report quotes. */
const QUOTED = 80;

function quote(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return JSON.stringify(line.length > QUOTED ? `${line.slice(0, QUOTED - 1)}…` : line);
}
