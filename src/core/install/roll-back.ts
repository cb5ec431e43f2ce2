import { BeaverError } from '../../base/errors.ts';
import { identityText, sameIdentity } from '../package-identity.ts';
import { activate } from './activation.ts';
import { timeOf, withIgnored } from './attempt-end.ts';
import { AttemptRun } from './attempt-run.ts';
import type { InstallOptions } from './bring-in.ts';
import { assertDependants, prepareDependencies } from './dependency-plan.ts';
import type { InstallDeps } from './install-deps.ts';
import { type InstallOutcome, outcomeOf } from './install-outcome.ts';
import { installedPlugin, readInstalled } from './install-registry.ts';
import type { InstalledPackage, InstalledPlugin } from './installed-plugin.ts';
import { readPackage } from './package-contents.ts';
import { assertPackage } from './package-store.ts';
import { recordOf, type StagedPackage } from './staged-package.ts';
import { installedAsWanted } from './wanted-plugin.ts';

/**
 * Back to an earlier package, without a network. `to` names one by its version or identity; default: the last one that was in use.
 * @throws BeaverError `rollback_target_missing`, `rollback_target_refused`, `package_damaged`.
 */
export async function rollBackTo(
  deps: InstallDeps,
  id: string,
  to: string | undefined,
  options: InstallOptions,
): Promise<InstallOutcome> {
  const before = installedPlugin(await readInstalled(deps.mirror.ports.files, deps.mirror.layout), id);
  const target = rollbackTarget(id, before, to);
  const common = { operation: 'rollback', id, automatic: options.automatic === true } as const;
  return AttemptRun.carryOut(deps, { ...options, ...common }, async (run) => {
    const { files } = deps.mirror.ports;
    const { layout } = deps.mirror;
    const staged = await run.phase('verify', async (): Promise<StagedPackage> => {
      await assertPackage(files, layout, id, target);
      const root = layout.installPackage(id, target.directory);
      const contents = await readPackage(files, root, layout.display(root), before.name);
      return {
        wanted: installedAsWanted(deps, id, before),
        staged: null,
        contents,
        package: target,
        findings: [],
      };
    });
    const dependencies = await run.phase('dependency-prepare', async (signal) => {
      const installed = await readInstalled(deps.mirror.ports.files, deps.mirror.layout);
      assertDependants(id, target.version, installed);
      const offline = (): never => notOffline(id);
      return (await prepareDependencies(deps, staged, installed, offline, signal)).dependencies;
    });
    const record = recordOf(deps, staged, before, dependencies.get(id) ?? []);
    const left = {
      ...contentFields(before.active),
      kind: 'rolled_back',
      reason: { code: 'rolled_back', message: 'A person went back from it.' },
      at: timeOf(deps),
    } as const;
    const others = record.ignored.filter(({ identity }) => !sameIdentity(identity, target.identity));
    const next = withIgnored({ ...record, ignored: others }, left);
    await activate(run, [{ staged, before, record: next, enable: false }], {
      code: 'requested',
      message: 'A person asked for it.',
    });
    return outcomeOf('rolled_back', run, staged, before);
  });
}

function rollbackTarget(id: string, record: InstalledPlugin, to: string | undefined): InstalledPackage {
  const target =
    to === undefined
      ? record.previous[0]
      : record.previous.find(
          (one) => one.version === to || one.directory === to || identityText(one.identity) === to,
        );
  if (target === undefined) {
    throw new BeaverError('rollback_target_missing', `There is no such earlier package of "${id}".`, {
      nextStep: 'Use "beaver plugins installed" to see the packages that are kept.',
      field: to === undefined ? 'id' : 'to',
    });
  }
  const ignored = record.ignored.find(({ identity }) => sameIdentity(identity, target.identity));
  if (ignored === undefined || ignored.kind === 'rolled_back') return target;
  throw new BeaverError(
    'rollback_target_refused',
    `That package of "${id}" is not to be used: ${ignored.reason.message}`,
    {
      nextStep: 'Choose another one, or install a newer version.',
      field: 'to',
    },
  );
}

function contentFields({
  identity,
  version,
}: InstalledPackage): Pick<InstalledPackage, 'identity' | 'version'> {
  return { identity, version };
}

function notOffline(id: string): never {
  throw new BeaverError(
    'dependency_unresolved',
    `The earlier package of "${id}" needs a plugin that is not there.`,
    {
      nextStep: 'Install what it needs first.',
      field: id,
    },
  );
}
