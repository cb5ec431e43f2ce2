import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { BeaverError } from '../base/errors.ts';
import { hasCode } from '../base/system-errors.ts';
import { writeFileDurably } from '../core/durable.ts';
import { envelopeSchema, parseEnvelope } from '../core/harness/envelope.ts';
import {
  checkManifest,
  floorUnder,
  readKeptManifest,
  type TrustedManifest,
} from '../core/harness/manifest-check.ts';
import {
  nextRoot,
  readTrustedRoot,
  requireCurrentRoot,
  type TrustedRoot,
} from '../core/harness/root-chain.ts';
import { channelPath, rootPath } from '../core/harness/refresh.ts';
import { parseDocument } from '../core/harness/strict-json.ts';
import { parseTrustRoot } from '../core/harness/trust-root.ts';
import { NodeMachine } from '../node/harness/node-machine.ts';
import { NodeFileSystem } from '../node/node-files.ts';
import { documentBytes, type SignedDocument } from './documents.ts';

/** Where a document goes once enough keys have signed it, POSIX, inside the folder. */
export interface Draft {
  readonly target: string;
  readonly document: SignedDocument;
}

/**
 * A folder that any web server can serve: `root/N.root.json`, `channels/NAME.json`, `assets/…`. What is not signed by enough keys yet waits
 * in `pending/`. Nothing is put where clients look before the checks of a client have passed on it.
 */
export class ChannelFolder {
  readonly #root: string;
  readonly #files = new NodeFileSystem();
  readonly #machine = new NodeMachine();

  constructor(root: string) {
    this.#root = root;
  }

  /** Every root in order, checked as a client does. Empty for a new folder. */
  roots(product: string | undefined): readonly TrustedRoot[] {
    const first = this.#read(rootPath(1));
    if (first === undefined) return [];
    const roots = [readTrustedRoot(first, product ?? productOf(first))];
    for (;;) {
      const last = roots.at(-1);
      if (last === undefined) return roots;
      const bytes = this.#read(rootPath(last.root.version + 1));
      if (bytes === undefined) return roots;
      roots.push(nextRoot(last, bytes));
    }
  }

  /** @throws BeaverError `folder_empty`. */
  currentRoot(): TrustedRoot {
    const current = this.roots(undefined).at(-1);
    if (current !== undefined) return current;
    throw new BeaverError('folder_empty', 'The folder has no trust root yet.', {
      nextStep: 'Make one with "beaver-release init".',
    });
  }

  /** What a channel offers now, whether it still holds or not; undefined for a new channel. */
  manifest(channel: string): TrustedManifest | undefined {
    const bytes = this.#read(channelPath(channel));
    return bytes === undefined ? undefined : readKeptManifest(bytes);
  }

