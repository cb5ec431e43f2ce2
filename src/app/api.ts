import type { InstallOptions } from '../core/install/bring-in.ts';
import type { InstallTarget } from '../core/install/wanted-plugin.ts';
import type { PhaseDeadlines } from '../core/install/phases.ts';
import type { AutoUpdateMode } from '../core/marketplaces/auto-update-mode.ts';
import type { ReviewPolicy } from '../core/learning/review-policy.ts';
import type { WholeFile } from '../core/learning/whole-files.ts';
import type { Resolutions, TextMerge } from '../core/merge/types.ts';
import type { RevisionProposal } from '../core/mirror/propose.ts';
import type { ReplayPolicy } from '../core/learning/replay/replay-gate.ts';
import type { ReplayRequest } from '../core/learning/replay/run-replay.ts';
import type { LockWait, Ports } from '../core/ports.ts';
import type { PackageLooks } from './package-looks.ts';
import type { MarketplacesApi } from './marketplaces.ts';
import type { UpkeepApi } from './upkeep.ts';
import type { ProposeOptions } from '../core/learning/synthesis/synthesis.ts';
import type {
  InstalledListPayload,
  InstallHistoryPayload,
  InstallPayload,
  InstallUpdatePayload,
  UninstalledPayload,
} from './install-payloads.ts';
import type {
  AuditPayload,
  CapturePayload,
  DoctorPayload,
  DraftPayload,
  MergeProposalPayload,
  PluginFailurePayload,
  PluginListPayload,
  PluginPayload,
  ProposalPayload,
  ProposedPayload,
  PublishedPayload,
  SkillContentPayload,
  ReplayPayload,
  SkillHistoryPayload,
  SkillListPayload,
  SkillPayload,
  SyncPayload,
  UpdateListPayload,
} from './payloads.ts';

export interface WorkspaceOptions {
  /** Absolute path of the workspace folder. */
  readonly root: string;
  /** Relative to the root. Default `skills`. */
  readonly skillsDirectory?: string;
  /** Absolute or relative to the root, scanned after `<root>/plugins`. */
  readonly pluginSearchPaths?: readonly string[];
  /** Relative to the root. Default: those of `.agents/skills`, `.claude/skills`, `.github/skills` that exist, else `.agents/skills`. */
  readonly runtimeTargets?: readonly string[];
  /** Place new versions where agents read also while an agent is in the middle of a turn. Default: after the turn. */
  readonly placeDuringTurn?: boolean;
  /** Globs of files that agents write beside a skill and that are no edits. */
  readonly ignoredTargetFiles?: readonly string[];
  /** Limits of one skill tree. */
  readonly limits?: { readonly maxFiles?: number; readonly maxBytes?: number };
  /** What a draft must pass. */
  readonly gates?: {
    /** Default `when_available`. */
    readonly replay?: ReplayPolicy;
    /** Default `always`. */
    readonly review?: ReviewPolicy;
  };
  /** How far auto-update may go in this workspace, whatever its marketplaces say. Default `apply`. */
  readonly autoUpdate?: AutoUpdateMode;
  /** Absolute path of what Beaver keeps for the whole machine: where processes agree who looks for updates. Default: nobody is waited for. */
  readonly home?: string;
  /** Asked before each write; false in a folder that is not trusted. Then reading works and completes nothing. Default: always true. */
  readonly mayWrite?: () => boolean;
  /** Of Beaver: what one version keeps for later is used by no other. Default: nothing is kept. */
  readonly version?: string;
  /** Versions of other hosts that plugins may name: `vscode`, say. A host that is not here is not checked. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** How long each phase of an installation may take. Milliseconds. */
  readonly installDeadlines?: Partial<PhaseDeadlines>;
  /** Who is recorded with reviews and captures. Default: nobody is named. */
  readonly actor?: string;
}

