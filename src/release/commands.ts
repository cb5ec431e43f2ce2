import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import * as z from 'zod';
import { BeaverError } from '../base/errors.ts';
import { canonicalJson, type JsonValue } from '../base/json.ts';
import { platformSchema, timeSchema, versionSchema } from '../core/harness/identifiers.ts';
import { type HarnessAsset, type HarnessManifest, manifestSchema } from '../core/harness/manifest.ts';
import { LONGEST_VALIDITY } from '../core/harness/manifest-check.ts';
import { parseTrustRoot, type TrustRoot, trustRootSchema } from '../core/harness/trust-root.ts';
import type { Clock } from '../core/ports.ts';
import { ChannelFolder } from './channel-folder.ts';
import {
  planManifest,
  planRoot,
  type RootWish,
  type SignedDocument,
  unsigned,
  withSignature,
} from './documents.ts';
import { createKeyFiles, type PublicKey, readPublicKey, readSigningKey } from './key-file.ts';
import type { ReleaseCommands } from './program.ts';
import type { InitWords, PublishWords, RootWords, RotateWords, SignWords } from './words.ts';
import { channelPath, rootPath } from '../core/harness/refresh.ts';

const DAY = 24 * 3600 * 1000;

/** What the words of `beaver-release` stand for. `say` gets lines for the person; paths in them are those that were given. */
export class ReleaseTool implements ReleaseCommands {
  readonly #clock: Clock;
  readonly #say: (line: string) => void;

  constructor(clock: Clock, say: (line: string) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  keys(file: string): void {
    const { id, publicFile } = createKeyFiles(file);
    this.#say(
      `Key ${id}\nPrivate: ${file}\nPublic:  ${publicFile}\nKeep the private file offline, and a copy of it elsewhere.`,
    );
  }

  async init(folder: string, words: InitWords): Promise<void> {
    const channels = new ChannelFolder(folder);
    if (channels.roots(undefined).length > 0) {
      throw new BeaverError('folder_in_use', 'The folder has a trust root already.', {
        nextStep: 'Replace it with "beaver-release rotate", or choose another folder.',
      });
    }
    await this.#putRoot(channels, undefined, words, {
      product: words.product,
      rootKeys: words.rootKey.map(readPublicKey),
      rootThreshold: words.rootThreshold,
      manifestKeys: words.manifestKey.map(readPublicKey),
      manifestThreshold: words.manifestThreshold,
    });
  }

  async rotate(folder: string, words: RotateWords): Promise<void> {
    const channels = new ChannelFolder(folder);
    const { root } = channels.currentRoot();
    await this.#putRoot(channels, root, words, {
      product: root.product,
      rootKeys: words.rootKey?.map(readPublicKey) ?? keysOf(root, 'root'),
      rootThreshold: words.rootThreshold ?? root.roles.root.threshold,
      manifestKeys: words.manifestKey?.map(readPublicKey) ?? keysOf(root, 'manifest'),
      manifestThreshold: words.manifestThreshold ?? root.roles.manifest.threshold,
    });
  }

  async publish(folder: string, words: PublishWords): Promise<void> {
    const channels = new ChannelFolder(folder);
    const { root } = channels.currentRoot();
    const now = this.#clock.now();
    const assets = await assetsOf(channels, root.product, words);
    const manifest = planManifest(channels.manifest(words.channel)?.manifest, {
      product: root.product,
      channel: words.channel,
      version: words.release,
      publishedAt: isoTime(now),
      expiresAt: isoTime(now + Math.min(words.expiresDays * DAY, LONGEST_VALIDITY)),
      minimumLauncher: words.minimumLauncher,
      gitSha: words.gitSha,
      builtAt: words.builtAt === undefined ? isoTime(now) : given(timeSchema, words.builtAt, '--built-at'),
      profile: words.profile,
      assets,
      revocations: (words.revoke ?? []).map((text) => {
        const [version, reason] = parts(text, '--revoke', 'VERSION=REASON');
        return { version: given(versionSchema, version, '--revoke'), reason };
      }),
    });
    await this.#put(
      channels,
      channelPath(words.channel),
      asJson(manifestSchema, manifest),
      'manifest',
      words,
    );
  }

  async sign(folder: string, pending: string, words: SignWords): Promise<void> {
    const channels = new ChannelFolder(folder);
    const { target, document } = channels.pending(pending);
    await this.#signAndPut(channels, target, document, words);
  }

  async verify(folder: string): Promise<void> {
    const channels = new ChannelFolder(folder);
    const manifests = await channels.verify(this.#clock.now());
    const { root } = channels.currentRoot();
    this.#say(`Root ${root.version} of ${root.product} holds until ${root.expires_at.slice(0, 10)}.`);
    for (const { manifest } of manifests) {
      const platforms = Object.keys(manifest.assets).join(', ');
      this.#say(
        `${manifest.channel}: ${manifest.version}, number ${manifest.counter}, until ${manifest.expires_at.slice(0, 10)}, for ${platforms}.`,
      );
    }
  }

  async #putRoot(
    channels: ChannelFolder,
    before: TrustRoot | undefined,
    words: RootWords,
    wish: Omit<RootWish, 'expiresAt'>,
  ): Promise<void> {
    const expiresAt = isoTime(this.#clock.now() + words.expiresDays * DAY);
    const root = planRoot(before, { ...wish, expiresAt });
    const document = asJson(trustRootSchema, root);
    // What no number of signatures would mend does not wait for any.
    parseTrustRoot(Buffer.from(canonicalJson(document), 'utf8'));
    await this.#put(channels, rootPath(root.version), document, 'root', words);
  }

  async #put(
    channels: ChannelFolder,
    target: string,
    document: JsonValue,
    kind: 'root' | 'manifest',
    words: SignWords,
  ): Promise<void> {
    await this.#signAndPut(channels, target, unsigned(kind, document), words);
  }

  async #signAndPut(
    channels: ChannelFolder,
    target: string,
    document: SignedDocument,
    words: SignWords,
  ): Promise<void> {
    const signed = words.signWith.map(readSigningKey).reduce(withSignature, document);
    const put = await channels.put({ target, document: signed }, this.#clock.now());
    this.#say(
      put.published
        ? `Published ${put.path}.`
        : `${put.path} waits for more signatures: beaver-release sign FOLDER FOLDER/${put.path} --sign-with KEY`,
    );
  }
}