  /**
   * Puts a document where clients look when all their checks pass on it, else into `pending/` for more signatures.
   * @returns where it is now, POSIX, inside the folder.
   */
  async put(draft: Draft, now: number): Promise<{ readonly path: string; readonly published: boolean }> {
    const bytes = documentBytes(draft.document);
    const pending = `pending/${draft.target.replaceAll('/', '-')}`;
    try {
      this.#check(draft, bytes, now);
    } catch (error) {
      if (!(error instanceof BeaverError) || !MORE_SIGNATURES.has(error.code)) throw error;
      await this.#write(pending, bytes);
      return { path: pending, published: false };
    }
    await this.#write(draft.target, bytes);
    rmSync(path.join(this.#root, pending), { force: true });
    return { path: draft.target, published: true };
  }

  /** @throws BeaverError `not_pending`. */
  pending(file: string): Draft {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(file);
    } catch (cause) {
      if (!hasCode(cause, 'ENOENT', 'EISDIR')) throw cause;
      throw notPending(cause);
    }
    const document = parseDocument(bytes, 'signed document', envelopeSchema);
    const match = /^(?:root-(\d+\.root)|channels-([a-z0-9-]+))\.json$/.exec(path.basename(file));
    const [, root, channel] = match ?? [];
    if (root !== undefined) return { target: `root/${root}.json`, document };
    if (channel !== undefined) return { target: channelPath(channel), document };
    throw notPending(undefined);
  }

  /** Copies a file to where a manifest may name it, unless it is there already. */
  async addAsset(
    file: string,
    version: string,
    platform: string,
  ): Promise<{ readonly path: string; readonly size: number; readonly sha256: string }> {
    const found = await this.#machine.digestFile(file);
    if (found === undefined) {
      throw new BeaverError('asset_missing', `There is no file to publish for ${platform}.`, {
        nextStep: 'Give a file that exists.',
        field: '--asset',
      });
    }
    const { sha256, size } = found;
    const target = `assets/${version}/${platform}-${sha256.slice(0, 16)}`;
    const absolute = path.join(this.#root, target);
    if ((await this.#machine.digestFile(absolute))?.sha256 !== sha256) {
      mkdirSync(path.dirname(absolute), { recursive: true });
      copyFileSync(file, `${absolute}.tmp`);
      await this.#files.flush([`${absolute}.tmp`]);
      await this.#files.rename(`${absolute}.tmp`, absolute);
      await this.#files.flush([path.dirname(absolute)]);
    }
    return { path: target, size, sha256 };
  }

  /** The channels that are there, sorted. */
  channels(): readonly string[] {
    try {
      const names = readdirSync(path.join(this.#root, 'channels')).filter((name) => name.endsWith('.json'));
      return names.map((name) => name.slice(0, -'.json'.length)).sort();
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** What a client that knows nothing would see today: every channel passes, and every file is there and is what was signed. */
  async verify(now: number): Promise<readonly TrustedManifest[]> {
    const root = this.currentRoot();
    requireCurrentRoot(root, now);
    const manifests: TrustedManifest[] = [];
    for (const channel of this.channels()) {
      const bytes = this.#read(channelPath(channel)) ?? new Uint8Array();
      const expected = { product: root.root.product, channel, startedAt: now, floor: null };
      const manifest = checkManifest(bytes, root.root, expected);
      for (const asset of Object.values(manifest.manifest.assets)) {
        const found = await this.#machine.digestFile(path.join(this.#root, asset.path));
        if (found?.sha256 !== asset.sha256 || found.size !== asset.size) {
          throw new BeaverError(
            'asset_differs',
            'A file of the channel is missing, or is not what was signed.',
            {
              nextStep: 'Copy it to the folder again, or publish anew.',
              path: asset.path,
            },
          );
        }
      }
      manifests.push(manifest);
    }
    return manifests;
  }

  #check({ target }: Draft, bytes: Uint8Array, now: number): void {
    const channel = /^channels\/(.+)\.json$/.exec(target)?.[1];
    if (channel !== undefined) {
      const root = this.currentRoot();
      requireCurrentRoot(root, now);
      const floor = floorUnder(root.root, this.manifest(channel) ?? null);
      checkManifest(bytes, root.root, { product: root.root.product, channel, startedAt: now, floor });
      return;
    }
    const before = this.roots(undefined).at(-1);
    const after = before === undefined ? readTrustedRoot(bytes, productOf(bytes)) : nextRoot(before, bytes);
    requireCurrentRoot(after, now);
  }

  #read(name: string): Uint8Array | undefined {
    try {
      return readFileSync(path.join(this.#root, name));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async #write(name: string, bytes: Uint8Array): Promise<void> {
    const target = path.join(this.#root, name);
    mkdirSync(path.dirname(target), { recursive: true });
    await writeFileDurably(this.#files, target, bytes);
  }
}

const MORE_SIGNATURES: ReadonlySet<string> = new Set(['threshold', 'sig_invalid', 'sig_untrusted']);

function productOf(root: Uint8Array): string {
  return parseTrustRoot(parseEnvelope(root, 'root').payload).product;
}

function notPending(cause: unknown): BeaverError {
  return new BeaverError('not_pending', 'The file is not one that waits for signatures.', {
    nextStep: 'Give a file of the folder pending/, under its own name.',
    cause,
  });
}
