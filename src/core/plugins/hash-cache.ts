import * as path from 'node:path';
import * as z from 'zod';
import { isSha256, sha256, type Sha256 } from '../../base/digest.ts';
import { BeaverError } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';
import { writeFileDurably } from '../durable.ts';
import type { Clock, FileSystem, Look } from '../ports.ts';
import {
  hasExecutableBits,
  readStableTree,
  type SkillTreeDigest,
  type SkillTreeOptions,
} from '../skill-tree.ts';
import { type ListedFile, listingFingerprint, listTree } from '../tree-listing.ts';

export type CachedDigest = Pick<SkillTreeDigest, 'contentHash' | 'treeHash'>;
export type CachedOptions = Pick<SkillTreeOptions, 'limits' | 'display'>;

/** How a tree is looked at. */
export interface TreeLook {
  /** Where it is listed; default: on the disk, now. */
  readonly look?: Look;
  /** Executable bits known from elsewhere: asked for only where the file system has none. */
  readonly recorded?: () => Promise<ReadonlyMap<string, boolean> | undefined>;
}

interface Entry extends CachedDigest {
  readonly fingerprint: Sha256;
}

const hash = z.string().refine(isSha256);
export const cacheSchema = z.object({
  schema_version: z.literal(1),
  trees: z.record(z.string(), z.tuple([hash, hash, hash])),
});

/** The coarsest time stamps in use, those of FAT: within them a file can change and keep its stamp. Milliseconds. */
const GRANULARITY = 2000;
const MILLISECOND = 1_000_000n;

/**
 * Remembers the hashes of the skill trees of plugins, so that a sync that finds nothing new costs one `readDirectory` per folder and one
 * `lstat` per file. A tree is looked up by device, inode, size, mtime, ctime and executable bit of every file in it. A tree that changed
 * less than two seconds before it was read is not remembered: it may change again without a trace (git calls it racily clean).
 *
 * The file has no paths in it, and may be removed at any time. One that is damaged or of another version is ignored.
 */
export class HashCache {
  readonly #files: FileSystem;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #used = new Set<string>();
  #entries: Promise<Map<string, Entry>> | undefined;
  #changed = false;

  /** `file` is the absolute path of the cache. */
  constructor(files: FileSystem, file: string, clock: Clock) {
    this.#files = files;
    this.#path = file;
    this.#clock = clock;
  }

  /**
   * The hashes of the plugin skill in `root`, an absolute path.
   * @throws BeaverError as `hashSkillTree` does.
   */
  async treeDigest(root: string, options: CachedOptions = {}, how: TreeLook = {}): Promise<CachedDigest> {
    const entries = await this.#load();
    const key = sha256(path.resolve(root)).slice(0, 32);
    this.#used.add(key);
    const known = entries.get(key);
    const first = await this.#list(how.look ?? this.#files, root, options);
    const recorded = first !== undefined && hasExecutableBits(first) ? undefined : await how.recorded?.();
    if (first !== undefined && fingerprint(first, recorded) === known?.fingerprint) return known;
    const readAt = this.#clock.now();
    const { tree, listing } = await readStableTree(
      this.#files,
      root,
      recorded === undefined ? options : { ...options, recorded },
    );
    const { contentHash, treeHash } = tree;
    if (isQuiet(listing, readAt)) {
      entries.set(key, { fingerprint: fingerprint(listing, recorded), contentHash, treeHash });
      this.#changed = true;
    } else if (entries.delete(key)) {
      this.#changed = true;
    }
    return { contentHash, treeHash };
  }

  /** Writes the cache when something changed. With `complete`, trees that were not asked for since it was loaded are forgotten. */
  async save(options: { readonly complete?: boolean } = {}): Promise<void> {
    const entries = await this.#load();
    if (options.complete === true) {
      for (const key of entries.keys()) if (!this.#used.has(key) && entries.delete(key)) this.#changed = true;
    }
    if (!this.#changed) return;
    const trees = Object.fromEntries(
      [...entries].map(([key, entry]) => [key, [entry.fingerprint, entry.contentHash, entry.treeHash]]),
    );
    await writeFileDurably(
      this.#files,
      this.#path,
      Buffer.from(canonicalJson({ schema_version: 1, trees }), 'utf8'),
    );
    this.#changed = false;
  }

  #load(): Promise<Map<string, Entry>> {
    return (this.#entries ??= this.#read());
  }

  async #read(): Promise<Map<string, Entry>> {
    // What cannot be read costs time, as what was never kept; a failure that is kept here would outlive its cause.
    const bytes = await this.#files.readFile(this.#path).catch(() => undefined);
    const parsed = cacheSchema.safeParse(bytes === undefined ? undefined : parseJson(bytes));
    if (!parsed.success) return new Map();
    return new Map(
      Object.entries(parsed.data.trees).map(([key, [stats, contentHash, treeHash]]) => [
        key,
        { fingerprint: stats, contentHash, treeHash },
      ]),
    );
  }

  async #list(look: Look, root: string, options: CachedOptions): Promise<readonly ListedFile[] | undefined> {
    try {
      return await listTree(look, root, options);
    } catch (error) {
      if (error instanceof BeaverError) throw error;
      // The full reading meets it again and says it in words.
      return undefined;
    }
  }
}

/** What the hashes depend on: the stats, and bits recorded elsewhere where the file system has none. */
function fingerprint(
  listing: readonly ListedFile[],
  recorded: ReadonlyMap<string, boolean> | undefined,
): Sha256 {
  const stats = listingFingerprint(listing);
  if (recorded === undefined) return stats;
  return sha256(`${stats}\n${listing.map((file) => String(recorded.get(file.path))).join(' ')}`);
}

function isQuiet(listing: readonly ListedFile[], readAt: number): boolean {
  const limit = BigInt(readAt - GRANULARITY) * MILLISECOND;
  return listing.every(({ stat }) => stat.mtimeNs < limit && stat.ctimeNs < limit);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