function keysOf(root: TrustRoot, role: 'root' | 'manifest'): readonly PublicKey[] {
  return root.roles[role].key_ids.flatMap((id) => {
    const key = root.keys[id];
    return key === undefined ? [] : [{ id, public: key.public }];
  });
}

async function assetsOf(
  channels: ChannelFolder,
  product: string,
  words: PublishWords,
): Promise<HarnessManifest['assets']> {
  const version = given(versionSchema, words.release, '--release');
  const assets: Record<string, HarnessAsset> = {};
  for (const text of words.asset) {
    const [name, file] = parts(text, '--asset', 'PLATFORM=FILE');
    const platform = given(platformSchema, name, '--asset');
    const added = await channels.addAsset(file, version, platform);
    const executable = words.executable ?? product;
    const archive = /\.(?:tar\.gz|tgz)$/i.test(file);
    assets[platform] = {
      ...added,
      format: archive ? 'tar.gz' : 'executable',
      executable:
        platform.startsWith('win32-') && !executable.endsWith('.exe') ? `${executable}.exe` : executable,
      unpacked_size: archive ? await unpackedSize(file) : added.size,
      smoke_arguments: [...(words.smokeArgument ?? ['--version'])],
    };
  }
  return assets;
}

/** The length of the tar inside: no less than what its files have together. */
async function unpackedSize(file: string): Promise<number> {
  let size = 0;
  const unpacked = createReadStream(file).pipe(createGunzip()) as AsyncIterable<Buffer>;
  for await (const piece of unpacked) size += piece.byteLength;
  return size;
}

function parts(text: string, field: string, shape: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new BeaverError('usage', `${field} takes ${shape}.`, { nextStep: 'Run it with --help.', field });
}

function given<T>(schema: z.ZodType<T>, value: string, field: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BeaverError('usage', `What ${field} was given is not what it takes.`, {
    nextStep: 'Run it with --help.',
    field,
    cause: parsed.error,
  });
}

/** Checked before it is signed: a key is not used on what no client would read. */
function asJson<T>(schema: z.ZodType<T>, document: T): JsonValue {
  const parsed = schema.safeParse(document);
  if (parsed.success) return z.json().parse(document);
  const field = `/${(parsed.error.issues[0]?.path ?? []).map(String).join('/')}`;
  throw new BeaverError('usage', `The document would not be what it should be (${field}).`, {
    nextStep: 'Check what was given for it.',
    field,
    cause: parsed.error,
  });
}

function isoTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
