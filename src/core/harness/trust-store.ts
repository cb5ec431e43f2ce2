import * as path from 'node:path';
import * as z from 'zod';
import { makeDirectoryDurably, writeFileDurably } from '../durable.ts';
import type { FileSystem } from '../ports.ts';
import { readStoredJson, writeStoredJson } from '../stored-json.ts';
import { timeSchema } from './identifiers.ts';
import type { HarnessLayout } from './layout.ts';
import { LARGEST_MANIFEST, readKeptManifest, type TrustedManifest } from './manifest-check.ts';
import { refusal } from '../harness-refusal.ts';
import { LARGEST_ROOT, readTrustedRoot, type TrustedRoot } from './root-chain.ts';

export const knownTimeSchema = z.looseObject({
  schema_version: z.literal(1),
  latest_known_time: timeSchema.describe('the latest time at which an update was looked for'),
});
const KNOWN_TIME = { name: 'time of the last look for updates', schemaVersion: 1 };

/** What is trusted of one harness, on disk: exactly the bytes that were verified. Written under the update lock only, after all checks. */
export class TrustStore {
  readonly #files: FileSystem;
  readonly #layout: HarnessLayout;

  constructor(files: FileSystem, layout: HarnessLayout) {
    this.#files = files;
    this.#layout = layout;
  }

  /** TUF 5.2. @throws BeaverError `trust_unreadable` when there is none, or it is not what was kept. */
  async root(product: string): Promise<TrustedRoot> {
    const bytes = await this.#files.readFile(this.#layout.trustedRoot, LARGEST_ROOT);
    if (bytes === undefined) throw refusal('trust_unreadable', 'There is no trust root for this source.');
    try {
      return readTrustedRoot(bytes, product);
    } catch (cause) {
      throw refusal('trust_unreadable', 'The trust root that is kept cannot be read.', { cause });
    }
  }

  /** TUF 5.3.8. */
  async keepRoot(root: TrustedRoot): Promise<void> {
    await this.#write(this.#layout.trustedRoot, root.bytes);
  }

  /** Null where nothing of the channel is known. @throws BeaverError `trust_unreadable`: without a floor an old release would pass. */
  async manifest(channel: string): Promise<TrustedManifest | null> {
    const bytes = await this.#files.readFile(this.#layout.trustedManifest(channel), LARGEST_MANIFEST);
    return bytes === undefined ? null : readKeptManifest(bytes);
  }

  /** TUF 5.4.5. */
  async keepManifest(channel: string, manifest: TrustedManifest): Promise<void> {
    await this.#write(this.#layout.trustedManifest(channel), manifest.bytes);
  }

  /** Milliseconds since the epoch; 0 where none is known. */
  async knownTime(): Promise<number> {
    const kept = await readStoredJson(
      this.#files,
      this.#layout.knownTime,
      'time.json',
      KNOWN_TIME,
      knownTimeSchema,
    );
    return kept === undefined ? 0 : Date.parse(kept.latest_known_time);
  }

  async keepTime(time: number): Promise<void> {
    await makeDirectoryDurably(this.#files, this.#layout.trust);
    await writeStoredJson(this.#files, this.#layout.knownTime, {
      schema_version: 1,
      latest_known_time: new Date(time).toISOString(),
    });
  }

  async #write(target: string, bytes: Uint8Array): Promise<void> {
    await makeDirectoryDurably(this.#files, path.dirname(target));
    await writeFileDurably(this.#files, target, bytes);
  }
}
