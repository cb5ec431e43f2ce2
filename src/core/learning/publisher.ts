import { BeaverError, type Finding } from '../../base/errors.ts';
import { IndexBook } from '../skills/index-book.ts';
import type { TreeFile } from '../skills/models.ts';
import { withTransaction } from '../skills/transaction.ts';
import type { VersionContent } from '../skills/version-plan.ts';
import { planNewVersion, timestamp } from '../skills/version-writer.ts';
import { auditStep } from './audit.ts';
import { CandidateBook } from './candidates.ts';
import { assertReady, type DraftView, staleDraft } from './draft-view.ts';
import type { Draft } from './drafts.ts';
import { mergeProvenance } from './merge-provenance.ts';
import { type Proposal, readProposal } from './synthesis/proposal.ts';
import type { LearningDeps } from './learning-deps.ts';

export interface Published {
  readonly draft: Draft;
  readonly version: string;
  readonly treeHash: string;
  readonly findings: readonly Finding[];
}

/** Told after a version is published. Its failure is recorded and repaired by the next sync; the version stays published. */
export type PublishObserver = (published: Published) => Promise<void>;

/**
 * Publishes an approved draft as the next version, in one transaction: version, description, index, pointer, candidate, draft, audit, targets.
 * Expects the write lock to be held and local edits to be captured.
 * @throws BeaverError `draft_stale`, `draft_not_ready`, `acknowledgement_missing`, `review_missing`, `draft_closed`.
 */
export async function publishDraft(
  deps: LearningDeps,
  view: DraftView,
  observer: PublishObserver,
): Promise<Published> {
  const { ports, layout, store, drafts, transactions } = deps;
  const { draft } = view;
  if (draft.outcome !== 'open') {
    throw new BeaverError('draft_closed', `The draft is ${draft.outcome} already.`, {
      nextStep: 'Use "beaver updates list" to see what is waiting.',
    });
  }
  assertReady(view);
  if (view.status !== 'approved') {
    throw new BeaverError('review_missing', 'Nobody has approved exactly this content.', {
      nextStep: 'Review the draft and approve it.',
      field: 'review',
    });
  }
  const loaded = await store.load(draft.skill_name);
  if (loaded.current.version !== draft.base_version || loaded.current.tree_hash !== draft.base_tree_hash)
    throw staleDraft();

  const at = timestamp(ports);
  const proposal = await readProposal(ports.files, layout, draft.draft_id);
  const content = versionContent(view, proposal, at, deps.actor);
  const book = await CandidateBook.read(ports.files, layout);
  const index = await IndexBook.read(store, layout);
  const published = await withTransaction(transactions, async (transaction) => {
    const planned = await planNewVersion(deps, transaction, index, loaded, content, 'publish');
    const closed: Draft = { ...draft, outcome: 'published', published_version: planned.version };
    book.update(draft.candidate_id, at, (now) => ({
      ...now,
      status: 'published',
      published_version: planned.version,
    }));
    const detail = {
      draft_id: draft.draft_id,
      candidate_id: draft.candidate_id,
      version: planned.version,
      tree_hash: content.digest.treeHash,
    };
    transaction.add(
      ...book.steps(),
      drafts.step(closed),
      auditStep(layout, ports.ids.transaction(), at, deps.actor, 'draft_published', {
        plugin_id: draft.plugin_id,
        skill_name: draft.skill_name,
        detail,
      }),
    );
    await transaction.commit('publish a draft');
    return {
      draft: closed,
      version: planned.version,
      treeHash: content.digest.treeHash,
      findings: planned.findings,
    };
  });
  await acknowledge(deps, published, observer);
  return published;
}

async function acknowledge(
  deps: LearningDeps,
  published: Published,
  observer: PublishObserver,
): Promise<void> {
  try {
    await observer(published);
  } catch (error) {
    const code = error instanceof BeaverError ? error.code : 'unexpected';
    deps.ports.log.log('warn', 'The plugin state did not take the publication in; the next sync will', {
      code,
    });
    const { layout, ports, actor, transactions } = deps;
    const step = auditStep(
      layout,
      ports.ids.transaction(),
      timestamp(ports),
      actor,
      'plugin_publish_ack_failed',
      {
        plugin_id: published.draft.plugin_id,
        skill_name: published.draft.skill_name,
        detail: { version: published.version, code },
      },
    );
    await withTransaction(transactions, async (transaction) => {
      transaction.add(step);
      await transaction.commit('record a failed acknowledgement');
    }).catch((failure: unknown) => {
      ports.log.log('error', 'The failed acknowledgement could not be recorded', {
        failure: failure instanceof Error ? failure.name : 'unknown',
      });
    });
  }
}

function versionContent(
  view: DraftView,
  proposal: Proposal | undefined,
  at: string,
  actor: string,
): VersionContent {
  const { draft, assembled } = view;
  const files: readonly TreeFile[] = assembled.files.map((file) => ({
    path: file.path,
    executable: file.executable,
    content: { kind: 'bytes', bytes: file.bytes },
  }));
  return {
    skillName: draft.skill_name,
    files,
    digest: assembled.digest,
    baseVersion: draft.base_version,
    reason: draft.reason,
    createdBy: actor,
    createdAt: at,
    provenance: {
      source_kind: draft.plugin_id === null ? 'managed' : 'plugin',
      ...draft.provenance,
      draft_id: draft.draft_id,
      candidate_id: draft.candidate_id,
      proposal_kind: draft.proposal_kind,
      reviewed_by: draft.review?.by ?? null,
      reviewed_at: draft.review?.at ?? null,
      review_policy: draft.review?.policy ?? null,
      acknowledgements: draft.acknowledgements
        .filter((entry) => entry.content_hash === assembled.digest.treeHash)
        .map(({ by, at: when, rules }) => ({ by, at: when, rules })),
      merge_decisions: assembled.documents.flatMap((document) =>
        document.merge.decisions.map((decision) => ({ file: document.path, ...decision })),
      ),
      ...mergeProvenance(assembled, proposal),
      supporting_file_plan: assembled.decisions
        .filter((decision) => decision.path !== 'SKILL.md')
        .map((decision) => ({ path: decision.path, source: decision.source, reason: decision.reason })),
    },
  };
}
