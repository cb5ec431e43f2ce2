import * as path from 'node:path';
import * as z from 'zod';
import { BeaverError, findingFromError } from '../../base/errors.ts';
import { makeDirectoryDurably, writeFileDurably } from '../durable.ts';
import type { FileSystem } from '../ports.ts';
import { STAGING_KEPT } from '../skills/redo.ts';
import { readStoredJson } from '../stored-json.ts';
import { type Diagnosis, repairable } from './doctor-finding.ts';
import type { MirrorDeps } from './mirror-deps.ts';

const journalSchema = z.looseObject({
  schema_version: z.literal(1),
  purpose: z.string(),
  steps: z.array(z.unknown()),
});

/** Changes that a crash interrupted, and staging that nobody uses any more. */
export async function examineStaging(deps: MirrorDeps): Promise<readonly Diagnosis[]> {
  const { files, clock } = deps.ports;
  const { layout } = deps;
  const found: Diagnosis[] = [];
  for (const entry of (await files.readDirectory(layout.staging)) ?? []) {
    const folder = path.join(layout.staging, entry.name);
    const journal = path.join(folder, 'commit.json');
    try {
      const kind = { name: 'transaction journal', schemaVersion: 1 };
      const commit = await readStoredJson(files, journal, layout.display(journal), kind, journalSchema);
      if (commit !== undefined) {
        found.push(
          repairable(
            {
              code: 'transaction_unfinished',
              message: `A change was interrupted after it was committed: ${commit.purpose}.`,
              would: 'complete it, as the next command that writes does',
              path: layout.display(folder),
            },
            { kind: 'recover' },
          ),
        );
        continue;
      }
    } catch (error) {
      if (!(error instanceof BeaverError)) throw error;
      found.push({ finding: findingFromError(error, layout.display(journal)), repair: null });
      continue;
    }
    const stat = await files.lstat(folder);
    if (stat === undefined || Number(stat.mtimeNs / 1_000_000n) >= clock.now() - STAGING_KEPT) continue;
    found.push(
      repairable(
        {
          code: 'staging_leftover',
          message: 'Files of a change that was never committed are older than 24 hours.',
          would: 'remove them, as the next command that writes does; nothing published is among them',
          path: layout.display(folder),
          severity: 'info',
        },
        { kind: 'recover' },
      ),
    );
  }
  return found;
}

/** Lines that are no JSON, or a last line that was never ended: what a torn write leaves. */
export async function examineLines(deps: MirrorDeps): Promise<readonly Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const file of [deps.layout.candidates, deps.layout.audit]) {
    const bytes = await deps.ports.files.readFile(file);
    if (bytes === undefined) continue;
    const { torn, ended } = splitLines(bytes);
    if (torn.length === 0 && ended) continue;
    const aside = `${path.basename(file)}.damaged`;
    found.push(
      repairable(
        {
          code: 'jsonl_torn',
          severity: 'error',
          message:
            torn.length === 0
              ? 'The last line of the file was not ended.'
              : `${torn.length === 1 ? 'A line' : `${torn.length} lines`} of the file cannot be read as JSON.`,
          would:
            torn.length === 0 ? 'end it' : `move what cannot be read to ${aside}, and keep every other line`,
          path: deps.layout.display(file),
        },
        { kind: 'set_lines_aside', file },
      ),
    );
  }
  return found;
}

/** Keeps every line that is JSON; what is not goes to the end of `<file>.damaged` first, byte for byte. */
export async function setLinesAside(files: FileSystem, file: string): Promise<void> {
  const bytes = await files.readFile(file);
  if (bytes === undefined) return;
  const { whole, torn } = splitLines(bytes);
  if (torn.length > 0) {
    const aside = `${file}.damaged`;
    await makeDirectoryDurably(files, path.dirname(aside));
    const before = (await files.readFile(aside)) ?? new Uint8Array();
    await writeFileDurably(files, aside, joined([before], torn));
  }
  await writeFileDurably(files, file, joined([], whole));
}

function splitLines(bytes: Uint8Array): {
  readonly whole: readonly Uint8Array[];
  readonly torn: readonly Uint8Array[];
  readonly ended: boolean;
} {
  const whole: Uint8Array[] = [];
  const torn: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.byteLength) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.byteLength : newline;
    const line = bytes.subarray(start, end);
    if (line.byteLength > 0) (isJson(line) ? whole : torn).push(line);
    start = end + 1;
  }
  return { whole, torn, ended: bytes.byteLength === 0 || bytes.at(-1) === 0x0a };
}

function isJson(line: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
    return true;
  } catch {
    return false;
  }
}

function joined(before: readonly Uint8Array[], lines: readonly Uint8Array[]): Uint8Array {
  const newline = Uint8Array.of(0x0a);
  return Buffer.concat([...before, ...lines.flatMap((line) => [line, newline])]);
}
