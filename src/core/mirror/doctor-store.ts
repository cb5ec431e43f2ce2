import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import { hashSkillTree } from '../skill-tree.ts';
import type { CurrentPointer, SkillSpec, VersionMetadata } from '../skills/models.ts';
import { recordedBits, UPSTREAM_FILE, VERSION_FILE } from '../skills/skill-store.ts';
import { type Diagnosis, diagnosis, readable } from './doctor-finding.ts';
import type { MirrorDeps } from './mirror-deps.ts';

/** One managed skill as it could be read; what could not be is a finding and undefined or absent here. */
export interface SkillView {
  readonly name: string;
  readonly spec: SkillSpec | undefined;
  readonly current: CurrentPointer | undefined;
  /** Every version folder, by name; undefined where its description cannot be read. */
  readonly versions: ReadonlyMap<string, VersionMetadata | undefined>;
  /** Keys of {@link snapshotKey}. */
  readonly snapshots: ReadonlySet<string>;
  /** True when the pointer can be followed: what refers to the current version is only compared then, so that one cause is one finding. */
  readonly sound: boolean;
}

export interface StoreReport {
  readonly skills: ReadonlyMap<string, SkillView>;
  /** Of the immutable folders: true whatever else is being written. */
  readonly trees: readonly Diagnosis[];
  /** Of descriptions and pointers. */
  readonly pointers: readonly Diagnosis[];
}

export function snapshotKey(sourceId: string, treeHash: string): string {
  return `${sourceId}/${treeHash}`;
}

/** Reads and hashes the whole managed store (invariants 2 and 3). */
export async function examineStore(deps: MirrorDeps): Promise<StoreReport> {
  const skills = new Map<string, SkillView>();
  const trees: Diagnosis[] = [];
  const pointers: Diagnosis[] = [];
  for (const name of await skillFolders(deps)) {
    const versions = await examineVersions(deps, name, trees);
    const snapshots = await examineSnapshots(deps, name, trees);
    const spec = await readable(deps.layout, deps.layout.skillSpec(name), pointers, () =>
      deps.store.spec(name),
    );
    const current = await readable(deps.layout, deps.layout.currentPointer(name), pointers, () =>
      deps.store.current(name),
    );
    const view = { name, spec, current, versions, snapshots };
    const wrong = await examinePointer(deps, view);
    pointers.push(...wrong);
    skills.set(name, { ...view, sound: current !== undefined && wrong.length === 0 });
  }
  return { skills, trees, pointers };
}

/** Folders that hold a description or a pointer; others below the store are somebody else's. */
async function skillFolders(deps: MirrorDeps): Promise<readonly string[]> {
  const { layout, ports } = deps;
  const names = new Set(await deps.store.names());
  for (const entry of (await ports.files.readDirectory(layout.skills)) ?? []) {
    if (entry.kind !== 'directory' || !/^[a-z0-9][a-z0-9_-]*$/.test(entry.name)) continue;
    if ((await ports.files.lstat(layout.currentPointer(entry.name))) !== undefined) names.add(entry.name);
  }
  return [...names].sort();
}

async function examineVersions(
  deps: MirrorDeps,
  skill: string,
  found: Diagnosis[],
): Promise<ReadonlyMap<string, VersionMetadata | undefined>> {
  const versions = new Map<string, VersionMetadata | undefined>();
  for (const name of await deps.store.versionNames(skill)) {
    const folder = deps.layout.version(skill, name);
    if ((await deps.ports.files.lstat(path.join(folder, VERSION_FILE))) === undefined) {
      versions.set(name, undefined);
      found.push(
        diagnosis({
          code: 'version_undescribed',
          message: 'The version has no description: what it is and where it comes from is not known.',
          nextStep: 'Restore the file from version control or a backup.',
          path: deps.layout.display(path.join(folder, VERSION_FILE)),
        }),
      );
      continue;
    }
    const metadata = await readable(deps.layout, folder, found, () => deps.store.version(skill, name));
    versions.set(name, metadata);
    if (metadata === undefined) continue;
    const damaged = (message: string) =>
      found.push(
        diagnosis({
          code: 'version_damaged',
          message,
          nextStep: 'Restore the folder from version control or a backup; other versions are not affected.',
          path: deps.layout.display(folder),
        }),
      );
    if (metadata.skill_name !== skill || metadata.version !== name) {
      damaged('The version describes itself as another one.');
    } else if (!(await hasTree(deps, folder, metadata.executable_files, metadata.tree_hash))) {
      damaged('The version is not what was published: its files were changed, added or removed.');
    }
  }
  return versions;
}

