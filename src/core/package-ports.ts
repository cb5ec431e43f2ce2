/**
 * The doors through which marketplaces and packages come in: `node/packages/` implements them with the system's git, the npm registry,
 * HTTPS and the file system; `test/support` with scripted sources and faults. A package is data from its first byte to its last: nothing
 * of it is run, no hook, no lifecycle script (invariant 11).
 */

/** What a marketplace says of a plugin whose own folder has no manifest: then its entry is the manifest. */
export type EntryDefinition = {
  readonly name: string;
  readonly version: string | null;
  readonly description: string | null;
  /** POSIX, in the package. */
  readonly skills: string[];
  /** The package is the whole marketplace: of its skills only these are the plugin's. */
  readonly complete: boolean;
};

/** Where a package comes from, and what its marketplace adds to that. */
export type PackageSource = PackageOrigin & { readonly definition?: EntryDefinition };

/** URLs carry no credentials; https only, but for loopback. */
export type PackageOrigin =
  | {
      readonly kind: 'git';
      /** https, ssh, or an absolute local path. */
      readonly url: string;
      /** POSIX, inside the repository; empty for its root. */
      readonly subpath: string;
      /** A branch or a tag; null for the default branch. */
      readonly ref: string | null;
      /** 40 or 64 hex digits; wins over `ref`. */
      readonly commit: string | null;
    }
  | {
      readonly kind: 'npm';
      readonly name: string;
      /** A version, a range or a dist-tag; null for `latest`. */
      readonly range: string | null;
      readonly registry: string | null;
      /** POSIX, inside the package; empty for its root. */
      readonly subpath: string;
    }
  | { readonly kind: 'archive'; readonly url: string; readonly sha256: string | null }
  /** A folder of this machine; absolute. Copied, never linked, never written to. */
  | { readonly kind: 'local'; readonly path: string };

/** What content is, exactly. A version is only its label. */
export type PackageIdentity =
  | { readonly kind: 'commit'; readonly commit: string }
  /** Subresource integrity, as npm records it. */
  | { readonly kind: 'integrity'; readonly integrity: string }
  | { readonly kind: 'sha256'; readonly sha256: string }
  /** The tree hash of docs/formats.md. */
  | { readonly kind: 'tree'; readonly tree_hash: string };

export interface ResolvedPackage {
  readonly source: PackageSource;
  readonly identity: PackageIdentity;
  /** As its tag, its registry or its manifest says; null where none does. */
  readonly version: string | null;
}

/** One content that a source offers. */
export interface PackageOffer {
  readonly identity: PackageIdentity;
  /** The tags and dist-tags that name it now, sorted. */
  readonly tags: readonly string[];
  /** Without a leading `v` or `name--`; null where no tag and no registry says one. */
  readonly version: string | null;
}

export interface PackageOffers {
  /** What the source's own ref, range or digest names now; null when it names nothing that exists. */
  readonly head: PackageOffer | null;
  /** Everything that a pin could choose from; empty for archives and local folders. */
  readonly others: readonly PackageOffer[];
}

export interface FetchOptions {
  /** Ends the transfer: it then rejects with `fetch_cancelled`. */
  readonly signal?: AbortSignal;
  /** Bytes that have come so far, and how many are expected where that is known. */
  readonly onProgress?: (received: number, expected: number | null) => void;
  /** True: only what the cache has; rejects with `fetch_offline` when that is not enough. */
  readonly offline?: boolean;
}

export type MarketplaceSource =
  | Extract<PackageSource, { kind: 'git' | 'npm' | 'local' }>
  /** A marketplace.json by itself; relative sources of its entries fail, one by one. */
  | { readonly kind: 'url'; readonly url: string };

/** What a marketplace was when it was last looked at. */
export interface MarketplaceRevision {
  /** A commit, an integrity, or the SHA-256 of the catalog where it comes alone or from a folder: equal revisions mean equal content. */
  readonly revision: string;
  /** The catalog file, POSIX, inside the marketplace. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Every method rejects with a coded error: `fetch_failed`, `fetch_cancelled`, `fetch_offline` (the source cannot be reached, or may not be),
 * `fetch_timeout`, `fetch_too_large`, `git_missing`, `source_refused` (credentials, protocol, path out of its root), `source_not_found`,
 * `package_integrity_mismatch`, `package_unsafe` (an archive entry that leaves its root, a link out of it, a device, a bomb).
 */
export interface Packages {
  /** The catalog at `candidates` (POSIX, in order of preference), or `unchanged` when `known` still is what is there. */
  marketplace(
    source: MarketplaceSource,
    candidates: readonly string[],
    known: string | null,
    options?: FetchOptions,
  ): Promise<MarketplaceRevision | 'unchanged'>;
  /**
   * An id for what each of these folders (POSIX) of a marketplace holds at a revision that `marketplace` answered: equal ids are equal
   * content. Folders of which the source cannot tell are left out. Absent: it never can.
   */
  folderIds?(
    source: MarketplaceSource,
    revision: string,
    folders: readonly string[],
    options?: FetchOptions,
  ): Promise<ReadonlyMap<string, string>>;
  offers(source: PackageSource, options?: FetchOptions): Promise<PackageOffers>;
  /**
   * Makes `into`, which must not exist, with exactly this content as regular files and folders: no links, no `.git`. Whatever fails, the
   * caller removes `into`. Checks the identity before it answers.
   */
  fetch(wanted: ResolvedPackage, into: string, options?: FetchOptions): Promise<void>;
}
