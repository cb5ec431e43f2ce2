import type * as z from 'zod';
import { shown } from '../../tree-names.ts';
import type { Draft } from './finding.ts';
import { type JsonText, pointerOf } from './json-text.ts';

/** Every way in which the file is not what `schema` says, with the place. Empty when its JSON is not valid: that is told elsewhere. */
export function schemaFindings(schema: z.ZodType, json: JsonText, file: string): readonly Draft[] {
  if (!json.valid) return [];
  const parsed = schema.safeParse(json.value);
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => issueFindings(issue, json, file));
}

function issueFindings(issue: z.core.$ZodIssue, json: JsonText, file: string): readonly Draft[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(json, file, [...path, key]));
  }
  const pointer = pointerOf(path);
  const missing = valueAt(json.value, path) === undefined;
  const code = missing ? 'PF-SCHEMA-REQUIRED' : isType(issue) ? 'PF-SCHEMA-TYPE' : 'PF-SCHEMA-VALUE';
  const field = pointer === '' ? 'The file' : `The field ${shown(pointer)}`;
  return [
    {
      code,
      file,
      pointer,
      range: json.rangeAt(path),
      message: missing ? `${field} is missing.` : `${field} is not valid: ${wanted(issue.message)}.`,
    },
  ];
}

/** Told and never fatal: hosts ignore what they do not know. */
export function unknownKeys(json: JsonText, file: string, known: ReadonlySet<string>): readonly Draft[] {
  if (typeof json.value !== 'object' || json.value === null) return [];
  return Object.keys(json.value)
    .filter((key) => !known.has(key))
    .map((key) => unknownKey(json, file, [key]));
}

function unknownKey(json: JsonText, file: string, path: readonly (string | number)[]): Draft {
  return {
    code: 'PF-SCHEMA-UNKNOWN-KEY',
    file,
    pointer: pointerOf(path),
    range: json.keyRangeAt(path),
    message: `The key ${shown(String(path.at(-1)))} is not known.`,
  };
}

function isType(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_union';
}

/** The library's own words, in the middle of a sentence. They name kinds of values, never the value itself. */
function wanted(message: string): string {
  const text = message.replace(/^Invalid input: /, '').replace(/\.$/, '');
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** What stands at a path of plain JSON; undefined when it is not there. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = Object.entries(current).find(([key]) => key === String(part))?.[1];
  }
  return current;
}
