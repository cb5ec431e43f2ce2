import { sha256 } from '../../base/digest.ts';
import { canonicalJsonLine, type JsonValue } from '../../base/json.ts';
import type { Reasoned } from '../merge/reasons.ts';
import { applyResolutions } from '../merge/resolutions.ts';
import type { FileConflict, FileDecision, MergeResult, Resolutions, TextMerge } from '../merge/types.ts';
import { digestSkillFiles, type SkillTreeDigest } from '../skill-tree.ts';
import { draftReason } from './draft-reasons.ts';
import type { Draft, DraftTexts } from './drafts.ts';
import { decodeText } from './decoded-text.ts';
import { type DraftSides, mergeSides, type SideName, SKILL_DOCUMENT, textOf } from './sides.ts';

/** One text of a draft as the reviewer sees it. */
export interface AssembledDocument {
  readonly path: string;
  readonly base: string;
  readonly local: string;
  readonly upstream: string;
  readonly merge: TextMerge;
  readonly fingerprint: string;
  readonly resolutions: Resolutions;
  readonly override: string | null;
  readonly result: string;
  readonly unresolved: readonly string[];
}

export type FileOutcome = 'base' | 'local' | 'upstream' | 'merged' | 'resolved' | 'conflict' | 'removed';

export interface AssembledFile extends Reasoned {
  readonly path: string;
  readonly source: FileOutcome;
}

export interface OpenConflict {
  /** The chunk in SKILL.md; `<path>#<chunk>` in another document; `<path>` for a whole file. */
  readonly id: string;
  readonly file: string;
  readonly base: string | null;
  readonly local: string | null;
  readonly upstream: string | null;
}

/** What a draft proposes, as of now. `files` is the tree that would be published; with open conflicts it holds marker blocks or lacks files. */
export interface Assembled {
  readonly sides: DraftSides;
  readonly merge: MergeResult;
  readonly documents: readonly AssembledDocument[];
  readonly decisions: readonly AssembledFile[];
  readonly conflicts: readonly OpenConflict[];
  readonly files: readonly {
    readonly path: string;
    readonly bytes: Uint8Array;
    readonly executable: boolean;
  }[];
  readonly digest: SkillTreeDigest;
}

/** Puts a draft together from its three sides and what was settled. Deterministic: the same draft gives the same bytes. */
export async function assembleDraft(draft: Draft, sides: DraftSides, kept: DraftTexts): Promise<Assembled> {
  const merge = mergeSides(sides);
  const documents: AssembledDocument[] = [
    await assembleDocument(draft, sides, kept, SKILL_DOCUMENT, merge.document),
  ];
  for (const [path, text] of merge.files.merges)
    documents.push(await assembleDocument(draft, sides, kept, path, text));

  const files = new Map<string, { path: string; bytes: Uint8Array; executable: boolean }>();
  const decisions: AssembledFile[] = [];
  const conflicts: OpenConflict[] = [];
  const put = (path: string, bytes: Uint8Array, executable: boolean): void =>
    void files.set(path, { path, bytes, executable });

  for (const document of documents) {
    conflicts.push(...openChunks(document));
    const settled = document.override !== null || Object.keys(document.resolutions).length > 0;
    // A fast-forward is the new upstream to the byte, line ends included, unless the reviewer touched it.
    const exact =
      draft.merge_mode === 'fast_forward' && !settled ? sides.upstream.bytes.get(document.path) : undefined;
    put(
      document.path,
      exact ?? Buffer.from(document.result, 'utf8'),
      executableOf(merge, sides, document.path),
    );
  }
  const documentPaths = new Set(documents.map((document) => document.path));
  decisions.push({ path: SKILL_DOCUMENT, ...documentOutcome(documents[0], draft) });

  for (const decision of merge.files.files) {
    const chosen = draft.file_choices[decision.path];
    if (chosen !== undefined) {
      applyChoice(decision.path, chosen, sides, files);
      decisions.push({ path: decision.path, source: chosen, ...draftReason('chosen_in_review') });
      continue;
    }
    if (!documentPaths.has(decision.path)) put(decision.path, bytesOf(sides, decision), decision.executable);
    const { source, reason, code, params } = decision;
    decisions.push({ path: decision.path, source, reason, code, params });
  }
  for (const conflict of merge.files.conflicts) {
    const chosen = draft.file_choices[conflict.path];
    const document = documents.find((entry) => entry.path === conflict.path);
    if (chosen !== undefined) {
      applyChoice(conflict.path, chosen, sides, files);
      remove(conflicts, (open) => open.file === conflict.path);
      decisions.push({ path: conflict.path, source: chosen, ...draftReason('chosen_in_review') });
    } else if (document === undefined) {
      conflicts.push(wholeFile(conflict, sides));
      decisions.push({ path: conflict.path, source: 'conflict', ...draftReason(conflict.kind) });
    } else {
      const open = document.unresolved.length > 0 && document.override === null;
      decisions.push({
        path: conflict.path,
        source: open ? 'conflict' : 'resolved',
        ...draftReason(conflict.kind),
      });
    }
  }
  for (const gone of merge.files.removed)
    decisions.push({ path: gone.path, source: 'removed', ...draftReason(`removed_by_${gone.by}`) });

  const tree = [...files.values()];
  return {
    sides,
    merge,
    documents,
    decisions: decisions.sort((a, b) => order(a.path, b.path)),
    conflicts,
    files: tree,
    digest: digestSkillFiles(tree),
  };
}

