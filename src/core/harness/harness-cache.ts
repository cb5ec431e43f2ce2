import * as path from 'node:path';
import * as z from 'zod';
import { BeaverError, isBeaverError } from '../../base/errors.ts';
import { makeDirectoryDurably, writeFileDurably } from '../durable.ts';
import type { FolderPrivacy, HarnessMachine, Transfer } from '../harness-ports.ts';
import { refusal } from '../harness-refusal.ts';
import type { LockWait, Ports } from '../ports.ts';
import { readStoredJson, writeStoredJson } from '../stored-json.ts';
import { parseEnvelope } from './envelope.ts';
import { mistakableFor } from './known-names.ts';
import { launchTraits } from './launch-line.ts';
import { HarnessLayout } from './layout.ts';
import { readTrustedRoot } from './root-chain.ts';
import { type HarnessSource, harnessSourceSchema } from './source.ts';
import { verifiedVersion } from './staging.ts';
import { StateStore } from './state-store.ts';
import type { InstalledVersion } from './state.ts';
import { parseTrustRoot } from './trust-root.ts';
import { TrustStore } from './trust-store.ts';

export interface HarnessDeps extends Pick<Ports, 'files' | 'lock' | 'clock' | 'ids' | 'log'> {
  readonly transfer: Transfer;
  readonly machine: HarnessMachine;
  /** Absolute. */
  readonly beaverHome: string;
  /** The version of Beaver that runs. */
  readonly launcherVersion: string;
  /** Folders of the PATH, and what may follow the name of a program (`''`; on Windows `.exe`, …). */
  readonly searched: readonly string[];
  readonly suffixes: readonly string[];
}

export interface SourceWish {
  readonly harness: string;
  readonly root: Uint8Array;
  readonly mirrors: readonly string[];
  readonly channel: string;
  readonly command: string;
  readonly delegated: boolean;
  /** True: an existing source with another trust root is replaced; what is installed stays. */
  readonly replace: boolean;
}

/** A harness that has a source, and its folders belong to the person alone. */
export interface OpenedCache {
  readonly layout: HarnessLayout;
  readonly source: HarnessSource;
  readonly states: StateStore;
  readonly trust: TrustStore;
}

const SOURCE_KIND = { name: 'source of a harness', schemaVersion: 1 };

const UNSAFE: Readonly<Record<Exclude<FolderPrivacy, 'private' | 'missing'>, string>> = {
  link: 'is a link',
  not_a_folder: 'is no folder',
  of_another_user: 'belongs to somebody else',
  writable_by_others: 'can be changed by others',
};

/** The folder of each harness below `BEAVER_HOME`: who may be trusted there, and who may write. */
export class HarnessCache {
  readonly #deps: HarnessDeps;

  constructor(deps: HarnessDeps) {
    this.#deps = deps;
  }

