import { createHash } from 'node:crypto';
import * as path from 'node:path';
import type { Download, HarnessMachine, Transfer } from '../../src/core/harness-ports.ts';
import type { HarnessDeps } from '../../src/core/harness/harness-cache.ts';
import { HarnessService } from '../../src/core/harness/harness-service.ts';
import { HarnessLayout } from '../../src/core/harness/layout.ts';
import type { FileSystem } from '../../src/core/ports.ts';
import {
  envelopeBytes,
  type ManifestParts,
  manifestDocument,
  rootDocument,
  signedDocument,
  testKey,
} from './harness-release.ts';
import { FakeClock, fakePorts } from './ports.ts';

export const HOME = path.resolve('/home');
const MIRROR = 'https://one.example/acme/';
const WAIT = { kind: 'never' } as const;

/** A publisher and a machine without a disk, a network or processes: what `files` holds is all there is. */
export class MemoryHarness {
  readonly layout = new HarnessLayout(HOME, 'acme');
  readonly #served = new Map<string, Uint8Array>();
  readonly #key = testKey('memory');
  readonly root = envelopeBytes(
    signedDocument('root', rootDocument({ root: [this.#key], manifest: [this.#key] }), [this.#key]),
  );

  /** A release of one program that, started, prints its own content. */
  publish(version: string, counter: number, parts: ManifestParts = {}): void {
    const program = Buffer.from(`acme ${version} ${'x'.repeat(500)}`);
    const assetPath = `assets/${version}/acme`;
    const asset = {
      path: assetPath,
      size: program.byteLength,
      sha256: createHash('sha256').update(program).digest('hex'),
      format: 'executable',
      executable: 'bin/acme',
      unpacked_size: program.byteLength,
      smoke_arguments: ['--version'],
    };
    const document = manifestDocument({ version, counter, assets: { 'linux-x64': asset }, ...parts });
    this.#served.set(`${MIRROR}${assetPath}`, program);
    this.#served.set(
      `${MIRROR}channels/stable.json`,
      envelopeBytes(signedDocument('manifest', document, [this.#key])),
    );
  }

  service(files: FileSystem): HarnessService {
    return new HarnessService(this.#deps(files));
  }

  async add(files: FileSystem): Promise<void> {
    const wish = { harness: 'acme', root: this.root, mirrors: [MIRROR], channel: 'stable', command: 'acme' };
    await this.service(files).add({ ...wish, delegated: false, replace: false }, WAIT);
  }

  update(files: FileSystem): Promise<unknown> {
    return this.service(files).update('acme', { wait: WAIT });
  }

  rollback(files: FileSystem): Promise<unknown> {
    return this.service(files).rollback('acme', 'worse', WAIT);
  }

  /** The version that a start would run, by what its program prints; undefined where nothing whole is there. */
  async starts(files: FileSystem): Promise<string | undefined> {
    const { active } = (await this.service(files).status('acme')).stored.state;
    if (active === null) return undefined;
    const program = this.layout.executable(active.directory, active.executable);
    const bytes = await files.readFile(program);
    const stat = await files.lstat(program);
    if (bytes?.byteLength !== 511 || stat?.executable !== true) return undefined;
    return Buffer.from(bytes).toString('utf8').split(' ')[1];
  }

  #deps(files: FileSystem): HarnessDeps {
    return {
      ...fakePorts(files),
      clock: new FakeClock(Date.UTC(2026, 10, 21)),
      transfer: this.#transfer(),
      machine: machineOver(files),
      beaverHome: HOME,
      launcherVersion: '0.1.0',
      searched: [],
      suffixes: [''],
    };
  }

  #transfer(): Transfer {
    return {
      read: (url) => Promise.resolve(this.#served.get(url)),
      download: (url, from) => {
        const bytes = this.#served.get(url) ?? new Uint8Array();
        return Promise.resolve<Download>({ offset: from, chunks: pieces(bytes.subarray(from)) });
      },
    };
  }
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.byteLength; at += 200) yield bytes.subarray(at, at + 200);
}

function machineOver(files: FileSystem): HarnessMachine {
  return {
    platform: 'linux-x64',
    systemPackage: () => Promise.resolve(null),
    makePrivateFolder: (folder) => files.makeDirectory(folder),
    privacyOf: () => Promise.resolve('private'),
    leaseHeld: () => Promise.resolve(false),
    digestFile: async (file) => {
      const bytes = await files.readFile(file);
      if (bytes === undefined) return undefined;
      return { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.byteLength };
    },
    unpack: () => Promise.reject(new Error('There are no archives here.')),
    run: async (program) => {
      const output = Buffer.from((await files.readFile(program)) ?? []).toString('utf8');
      return { exitCode: 0, timedOut: false, output };
    },
  };
}
