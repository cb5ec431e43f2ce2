import * as path from 'node:path';
import * as z from 'zod';
import { sha256 } from '../../base/digest.ts';
import { BeaverError, isBeaverError } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';
import type { Clock, FileSystem, Lock } from '../../core/ports.ts';
import { makeDirectoryDurably } from '../../core/durable.ts';
import { readStoredJson, writeStoredJson } from '../../core/stored-json.ts';
import { assertGoingOn } from './deadline.ts';
import { timedOut } from './fetch-problems.ts';

export const CACHE_KINDS = ['git', 'http', 'npm'] as const;
export type CacheKind = (typeof CACHE_KINDS)[number];

const ENTRY = { name: 'cache entry', schemaVersion: 1 } as const;
const entrySchema = z.object({
  schema_version: z.literal(1),
  kind: z.enum(CACHE_KINDS),
  /** What it is of: an address without credentials, or the name of a package. */
  source: z.string(),
  bytes: z.int().nonnegative(),
  /** Milliseconds since the epoch. */
  used_at: z.number(),
});
export type CacheEntry = z.infer<typeof entrySchema> & { readonly id: string };

export interface CacheKey {
  readonly kind: CacheKind;
  readonly source: string;
}

/** A place in the cache, while its lock is held. */
export interface CachePlace {
  /** Absolute. There when the body runs. */
  readonly folder: string;
  /** Says that content came or went: the size is measured again. */
  changed(): void;
}

/** Milliseconds that one waits for another window to finish with the same entry. */
const PATIENCE = 15 * 60_000;
/** Between two looks whether the caller still wants to wait. */
const GLANCE = 500;
/** Using an entry is written down at most this often. */
const USE_IS_OLD_AFTER = 60 * 60_000;

/**
 * What was fetched, for all windows and workspaces of a person. One kernel lock for each entry: two windows that want the same clone come one
 * after the other. Bounded: what was used longest ago goes first. An entry is complete when its `entry.json` is there; that file goes first
 * when it is removed, so that a crash leaves nothing that could be taken for content.
 */
export class PackageCache {
  readonly root: string;
  readonly #files: FileSystem;
  readonly #lock: Lock;
  readonly #clock: Clock;
  readonly #maxBytes: number;

  constructor(
    root: string,
    ports: { readonly files: FileSystem; readonly lock: Lock; readonly clock: Clock },
    maxBytes: number,
  ) {
    this.root = root;
    this.#files = ports.files;
    this.#lock = ports.lock;
    this.#clock = ports.clock;
    this.#maxBytes = maxBytes;
  }

  /** Runs `body` alone with the entry for `key`, making an empty one where none is. */
  async use<T>(
    key: CacheKey,
    signal: AbortSignal | undefined,
    body: (place: CachePlace) => Promise<T>,
  ): Promise<T> {
    const id = idOf(key);
    const seen = { changed: false };
    const result = await this.#locked(key.kind, id, signal, async () => {
      const folder = this.#folder(key.kind, id);
      const known = await this.#entry(key.kind, id);
      if (known === undefined) {
        await this.#files.remove(folder);
        await makeDirectoryDurably(this.#files, folder);
        await this.#write(key, id, 0);
      }
      try {
        return await body({ folder, changed: () => void (seen.changed = true) });
      } finally {
        if (seen.changed) await this.#write(key, id, await this.#measure(folder));
        else if (known !== undefined && this.#clock.now() - known.used_at > USE_IS_OLD_AFTER)
          await this.#write(key, id, known.bytes);
      }
    });
    if (seen.changed) await this.#trim(id);
    return result;
  }