/** The three documents and the merge of one text file of a draft: what the review shows. */
export interface DraftDocument {
  /** POSIX path in the skill; `SKILL.md` first. */
  readonly path: string;
  readonly base: string;
  readonly local: string;
  readonly upstream: string;
  readonly merge: TextMerge;
  /** What was settled so far, by chunk id. */
  readonly resolutions: Resolutions;
  /** A whole text given by the reviewer in place of the chunks' result; null when the result follows from the chunks. */
  readonly override: string | null;
  /** The result as of now; unresolved conflicts appear as marker blocks. */
  readonly result: string;
  readonly unresolved: readonly string[];
}

export interface DraftDetail {
  readonly draft: DraftPayload;
  readonly documents: readonly DraftDocument[];
  /** Supporting files that cannot be merged and are chosen whole. */
  readonly files: readonly WholeFile[];
  /** What a model proposed for the conflicts of SKILL.md, the last time it was asked; null when it was not. */
  readonly proposal: MergeProposalPayload | null;
}

/** How much of a draft is looked at. */
export interface DetailOptions {
  /** `later`: without the gates, which take the longest. There are none in the answer, and the draft is not ready. Default: `now`. */
  readonly gates?: 'now' | 'later';
  /** Each gate's report as soon as it is there. */
  readonly onGate?: (gate: DraftPayload['gates'][number]) => void;
  /** Once it is aborted no further gate begins; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How a supporting file that cannot be merged as text is settled. */
export type FileChoice = 'base' | 'local' | 'upstream' | 'removed';

export type DraftResolution =
  | { readonly kind: 'chunks'; readonly path: string; readonly resolutions: Resolutions }
  | { readonly kind: 'text'; readonly path: string; readonly text: string }
  | { readonly kind: 'file'; readonly path: string; readonly choice: FileChoice };

/** How something is installed. */
export type InstallRequest = Omit<InstallOptions, 'wait'>;

/**
 * A workspace with everything wired: what the editor and the command line call. Every method that writes takes the workspace write lock
 * and rejects with a BeaverError; reading never takes it.
 */
export interface BeaverWorkspace {
  readonly root: string;
  /** Display paths are made by this: relative to the workspace, or redacted. */
  display(absolutePath: string): string;
  readonly plugins: {
    /** With `documents: false` no SKILL.md is read: what is off with one is not told. */
    list(options?: { readonly documents?: boolean }): Promise<PluginListPayload>;
    /** What the last sync failed with, by plugin and skill: as {@link list} tells it, with its code. */
    failures(): Promise<readonly PluginFailurePayload[]>;
    /** With `{kind: 'never'}` a held lock gives `deferred_lock_busy` instead of an error: for activation. */
    sync(wait?: LockWait): Promise<SyncPayload>;
    enable(pluginIds: readonly string[], wait?: LockWait): Promise<readonly PluginPayload[]>;
    pause(pluginId: string, wait?: LockWait): Promise<PluginPayload>;
    resume(pluginId: string, wait?: LockWait): Promise<PluginPayload>;
    disable(
      pluginId: string,
      confirmation: { readonly disableLinkedSkills: boolean },
      wait?: LockWait,
    ): Promise<PluginPayload>;
    adopt(pluginId: string, skillName: string, wait?: LockWait): Promise<PluginPayload>;
  };
  readonly marketplaces: MarketplacesApi;
  readonly skills: {
    list(): Promise<SkillListPayload>;
    show(skillName: string): Promise<{ readonly skill: SkillPayload }>;
    history(skillName: string): Promise<SkillHistoryPayload>;
    rollback(skillName: string, version: string, wait?: LockWait): Promise<{ readonly skill: SkillPayload }>;
    /** All skills when no name is given. */
    capture(skillName?: string, wait?: LockWait): Promise<CapturePayload>;
    /** A version with its texts; the current one when none is named. */
    read(skillName: string, version?: string): Promise<SkillContentPayload>;
    /** Makes a candidate and changes nothing that agents read. */
    propose(skillName: string, proposal: RevisionProposal, wait?: LockWait): Promise<ProposedPayload>;
    /** What became of a proposal. */
    proposal(candidateId: string): Promise<{ readonly proposal: ProposalPayload }>;
    /** Absolute path of a version's folder, for "Reveal" and diffs. Read only. */
    versionFolder(skillName: string, version: string): string;
    /** Absolute paths of the skill's folders in the runtime targets. */
    targetFolders(skillName: string): Promise<readonly string[]>;
  };
  readonly updates: {
    list(): Promise<UpdateListPayload>;
    /** With `gates: 'later'` they are left to a check: the answer has none, and the draft is not ready. */
    draft(
      candidateId: string,
      wait?: LockWait,
      options?: Pick<DetailOptions, 'gates'>,
    ): Promise<{ readonly draft: DraftPayload }>;
    show(draftId: string): Promise<{ readonly draft: DraftPayload }>;
    /** For the review: documents, merge and resolutions. */
    detail(draftId: string, options?: DetailOptions): Promise<DraftDetail>;
    /**
     * Asks the language model that is set up to settle the open conflicts of SKILL.md. What it proposes is kept beside the draft, which stays
     * as it is: a person takes it, conflict by conflict, with `{ take: 'proposal' }`.
     */
    propose(
      draftId: string,
      options?: ProposeOptions,
      wait?: LockWait,
    ): Promise<{ readonly draft: DraftPayload; readonly proposal: MergeProposalPayload }>;
    /** A `signal` that is aborted before the check has begun, as while it waits for the lock, keeps it from beginning; it rejects with the signal's reason. */
    check(draftId: string, wait?: LockWait, signal?: AbortSignal): Promise<{ readonly draft: DraftPayload }>;
    resolve(
      draftId: string,
      resolution: DraftResolution,
      wait?: LockWait,
    ): Promise<{ readonly draft: DraftPayload }>;
    /** Takes on, for exactly this content, what the update adds and a gate asks a person about; all of it without `rules`. */
    acknowledge(
      draftId: string,
      request?: { readonly rules?: readonly string[]; readonly contentHash?: string },
      wait?: LockWait,
    ): Promise<{ readonly draft: DraftPayload }>;
    /**
     * Runs the skill's evals with the current version and with the draft, asking the model that is set up. Takes minutes and costs tokens;
     * the lock is held only to keep each finished run. `replay` is what this replay found, `draft` the draft with what holds of it now.
     */
    replay(
      draftId: string,
      request?: ReplayRequest,
      wait?: LockWait,
    ): Promise<{ readonly draft: DraftPayload; readonly replay: ReplayPayload }>;
    approve(draftId: string, wait?: LockWait): Promise<{ readonly draft: DraftPayload }>;
    reject(draftId: string, reason: string, wait?: LockWait): Promise<{ readonly draft: DraftPayload }>;
    publish(draftId: string, wait?: LockWait): Promise<PublishedPayload>;
  };
  readonly installs: {
    /** What is installed, sorted by id. */
    list(): Promise<InstalledListPayload>;
    /** Ends in a healthy state: the new one, or the one before and an error that says why. */
    install(target: InstallTarget, request?: InstallRequest, wait?: LockWait): Promise<InstallPayload>;
    /** Each plugin by itself: what fails for one is in its answer. All of them when none is named. */
    update(ids: readonly string[], request?: InstallRequest, wait?: LockWait): Promise<InstallUpdatePayload>;
    /** Without a network. `to` is a version or an identity of a package that is kept; default: the last one. */
    rollback(
      id: string,
      to?: string,
      request?: Pick<InstallRequest, 'onProgress' | 'signal'>,
      wait?: LockWait,
    ): Promise<InstallPayload>;
    uninstall(
      id: string,
      request?: { readonly force?: boolean },
      wait?: LockWait,
    ): Promise<UninstalledPayload>;
    /** Oldest first; of one plugin when it is named. */
    history(id?: string): Promise<InstallHistoryPayload>;
  };
  readonly looks: PackageLooks;
  readonly upkeep: UpkeepApi;
  /** What was decided and done, by whom and why: oldest first. */
  audit(): Promise<AuditPayload>;
  doctor(options?: { readonly fix?: boolean }, wait?: LockWait): Promise<DoctorPayload>;
}

/** `createWorkspace` in workspace.ts is the one place that wires the domains together. */
export type CreateWorkspace = (ports: Ports, options: WorkspaceOptions) => BeaverWorkspace;
