import * as z from 'zod';
import type { PackageOffer, PackageOffers } from '../../core/package-ports.ts';

/** What a repository said of its branches and tags. */
export const gitRefsSchema = z.object({
  schema_version: z.literal(1),
  /** The branch that HEAD stands for, without `refs/heads/`; null where the server does not say. */
  default_branch: z.string().nullable(),
  head: z.string().nullable(),
  branches: z.record(z.string(), z.string()),
  /** The commits that tags stand for: annotated ones are followed. */
  tags: z.record(z.string(), z.string()),
});
export type GitRefs = z.infer<typeof gitRefsSchema>;

/** From the output of `git ls-remote --symref`. */
export function parseRefs(output: string): GitRefs {
  const branches = new Map<string, string>();
  const tags = new Map<string, string>();
  let head: string | null = null;
  let branch: string | null = null;
  for (const line of output.split('\n')) {
    const symbolic = /^ref: refs\/heads\/(.+)\tHEAD$/.exec(line)?.[1];
    if (symbolic !== undefined) branch = symbolic;
    const found = /^([0-9a-f]{40}|[0-9a-f]{64})\t(.+)$/.exec(line);
    if (found === null) continue;
    const [, oid = '', ref = ''] = found;
    if (ref === 'HEAD') head = oid;
    else if (ref.startsWith('refs/heads/')) branches.set(ref.slice('refs/heads/'.length), oid);
    // The line for what an annotated tag stands for comes after the one for the tag itself.
    else if (ref.startsWith('refs/tags/'))
      tags.set(ref.slice('refs/tags/'.length).replace(/\^\{\}$/, ''), oid);
  }
  return {
    schema_version: 1,
    default_branch: branch,
    head,
    branches: Object.fromEntries(branches),
    tags: Object.fromEntries(tags),
  };
}

/** The commit that a branch, a tag, or with null the default branch stands for; null when nothing has that name. */
export function commitOf(refs: GitRefs, ref: string | null): string | null {
  if (ref === null) return refs.head;
  const name = ref.replace(/^refs\/(?:heads|tags)\//, '');
  return own(refs.tags, name) ?? own(refs.branches, name) ?? null;
}

/** @param commit A commit that was named in full; it wins over `ref`. */
export function offersOf(refs: GitRefs, ref: string | null, commit: string | null): PackageOffers {
  const byCommit = new Map<string, string[]>();
  for (const [tag, oid] of Object.entries(refs.tags)) byCommit.set(oid, [...(byCommit.get(oid) ?? []), tag]);
  const offer = (oid: string): PackageOffer => {
    const tags = (byCommit.get(oid) ?? []).sort();
    return { identity: { kind: 'commit', commit: oid }, tags, version: versionOf(tags) };
  };
  const head = commit ?? commitOf(refs, ref);
  return {
    head: head === null ? null : offer(head),
    others: [...byCommit.keys()]
      .filter((oid) => oid !== head)
      .sort()
      .map(offer),
  };
}

/** `1.2.3`, `v1.2.3` or `name--v1.2.3`; null where tags name none, or several plugins of one repository different ones. */
function versionOf(tags: readonly string[]): string | null {
  const plain = new Set<string>();
  const prefixed = new Set<string>();
  for (const tag of tags) {
    const found = /^(?:(.+)--)?v?(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?)$/.exec(tag);
    if (found?.[2] !== undefined) (found[1] === undefined ? plain : prefixed).add(found[2]);
  }
  const versions = plain.size > 0 ? plain : prefixed;
  const [only] = versions;
  return versions.size === 1 && only !== undefined ? only : null;
}

function own(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
