import * as path from 'node:path';
import { BeaverError, isBeaverError } from '../base/errors.ts';
import type { InstallDeps, Resolution } from '../core/install/install-deps.ts';
import { installedPlugin, readInstalled } from '../core/install/install-registry.ts';
import type { InstalledPlugin } from '../core/install/installed-plugin.ts';
import { type PackageContents, readPackage } from '../core/install/package-contents.ts';
import { withFetched } from '../core/install/package-repair.ts';
import { installedIdOf, type WantedPlugin } from '../core/install/staged-package.ts';
import {
  installedAsWanted,
  type InstallTarget,
  listedPlugin,
  wantedPlugin,
} from '../core/install/wanted-plugin.ts';
import { sourceToAsk } from '../core/marketplaces/choose-offer.ts';
import { versionedOffers } from '../core/marketplaces/tagged-versions.ts';
import { writtenSource } from '../core/marketplaces/written-source.ts';
import { identityText } from '../core/package-identity.ts';
import { type PackagePin, pinText } from '../core/package-pin.ts';
import type { FetchOptions } from '../core/package-ports.ts';
import type { FileSystem } from '../core/ports.ts';
import { readTextFiles } from './package-texts.ts';
import type { ContentsPayload, LookPayload, VersionsPayload } from './package-look-payloads.ts';

/** What is looked at: something that could be installed, or an update of what is. */
export type LookTarget = InstallTarget | { readonly kind: 'installed'; readonly id: string };

/** Looking at packages before they are installed. Nothing of it changes anything that is in use. */
export interface PackageLooks {
  /** What could be chosen. Asks the source. @throws BeaverError `plugin_not_listed`, and those of the marketplace and the transfer. */
  versions(target: LookTarget, fetching?: FetchOptions): Promise<VersionsPayload>;
  /**
   * Fetches the content that a pin stands for, checks it and tells what it could do. An installation that is given `resolution` brings in
   * exactly what was looked at.
   * @throws BeaverError `workspace_untrusted`, `plugin_missing`, and those of the transfer.
   */
  look(
    target: LookTarget,
    request?: { readonly pin?: PackagePin },
    fetching?: FetchOptions,
  ): Promise<LookPayload & { readonly resolution: Resolution }>;
  /** What the package in use could do. Asks nobody. @throws BeaverError `plugin_not_installed`, `plugin_missing`. */
  contents(id: string): Promise<ContentsPayload>;
}

export function createPackageLooks(deps: InstallDeps, mayWrite: () => boolean): PackageLooks {
  const { layout, ports } = deps.mirror;
  const { files } = ports;
  const wantedOf = async (target: LookTarget): Promise<WantedPlugin> => {
    if (target.kind !== 'installed') return wantedPlugin(deps, target, null);
    const record = installedPlugin(await readInstalled(files, layout), target.id);
    if (record.marketplace === null) return installedAsWanted(deps, target.id, record);
    return { ...(await listedPlugin(deps, record.name, record.marketplace, record.pin)), id: target.id };
  };
  const inUse = (id: string, { name, active }: InstalledPlugin): Promise<PackageContents> => {
    const root = layout.installPackage(id, active.directory);
    return readPackage(files, root, layout.display(root), name);
  };

  return {
    versions: async (target, fetching = {}) => {
      const wanted = await wantedOf(target);
      const pin = wanted.defaultPin ?? null;
      const source = sourceToAsk(wanted.source, pin);
      const offers = await deps.packages.offers(source, fetching);
      const all = versionedOffers(source, wanted.name, offers);
      const head = all.find(({ identity }) => {
        const key = identityText(identity);
        return offers.head !== null && key === identityText(offers.head.identity);
      });
      return {
        versions: {
          id: wanted.id,
          name: wanted.name,
          source: writtenSource(wanted.source),
          head: head === undefined ? null : { version: head.version, identity: identityText(head.identity) },
          default_pin: pin === null ? null : pinText(pin),
          offers: all.map(({ identity, version, tags }) => ({
            version,
            identity: identityText(identity),
            tags: [...tags],
          })),
        },
      };
    },
    look: async (target, request = {}, fetching = {}) => {
      if (!mayWrite()) throw untrusted();
      const wanted = await wantedOf(target);
      const known = (await readInstalled(files, layout)).get(wanted.id);
      const pin = request.pin ?? wanted.pin ?? wanted.defaultPin ?? null;
      const { name, source } = wanted;
      const question = { name, source, pin, ignored: known?.ignored ?? [] };
      const resolution = await deps.catalog.resolve(question, fetching);
      return withFetched(deps, resolution.resolved, fetching, async (folder) => {
        const report = await deps.preflight(folder);
        const contents = await readPackage(files, folder, name, name);
        const { manifest, surface, dependencies } = contents;
        const { identity, version } = resolution.resolved;
        const direct = wanted.marketplace === null && manifest.dialect !== 'collection';
        return {
          look: {
            id: direct && known === undefined ? installedIdOf(manifest.pluginId, null) : wanted.id,
            name: manifest.name,
            marketplace: wanted.marketplace,
            source: writtenSource(resolution.resolved.source),
            version: version ?? manifest.version,
            identity: identityText(identity),
            skills: manifest.skills.map((skill) => skill.name).sort(),
            surface: [...surface],
            dependencies: dependencies.map((one) => ({ name: one.name, range: one.range ?? null })),
            preflight: {
              passed: report.passed,
              findings: report.targets.flatMap(({ findings }) => findings),
            },
            before: known === undefined ? null : await before(wanted.id, known),
            changes:
              known === undefined
                ? []
                : await changesOf(files, layout.installPackage(wanted.id, known.active.directory), folder),
          },
          resolution,
        };
      });
    },
    contents: async (id) => {
      const record = installedPlugin(await readInstalled(files, layout), id);
      const { manifest, surface } = await inUse(id, record);
      return {
        contents: { id, skills: manifest.skills.map((skill) => skill.name).sort(), surface: [...surface] },
      };
    },
  };

  /** Where the package in use cannot be read, everything that comes is new. */
  async function before(id: string, record: InstalledPlugin): Promise<LookPayload['look']['before']> {
    const { version, identity } = record.active;
    const surface = await inUse(id, record).then(
      (contents) => [...contents.surface],
      (error: unknown) => {
        if (!isBeaverError(error)) throw error;
        return [];
      },
    );
    return { version, identity: identityText(identity), surface };
  }
}

async function changesOf(
  files: FileSystem,
  inUse: string,
  coming: string,
): Promise<LookPayload['look']['changes']> {
  const before = await readTextFiles(files, path.resolve(inUse));
  const after = await readTextFiles(files, path.resolve(coming));
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names
    .map((name) => ({ path: name, before: before.get(name) ?? null, after: after.get(name) ?? null }))
    .filter((one) => one.before !== one.after);
}

function untrusted(): BeaverError {
  return new BeaverError('workspace_untrusted', 'The workspace is not trusted; nothing was fetched.', {
    nextStep: 'Trust the workspace, then try again.',
  });
}
