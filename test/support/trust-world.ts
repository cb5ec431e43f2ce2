import * as path from 'node:path';
import { HarnessLayout } from '../../src/core/harness/layout.ts';
import type { Download, Transfer } from '../../src/core/harness-ports.ts';
import { type Refreshed, refreshTrust } from '../../src/core/harness/refresh.ts';
import { refusal } from '../../src/core/harness-refusal.ts';
import type { HarnessSource } from '../../src/core/harness/source.ts';
import { TrustStore } from '../../src/core/harness/trust-store.ts';
import {
  envelopeBytes,
  type ManifestParts,
  manifestDocument,
  rootDocument,
  type RootParts,
  signedDocument,
  type TestKey,
  testKey,
} from './harness-release.ts';
import { MemoryFileSystem } from './memory-files.ts';
import { FakeClock, RecordingLogger } from './ports.ts';

export const MIRROR = 'https://one.example/acme/';
export const NOW = Date.UTC(2026, 10, 21);

/** A web server in memory: what is not in `served` is not there, and a mirror in `down` does not answer. */
export class ScriptedTransfer implements Transfer {
  readonly served = new Map<string, Uint8Array>();
  readonly down = new Set<string>();
  readonly asked: string[] = [];

  async read(url: string, maxBytes: number): Promise<Uint8Array | undefined> {
    this.asked.push(url);
    if ([...this.down].some((mirror) => url.startsWith(mirror)))
      throw refusal('source_unreachable', 'The source does not answer.');
    const bytes = this.served.get(url);
    if (bytes !== undefined && bytes.byteLength > maxBytes) throw refusal('too_large', 'Too much is served.');
    return await Promise.resolve(bytes);
  }

  download(): Promise<Download> {
    return Promise.reject(new Error('Nothing is downloaded here.'));
  }
}

/** A publisher with two keys for roots and two for releases, and a machine that looks for its releases. */
export class TrustWorld {
  readonly root1 = testKey('root one');
  readonly root2 = testKey('root two');
  readonly signer1 = testKey('signer one');
  readonly signer2 = testKey('signer two');
  readonly stranger = testKey('stranger');
  readonly transfer = new ScriptedTransfer();
  readonly clock = new FakeClock(NOW);
  readonly log = new RecordingLogger();
  readonly files = new MemoryFileSystem();
  readonly layout = new HarnessLayout(path.resolve('/home/.beaver'), 'acme');
  readonly trust = new TrustStore(this.files, this.layout);
  source: HarnessSource = {
    schema_version: 1,
    harness: 'acme',
    product: 'acme',
    channel: 'stable',
    mirrors: [MIRROR],
    command: 'acme',
    delegated: false,
    added_at: '2026-11-01T00:00:00Z',
  };

  /** The machine as it is after the source was added: it has root 1, and nothing was looked for yet. */
  static async create(parts: Partial<RootParts> = {}, signers?: readonly TestKey[]): Promise<TrustWorld> {
    const world = new TrustWorld();
    await world.files.makeDirectory(world.layout.trust);
    await world.files.writeFile(world.layout.trustedRoot, world.rootBytes(parts, signers));
    return world;
  }

  rootBytes(
    parts: Partial<RootParts> = {},
    signers: readonly TestKey[] = [this.root1, this.root2],
  ): Uint8Array {
    const document = rootDocument({
      root: [this.root1, this.root2],
      manifest: [this.signer1, this.signer2],
      ...parts,
    });
    return envelopeBytes(signedDocument('root', document, signers));
  }

  manifestBytes(parts: ManifestParts = {}, signers: readonly TestKey[] = [this.signer1]): Uint8Array {
    return envelopeBytes(signedDocument('manifest', manifestDocument(parts), signers));
  }

  serve(bytes: Uint8Array, mirror = MIRROR, channel = 'stable'): void {
    this.transfer.served.set(`${mirror}channels/${channel}.json`, bytes);
  }

  serveRoot(version: number, bytes: Uint8Array, mirror = MIRROR): void {
    this.transfer.served.set(`${mirror}root/${version}.root.json`, bytes);
  }

  publish(parts: ManifestParts = {}, signers?: readonly TestKey[]): void {
    this.serve(this.manifestBytes(parts, signers));
  }

  refresh(): Promise<Refreshed> {
    return refreshTrust(
      { transfer: this.transfer, trust: this.trust, log: this.log },
      this.source,
      this.clock.now(),
    );
  }

  /** Every file of the trusted state, by name, in hexadecimal. */
  async trusted(): Promise<Readonly<Record<string, string>>> {
    const trusted: Record<string, string> = {};
    for (const { name } of (await this.files.readDirectory(this.layout.trust)) ?? []) {
      const bytes = await this.files.readFile(path.join(this.layout.trust, name));
      trusted[name] = Buffer.from(bytes ?? []).toString('hex');
    }
    return trusted;
  }
}
