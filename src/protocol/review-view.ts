import type { z } from 'zod';
import type {
  acknowledgeParams,
  documentParams,
  fileChoiceSchema,
  nothing,
  openParams,
  publishParams,
  rejectParams,
  resolutionSchema,
  resolveParams,
} from './review-messages.ts';
import type { ViewReplay } from './replay-view.ts';
import type { ReviewStrings } from './review-strings.ts';

/**
 * What the host shows in the review webview: plain data, each text once. All texts have line feeds only and no byte order mark; the host
 * gives them back the style of the file. Skill text is data: the webview renders it as text and nothing else (invariant 11).
 */

export type ViewResolution = z.infer<typeof resolutionSchema>;
export type ViewResolutions = Readonly<Record<string, ViewResolution>>;
export type ViewFileChoice = z.infer<typeof fileChoiceSchema>;

export type ViewChunkKind = 'unchanged' | 'local' | 'upstream' | 'same' | 'merged' | 'conflict';

/** Zero-based lines, half-open: `[start, end]`. */
export type ViewRange = readonly [start: number, end: number];

/** As `MergeChunk`, with its text only where it is neither local's lines nor, in an `upstream` chunk, upstream's. */
export interface ViewChunk {
  readonly id: string;
  readonly kind: ViewChunkKind;
  readonly base: ViewRange;
  readonly local: ViewRange;
  readonly upstream: ViewRange;
  readonly text?: string;
}

export interface ViewDecision {
  readonly chunk: string;
  readonly region: string;
  readonly origin: 'local' | 'upstream' | 'both';
  readonly reason: string;
}

export type FrontmatterMark = 'same' | 'differs' | 'conflict';

/** One key of the frontmatter; a value is null where the side has no such key. */
export interface FrontmatterRow {
  readonly key: string;
  readonly base: string | null;
  readonly local: string | null;
  readonly upstream: string | null;
  readonly result: string | null;
  readonly mark: FrontmatterMark;
}

/** A model's texts by conflict, and why there is none for the others. */
export interface ViewProposal {
  readonly model: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly withheld: Readonly<Record<string, string>>;
}

/** What changes with every choice. */
export interface ViewDocumentState {
  readonly resolutions: ViewResolutions;
  /** A whole text in place of the chunks' result; null when the result follows from the chunks. */
  readonly override: string | null;
  readonly unresolved: readonly string[];
  /** {@link resultDigest} of the host's result, to hold the display against; it covers conflict markers while there are any. */
  readonly resultDigest: string;
  readonly frontmatter: readonly FrontmatterRow[];
  /** What a model proposed for the conflicts; null when none was asked, and in all documents but SKILL.md. */
  readonly proposal: ViewProposal | null;
}

export interface ViewDocument {
  readonly path: string;
  readonly base: string;
  readonly local: string;
  readonly upstream: string;
  readonly chunks: readonly ViewChunk[];
  readonly decisions: readonly ViewDecision[];
  readonly state: ViewDocumentState;
}

/** A side by chunks: null where the chunk has base's lines. A plain text where that says nothing shorter. */
export type PackedSide = string | readonly (string | null)[];

/**
 * A document as it travels to the webview. Three sides of one document are mostly the same lines; each of them crosses three processes,
 * which is what opening the review of a large skill waits for.
 */
export interface PackedDocument extends Omit<ViewDocument, 'local' | 'upstream'> {
  readonly local: PackedSide;
  readonly upstream: PackedSide;
}

export type ViewFileSource = 'base' | 'local' | 'upstream' | 'merged' | 'resolved' | 'conflict' | 'removed';

/** A `document` has three texts to review; a `file` is settled as a whole, by one of `choices`. */
export interface ViewFile {
  readonly path: string;
  readonly kind: 'document' | 'file';
  readonly source: ViewFileSource;
  readonly reason: string;
  /** Conflicts still open in it. */
  readonly unresolved: number;
  readonly choices: readonly ViewFileChoice[];
}

/** A file that cannot be merged, on its three sides: null where a side does not have it. */
export interface ViewFileSides {
  readonly path: string;
  readonly base: ViewFileSide | null;
  readonly local: ViewFileSide | null;
  readonly upstream: ViewFileSide | null;
}

/** Bytes, SHA-256, and the text where it is one and not too long. */
export interface ViewFileSide {
  readonly size: number;
  readonly digest: string;
  readonly text: string | null;
}

export interface ViewFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly nextStep: string;
  readonly path: string;
  /** In the result's file, zero-based, the end exclusive; null for a finding about the whole file. */
  readonly span: ViewSpan | null;
  readonly acknowledgement: 'none' | 'needed' | 'given';
}

