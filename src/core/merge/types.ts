import type { PhraseParams } from '../../base/phrase.ts';

/**
 * The vocabulary of the three-way merge. B (base) is the accepted upstream, L (local) the current version,
 * U (upstream) what was just discovered. Everything here is plain data: the editor, the command line and the tests print the same result.
 */

/** Half-open range of zero-based line numbers. Lines are split after each `\n`; the last one may lack it. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the text of a chunk comes from: `unchanged` in all three, `local` or `upstream` changed alone, `same` change on both sides,
 * `merged` from both by a proven rule, or `conflict`.
 */
export type ChunkKind = 'unchanged' | 'local' | 'upstream' | 'same' | 'merged' | 'conflict';

/**
 * One aligned piece of the three documents. The chunks of a result cover each of the three texts completely, in order, without overlap.
 * A moved section is covered where each side has it; chunks where the alignment cannot be kept in line order are `merged` or `conflict` as a whole.
 */
export interface MergeChunk {
  /** Stable within a result: `c1`, `c2`, … in document order. */
  readonly id: string;
  readonly kind: ChunkKind;
  readonly base: LineRange;
  readonly local: LineRange;
  readonly upstream: LineRange;
  /** The chunk's part of the result; null exactly when `kind` is `conflict`. */
  readonly text: string | null;
}

/** A contradiction that only a person can settle; `id` is the id of its chunk. The three texts are the chunk's lines of each side. */
export interface MergeConflict {
  readonly id: string;
  readonly base: string;
  readonly local: string;
  readonly upstream: string;
}

/** Why a part of the result is as it is, for the reviewer and the provenance. */
export interface MergeDecision {
  /** The chunk the decision is about. */
  readonly chunk: string;
  /** What the region is: `lines`, `frontmatter`, `paragraph`, `list`, `table`, `code`, `section`, `version`, … */
  readonly region: string;
  readonly origin: 'local' | 'upstream' | 'both';
  /** One sentence, without document text. */
  readonly reason: string;
  /** The sentence in other words: see `MERGE_REASONS`. */
  readonly code: string;
  readonly params: PhraseParams;
}

export interface TextMerge {
  readonly chunks: readonly MergeChunk[];
  /** The whole result; conflicts appear between `<<<<<<< local`, `||||||| base`, `=======`, `>>>>>>> upstream` marker lines. */
  readonly text: string;
  readonly conflicts: readonly MergeConflict[];
  readonly decisions: readonly MergeDecision[];
}

/** How a reviewer settles a chunk. Any chunk may be resolved, not only conflicts: a reviewer may override what was merged. */
export type Resolution =
  | { readonly take: 'base' | 'local' | 'upstream' | 'local_then_upstream' | 'upstream_then_local' }
  | { readonly take: 'text'; readonly text: string }
  /** The text that a model proposed for the conflict, taken by the reviewer as it is. */
  | { readonly take: 'proposal'; readonly text: string };

/** By chunk id. */
export type Resolutions = Readonly<Record<string, Resolution>>;

/** One supporting file of a tree, by its digest; `text` is given where both sides changed a text file, so that it can be merged. */
export interface SupportingFile {
  readonly digest: string;
  readonly executable: boolean;
  /** Bytes. */
  readonly size: number;
  readonly text?: string;
}

/** By POSIX path relative to the skill folder. SKILL.md is not among them. */
export type SupportingFiles = ReadonlyMap<string, SupportingFile>;

export type FileSource = 'base' | 'local' | 'upstream' | 'merged';

export interface FileDecision {
  readonly path: string;
  readonly source: FileSource;
  readonly digest: string;
  readonly executable: boolean;
  readonly reason: string;
  /** The sentence in other words: see `MERGE_REASONS`. */
  readonly code: string;
  readonly params: PhraseParams;
}

export type FileConflictKind = 'divergent_edit' | 'divergent_add' | 'delete_edit';

export interface FileConflict {
  readonly path: string;
  readonly kind: FileConflictKind;
  /** Digests; null where the side does not have the file. */
  readonly base: string | null;
  readonly local: string | null;
  readonly upstream: string | null;
}

export interface FilePlan {
  /** The files of the result, by path, sorted; a file that is not named is not in the result. */
  readonly files: readonly FileDecision[];
  readonly conflicts: readonly FileConflict[];
  /** Text merges of files that both sides changed, clean or not, by path. */
  readonly merges: ReadonlyMap<string, TextMerge>;
  /** Paths that the result leaves out although a side has them, with the side that removed them. */
  readonly removed: readonly { readonly path: string; readonly by: 'local' | 'upstream' | 'both' }[];
}

export interface SkillSide {
  /** SKILL.md as decoded text, byte order mark and line ends as they are on disk. */
  readonly content: string;
  readonly files: SupportingFiles;
}

export interface MergeResult {
  readonly document: TextMerge;
  readonly files: FilePlan;
  /** True when neither the document nor the files have a conflict. */
  readonly clean: boolean;
}
