import * as path from 'node:path';
import * as z from 'zod';
import { BeaverError } from '../../base/errors.ts';
import { appendLineDurably, makeDirectoryDurably, writeFileDurably } from '../durable.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem, NewTree, Ports } from '../ports.ts';
import { readStoredJson, writeStoredJson } from '../stored-json.ts';
import { hashSkillTree } from '../skill-tree.ts';
import type { TreeFile } from './models.ts';
import { PendingWrites } from './pending-writes.ts';

/**
 * One change of the workspace as a redo log. Everything new is staged below `.beaver/staging/plugin-skills/<id>/` and made durable; then
 * `commit.json` is written, which is the moment the change happens; then its steps are applied, in order, each idempotent.
 * A crash before the commit leaves the old state; one after it is completed by {@link recoverTransactions} at the next start (invariant 4).
 * Steps are plain data with POSIX paths relative to the workspace (or to the transaction, for `from` and `staged`).
 */
const placeStepSchema = z.object({
  kind: z.literal('place'),
  /** The folder that agents read, `.agents/skills` say. */
  target: z.string(),
  skill_name: z.string(),
  version: z.string(),
  /** Of the new tree; null takes the skill out of the target. */
  tree_hash: z.string().nullable(),
  /** The staged new tree; null when it is taken out. */
  staged: z.string().nullable(),
  /** The tree hash that was found there when the change was planned: anything else is somebody's edit and stays. Null: nothing was there. */
  expected: z.string().nullable(),
});
export type PlaceStep = z.infer<typeof placeStepSchema>;

const stepSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('promote'), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('write'), path: z.string(), text: z.string() }),
  z.object({ kind: z.literal('append'), path: z.string(), line: z.string() }),
  placeStepSchema,
]);
export type TransactionStep = z.infer<typeof stepSchema>;

export const commitSchema = z.object({
  schema_version: z.literal(1),
  purpose: z.string(),
  steps: z.array(stepSchema),
});
const commitKind = { name: 'transaction journal', schemaVersion: 1 } as const;

/** Applies the `place` steps of one transaction, in order, and keeps the record of what is placed where. */
export type ApplyPlacements = (steps: readonly PlaceStep[], folder: string) => Promise<void>;

export interface TransactionDeps {
  readonly ports: Ports;
  readonly layout: WorkspaceLayout;
  readonly applyPlacements: ApplyPlacements;
}

export class Transaction {
  readonly folder: string;
  readonly #deps: TransactionDeps;
  readonly #steps: TransactionStep[] = [];
  readonly #read = new Map<string, Promise<unknown>>();
  readonly #writes = new PendingWrites();
  #made: Promise<void> | undefined;
  #staged = false;

  private constructor(deps: TransactionDeps, folder: string) {
    this.#deps = deps;
    this.folder = folder;
  }

  /** Creates nothing on disk until something is staged or committed. Call it under the write lock only. */
  static begin(deps: TransactionDeps): Transaction {
    return new Transaction(deps, path.join(deps.layout.staging, deps.ports.ids.transaction()));
  }

  /** What this change reads once, however many skills it is about. */
  once<T>(what: string, read: () => Promise<T>): Promise<T> {
    const known = this.#read.get(what);
    if (known !== undefined) return known as Promise<T>;
    const reading = read();
    this.#read.set(what, reading);
    return reading;
  }

  get empty(): boolean {
    return this.#steps.length === 0;
  }

  add(...steps: readonly TransactionStep[]): void {
    this.#steps.push(...steps);
  }

  /**
   * Writes a tree of regular files below the transaction. `name` is a POSIX path that becomes `from` of a promotion. The tree may still be
   * on its way to the disk when this resolves; `commit` waits for it, and rejects when it did not arrive.
   */
  async stageTree(name: string, tree: readonly TreeFile[]): Promise<string> {
    const root = inside(this.folder, name);
    this.#staged = true;
    // The journal will lie in this folder: it must not be possible that what is flushed below it hangs on a name that is not.
    this.#made ??= makeDirectoryDurably(this.#deps.ports.files, this.folder);
    await this.#made;
    const { files } = this.#deps.ports;
    const loaded = files.writeTrees === undefined ? undefined : newTree(root, tree);
    if (loaded === undefined) await writeTree(files, root, tree);
    else await this.#writes.add(bytesIn(loaded), async () => files.writeTrees?.([loaded]));
    return root;
  }