async function assembleDocument(
  draft: Draft,
  sides: DraftSides,
  kept: DraftTexts,
  path: string,
  merge: TextMerge,
): Promise<AssembledDocument> {
  const texts = {
    base: textOf(sides.base, path),
    local: textOf(sides.local, path),
    upstream: textOf(sides.upstream, path),
  };
  const fingerprint = sha256(canonicalJsonLine(merge.chunks as unknown as JsonValue));
  const state = draft.documents[path];
  const current = state?.fingerprint === fingerprint ? state : undefined;
  const resolutions = current?.resolutions ?? {};
  const override = current?.override == null ? null : await kept.text(draft.draft_id, current.override);
  const resolved = applyResolutions(merge, texts, resolutions);
  return {
    path,
    ...texts,
    merge,
    fingerprint,
    resolutions,
    override,
    result: override ?? resolved.text,
    unresolved: override === null ? resolved.unresolved : [],
  };
}

function openChunks(document: AssembledDocument): OpenConflict[] {
  return document.merge.conflicts
    .filter((conflict) => document.unresolved.includes(conflict.id))
    .map((conflict) => ({
      id: document.path === SKILL_DOCUMENT ? conflict.id : `${document.path}#${conflict.id}`,
      file: document.path,
      base: conflict.base,
      local: conflict.local,
      upstream: conflict.upstream,
    }));
}

function documentOutcome(document: AssembledDocument | undefined, draft: Draft): Omit<AssembledFile, 'path'> {
  if (document === undefined || draft.merge_mode === 'fast_forward')
    return { source: 'upstream', ...draftReason('taken_from_upstream') };
  if (document.unresolved.length > 0) return { source: 'conflict', ...draftReason('same_lines_changed') };
  if (document.override !== null || Object.keys(document.resolutions).length > 0)
    return { source: 'resolved', ...draftReason('settled_in_review') };
  const kinds = new Set(document.merge.chunks.map((chunk) => chunk.kind));
  const both = kinds.has('merged') || (kinds.has('local') && kinds.has('upstream'));
  if (both) return { source: 'merged', ...draftReason('merged_from_both') };
  if (kinds.has('upstream')) return { source: 'upstream', ...draftReason('upstream_only') };
  if (kinds.has('local') || kinds.has('same')) return { source: 'local', ...draftReason('kept_local') };
  return { source: 'local', ...draftReason('unchanged') };
}

function wholeFile(conflict: FileConflict, sides: DraftSides): OpenConflict {
  const text = (side: SideName): string | null => decodeText(sides[side].bytes.get(conflict.path)) ?? null;
  return {
    id: conflict.path,
    file: conflict.path,
    base: text('base'),
    local: text('local'),
    upstream: text('upstream'),
  };
}

function applyChoice(
  path: string,
  choice: Draft['file_choices'][string],
  sides: DraftSides,
  files: Map<string, { path: string; bytes: Uint8Array; executable: boolean }>,
): void {
  const bytes = choice === 'removed' ? undefined : sides[choice].bytes.get(path);
  if (choice === 'removed' || bytes === undefined) files.delete(path);
  else files.set(path, { path, bytes, executable: entryOf(sides, choice, path)?.executable ?? false });
}

function bytesOf(sides: DraftSides, decision: FileDecision): Uint8Array {
  const sources: readonly SideName[] =
    decision.source === 'merged'
      ? ['local', 'upstream', 'base']
      : [decision.source, 'local', 'upstream', 'base'];
  for (const side of sources) {
    if (entryOf(sides, side, decision.path)?.digest === decision.digest)
      return sides[side].bytes.get(decision.path) ?? new Uint8Array();
  }
  return new Uint8Array();
}

/** Three-way for a document: the side that changed the bit wins. */
function executableOf(merge: MergeResult, sides: DraftSides, path: string): boolean {
  const decided = merge.files.files.find((entry) => entry.path === path);
  if (decided !== undefined) return decided.executable;
  const [base, local, upstream] = [
    entryOf(sides, 'base', path),
    entryOf(sides, 'local', path),
    entryOf(sides, 'upstream', path),
  ];
  return (local?.executable === base?.executable ? upstream : local)?.executable ?? false;
}

function entryOf(
  sides: DraftSides,
  side: SideName,
  path: string,
): SkillTreeDigest['files'][number] | undefined {
  return sides[side].digest.files.find((entry) => entry.path === path);
}

function remove<T>(list: T[], matches: (item: T) => boolean): void {
  for (let index = list.length - 1; index >= 0; index--) {
    const item = list[index];
    if (item !== undefined && matches(item)) list.splice(index, 1);
  }
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  if (a === SKILL_DOCUMENT || b === SKILL_DOCUMENT) return a === SKILL_DOCUMENT ? -1 : 1;
  return a < b ? -1 : 1;
}
