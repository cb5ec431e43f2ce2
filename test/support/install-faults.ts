import assert from 'node:assert/strict';
import * as path from 'node:path';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import { hashPackageTree } from '../../src/core/install/package-tree.ts';
import { readInstalled } from '../../src/core/install/install-registry.ts';
import { readInstallEvents } from '../../src/core/install/install-events.ts';
import { WorkspaceLayout } from '../../src/core/layout.ts';
import type { FileSystem, Ports } from '../../src/core/ports.ts';
import { repository, ScriptedPackages } from './scripted-packages.ts';

/** What an attempt is to do in a workspace in which `kit` 1.0.0 is installed, with `base`, which it needs. */
export const INSTALL_OPERATIONS = ['install another', 'update', 'roll back', 'uninstall'] as const;
export type InstallOperation = (typeof INSTALL_OPERATIONS)[number];

export interface InstallDoors {
  readonly root: string;
  readonly ports: Ports;
  /** How long a phase may take. Milliseconds. */
  readonly deadline?: number;
}

const KIT = { kind: 'source', source: repository('kit') } as const;
const OTHER = { kind: 'source', source: repository('other') } as const;

/** Every release that these operations know, written through the files of the workspace. */
export function installReleases(files: FileSystem): ScriptedPackages {
  const packages = new ScriptedPackages(files);
  packages.plugin('other', '1.0.0', {
    texts: { 'skills/more/SKILL.md': '---\nname: more\ndescription: More\n---\n\nMore.\n' },
  });
  packages.plugin('kit', '1.0.0');
  return packages;
}

export function openInstalls(
  { root, ports, deadline }: InstallDoors,
  packages: ScriptedPackages,
): BeaverWorkspace {
  const limit = deadline ?? 60_000;
  return createWorkspace(
    { ...ports, packages, programs: { exists: () => Promise.resolve(true) } },
    {
      root,
      actor: 'tester',
      runtimeTargets: ['.agents/skills'],
      installDeadlines: {
        download: limit,
        verify: limit,
        'dependency-prepare': limit,
        activate: limit,
        'health-check': limit,
      },
    },
  );
}

/** Brings a workspace to where the operation starts. */
export async function prepareInstalls(doors: InstallDoors, operation: InstallOperation): Promise<void> {
  const packages = installReleases(doors.ports.files);
  const workspace = openInstalls(doors, packages);
  await workspace.installs.install(KIT);
  if (operation !== 'roll back') return;
  packages.plugin('kit', '1.1.0');
  await workspace.installs.update(['kit@direct']);
}

/** Rejects where it fails; an update answers a failure, which is made one here. */
export async function carryOutInstall(
  doors: InstallDoors,
  operation: InstallOperation,
  adjust: (packages: ScriptedPackages) => void = () => undefined,
  signal?: AbortSignal,
): Promise<void> {
  const packages = installReleases(doors.ports.files);
  packages.plugin('kit', '1.1.0');
  adjust(packages);
  const { installs } = openInstalls(doors, packages);
  const request = signal === undefined ? {} : { signal };
  switch (operation) {
    case 'install another':
      await installs.install(OTHER, request);
      return;
    case 'update': {
      const { updates } = await installs.update(['kit@direct'], request);
      const failed = updates.find(({ status }) => status === 'failed');
      if (failed !== undefined) throw new Error(failed.reason?.code ?? 'failed');
      return;
    }
    case 'roll back':
      await installs.rollback('kit@direct', undefined, request);
      return;
    case 'uninstall':
      await installs.uninstall('kit@direct');
  }
}

/** What counts: which packages are in use, and what agents read. */
export interface InstalledFacts {
  readonly active: Readonly<Record<string, string | null>>;
  readonly visible: readonly string[];
}

export async function installedFacts({ root, ports }: InstallDoors): Promise<InstalledFacts> {
  const layout = new WorkspaceLayout(root);
  const installed = await readInstalled(ports.files, layout);
  const targets = path.join(root, '.agents', 'skills');
  const visible: string[] = [];
  for (const { name } of (await ports.files.readDirectory(targets)) ?? []) {
    const text = await ports.files.readFile(path.join(targets, name, 'SKILL.md'));
    visible.push(`${name}: ${Buffer.from(text ?? []).toString('utf8')}`);
  }
  return {
    active: Object.fromEntries([...installed].map(([id, { active }]) => [id, active.version])),
    visible: visible.sort(),
  };
}

/** Every promise about a settled workspace: the registry is what is on disk, and nothing is left over. */
export async function assertSettled({ root, ports }: InstallDoors): Promise<void> {
  const { files } = ports;
  const layout = new WorkspaceLayout(root);
  const installed = await readInstalled(files, layout);
  const held: string[] = [];
  for (const [id, { active, previous }] of installed) {
    for (const one of [active, ...previous]) {
      const folder = layout.installPackage(id, one.directory);
      assert.equal(
        await hashPackageTree(files, folder, id),
        one.tree_hash,
        `${id} ${one.version ?? ''} is whole`,
      );
      held.push(folder);
    }
  }
  const there: string[] = [];
  for (const plugin of (await files.readDirectory(layout.installPackages)) ?? [])
    for (const one of (await files.readDirectory(path.join(layout.installPackages, plugin.name))) ?? [])
      there.push(path.join(layout.installPackages, plugin.name, one.name));
  assert.deepEqual(there.sort(), held.sort(), 'the packages on disk are those of the registry');
  assert.deepEqual((await files.readDirectory(layout.installAttempts)) ?? [], [], 'no attempt is open');
  assert.deepEqual((await files.readDirectory(layout.installStaging)) ?? [], [], 'nothing is staged');
  const rolledBack = (await readInstallEvents(files, layout))
    .filter(({ event, event_id }) => event === 'rolled_back' && event_id.endsWith('-rolled-back'))
    .map((event) => event.correlation_id);
  assert.equal(new Set(rolledBack).size, rolledBack.length, 'each attempt was rolled back at most once');
}

/** The rollback events that are no answer to somebody who asked for one. */
export async function forcedRollbacks({ root, ports }: InstallDoors): Promise<number> {
  const events = await readInstallEvents(ports.files, new WorkspaceLayout(root));
  return events.filter(({ event, reason }) => event === 'rolled_back' && reason?.code !== 'requested').length;
}