  /** Makes what was staged durable, commits, applies and cleans up. With no steps it only cleans up. */
  async commit(purpose: string): Promise<void> {
    const { ports } = this.#deps;
    if (this.#steps.length === 0) {
      await this.discard();
      return;
    }
    await makeDirectoryDurably(ports.files, this.folder);
    await this.#writes.settled();
    if (this.#staged) await ports.files.flushTrees([this.folder]);
    await writeStoredJson(ports.files, journal(this.folder), {
      schema_version: 1,
      purpose,
      steps: this.#steps,
    });
    await complete(this.#deps, this.folder, this.#steps);
  }

  /** Removes what was staged; what was committed stays committed. */
  async discard(): Promise<void> {
    if (!this.#staged) return;
    await this.#writes.settled().catch(() => undefined);
    await this.#deps.ports.files.remove(this.folder);
    this.#staged = false;
  }
}

/** Runs `body` with a new transaction and discards what it staged when it fails before the commit. */
export async function withTransaction<T>(
  deps: TransactionDeps,
  body: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const transaction = Transaction.begin(deps);
  try {
    return await body(transaction);
  } catch (error) {
    if (!(await isCommitted(deps.ports.files, transaction.folder)))
      await transaction.discard().catch(() => undefined);
    throw error;
  }
}

/** Staged leftovers younger than this are left alone: somebody may want to look at them. Milliseconds. */
export const STAGING_KEPT = 24 * 60 * 60 * 1000;

/**
 * Completes every committed transaction and sweeps up staging that is older than 24 h. Call it under the write lock, first thing.
 * @returns the purposes of the transactions that were completed.
 */
export async function recoverTransactions(deps: TransactionDeps): Promise<readonly string[]> {
  const { files, clock, log } = deps.ports;
  const completed: string[] = [];
  const entries = (await files.readDirectory(deps.layout.staging)) ?? [];
  for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const folder = path.join(deps.layout.staging, entry.name);
    const commit = await readStoredJson(
      files,
      journal(folder),
      deps.layout.display(journal(folder)),
      commitKind,
      commitSchema,
    );
    if (commit !== undefined) {
      await complete(deps, folder, commit.steps);
      completed.push(commit.purpose);
      log.log('info', 'Completed an interrupted change', { purpose: commit.purpose });
      continue;
    }
    const stat = await files.lstat(folder);
    if (stat !== undefined && Number(stat.mtimeNs / 1_000_000n) < clock.now() - STAGING_KEPT)
      await files.remove(folder);
  }
  return completed;
}

/** True when a committed transaction waits to be completed: reading then shows a state that is about to change. */
export async function hasUnfinishedTransaction(files: FileSystem, layout: WorkspaceLayout): Promise<boolean> {
  const entries = (await files.readDirectory(layout.staging)) ?? [];
  for (const entry of entries) {
    if (await isCommitted(files, path.join(layout.staging, entry.name))) return true;
  }
  return false;
}

async function isCommitted(files: FileSystem, folder: string): Promise<boolean> {
  return (await files.lstat(journal(folder))) !== undefined;
}

function journal(folder: string): string {
  return path.join(folder, 'commit.json');
}

/**
 * Applies the steps and forgets them. The journal is gone for good before anything else may happen: one that came back after a power cut
 * would undo what was written since.
 */
async function complete(
  deps: TransactionDeps,
  folder: string,
  steps: readonly TransactionStep[],
): Promise<void> {
  const { files } = deps.ports;
  await applySteps(deps, folder, steps);
  await files.remove(journal(folder));
  await files.flush([folder]);
  await files.remove(folder);
}

async function applySteps(
  deps: TransactionDeps,
  folder: string,
  steps: readonly TransactionStep[],
): Promise<void> {
  const { files } = deps.ports;
  const moved = new Set<string>();
  const placements: PlaceStep[] = [];
  const appended = new Map<string, readonly string[]>();
  const settle = async (): Promise<void> => {
    // What was promoted must be durable before anything that refers to it is written.
    if (moved.size > 0) await files.flush([...moved]);
    moved.clear();
  };
  for (const step of steps) {
    switch (step.kind) {
      case 'promote': {
        const from = inside(folder, step.from);
        const to = absolute(deps.layout, step.to);
        if (await promote(deps, from, to)) moved.add(path.dirname(from)).add(path.dirname(to));
        break;
      }
      case 'write': {
        await settle();
        const file = absolute(deps.layout, step.path);
        await makeDirectoryDurably(files, path.dirname(file));
        await writeFileDurably(files, file, Buffer.from(step.text, 'utf8'));
        break;
      }
      case 'append': {
        const file = absolute(deps.layout, step.path);
        appended.set(file, [...(appended.get(file) ?? []), step.line]);
        break;
      }
      case 'place':
        placements.push(step);
        break;
    }
  }
  await settle();
  for (const [file, lines] of appended) await appendOnce(files, file, lines);
  if (placements.length > 0) await deps.applyPlacements(placements, folder);
}

/**
 * Moves an immutable directory into place. One that is there already must have the same content (invariant 2).
 * @returns true when something moved.
 */
async function promote(deps: TransactionDeps, from: string, to: string): Promise<boolean> {
  const { files } = deps.ports;
  const there = await files.lstat(to);
  const staged = await files.lstat(from);
  if (there === undefined) {
    if (staged === undefined) throw lost(deps, to);
    await makeDirectoryDurably(files, path.dirname(to));
    await files.rename(from, to);
    return true;
  }
  if (staged === undefined || (await sameTree(files, from, to))) return false;
  throw new BeaverError(
    'immutable_conflict',
    'A version or snapshot of that name exists with other content.',
    {
      nextStep: 'Run "beaver doctor" and move the folder away if it was edited by hand.',
      path: deps.layout.display(to),
    },
  );
}

async function sameTree(files: FileSystem, a: string, b: string): Promise<boolean> {
  try {
    return (await hashSkillTree(files, a)).treeHash === (await hashSkillTree(files, b)).treeHash;
  } catch (error) {
    if (error instanceof BeaverError) return false;
    throw error;
  }
}

function lost(deps: TransactionDeps, to: string): BeaverError {
  return new BeaverError('staging_lost', 'A staged folder of an unfinished change is gone.', {
    nextStep: 'Run "beaver doctor --fix"; the published versions are not affected.',
    path: deps.layout.display(to),
  });
}

/** Adds the lines that are not there yet: each is unique, so one that is there was written before a crash. */
async function appendOnce(files: FileSystem, file: string, lines: readonly string[]): Promise<void> {
  const there = new Set(
    Buffer.from((await files.readFile(file)) ?? new Uint8Array())
      .toString('utf8')
      .split('\n'),
  );
  const missing = lines.filter((line) => !there.has(line));
  if (missing.length === 0) return;
  await makeDirectoryDurably(files, path.dirname(file));
  await appendLineDurably(files, file, missing.join('\n'));
}

/** Undefined when a file would have to be read first. */
function newTree(root: string, tree: readonly TreeFile[]): NewTree | undefined {
  const files: NewTree['files'][number][] = [];
  for (const file of tree) {
    if (file.content.kind !== 'bytes') return undefined;
    inside(root, file.path);
    files.push({ path: file.path, bytes: file.content.bytes, executable: file.executable });
  }
  return { root, files };
}

function bytesIn(tree: NewTree): number {
  return tree.files.reduce((sum, file) => sum + file.bytes.byteLength, 0);
}

/** Writes regular files only; every path is relative, POSIX, without empty, `.` or `..` segments. Not durable by itself. */
export async function writeTree(files: FileSystem, root: string, tree: readonly TreeFile[]): Promise<void> {
  const made = new Set<string>();
  for (const file of tree) {
    const target = inside(root, file.path);
    const folder = path.dirname(target);
    if (!made.has(folder)) {
      await files.makeDirectory(folder);
      made.add(folder);
    }
    if (file.content.kind === 'bytes') {
      await files.writeFile(target, file.content.bytes, { executable: file.executable, exclusive: true });
    } else {
      await files.copyFile(file.content.from, target, { executable: file.executable });
    }
  }
}

function absolute(layout: WorkspaceLayout, relative: string): string {
  return inside(layout.root, relative);
}

function inside(root: string, relative: string): string {
  const parts = relative.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new BeaverError('path_not_contained', 'A path of the change is not contained in its folder.', {
      nextStep: 'Report this with the log; nothing was written.',
    });
  }
  return path.join(root, ...parts);
}

/** POSIX path of `absolutePath` relative to the workspace, as steps name it. */
export function stepPath(layout: WorkspaceLayout, absolutePath: string): string {
  return path.relative(layout.root, absolutePath).split(path.sep).join('/');
}
