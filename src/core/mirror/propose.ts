import { BeaverError } from '../../base/errors.ts';
import { auditStep } from '../learning/audit.ts';
import {
  type Candidate,
  CandidateBook,
  classifyPluginSkillUpdate,
  isPending,
  proposedBy,
  PROPOSALS,
  revisionId,
} from '../learning/candidates.ts';
import { type ProposedContent, type ProposedTree, proposedTree } from '../learning/proposal-tree.ts';
import type { UpstreamMetadata } from '../skills/models.ts';
import { stepPath } from '../skills/transaction-steps.ts';
import { type Transaction, withTransaction } from '../skills/transaction.ts';
import { executableFiles, upstreamFiles } from '../skills/version-plan.ts';
import { timestamp } from '../skills/version-writer.ts';
import type { TreeLimits } from '../tree-listing.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import { StateBook } from './state-book.ts';

/** How a proposal came in. */
export type ProposalDoor = 'cli' | 'mcp' | 'extension';

export interface RevisionProposal {
  readonly content: ProposedContent;
  /** Why; what the reviewer reads first. */
  readonly reason: string;
  /** The version that it was written on; the current one when it is not given. */
  readonly baseVersion?: string;
  readonly through: ProposalDoor;
  /** Who proposes, when that is not the person at the machine: the name that an agent or an extension gives itself. */
  readonly proposer?: string;
}

/** Characters. */
export const LONGEST_REASON = 2_000;
const LONGEST_PROPOSER = 100;
/** Proposals of one skill that may wait at once: nobody reviews more, and an agent in a loop must not fill the disk. */
export const MOST_WAITING = 20;

/**
 * Records a proposal as a candidate, with its tree beside the snapshots of the store. Nothing that agents read changes. The same content
 * on the same version is the same candidate, whatever became of it. Expects the write lock.
 * @throws BeaverError `skill_unknown`, `skill_disabled`, `version_unknown`, `reason_missing`, `reason_too_long`, `proposal_unchanged`,
 * `too_many_proposals`, and what {@link proposedTree} throws.
 */
export async function proposeRevision(
  deps: MirrorDeps,
  skillName: string,
  proposal: RevisionProposal,
  limits?: TreeLimits,
): Promise<{ readonly candidate: Candidate; readonly created: boolean }> {
  const { ports, layout, store } = deps;
  const reason = checkedReason(proposal.reason);
  const loaded = await store.load(skillName);
  if (loaded.spec.status === 'disabled') {
    throw new BeaverError('skill_disabled', `The skill "${skillName}" is not in use.`, {
      nextStep: 'Enable its plugin first.',
      field: 'skill_name',
    });
  }
  const baseVersion = checkedVersion(skillName, proposal.baseVersion ?? loaded.current.version);
  const base = await store.versionTree(skillName, baseVersion);
  const tree = proposedTree(base, proposal.content, limits);
  const { treeHash } = tree.digest;
  if (treeHash === base.digest.treeHash || treeHash === loaded.current.tree_hash) {
    throw new BeaverError('proposal_unchanged', 'The proposal is what the skill is already.', {
      nextStep: 'Propose files that differ from it.',
      field: 'files',
    });
  }
  const book = await CandidateBook.read(ports.files, layout);
  const id = revisionId(skillName, treeHash, baseVersion);
  const known = book.find(id);
  if (known !== undefined) return { candidate: known, created: false };
  checkWaiting(book, skillName);

  const at = timestamp(ports);
  const owner = (await StateBook.read(ports.files, layout)).ownerOf(skillName);
  const pluginId = owner?.plugin_id ?? null;
  const candidate: Candidate = {
    schema_version: 1,
    candidate_id: id,
    kind: 'skill_revision',
    skill_name: skillName,
    status: 'open',
    priority: 5,
    confidence: 1,
    trigger_reason: 'proposed_revision',
    draft_id: null,
    open_conflicts: null,
    published_version: null,
    superseded_by: null,
    created_at: at,
    updated_at: at,
    evidence: {
      plugin_id: pluginId,
      skill_name: skillName,
      merge_mode: classifyPluginSkillUpdate(base.digest.treeHash, loaded.current.tree_hash, treeHash),
      base_version: baseVersion,
      local_version: loaded.current.version,
      captured_version: null,
      proposed_tree_hash: treeHash,
      proposed_by: visible(proposal.proposer ?? deps.actor).slice(0, LONGEST_PROPOSER),
      proposed_through: proposal.through,
      proposal_reason: reason,
    },
  };
  book.recordIfAbsent(candidate);
  await withTransaction(deps.transactions, async (transaction) => {
    await planProposalTree(deps, transaction, skillName, tree, at);
    const detail = {
      candidate_id: id,
      base_version: baseVersion,
      through: proposal.through,
      tree_hash: treeHash,
    };
    transaction.add(
      ...book.steps(),
      auditStep(layout, ports.ids.transaction(), at, deps.actor, 'skill_revision_proposed', {
        plugin_id: pluginId,
        skill_name: skillName,
        detail,
      }),
    );
    await transaction.commit('propose a revision');
  });
  return { candidate, created: true };
}

