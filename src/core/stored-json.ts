import * as z from 'zod';
import { BeaverError } from '../base/errors.ts';
import { canonicalJson, type JsonValue } from '../base/json.ts';
import { writeFileDurably } from './durable.ts';
import type { FileSystem } from './ports.ts';

const header = z.looseObject({ schema_version: z.int() });

/** What a stored file is called in messages, and the newest `schema_version` that this build reads. */
export interface StoredKind {
  readonly name: string;
  readonly schemaVersion: number;
}

/**
 * Reads a JSON file that Beaver wrote.
 * @returns undefined when it does not exist.
 * @throws BeaverError `schema_newer` when a newer Beaver wrote it, `stored_file_unreadable` when it is not what it should be. The file is left untouched.
 */
export async function readStoredJson<T>(
  files: FileSystem,
  path: string,
  display: string,
  kind: StoredKind,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const bytes = await files.readFile(path);
  if (bytes === undefined) return undefined;
  return parseStored(Buffer.from(bytes).toString('utf8'), display, kind, schema);
}

/** As {@link readStoredJson}, for text that is already in memory (one line of a JSON Lines file, say). */
export function parseStored<T>(text: string, display: string, kind: StoredKind, schema: z.ZodType<T>): T {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw unreadable(display, kind, cause);
  }
  const head = header.safeParse(raw);
  if (head.success && head.data.schema_version > kind.schemaVersion) {
    throw new BeaverError('schema_newer', `The ${kind.name} was written by a newer version of Beaver.`, {
      nextStep: 'Update Beaver; the file is left as it is.',
      field: '/schema_version',
      path: display,
    });
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw unreadable(display, kind, parsed.error);
  return parsed.data;
}

export async function writeStoredJson(files: FileSystem, path: string, value: JsonValue): Promise<void> {
  await writeFileDurably(files, path, Buffer.from(canonicalJson(value), 'utf8'));
}

function unreadable(display: string, kind: StoredKind, cause: unknown): BeaverError {
  return new BeaverError('stored_file_unreadable', `The ${kind.name} cannot be read.`, {
    nextStep: 'Run "beaver doctor"; restore the file from version control or a backup. Nothing was changed.',
    path: display,
    cause,
  });
}
