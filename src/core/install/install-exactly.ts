import { BeaverError } from '../../base/errors.ts';
import { sameIdentity } from '../package-identity.ts';
import { activate, type ActivationMember } from './activation.ts';
import { AttemptRun } from './attempt-run.ts';
import { type InstallOptions, named } from './bring-in.ts';
import { assertDependants, pluginsBeside, standingDependencies } from './dependency-plan.ts';
import type { InstallDeps, Resolution } from './install-deps.ts';
import { type InstalledPlugins, readInstalled } from './install-registry.ts';
import {
  fetchPackage,
  recordOf,
  type StagedPackage,
  verifyPackage,
  type WantedPlugin,
} from './staged-package.ts';

/** One plugin and the content that it is to have, whatever is newer. */
export interface ExactPlugin {
  /** Its pin and whether it is requested are recorded as they are here. */
  readonly wanted: WantedPlugin;
  readonly resolution: Resolution;
  /** Of every file of the package. */
  readonly treeHash: string;
}

/**
 * Brings all of these in, each with exactly its content, in one attempt: all of them are in use afterwards, or what was in use before. What
 * they need is among them or installed already; nothing else is fetched, and nobody is asked: whoever names a content has chosen it.
 * @throws BeaverError of the phase that failed, after everything was rolled back; `package_integrity_mismatch` for other files than meant.
 */
export async function installExactly(
  deps: InstallDeps,
  plugins: readonly ExactPlugin[],
  options: Omit<InstallOptions, 'accept' | 'automatic' | 'pin' | 'resolution'>,
): Promise<void> {
  const [first] = plugins;
  if (first === undefined) return;
  const { files } = deps.mirror.ports;
  const { layout } = deps.mirror;
  const attempt = { operation: 'install', id: first.wanted.id, automatic: false } as const;
  const { offline = false } = options;
  await AttemptRun.carryOut(deps, { ...options, ...attempt }, async (run) => {
    await run.phase('download', async (signal) => {
      for (const [number, { resolution }] of plugins.entries())
        await fetchPackage(deps, resolution, run.staging(number), { signal, offline });
    });
    const staged = await run.phase('verify', async () => {
      const verified: StagedPackage[] = [];
      for (const [number, plugin] of plugins.entries())
        verified.push(await verifyExactly(deps, plugin, run.staging(number)));
      return verified;
    });
    const members = await run.phase('dependency-prepare', async () =>
      membersOf(deps, staged, await readInstalled(files, layout), options.enable !== false),
    );
    await activate(run, members, { code: 'locked', message: 'The lock file says so.' });
  });
}

async function verifyExactly(
  deps: InstallDeps,
  { wanted, resolution, treeHash }: ExactPlugin,
  folder: string,
): Promise<StagedPackage> {
  const staged = named(await verifyPackage(deps, wanted, resolution, folder));
  if (staged.wanted.id === wanted.id && staged.package.tree_hash === treeHash) return staged;
  throw new BeaverError(
    'package_integrity_mismatch',
    `The source of "${wanted.id}" has other content than was locked.`,
    { nextStep: 'Do not install it; ask its author whether it was replaced.', field: wanted.id },
  );
}

async function membersOf(
  deps: InstallDeps,
  staged: readonly StagedPackage[],
  installed: InstalledPlugins,
  enable: boolean,
): Promise<readonly ActivationMember[]> {
  const beside = await pluginsBeside(deps);
  const next = new Map(installed);
  for (const one of staged) {
    const { pin, requested, id } = one.wanted;
    const record = recordOf(deps, one, installed.get(id) ?? null, []);
    const ignored = record.ignored.filter(({ identity }) => !sameIdentity(identity, one.package.identity));
    next.set(id, { ...record, pin, requested, ignored });
  }
  const members = staged.map((one): ActivationMember => {
    const { id } = one.wanted;
    const before = installed.get(id) ?? null;
    const record = next.get(id) ?? recordOf(deps, one, before, []);
    return {
      staged: one,
      before,
      record: { ...record, dependencies: standingDependencies(one, next, beside) },
      enable: before === null && enable,
    };
  });
  for (const { staged: one, record } of members) next.set(one.wanted.id, record);
  for (const { staged: one } of members) assertDependants(one.wanted.id, one.package.version, next);
  return members;
}