export interface ViewSpan {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface ViewGate {
  readonly gate: string;
  /** Of its reason. */
  readonly code: string;
  readonly status: 'passed' | 'failed' | 'needs_acknowledgement' | 'not_run';
  readonly reason: string;
  readonly findings: readonly ViewFinding[];
}

export type ViewStatus = 'conflicts' | 'blocked' | 'ready' | 'approved' | 'published' | 'rejected' | 'stale';

export interface ViewDraft {
  readonly draftId: string;
  readonly skillName: string;
  readonly kind: 'plugin_skill_update' | 'skill_revision';
  readonly pluginId: string | null;
  readonly baseVersion: string;
  /** The plugin's version that the update comes from, where it has one. */
  readonly upstreamVersion: string | null;
  readonly mergeMode: 'unchanged' | 'already_applied' | 'fast_forward' | 'three_way';
  readonly status: ViewStatus;
  readonly contentHash: string;
  readonly files: readonly ViewFile[];
  readonly gates: readonly ViewGate[];
  /** The gates are still running: those that are done are in `gates`, and the others follow. Nothing can be published before. */
  readonly checking: boolean;
  /** Null where none was run on exactly this content. */
  readonly replay: ViewReplay | null;
  readonly review: {
    readonly decision: 'approved' | 'rejected';
    readonly by: string;
    readonly at: string;
    readonly reason: string;
  } | null;
  /** Flat: dotted keys and their values as text. */
  readonly provenance: readonly (readonly [key: string, value: string])[];
  /** Whether this window may write: false in an untrusted workspace. */
  readonly writable: boolean;
}

export interface ReadyResult {
  readonly draft: ViewDraft;
  readonly strings: ReviewStrings;
  /** BCP 47, for dates. */
  readonly locale: string;
  /** The document that is shown first; the others are asked for. */
  readonly document: PackedDocument | null;
  /** They stay what they are as long as the draft is the same. */
  readonly wholeFiles: readonly ViewFileSides[];
}

export interface ResolveResult {
  readonly draft: ViewDraft;
  /** The state of the document that was settled; null for a file without one. */
  readonly state: ViewDocumentState | null;
}

type Params<Schema extends z.ZodType> = z.infer<Schema>;

/** What the host answers. */
export type HostMethods = {
  readonly ready: { readonly params: Params<typeof nothing>; readonly result: ReadyResult };
  readonly draft: { readonly params: Params<typeof nothing>; readonly result: { readonly draft: ViewDraft } };
  readonly document: { readonly params: Params<typeof documentParams>; readonly result: PackedDocument };
  readonly resolve: { readonly params: Params<typeof resolveParams>; readonly result: ResolveResult };
  readonly check: { readonly params: Params<typeof nothing>; readonly result: { readonly draft: ViewDraft } };
  /** Does the tasks of the skill with both versions: minutes. The host shows how far it is too, and lets it be stopped there as well. */
  readonly replay: {
    readonly params: Params<typeof nothing>;
    readonly result: { readonly draft: ViewDraft };
  };
  /** Stops the check or the replay that is under way; that then answers with the draft as it is. */
  readonly cancel: { readonly params: Params<typeof nothing>; readonly result: null };
  /** Asks a model, with progress in the host's own window. */
  readonly propose: {
    readonly params: Params<typeof nothing>;
    readonly result: { readonly draft: ViewDraft };
  };
  /** Takes on what the update adds, for exactly the content that is shown. */
  readonly acknowledge: {
    readonly params: Params<typeof acknowledgeParams>;
    readonly result: { readonly draft: ViewDraft };
  };
  readonly publish: {
    readonly params: Params<typeof publishParams>;
    readonly result: { readonly draft: ViewDraft; readonly version: string };
  };
  readonly reject: {
    readonly params: Params<typeof rejectParams>;
    readonly result: { readonly draft: ViewDraft };
  };
  /** A new draft of the same candidate, in the same panel. */
  readonly redraft: { readonly params: Params<typeof nothing>; readonly result: ReadyResult };
  readonly open: { readonly params: Params<typeof openParams>; readonly result: null };
};

/** What the webview answers. `changed`: something else wrote to the draft; the webview asks again for what it shows. */
export type WebviewMethods = {
  readonly changed: { readonly params: null; readonly result: null };
  /** A gate of the draft on show has run. */
  readonly gate: {
    readonly params: { readonly draftId: string; readonly contentHash: string; readonly gate: ViewGate };
    readonly result: null;
  };
  /** The gates that were running are done, or were stopped. */
  readonly checked: { readonly params: { readonly draft: ViewDraft }; readonly result: null };
  /** How far the replay is, in runs. */
  readonly replayed: {
    readonly params: { readonly finished: number; readonly planned: number };
    readonly result: null;
  };
};
