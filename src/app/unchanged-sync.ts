import { sha256, type Sha256 } from '../base/digest.ts';
import { canonicalJsonLine } from '../base/json.ts';
import { writeFileDurably } from '../core/durable.ts';
import { WorkspaceLayout } from '../core/layout.ts';
import { isAsObserved, type Observation } from '../core/observed-files.ts';
import type { FileSystem } from '../core/ports.ts';
import type { WorkspaceOptions } from './api.ts';
import type { SyncPayload } from './payloads.ts';

/**
 * A sync that changed nothing and looked at nothing that has changed since would answer the same again: its answer is kept beside what it
 * looked at. Loads little, so that the command can ask here before it loads what a sync needs. Only a cache: without it, or where it is
 * of another version or damaged, the sync is done.
 */
interface Kept {
  readonly key: string;
  readonly observation: Observation;
}

/**
 * Everything besides the disk that the answer depends on; undefined when that cannot be told. Left out: a sync that may not write is none,
 * a name is recorded with changes only, and the folder of the machine is no business of a sync.
 */
function keyOf(options: WorkspaceOptions): Sha256 | undefined {
  if (options.version === undefined) return undefined;
  return sha256(canonicalJsonLine({ ...options, mayWrite: undefined, actor: undefined, home: undefined }));
}

/** The answer of the last sync, where another one would give it again. Writes nothing and waits for nobody. */
export async function recallSync(
  files: FileSystem,
  options: WorkspaceOptions,
): Promise<SyncPayload | undefined> {
  const key = keyOf(options);
  if (key === undefined) return undefined;
  const layout = new WorkspaceLayout(options.root, options.skillsDirectory);
  // What cannot be read costs time, as what was never kept.
  const bytes = await files.readFile(layout.syncMemo).catch(() => undefined);
  const [seal = '', first = '', second = ''] = Buffer.from(bytes ?? [])
    .toString('utf8')
    .split('\n');
  if (seal !== sealOf(first, second)) return undefined;
  // Sealed: these are the bytes that `keepSync` wrote, of this version when the key is the same.
  const kept = JSON.parse(first) as Kept;
  if (kept.key !== key) return undefined;
  const looking = isAsObserved(files, layout.root, kept.observation);
  // While threads look at the plugins.
  const payload = JSON.parse(second) as SyncPayload;
  return (await looking) ? payload : undefined;
}

/** Expects the write lock. Rejects with the system's error. */
export async function keepSync(
  files: FileSystem,
  options: WorkspaceOptions,
  observation: Observation,
  payload: SyncPayload,
): Promise<void> {
  const key = keyOf(options);
  if (key === undefined) return;
  const layout = new WorkspaceLayout(options.root, options.skillsDirectory);
  const kept: Kept = { key, observation };
  const [first, second] = [JSON.stringify(kept), JSON.stringify(payload)];
  await writeFileDurably(
    files,
    layout.syncMemo,
    Buffer.from([sealOf(first, second), first, second, ''].join('\n'), 'utf8'),
  );
}

function sealOf(first: string, second: string): Sha256 {
  return sha256(`${first}\n${second}`);
}