/** Plans that the tree is in the store before the candidate speaks of it; one that is there already stays (invariant 2). */
async function planProposalTree(
  deps: MirrorDeps,
  transaction: Transaction,
  skillName: string,
  tree: ProposedTree,
  at: string,
): Promise<void> {
  const { contentHash, treeHash } = tree.digest;
  if ((await deps.store.upstreamMetadata(skillName, PROPOSALS, treeHash)) !== undefined) {
    await deps.store.upstreamTree(skillName, PROPOSALS, treeHash);
    return;
  }
  const metadata: UpstreamMetadata = {
    schema_version: 1,
    skill_name: skillName,
    source_kind: 'proposal',
    source_id: PROPOSALS,
    source_version: null,
    source_path: '.',
    skill_content_hash: contentHash,
    skill_tree_hash: treeHash,
    executable_files: executableFiles(tree.digest),
    frontmatter: {},
    created_at: at,
  };
  const files = tree.files.map(({ path, bytes, executable }) => ({
    path,
    executable,
    content: { kind: 'bytes' as const, bytes },
  }));
  const name = `upstreams/${skillName}/${treeHash}`;
  await transaction.stageTree(name, upstreamFiles(files, metadata));
  const to = deps.layout.upstream(skillName, PROPOSALS, treeHash);
  transaction.add({ kind: 'promote', from: name, to: stepPath(deps.layout, to) });
}

function checkedReason(given: string): string {
  const reason = visible(given).trim();
  if (reason === '') {
    throw new BeaverError('reason_missing', 'A proposal needs a reason.', {
      nextStep: 'Say in a sentence what it improves.',
      field: 'reason',
    });
  }
  if (reason.length > LONGEST_REASON) {
    throw new BeaverError('reason_too_long', `The reason has more than ${LONGEST_REASON} characters.`, {
      nextStep: 'Shorten it; the reviewer sees the change itself.',
      field: 'reason',
    });
  }
  return reason;
}

function checkedVersion(skillName: string, version: string): string {
  if (/^v[0-9]{4,15}$/.test(version)) return version;
  throw new BeaverError('version_unknown', `The skill "${skillName}" has no version of that name.`, {
    nextStep: 'Use "beaver skills show" to see its versions.',
    field: 'base_version',
  });
}

function checkWaiting(book: CandidateBook, skillName: string): void {
  const waiting = book
    .all()
    .filter((one) => one.skill_name === skillName && isPending(one) && proposedBy(one) !== undefined);
  if (waiting.length < MOST_WAITING) return;
  throw new BeaverError('too_many_proposals', `${MOST_WAITING} proposals wait for a decision already.`, {
    nextStep: 'Publish or reject some of them first.',
    field: 'skill_name',
  });
}

/** Without what a reviewer would not see or see in another order: control, bidirectional, zero-width and tag characters. */
function visible(text: string): string {
  return text
    .replace(/\r\n?/gu, '\n')
    .replace(
      /(?![\n\t])\p{Cc}|[\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu,
      '',
    );
}
