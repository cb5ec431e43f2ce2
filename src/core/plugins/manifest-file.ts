import type * as z from 'zod';
import { BeaverError, type Finding } from '../../base/errors.ts';
import { shown } from '../tree-names.ts';
import type { PluginFolder } from './plugin-folder.ts';

/** A manifest larger than this is not read. Bytes. */
export const MAX_MANIFEST_BYTES = 1024 * 1024;

/** A manifest as it was read: a JSON object, and where it is. */
export interface ManifestObject {
  readonly value: Readonly<Record<string, unknown>>;
  /** Display path. */
  readonly display: string;
}

/**
 * Reads the manifest at `relative` of a plugin as a JSON object.
 * @throws BeaverError `manifest_missing`, `symlink_not_allowed`, `not_a_regular_file`, `manifest_too_large`, `manifest_not_json`,
 * `manifest_not_object`.
 */
export async function readManifestObject(folder: PluginFolder, relative: string): Promise<ManifestObject> {
  const display = folder.shown(relative);
  const { kind } = await folder.locate(relative);
  if (kind === 'symlink') {
    throw rejected(
      'symlink_not_allowed',
      'The manifest is reached through a symbolic link.',
      'Put the file itself into the plugin.',
      display,
    );
  }
  if (kind !== 'file' && kind !== 'missing') {
    throw rejected(
      'not_a_regular_file',
      'The manifest is not a regular file.',
      'Put a file in its place.',
      display,
    );
  }
  const bytes =
    kind === 'file' ? await folder.files.readFile(folder.absolute(relative), MAX_MANIFEST_BYTES) : undefined;
  if (bytes === undefined) {
    throw rejected(
      'manifest_missing',
      'The manifest is not there.',
      'Put it back, or remove the folder.',
      display,
    );
  }
  if (bytes.byteLength > MAX_MANIFEST_BYTES) {
    throw rejected(
      'manifest_too_large',
      'The manifest is larger than 1 MiB.',
      'Keep only what describes the plugin.',
      display,
    );
  }
  const value = parseJson(decode(bytes, display), display);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw rejected(
      'manifest_not_object',
      'The manifest is not a JSON object.',
      'Start it with a brace.',
      display,
    );
  }
  return { value: Object.fromEntries(Object.entries(value)), display };
}

/** The value by `schema`; the first problem becomes `manifest_invalid` with a JSON pointer. */
export function validateManifest<T>(schema: z.ZodType<T>, { value, display }: ManifestObject): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = `/${(issue?.path ?? []).map((part) => pointerPart(String(part))).join('/')}`;
  throw new BeaverError(
    'manifest_invalid',
    `The manifest is not valid at ${field}: ${issue?.message ?? 'unknown problem'}.`,
    {
      nextStep: 'Correct that field.',
      field,
      path: display,
    },
  );
}

/** Keys that the dialect does not know: told, left for whoever reads them, not fatal. */
export function unknownKeys(
  { value, display }: ManifestObject,
  known: ReadonlySet<string>,
): readonly Finding[] {
  return Object.keys(value)
    .filter((key) => !known.has(key))
    .sort()
    .map((key) => ({
      code: 'manifest_unknown_key',
      severity: 'info',
      message: `The manifest has a key ${shown(key)} that is not known.`,
      next_step: 'Check its spelling, or leave it for the tool that reads it.',
      path: display,
      field: `/${pointerPart(key.slice(0, 120))}`,
    }));
}

export function rejected(
  code: string,
  message: string,
  nextStep: string,
  path: string,
  field?: string,
  cause?: unknown,
): BeaverError {
  return new BeaverError(code, message, {
    nextStep,
    path,
    ...(field === undefined ? {} : { field }),
    ...(cause === undefined ? {} : { cause }),
  });
}

function decode(bytes: Uint8Array, display: string): string {
  try {
    // A byte order mark is dropped by the decoder.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw rejected(
      'manifest_not_json',
      'The manifest is not UTF-8 text.',
      'Save it as UTF-8.',
      display,
      undefined,
      cause,
    );
  }
}

function parseJson(text: string, display: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The engine's message quotes the file: only the place is taken from it (invariant 9).
    const where = cause instanceof SyntaxError ? /line \d+ column \d+/.exec(cause.message)?.[0] : undefined;
    const message = `The manifest is not valid JSON${where === undefined ? '' : ` (${where})`}.`;
    throw rejected('manifest_not_json', message, 'Correct the syntax.', display, undefined, cause);
  }
}

function pointerPart(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
