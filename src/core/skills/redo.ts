import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import { appendLineDurably, makeDirectoryDurably, writeFileDurably } from '../durable.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem } from '../ports.ts';
import { hashSkillTree } from '../skill-tree.ts';
import { readStoredJson } from '../stored-json.ts';
import {
  absolute,
  commitKind,
  commitSchema,
  inside,
  isCommitted,
  journal,
  type PlaceStep,
  type TransactionDeps,
  type TransactionStep,
} from './transaction-steps.ts';

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

/**
 * Applies the steps and forgets them. The journal is gone for good before anything else may happen: one that came back after a power cut
 * would undo what was written since.
 */
export async function complete(
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