  /** The harnesses that have a source, sorted. */
  async list(): Promise<readonly string[]> {
    const names: string[] = [];
    const folder = HarnessLayout.all(this.#deps.beaverHome);
    for (const { name, kind } of (await this.#deps.files.readDirectory(folder)) ?? []) {
      if (kind === 'directory' && harnessSourceSchema.shape.harness.safeParse(name).success) names.push(name);
    }
    return names.sort();
  }

  /**
   * Trusts a publisher: from then on only what its keys sign is taken.
   * @throws BeaverError `name_mistakable`, `source_exists`, `usage`, and what is wrong with the trust root.
   */
  async add(wish: SourceWish, wait: LockWait): Promise<HarnessSource> {
    const { files, clock, machine, beaverHome } = this.#deps;
    const likeness = mistakableFor(wish.harness, await this.list());
    if (likeness !== undefined) {
      throw new BeaverError('name_mistakable', `The name could be mistaken for "${likeness}".`, {
        nextStep: 'Choose a name that nobody takes for another one.',
      });
    }
    const { product } = rootOf(wish.root);
    const source = harnessSourceSchema.safeParse({
      schema_version: 1,
      harness: wish.harness,
      product,
      channel: wish.channel,
      mirrors: wish.mirrors,
      command: wish.command,
      delegated: wish.delegated,
      added_at: new Date(clock.now()).toISOString(),
    });
    if (!source.success) throw wordsAreOff(source.error);
    readTrustedRoot(wish.root, product);
    const layout = new HarnessLayout(beaverHome, wish.harness);
    await machine.makePrivateFolder(layout.root);
    await this.#requirePrivate(layout);
    return this.locked(layout, wait, 'add a harness', async () => {
      const before = await files.readFile(layout.trustedRoot);
      if (before !== undefined && !wish.replace && !Buffer.from(before).equals(wish.root)) {
        throw new BeaverError('source_exists', 'This harness has a source with another trust root.', {
          nextStep: "Make sure that the new root is the publisher's, then add it with --replace.",
        });
      }
      // The source last: a crash before it leaves a root that is not asked for, or one that has to be added again.
      if (before !== undefined && !Buffer.from(before).equals(wish.root)) await files.remove(layout.trust);
      await makeDirectoryDurably(files, layout.trust);
      await writeFileDurably(files, layout.trustedRoot, wish.root);
      await writeStoredJson(files, layout.source, z.json().parse(source.data));
      const states = this.#states(layout, source.data);
      await states.writeLine((await states.read(wish.harness)).state);
      return source.data;
    });
  }

  #states(layout: HarnessLayout, source: HarnessSource): StateStore {
    const { files, machine, log } = this.#deps;
    return new StateStore(files, machine, layout, log, launchTraits(source.harness, source));
  }

  /** A12: between staging and now somebody may have changed it. */
  async requireWhole(layout: HarnessLayout, version: InstalledVersion): Promise<void> {
    if (await this.isWhole(layout, version)) return;
    throw refusal('hash_mismatch', `Version ${version.version} in the cache is not what was put there.`);
  }

  /** Whether every file of a version is what its receipt says. Reads all of them. */
  async isWhole(layout: HarnessLayout, version: InstalledVersion): Promise<boolean> {
    const found = await verifiedVersion(this.#deps, layout, version.directory);
    return found?.tree_sha256 === version.tree_sha256;
  }

  async open(harness: string): Promise<OpenedCache> {
    const { files, beaverHome } = this.#deps;
    const layout = layoutOf(beaverHome, harness);
    await this.#requirePrivate(layout);
    const source = await readStoredJson(
      files,
      layout.source,
      'source.json',
      SOURCE_KIND,
      harnessSourceSchema,
    );
    if (source?.harness !== harness) throw noSource(harness);
    return {
      layout,
      source,
      states: this.#states(layout, source),
      trust: new TrustStore(files, layout),
    };
  }

  /** A18: whoever can write there decides what runs. */
  async #requirePrivate(layout: HarnessLayout): Promise<void> {
    const folders = [layout.root, layout.trust, layout.versions, layout.staging, layout.downloads];
    for (const folder of folders) {
      const privacy = await this.#deps.machine.privacyOf(folder);
      if (privacy !== 'private' && privacy !== 'missing') {
        throw refusal(
          'storage_unsafe',
          `The folder "${path.basename(folder)}" of the harness ${UNSAFE[privacy]}.`,
        );
      }
    }
  }

  async locked<T>(
    layout: HarnessLayout,
    wait: LockWait,
    purpose: string,
    body: () => Promise<T>,
  ): Promise<T> {
    try {
      return await this.#deps.lock.run(layout.updateLock, purpose, wait, body);
    } catch (error) {
      if (!isBeaverError(error, 'plugin_write_busy')) throw error;
      throw new BeaverError(
        'plugin_write_busy',
        'Another Beaver process changes the versions of this harness.',
        {
          nextStep: 'Wait until it has finished, then try again.',
          cause: error,
        },
      );
    }
  }
}

function layoutOf(beaverHome: string, harness: string): HarnessLayout {
  try {
    return new HarnessLayout(beaverHome, harness);
  } catch {
    throw noSource(harness.slice(0, 40));
  }
}

function noSource(harness: string): BeaverError {
  return new BeaverError(
    'harness_unknown',
    `There is no source for the harness ${JSON.stringify(harness)}.`,
    {
      nextStep: 'Add one with "beaver harness add", or see "beaver harness status" for those that are there.',
    },
  );
}

function rootOf(bytes: Uint8Array): { readonly product: string } {
  return parseTrustRoot(parseEnvelope(bytes, 'root').payload);
}

function wordsAreOff(cause: z.ZodError): BeaverError {
  const field = String(cause.issues[0]?.path[0] ?? '');
  return new BeaverError('usage', `What was given for "${field}" is not what it takes.`, {
    nextStep: 'Run "beaver harness add --help".',
    field,
    cause,
  });
}
