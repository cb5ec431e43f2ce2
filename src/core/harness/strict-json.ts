import * as z from 'zod';
import { BeaverError } from '../../base/errors.ts';
import { canonicalJson, type JsonValue } from '../../base/json.ts';
import { refusal } from '../harness-refusal.ts';

const versionSchema = z.looseObject({ schema_version: z.number() });

/** Deeper than anything that is signed; checked before anything recursive looks at the text. */
const DEEPEST = 12;

/**
 * JSON of which there is only one reading: the bytes must be exactly what Beaver itself would write for the value. Two equal keys, a byte
 * order mark, bytes after the end, `1e3` for 1000, another order of keys or invalid UTF-8 are therefore refused (A17), and what was verified
 * is what is read.
 * @param what names the document in messages.
 * @throws BeaverError `metadata_invalid`.
 */
export function parseStrictJson(bytes: Uint8Array, what: string): JsonValue {
  const text = decoded(bytes);
  if (text === undefined) throw refusal('metadata_invalid', `The ${what} is not text in UTF-8.`);
  if (depthOf(text) > DEEPEST) throw refusal('metadata_invalid', `The ${what} is nested too deeply.`);
  let value: JsonValue;
  try {
    value = z.json().parse(JSON.parse(text));
  } catch (cause) {
    throw refusal('metadata_invalid', `The ${what} is not JSON.`, { cause });
  }
  if (canonicalJson(value) !== text) {
    throw refusal('metadata_invalid', `The ${what} is not in canonical form.`);
  }
  return value;
}

/**
 * A strict document in its schema.
 * @throws BeaverError `schema_newer`, `metadata_invalid`, and `expired` where it only lacks the date until which it holds.
 */
export function parseDocument<T>(bytes: Uint8Array, what: string, schema: z.ZodType<T>): T {
  const value = parseStrictJson(bytes, what);
  const version = versionSchema.safeParse(value);
  if (version.success && version.data.schema_version > 1) {
    throw new BeaverError(
      'schema_newer',
      `The ${what} is of a newer form than this version of Beaver reads.`,
      {
        nextStep: 'Update Beaver.',
        field: '/schema_version',
      },
    );
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = `/${(issue?.path ?? []).map(String).join('/')}`;
  if (field === '/expires_at') {
    throw refusal('expired', `The ${what} does not say until when it holds.`, { field, cause: parsed.error });
  }
  throw refusal('metadata_invalid', `The ${what} is not what it should be (${field}).`, {
    field,
    cause: parsed.error,
  });
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * How deeply brackets are nested outside of strings; of text that is no JSON it is some number. One pass over the characters: nothing was
 * verified yet, and a pattern that starts anew inside a string takes time with the square of its length (A10).
 */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index += 1;
      else quoted = character !== '"';
    } else if (character === '"') quoted = true;
    else if (character === '[' || character === '{') deepest = Math.max(deepest, (depth += 1));
    else if (character === ']' || character === '}') depth -= 1;
  }
  return deepest;
}
