import * as z from 'zod';
import { BeaverError } from '../base/errors.ts';
import { canonicalJson, type JsonValue } from '../base/json.ts';
import { writeFileDurably } from './durable.ts';
import type { FileSystem } from './ports.ts';

/** What a stored file is called in messages, and the newest `schema_version` that this build reads. */
export interface StoredKind {
  readonly name: string;
  readonly schemaVersion: number;
}

/** What an error may show of a path; a function where thousands of files are read and hardly one is shown. */
export type DisplayPath = string | (() => string);

/**
 * Reads a JSON file that Beaver wrote.
 * @returns undefined when it does not exist.
 * @throws BeaverError `schema_newer` when a newer Beaver wrote it, `stored_file_unreadable` when it is not what it should be. The file is left untouched.
 */
export async function readStoredJson<T>(
  files: FileSystem,
  path: string,
  display: DisplayPath,
  kind: StoredKind,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const bytes = await files.readFile(path);
  if (bytes === undefined) return undefined;
  return parseStored(Buffer.from(bytes).toString('utf8'), display, kind, schema);
}

/** As {@link readStoredJson}, for text that is already in memory (one line of a JSON Lines file, say). */
export function parseStored<T>(
  text: string,
  display: DisplayPath,
  kind: StoredKind,
  schema: z.ZodType<T>,
): T {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw unreadable(display, kind, cause);
  }
  if (schemaVersionOf(raw) > kind.schemaVersion) {
    throw new BeaverError('schema_newer', `The ${kind.name} was written by a newer version of Beaver.`, {
      nextStep: 'Update Beaver; the file is left as it is.',
      field: '/schema_version',
      path: shown(display),
    });
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw unreadable(display, kind, parsed.error);
  return parsed.data;
}

/**
 * Holds a value to the schema that will read it: what could not be read again is never written, and what is there stays.
 * @returns the value as JSON, every key of it.
 * @throws BeaverError `record_refused`.
 */
export function storable(value: unknown, { name }: StoredKind, schema: z.ZodType): JsonValue {
  const json = z.json().safeParse(value);
  const parsed = schema.safeParse(value);
  if (json.success && parsed.success) return json.data;
  throw new BeaverError('record_refused', `The ${name} would say something that could not be read again.`, {
    nextStep: 'Nothing was changed. Tell the author of the source what it is that you install.',
    cause: parsed.error ?? json.error,
  });
}

/** 0 for what says none, which the schema then judges. */
function schemaVersionOf(raw: unknown): number {
  if (typeof raw !== 'object' || raw === null || !('schema_version' in raw)) return 0;
  return typeof raw.schema_version === 'number' && Number.isInteger(raw.schema_version)
    ? raw.schema_version
    : 0;
}

function shown(display: DisplayPath): string {
  return typeof display === 'string' ? display : display();
}

/** `private`: a new file that its owner alone can read. */
export async function writeStoredJson(
  files: FileSystem,
  path: string,
  value: JsonValue,
  options: { readonly private?: boolean } = {},
): Promise<void> {
  await writeFileDurably(files, path, Buffer.from(canonicalJson(value), 'utf8'), options);
}

function unreadable(display: DisplayPath, kind: StoredKind, cause: unknown): BeaverError {
  return new BeaverError('stored_file_unreadable', `The ${kind.name} cannot be read.`, {
    nextStep: 'Run "beaver doctor"; restore the file from version control or a backup. Nothing was changed.',
    path: shown(display),
    cause,
  });
}
