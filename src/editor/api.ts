import type { Event, Uri } from 'vscode';
import type { ProposalPayload, SkillListPayload } from '../app/payloads.ts';
import type { McpServer } from './model/mcp-server.ts';
import type { ReviewCounts } from './model/status-text.ts';

/** A change of a skill that another extension proposes. `docs/extension-api.md` has all of this for its author. */
export interface ApiProposal {
  /** What it improves: the reviewer reads it first. */
  readonly reason: string;
  /** Id of the extension that proposes, `publisher.name`. */
  readonly proposer: string;
  /** Whole files, by path below the skill; those that are not named stay. */
  readonly files?: readonly {
    readonly path: string;
    readonly content: string | Uint8Array;
    /** As it is now when it is left out. */
    readonly executable?: boolean;
  }[];
  readonly remove?: readonly string[];
  /** The version that it was written on; the current one when it is left out. */
  readonly baseVersion?: string;
}

/**
 * What other extensions (and the tests) get from `activate()`. Additive changes only while `version` is 1. `folder` is a workspace folder,
 * and may be left out where there is one only. What cannot be done rejects with an error that has `code` and `nextStep`.
 */
export interface BeaverApi {
  readonly version: 1;
  /** Resolves when each workspace folder was read once, and synced where auto-sync is on. Activation itself does not wait for this. */
  readonly settled: Promise<void>;
  /** After each change of what is known, of whatever origin: a command, another process, an edit. */
  readonly onDidChange: Event<void>;
  /** What waits for a person in all folders together, as last read. */
  counts(): ReviewCounts;
  /** Reads all folders again. Never writes. */
  refresh(): Promise<void>;
  /** The managed skills of a folder. */
  listSkills(folder?: Uri): Promise<SkillListPayload['skills']>;
  /** Makes a candidate for a person to review; the skill does not change. `created` is false where the same was proposed before. */
  proposeRevision(
    skillName: string,
    proposal: ApiProposal,
    folder?: Uri,
  ): Promise<{ readonly proposal: ProposalPayload; readonly created: boolean }>;
  /** What became of a proposal, by its `candidate_id`. */
  proposalStatus(candidateId: string, folder?: Uri): Promise<ProposalPayload>;
  /** How the MCP server of each folder with managed skills is started: what the editor's agents are offered. */
  mcpServers(): Promise<readonly McpServer[]>;
}