  /** All entries, those used last first. */
  async list(): Promise<readonly CacheEntry[]> {
    const all: CacheEntry[] = [];
    for (const kind of CACHE_KINDS) {
      for (const { name, kind: what } of (await this.#files.readDirectory(path.join(this.root, kind))) ??
        []) {
        if (what !== 'directory') continue;
        const entry = await this.#entry(kind, name);
        if (entry !== undefined) all.push({ ...entry, id: name });
      }
    }
    return all.sort((a, b) => b.used_at - a.used_at || (a.id < b.id ? -1 : 1));
  }

  /** Removes entries; those that somebody works with stay. @returns what went. */
  async clear(kinds: readonly CacheKind[]): Promise<readonly CacheEntry[]> {
    const gone: CacheEntry[] = [];
    for (const entry of await this.list()) {
      if (kinds.includes(entry.kind) && (await this.#removeIfFree(entry))) gone.push(entry);
    }
    return gone;
  }

  /** Gives each entry to `sound` under its lock, and removes those that are not. @returns what went. */
  async verify(
    sound: (entry: CacheEntry, folder: string) => Promise<boolean>,
    signal?: AbortSignal,
  ): Promise<readonly CacheEntry[]> {
    const gone: CacheEntry[] = [];
    for (const entry of await this.list()) {
      await this.#locked(entry.kind, entry.id, signal, async () => {
        const folder = this.#folder(entry.kind, entry.id);
        if ((await this.#files.lstat(folder)) === undefined || (await sound(entry, folder))) return;
        await this.#remove(folder);
        gone.push(entry);
      });
    }
    return gone;
  }

  async #trim(justUsed: string): Promise<void> {
    const entries = await this.list();
    let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const entry of entries.toReversed()) {
      if (total <= this.#maxBytes) return;
      if (entry.id !== justUsed && (await this.#removeIfFree(entry))) total -= entry.bytes;
    }
  }

  async #removeIfFree(entry: CacheEntry): Promise<boolean> {
    try {
      await this.#lock.run(this.#lockFile(entry.kind, entry.id), 'clear the cache', { kind: 'never' }, () =>
        this.#remove(this.#folder(entry.kind, entry.id)),
      );
      return true;
    } catch (error) {
      if (isBeaverError(error, 'plugin_write_busy')) return false;
      throw error;
    }
  }

  async #remove(folder: string): Promise<void> {
    await this.#files.remove(path.join(folder, 'entry.json'));
    await this.#files.remove(folder);
  }

  /** Waits in short pieces, so that a caller who gives up does not wait for whoever holds the lock. */
  async #locked<T>(
    kind: CacheKind,
    id: string,
    signal: AbortSignal | undefined,
    body: () => Promise<T>,
  ): Promise<T> {
    for (let waited = 0; waited < PATIENCE; waited += GLANCE) {
      assertGoingOn(signal);
      const seen = { entered: false };
      try {
        const wait = { kind: 'bounded', timeout: GLANCE } as const;
        return await this.#lock.run(this.#lockFile(kind, id), 'fetch a package', wait, () => {
          seen.entered = true;
          return body();
        });
      } catch (error) {
        if (seen.entered || !isBeaverError(error, 'plugin_write_busy')) throw error;
      }
    }
    throw timedOut('Another window, which is fetching the same source,', PATIENCE / 1000);
  }

  /** What cannot be read counts as not there: everything in a cache can be fetched again. */
  async #entry(kind: CacheKind, id: string): Promise<z.infer<typeof entrySchema> | undefined> {
    const file = path.join(this.#folder(kind, id), 'entry.json');
    try {
      return await readStoredJson(this.#files, file, 'cache entry', ENTRY, entrySchema);
    } catch (error) {
      if (error instanceof BeaverError) return undefined;
      throw error;
    }
  }

  async #write(key: CacheKey, id: string, bytes: number): Promise<void> {
    await writeStoredJson(this.#files, path.join(this.#folder(key.kind, id), 'entry.json'), {
      schema_version: 1,
      kind: key.kind,
      source: key.source,
      bytes,
      used_at: this.#clock.now(),
    });
  }

  async #measure(folder: string): Promise<number> {
    let bytes = 0;
    for (const { name, kind } of (await this.#files.readDirectory(folder)) ?? []) {
      const below = path.join(folder, name);
      if (kind === 'directory') bytes += await this.#measure(below);
      else if (kind === 'file') bytes += (await this.#files.lstat(below))?.size ?? 0;
    }
    return bytes;
  }

  #folder(kind: CacheKind, id: string): string {
    return path.join(this.root, kind, id);
  }

  #lockFile(kind: CacheKind, id: string): string {
    return path.join(this.root, 'locks', `${kind}-${id}.lock`);
  }
}

function idOf({ kind, source }: CacheKey): string {
  return sha256(canonicalJson([kind, source])).slice(0, 32);
}