async function examineSnapshots(
  deps: MirrorDeps,
  skill: string,
  found: Diagnosis[],
): Promise<ReadonlySet<string>> {
  const { files } = deps.ports;
  const root = deps.layout.upstreams(skill);
  const snapshots = new Set<string>();
  for (const source of await folders(deps, root)) {
    for (const treeHash of await folders(deps, path.join(root, source))) {
      const folder = path.join(root, source, treeHash);
      const metadata = await readable(deps.layout, folder, found, () =>
        deps.store.upstreamMetadata(skill, source, treeHash),
      );
      snapshots.add(snapshotKey(source, treeHash));
      const whole =
        metadata !== undefined &&
        metadata.skill_tree_hash === treeHash &&
        (await hasTree(deps, folder, metadata.executable_files, treeHash));
      if (
        whole ||
        (metadata === undefined && (await files.lstat(path.join(folder, UPSTREAM_FILE))) !== undefined)
      )
        continue;
      found.push(
        diagnosis({
          code: 'upstream_damaged',
          message:
            'The upstream snapshot is not what was taken from the plugin: its files were changed, added or removed.',
          nextStep:
            'Restore the folder from version control or a backup; a merge without it would lose edits.',
          path: deps.layout.display(folder),
        }),
      );
    }
  }
  return snapshots;
}

async function folders(deps: MirrorDeps, root: string): Promise<readonly string[]> {
  const entries = (await deps.ports.files.readDirectory(root)) ?? [];
  return entries
    .filter((entry) => entry.kind === 'directory')
    .map((entry) => entry.name)
    .sort();
}

async function hasTree(
  deps: MirrorDeps,
  folder: string,
  executable: readonly string[],
  treeHash: string,
): Promise<boolean> {
  try {
    const tree = await hashSkillTree(deps.ports.files, folder, { recorded: recordedBits(executable) });
    return tree.treeHash === treeHash;
  } catch (error) {
    if (error instanceof BeaverError) return false;
    throw error;
  }
}

async function examinePointer(
  deps: MirrorDeps,
  view: Omit<SkillView, 'sound'>,
): Promise<readonly Diagnosis[]> {
  const { layout, ports } = deps;
  const { name, spec, current, versions } = view;
  const specFile = layout.skillSpec(name);
  const pointerFile = layout.currentPointer(name);
  const found: Diagnosis[] = [];
  const report = (code: string, file: string, message: string, nextStep: string) =>
    found.push(diagnosis({ code, message, nextStep, path: layout.display(file) }));
  const restore = 'Restore the file from version control or a backup.';
  const rollBack = `Restore it from version control or a backup, or go to another version: beaver skills rollback ${name} VERSION.`;
  if (spec === undefined && (await ports.files.lstat(specFile)) === undefined) {
    report(
      'skill_description_missing',
      specFile,
      'The skill has a version pointer and no description.',
      restore,
    );
  }
  if (current === undefined && (await ports.files.lstat(pointerFile)) === undefined) {
    report('pointer_missing', pointerFile, 'The skill has a description and no version pointer.', restore);
  }
  if (spec !== undefined && spec.skill_name !== name) {
    report('name_mismatch', specFile, 'The description is that of another skill.', restore);
  }
  if (current === undefined) return found;
  if (current.skill_name !== name) {
    report('name_mismatch', pointerFile, 'The version pointer is that of another skill.', restore);
    return found;
  }
  const version = versions.get(current.version);
  if (!versions.has(current.version)) {
    report(
      'pointer_version_missing',
      pointerFile,
      `The current version ${current.version} is not in the store.`,
      rollBack,
    );
  } else if (
    version !== undefined &&
    (version.tree_hash !== current.tree_hash || version.content_hash !== current.content_hash)
  ) {
    report(
      'pointer_mismatch',
      pointerFile,
      `The version pointer and the description of ${current.version} name different content.`,
      rollBack,
    );
  }
  return found;
}
