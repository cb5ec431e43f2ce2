import { sha256 } from '../../base/digest.ts';
import { because, type Reasoned } from './reasons.ts';
import { mergeText } from './text-merge.ts';
import type {
  FileConflict,
  FileConflictKind,
  FileDecision,
  FilePlan,
  FileSource,
  SupportingFile,
  SupportingFiles,
  TextMerge,
} from './types.ts';

/** One path on the three sides. */
interface Triple {
  readonly base: SupportingFile | undefined;
  readonly local: SupportingFile | undefined;
  readonly upstream: SupportingFile | undefined;
}

type Verdict =
  | {
      readonly kind: 'keep';
      readonly source: FileSource;
      readonly file: Pick<SupportingFile, 'digest' | 'executable'>;
      readonly reason: Reasoned;
      readonly merge?: TextMerge;
    }
  | { readonly kind: 'remove'; readonly by: 'local' | 'upstream' | 'both' }
  | { readonly kind: 'conflict'; readonly conflict: FileConflictKind; readonly merge?: TextMerge };

/**
 * Decides every supporting file by its digests (specification of the mirror, Task 7, Step 5): an unedited file follows upstream,
 * a file upstream left alone follows local, equal files are equal, a one-sided addition is added. Text that both sides edited is
 * merged when all three texts are given and conflicts only where that merge does. Different additions at one path and a deletion
 * against an edit always conflict. The executable bit is merged on its own. Sorted by path in UTF-16 order; never throws.
 */
export function mergeSupportingFiles(
  base: SupportingFiles,
  local: SupportingFiles,
  upstream: SupportingFiles,
): FilePlan {
  const files: FileDecision[] = [];
  const conflicts: FileConflict[] = [];
  const merges = new Map<string, TextMerge>();
  const removed: { path: string; by: 'local' | 'upstream' | 'both' }[] = [];
  const renames = new Map([
    ...renamesBetween(base, local, 'local'),
    ...renamesBetween(base, upstream, 'upstream'),
  ]);

  const paths = [...new Set([...base.keys(), ...local.keys(), ...upstream.keys()])].sort();
  for (const path of paths) {
    const triple = { base: base.get(path), local: local.get(path), upstream: upstream.get(path) };
    const verdict = decide(path, triple);
    if (verdict.kind === 'remove') {
      removed.push({ path, by: verdict.by });
      continue;
    }
    if (verdict.merge !== undefined) merges.set(path, verdict.merge);
    if (verdict.kind === 'keep') {
      const { digest, executable } = verdict.file;
      const reason = renames.get(path) ?? verdict.reason;
      files.push({ path, source: verdict.source, digest, executable, ...reason });
    } else {
      conflicts.push({
        path,
        kind: verdict.conflict,
        base: triple.base?.digest ?? null,
        local: triple.local?.digest ?? null,
        upstream: triple.upstream?.digest ?? null,
      });
    }
  }
  return { files, conflicts, merges, removed };
}

function decide(path: string, { base, local, upstream }: Triple): Verdict {
  if (local === undefined && upstream === undefined) return { kind: 'remove', by: 'both' };
  if (base === undefined) return decideAddition(local, upstream);
  if (local === undefined) {
    return sameFile(upstream, base)
      ? { kind: 'remove', by: 'local' }
      : { kind: 'conflict', conflict: 'delete_edit' };
  }
  if (upstream === undefined) {
    return sameFile(local, base)
      ? { kind: 'remove', by: 'upstream' }
      : { kind: 'conflict', conflict: 'delete_edit' };
  }
  return decideEdit(path, base, local, upstream);
}

function decideAddition(local: SupportingFile | undefined, upstream: SupportingFile | undefined): Verdict {
  if (upstream === undefined || local === undefined) {
    const file = local ?? upstream;
    if (file === undefined) return { kind: 'remove', by: 'both' };
    const source = local === undefined ? 'upstream' : 'local';
    return { kind: 'keep', source, file, reason: because('file_added', { side: source }) };
  }
  return sameFile(local, upstream)
    ? { kind: 'keep', source: 'local', file: local, reason: because('file_added_same') }
    : { kind: 'conflict', conflict: 'divergent_add' };
}

function decideEdit(
  path: string,
  base: SupportingFile,
  local: SupportingFile,
  upstream: SupportingFile,
): Verdict {
  const executable = local.executable === base.executable ? upstream.executable : local.executable;
  const keep = (source: FileSource, digest: string, reason: Reasoned, merge?: TextMerge): Verdict => ({
    kind: 'keep',
    source,
    file: { digest, executable },
    reason,
    ...(merge === undefined ? {} : { merge }),
  });
  if (local.digest === base.digest && upstream.digest === base.digest) {
    if (local.executable === executable && upstream.executable === executable) {
      return keep('local', local.digest, because('file_unchanged'));
    }
    const source = local.executable === executable ? 'local' : 'upstream';
    return keep(source, local.digest, because('file_executable', { side: source }));
  }
  if (local.digest === base.digest)
    return keep('upstream', upstream.digest, because('file_changed', { side: 'upstream' }));
  if (upstream.digest === base.digest)
    return keep('local', local.digest, because('file_changed', { side: 'local' }));
  if (local.digest === upstream.digest) return keep('local', local.digest, because('file_changed_same'));
  if (base.text === undefined || local.text === undefined || upstream.text === undefined) {
    return { kind: 'conflict', conflict: 'divergent_edit' };
  }
  const merge = mergeText(base.text, local.text, upstream.text, { path });
  if (merge.conflicts.length > 0) return { kind: 'conflict', conflict: 'divergent_edit', merge };
  return keep('merged', sha256(merge.text), because('file_merged'), merge);
}

function sameFile(a: SupportingFile | undefined, b: SupportingFile | undefined): boolean {
  return a?.digest === b?.digest && a?.executable === b?.executable;
}

/**
 * Reasons for files that a side moved, by their new path: a path only that side has, whose content base has under exactly one
 * path that the side removed. A content that could be several moves is called none.
 */
function renamesBetween(
  base: SupportingFiles,
  side: SupportingFiles,
  name: 'local' | 'upstream',
): ReadonlyMap<string, Reasoned> {
  const gone = new Map<string, string[]>();
  for (const [path, file] of base) {
    if (!side.has(path)) gone.set(file.digest, [...(gone.get(file.digest) ?? []), path]);
  }
  const reasons = new Map<string, Reasoned>();
  for (const [path, file] of side) {
    const from = gone.get(file.digest);
    if (base.has(path) || from?.length !== 1 || from[0] === undefined) continue;
    reasons.set(path, because('file_renamed', { path: from[0], side: name }));
  }
  return reasons;
}
