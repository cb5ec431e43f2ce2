import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import { originText, sameIdentity } from '../package-identity.ts';
import { pinText } from '../package-pin.ts';
import type { Packages } from '../package-ports.ts';
import { listTree } from '../tree-listing.ts';
import { bringIn, type InstallOptions } from './bring-in.ts';
import type { InstallDeps, PluginCatalog, Resolution } from './install-deps.ts';
import { type InstallOutcome, skipped } from './install-outcome.ts';
import { installedPlugin, readInstalled } from './install-registry.ts';
import { hashPackageTree } from './package-tree.ts';
import { dropStaged } from './stage-update.ts';
import { isThere, readStagedUpdates, type StagedMember, type StagedUpdate } from './staged-updates.ts';
import { liveSource } from './stored-source.ts';
import { updateOf } from './wanted-plugin.ts';

/**
 * Puts a staged update in use: the same transaction as any other, with what is staged in place of a network. Asks for consent as any other.
 * @throws BeaverError of the phase that failed, after everything was rolled back.
 */
export async function applyStaged(
  deps: InstallDeps,
  id: string,
  options: Omit<InstallOptions, 'pin' | 'resolution' | 'offline'>,
): Promise<InstallOutcome> {
  const { layout, ports } = deps.mirror;
  const record = installedPlugin(await readInstalled(ports.files, layout), id);
  const update = (await readStagedUpdates(ports.files, layout)).get(id);
  const [root] = update?.members ?? [];
  if (update === undefined || root === undefined || !(await isThere(ports.files, layout, update)))
    return skipped(
      id,
      record,
      'nothing_staged',
      'Nothing is staged for it.',
      'Update it with a network, or wait until auto-update has staged something.',
    );
  if (textOf(update.pin) !== textOf(record.pin))
    return skipped(
      id,
      record,
      'staged_superseded',
      'It was staged under another pin.',
      'Look for updates again to stage what the pin stands for now.',
    );
  const wanted = await updateOf(deps, id, record);
  const outcome = await bringIn(
    withStaged(deps, update),
    'update',
    { ...wanted, pin: record.pin, requested: false },
    { ...options, offline: true, resolution: resolutionOf(deps, root) },
  ).catch(async (error: unknown) => {
    // What is not as it was staged is not used again; the next look stages it anew.
    if (error instanceof BeaverError && error.code === 'package_damaged')
      await dropStaged(deps, [id], options.wait);
    throw error;
  });
  if (outcome.status === 'updated' || outcome.status === 'unchanged')
    await dropStaged(deps, [id], options.wait);
  return outcome;
}

function textOf(pin: StagedUpdate['pin']): string {
  return pin === null ? '' : pinText(pin);
}

function resolutionOf({ mirror }: InstallDeps, { package: content }: StagedMember): Resolution {
  const { source, identity, version, tags } = content;
  return { resolved: { source: liveSource(mirror.layout, source), identity, version }, tags };
}

/** The same doors, with what is staged behind them and no network. */
function withStaged(deps: InstallDeps, { members }: StagedUpdate): InstallDeps {
  const { layout, ports } = deps.mirror;
  const packages: Packages = {
    marketplace: (source, candidates, known, options) =>
      deps.packages.marketplace(source, candidates, known, { ...options, offline: true }),
    offers: (source, options) => deps.packages.offers(source, { ...options, offline: true }),
    fetch: async (wanted, into, options) => {
      const member = members.find(({ package: content }) => sameIdentity(content.identity, wanted.identity));
      if (member === undefined) {
        await deps.packages.fetch(wanted, into, { ...options, offline: true });
        return;
      }
      const from = layout.stagedPackage(member.id, member.package.directory);
      await copyTree(deps, from, into, member.id);
      if ((await hashPackageTree(ports.files, into, member.name)) !== member.package.tree_hash)
        throw damaged(member.id);
    },
  };
  const catalog: PluginCatalog = {
    find: (name, marketplace) => deps.catalog.find(name, marketplace),
    resolve: async (question, options) => {
      const origin = originText(question.source);
      const member = members.find(
        ({ name, source }) => name === question.name && originText(liveSource(layout, source)) === origin,
      );
      return member === undefined
        ? deps.catalog.resolve(question, { ...options, offline: true })
        : resolutionOf(deps, member);
    },
  };
  return { ...deps, packages, catalog };
}

async function copyTree(deps: InstallDeps, from: string, into: string, display: string): Promise<void> {
  const { files } = deps.mirror.ports;
  const listing = (await listTree(files, from, { display, noun: 'package' })) ?? [];
  for (const { path: name, absolute, stat } of listing) {
    const target = path.join(into, ...name.split('/'));
    await files.makeDirectory(path.dirname(target));
    await files.copyFile(absolute, target, { executable: stat.executable === true });
  }
}

function damaged(id: string): BeaverError {
  return new BeaverError('package_damaged', `What was staged for "${id}" was changed since.`, {
    nextStep: 'Look for updates again: it is staged anew.',
    field: 'id',
  });
}
