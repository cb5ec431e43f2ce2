import * as z from 'zod';
import { sha256 } from '../base/digest.ts';
import { canonicalJsonLine } from '../base/json.ts';
import type { PackageIdentity, PackageSource } from './package-ports.ts';

/** A whole commit id: SHA-1 or SHA-256. A shortened one can come to name another commit, and is none. */
export const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const SHA256_HEX = /^[0-9a-f]{64}$/;
/** Subresource integrity as npm writes it; several digests stand beside each other. */
const INTEGRITY =
  /^sha(?:1|256|384|512)-[A-Za-z0-9+/]+={0,2}(?: sha(?:1|256|384|512)-[A-Za-z0-9+/]+={0,2})*$/;

export const packageIdentitySchema: z.ZodType<PackageIdentity> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('commit'), commit: z.string().regex(COMMIT) }),
  z.object({ kind: z.literal('integrity'), integrity: z.string().regex(INTEGRITY) }),
  z.object({ kind: z.literal('sha256'), sha256: z.string().regex(SHA256_HEX) }),
  z.object({ kind: z.literal('tree'), tree_hash: z.string().regex(SHA256_HEX) }),
]);

/**
 * Subresource integrity without what says nothing of the content: options, other spaces, digests of algorithms that nobody checks here.
 * Undefined when nothing is left.
 */
export function plainIntegrity(written: string): string | undefined {
  const digests = written
    .split(/\s+/)
    .map((one) => one.replace(/\?.*$/, ''))
    .filter((one) => INTEGRITY.test(one));
  return digests.length === 0 ? undefined : digests.join(' ');
}

const definition = z
  .object({
    name: z.string().min(1),
    version: z.string().nullable(),
    description: z.string().nullable(),
    skills: z.array(z.string().min(1)),
    complete: z.boolean(),
  })
  .exactOptional();

/** As it is stored; whether it may be used is judged where it is used. */
export const packageSourceSchema: z.ZodType<PackageSource> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('git'),
    url: z.string().min(1),
    subpath: z.string(),
    ref: z.string().min(1).nullable(),
    commit: z.string().regex(COMMIT).nullable(),
    definition,
  }),
  z.object({
    kind: z.literal('npm'),
    name: z.string().min(1),
    range: z.string().min(1).nullable(),
    registry: z.string().min(1).nullable(),
    subpath: z.string(),
    definition,
  }),
  z.object({
    kind: z.literal('archive'),
    url: z.string().min(1),
    sha256: z.string().regex(SHA256_HEX).nullable(),
    definition,
  }),
  z.object({ kind: z.literal('local'), path: z.string().min(1), definition }),
]);

/** One word for a content: `commit:<hex>`, `integrity:<sri>`, `sha256:<hex>`, `tree:<hex>`. Equal words are equal content. */
export function identityText(identity: PackageIdentity): string {
  return `${identity.kind}:${digestOf(identity)}`;
}

/** The reverse of {@link identityText}; undefined for any other text. */
export function parseIdentity(text: string): PackageIdentity | undefined {
  const colon = text.indexOf(':');
  const kind = text.slice(0, Math.max(colon, 0));
  const digest = text.slice(colon + 1);
  switch (kind) {
    case 'commit':
      return COMMIT.test(digest) ? { kind, commit: digest } : undefined;
    case 'integrity':
      return INTEGRITY.test(digest) ? { kind, integrity: digest } : undefined;
    case 'sha256':
      return SHA256_HEX.test(digest) ? { kind, sha256: digest } : undefined;
    case 'tree':
      return SHA256_HEX.test(digest) ? { kind, tree_hash: digest } : undefined;
    default:
      return undefined;
  }
}

export function sameIdentity(a: PackageIdentity, b: PackageIdentity): boolean {
  return identityText(a) === identityText(b);
}

/** Short enough for a table and long enough to tell contents apart: `3f2a1b9c0d4e`. */
export function shortIdentity(identity: PackageIdentity): string {
  const digest = digestOf(identity);
  return (identity.kind === 'integrity' ? sha256(digest) : digest).slice(0, 12);
}

/** Where a package comes from, apart from which of its contents: what a person is asked about again when it changes. */
export function originText(source: PackageSource): string {
  switch (source.kind) {
    case 'git':
      return canonicalJsonLine({ kind: 'git', url: source.url, subpath: source.subpath });
    case 'npm':
      return canonicalJsonLine({
        ...{ kind: 'npm', name: source.name, registry: source.registry },
        // Left out where it says nothing: what was recorded before there was one stays the same.
        subpath: source.subpath === '' ? undefined : source.subpath,
      });
    case 'archive':
      return canonicalJsonLine({ kind: 'archive', url: source.url });
    case 'local':
      return canonicalJsonLine({ kind: 'local', path: source.path });
  }
}

/** What a person sees of a source. A folder of this machine is named by its last part only (invariant 9). */
export function sourceLabel(source: PackageSource): string {
  switch (source.kind) {
    case 'git': {
      const at = source.commit?.slice(0, 12) ?? source.ref;
      const url = /^(?:https|ssh|http):|^[^/@]+@[^/:]+:/.test(source.url) ? source.url : lastPart(source.url);
      return `${url}${at === null ? '' : `#${at}`}${source.subpath === '' ? '' : ` (${source.subpath})`}`;
    }
    case 'npm':
      return `npm:${source.name}${source.range === null ? '' : `@${source.range}`}${source.subpath === '' ? '' : ` (${source.subpath})`}`;
    case 'archive':
      return source.url;
    case 'local':
      return lastPart(source.path);
  }
}

function lastPart(path: string): string {
  return `<local>/${
    path
      .split(/[\\/]/)
      .filter((part) => part !== '')
      .at(-1) ?? ''
  }`;
}

function digestOf(identity: PackageIdentity): string {
  switch (identity.kind) {
    case 'commit':
      return identity.commit;
    case 'integrity':
      return identity.integrity;
    case 'sha256':
      return identity.sha256;
    case 'tree':
      return identity.tree_hash;
  }
}
