import * as path from 'node:path';
import { BeaverError, type Finding } from '../../base/errors.ts';
import { makeDirectoryDurably } from '../durable.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem, Logger } from '../ports.ts';
import { readStoredJson, writeStoredJson } from '../stored-json.ts';
import { type CurrentPointer, type Placements, placementsSchema, type TreeFile } from './models.ts';
import type { InspectedTarget, RuntimeTarget, TargetInspector } from './runtime-targets.ts';
import type { PlaceStep } from './transaction-steps.ts';
import type { Transaction } from './transaction.ts';

export async function readPlacements(files: FileSystem, layout: WorkspaceLayout): Promise<Placements> {
  const file = layout.placements;
  const kind = { name: 'record of runtime targets', schemaVersion: 1 };
  const stored = await readStoredJson(files, file, layout.display(file), kind, placementsSchema);
  return stored ?? { schema_version: 1, targets: {} };
}

/** Plans that a version stands in one target. Edits and foreign folders stay where they are and become findings (invariant 7). */
export async function planPlacement(
  transaction: Transaction,
  layout: WorkspaceLayout,
  inspected: InspectedTarget,
  current: Pick<CurrentPointer, 'skill_name' | 'version' | 'tree_hash'>,
  files: readonly TreeFile[],
): Promise<readonly Finding[]> {
  const step = (staged: string | null, expected: string | null): PlaceStep => ({
    kind: 'place',
    target: inspected.target.name,
    skill_name: current.skill_name,
    version: current.version,
    tree_hash: current.tree_hash,
    staged,
    expected,
  });
  const found = inspected.tree?.treeHash ?? null;
  if (found === current.tree_hash) {
    // Nothing to move; the record is brought up to date.
    if (inspected.placed?.version !== current.version) transaction.add(step(null, found));
    return [];
  }
  switch (inspected.state) {
    case 'missing':
    case 'outdated':
    case 'in_sync': {
      const name = `place/${inspected.target.name.replaceAll('/', '+')}/${current.skill_name}`;
      await transaction.stageTree(name, files);
      transaction.add(step(name, found));
      return [];
    }
    case 'local_edits':
    case 'target_occupied':
      return [blockedTarget(layout, inspected)];
  }
}

/** Plans that a skill is no longer offered in one target. */
export function planRemoval(
  transaction: Transaction,
  layout: WorkspaceLayout,
  inspected: InspectedTarget,
  skillName: string,
): readonly Finding[] {
  if (inspected.placed === undefined) return [];
  if (inspected.state === 'local_edits') return [blockedTarget(layout, inspected)];
  transaction.add({
    kind: 'place',
    target: inspected.target.name,
    skill_name: skillName,
    version: inspected.placed.version,
    tree_hash: null,
    staged: null,
    expected: inspected.tree?.treeHash ?? null,
  });
  return [];
}

export function blockedTarget(layout: WorkspaceLayout, inspected: InspectedTarget): Finding {
  const path = layout.display(inspected.folder);
  if (inspected.state === 'target_occupied') {
    return {
      code: 'target_occupied',
      severity: 'warning',
      message: 'A folder of the same name that Beaver did not place there is in the way; it was left alone.',
      next_step: 'Rename or move that folder, then sync again.',
      path,
    };
  }
  return {
    code: 'local_edits_found',
    severity: 'warning',
    message: `Edits in a folder that agents read were kept and could not be captured${inspected.problem === undefined ? '.' : `: ${inspected.problem.message}`}`,
    next_step: inspected.problem?.nextStep ?? 'Run "beaver skills capture", then try again.',
    path,
  };
}

/** Carries out the `place` steps of a committed transaction; idempotent, so that an interrupted one can be completed. */
export class PlacementExecutor {
  readonly #files: FileSystem;
  readonly #layout: WorkspaceLayout;
  readonly #inspector: TargetInspector;
  readonly #log: Logger;

  constructor(files: FileSystem, layout: WorkspaceLayout, inspector: TargetInspector, log: Logger) {
    this.#files = files;
    this.#layout = layout;
    this.#inspector = inspector;
    this.#log = log;
  }

