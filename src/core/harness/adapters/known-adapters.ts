import type { FileSystem } from '../../ports.ts';
import { readStoredJson } from '../../stored-json.ts';
import { adapterSchema, type HarnessAdapter } from './adapter.ts';
import { CLAUDE_CODE } from './claude-code.ts';
import { CODEX } from './codex.ts';
import { EVERY_CODE } from './every-code.ts';
import { REFERENCE } from './reference.ts';

export const KNOWN_ADAPTERS: readonly HarnessAdapter[] = [CLAUDE_CODE, CODEX, EVERY_CODE, REFERENCE];

/** The adapter of a harness by its id or by the command that a person types; undefined for one that Beaver does not know. */
export function knownAdapter(harness: string, command: string): HarnessAdapter | undefined {
  return (
    KNOWN_ADAPTERS.find(({ adapter_id }) => adapter_id === harness) ??
    KNOWN_ADAPTERS.find(({ commands }) => commands.includes(command))
  );
}

/**
 * The adapter that lies in a file, where there is one; else the one that Beaver knows. A program with neither is started, and never restarted.
 * @throws BeaverError `stored_file_unreadable`, `schema_newer`: the file is there and does not hold an adapter.
 */
export async function findAdapter(
  files: FileSystem,
  file: string,
  harness: string,
  command: string,
): Promise<HarnessAdapter | undefined> {
  const stored = await readStoredJson(
    files,
    file,
    'adapter.json',
    { name: 'adapter of a harness', schemaVersion: 1 },
    adapterSchema,
  );
  return stored ?? knownAdapter(harness, command);
}