  readonly apply = async (steps: readonly PlaceStep[], folder: string): Promise<void> => {
    const placements = await readPlacements(this.#files, this.#layout);
    const targets: Record<string, Record<string, { version: string; tree_hash: string }>> = structuredClone(
      placements.targets,
    );
    const touched = new Set<string>();
    for (const step of steps) {
      const done = await this.#place(step, folder);
      if (!done) {
        this.#log.log('warn', 'Kept an edited folder', { target: step.target, skill: step.skill_name });
        continue;
      }
      touched.add(path.join(this.#layout.root, step.target));
      // A move is durable only when both its folders are; what was moved out is removed right after.
      touched.add(
        step.staged === null
          ? path.dirname(removedFolder(step, folder))
          : path.join(folder, ...step.staged.split('/').slice(0, -1)),
      );
      const records = (targets[step.target] ??= {});
      if (step.tree_hash === null) Reflect.deleteProperty(records, step.skill_name);
      else records[step.skill_name] = { version: step.version, tree_hash: step.tree_hash };
    }
    const existing: string[] = [];
    for (const target of touched) if ((await this.#files.lstat(target)) !== undefined) existing.push(target);
    if (existing.length > 0) await this.#files.flush(existing);
    await makeDirectoryDurably(this.#files, path.dirname(this.#layout.placements));
    await writeStoredJson(this.#files, this.#layout.placements, { schema_version: 1, targets });
  };

  /** @returns false when what is there is neither what was expected nor what is to be there. */
  async #place(step: PlaceStep, folder: string): Promise<boolean> {
    const target = path.join(this.#layout.root, step.target, step.skill_name);
    const stat = await this.#files.lstat(target);
    if (step.tree_hash === null) return this.#takeOut(step, target, folder);
    const staged = step.staged === null ? undefined : path.join(folder, ...step.staged.split('/'));
    if (stat === undefined) {
      if (staged === undefined || (await this.#files.lstat(staged)) === undefined) return false;
      await makeDirectoryDurably(this.#files, path.dirname(target));
      await this.#files.rename(staged, target);
      return this.#settle(step, target, staged, `${staged}.old`);
    }
    const found = await this.#hash(target);
    if (found === step.tree_hash) {
      return (
        staged === undefined ||
        ((await this.#settle(step, target, staged, staged)) &&
          this.#settle(step, target, staged, `${staged}.old`))
      );
    }
    if (found === undefined || found !== step.expected || staged === undefined) return false;
    await this.#carryIgnored(target, staged);
    if (await this.#files.exchange(staged, target)) return this.#settle(step, target, staged, staged);
    const old = `${staged}.old`;
    await this.#files.rename(target, old);
    await this.#files.rename(staged, target);
    return this.#settle(step, target, staged, old);
  }

  /** An edit that arrived between the look and the swap is in what was swapped out: then it is swapped back. */
  async #settle(step: PlaceStep, target: string, staged: string, old: string): Promise<boolean> {
    if (step.expected === null || (await this.#files.lstat(old)) === undefined) return true;
    const hash = await this.#hash(old);
    if (hash === step.expected || hash === step.tree_hash) return true;
    if (old === staged) {
      await this.#files.exchange(staged, target);
    } else {
      await this.#files.rename(target, staged);
      await this.#files.rename(old, target);
    }
    return false;
  }

  /** What was moved out and turns out to be edited is moved back, also when a crash fell in between. */
  async #takeOut(step: PlaceStep, target: string, folder: string): Promise<boolean> {
    const out = removedFolder(step, folder);
    if ((await this.#files.lstat(target)) !== undefined) {
      if (step.expected === null || (await this.#hash(target)) !== step.expected) return false;
      await makeDirectoryDurably(this.#files, path.dirname(out));
      await this.#files.rename(target, out);
    }
    if ((await this.#files.lstat(out)) === undefined || (await this.#hash(out)) === step.expected)
      return true;
    await this.#files.rename(out, target);
    return false;
  }

  /**
   * Logs and caches that agents wrote beside the skill move along with it. The originals are removed, so the copies must be durable, and
   * each appears whole: one that is there is not copied again.
   */
  async #carryIgnored(from: string, to: string): Promise<void> {
    const carried: string[] = [];
    const whole = `${to}.carried`;
    const walk = async (relative: string): Promise<void> => {
      for (const entry of (await this.#files.readDirectory(path.join(from, relative))) ?? []) {
        const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
        if (entry.kind === 'directory') await walk(name);
        else if (entry.kind === 'file' && this.#inspector.ignores(name)) {
          const copy = path.join(to, name);
          if ((await this.#files.lstat(copy)) !== undefined) continue;
          await this.#files.copyFile(path.join(from, name), whole);
          await this.#files.flush([whole]);
          await this.#files.makeDirectory(path.dirname(copy));
          await this.#files.rename(whole, copy);
          carried.push(name);
        }
      }
    };
    await walk('');
    if (carried.length === 0) return;
    await this.#files.flushTrees([to]);
    // A rename between two folders is durable only when both are.
    await this.#files.flush([path.dirname(whole)]);
  }

  async #hash(folder: string): Promise<string | undefined> {
    try {
      return (await this.#inspector.tree(folder)).treeHash;
    } catch (error) {
      if (error instanceof BeaverError) return undefined;
      throw error;
    }
  }
}

/** Where a folder goes that is taken out of a target: into the transaction, which is removed as a whole. */
function removedFolder(step: PlaceStep, folder: string): string {
  return path.join(folder, 'removed', step.target.replaceAll('/', '+'), step.skill_name);
}

/** Names of what stands in a target: the cheap look for a sync that changes nothing. */
export async function placedFolders(files: FileSystem, target: RuntimeTarget): Promise<ReadonlySet<string>> {
  return new Set(((await files.readDirectory(target.folder)) ?? []).map((entry) => entry.name));
}
