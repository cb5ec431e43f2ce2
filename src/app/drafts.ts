import { CandidateBook } from '../core/learning/candidates.ts';
import { DraftService } from '../core/learning/draft-service.ts';
import { viewDraft, viewUnchecked } from '../core/learning/draft-view.ts';
import { publishDraft } from '../core/learning/publisher.ts';
import { wholeFiles } from '../core/learning/whole-files.ts';
import { captureBeforeReplacing } from '../core/mirror/capture.ts';
import type { MirrorDeps } from '../core/mirror/mirror-deps.ts';
import { publicationObserver } from '../core/mirror/publication-observer.ts';
import type { LockWait } from '../core/ports.ts';
import type { TransactionStep } from '../core/skills/transaction-steps.ts';
import { withTransaction } from '../core/skills/transaction.ts';
import type { BeaverWorkspace, DetailOptions, DraftDetail } from './api.ts';
import { keptProposal } from './kept-proposals.ts';
import type { Write } from './marketplaces.ts';
import { replayPayload } from './payloads.ts';
import { draftPayload, gateWatch } from './present.ts';

/** What is done with one draft; the list of updates is read without all this. */
export type DraftsApi = Omit<BeaverWorkspace['updates'], 'list'>;

export interface DraftsContext {
  readonly deps: MirrorDeps;
  readonly write: Write;
  readonly bounded: LockWait;
  /** @throws BeaverError `workspace_untrusted`. */
  readonly assertMayWrite: () => void;
}

/** The pipeline from a candidate to a published version. A large part, which neither a list nor a sync has need of. */
export function createDrafts({ deps, write, bounded, assertMayWrite }: DraftsContext): DraftsApi {
  const { ports, layout, transactions } = deps;
  const { files } = ports;
  const draftService = new DraftService(deps);
  const detail = async (draftId: string, options: DetailOptions = {}): Promise<DraftDetail> => {
    const view = await (options.gates === 'later'
      ? draftService.outline(draftId)
      : draftService.get(draftId, gateWatch(options)));
    return {
      draft: draftPayload(view),
      documents: view.assembled.documents,
      files: wholeFiles(view.assembled),
      proposal: await keptProposal(deps, view),
    };
  };
  return {
    draft: async (candidateId, wait = bounded, { gates = 'now' } = {}) => {
      const view = await write('draft an update', wait, async () => {
        const candidate = (await CandidateBook.read(files, layout)).get(candidateId);
        await captureBeforeReplacing(deps, candidate.skill_name);
        return draftService.create(candidateId, gates === 'later' ? viewUnchecked : viewDraft);
      });
      return { draft: draftPayload(view) };
    },
    show: async (draftId) => ({ draft: draftPayload(await draftService.get(draftId)) }),
    detail,
    propose: async (draftId, proposing = {}, wait = bounded) => {
      assertMayWrite();
      const { propose } = await import('./merge-proposals.ts');
      const proposal = await propose(deps, await draftService.get(draftId), write, proposing, wait);
      return { draft: draftPayload(await draftService.get(draftId)), proposal };
    },
    check: async (draftId, wait = bounded, signal) => {
      const view = await write('check a draft', wait, async () => {
        signal?.throwIfAborted();
        return draftService.check(draftId);
      });
      return { draft: draftPayload(view) };
    },
    resolve: async (draftId, resolution, wait = bounded) => ({
      draft: draftPayload(
        await write('settle a draft', wait, () => draftService.resolve(draftId, resolution)),
      ),
    }),
    acknowledge: async (draftId, request = {}, wait = bounded) => ({
      draft: draftPayload(
        await write('acknowledge findings', wait, () => draftService.acknowledge(draftId, request)),
      ),
    }),
    replay: async (draftId, request = {}, wait = bounded) => {
      // Before anything is asked of a model: what cannot be recorded is not run.
      const view = await write('start a replay', wait, () => draftService.get(draftId));
      const { runReplay } = await import('../core/learning/replay/run-replay.ts');
      const record = (purpose: string, steps: readonly TransactionStep[]): Promise<void> =>
        write(purpose, wait, () =>
          withTransaction(transactions, async (transaction) => {
            transaction.add(...steps);
            await transaction.commit(purpose);
          }),
        );
      const report = await runReplay({ ports, layout, actor: deps.actor, record }, view, request);
      const checked = await write('check a draft', wait, () => draftService.check(draftId));
      return { draft: draftPayload(checked), replay: replayPayload.parse(report) };
    },
    approve: async (draftId, wait = bounded) => ({
      draft: draftPayload(await write('approve a draft', wait, () => draftService.approve(draftId))),
    }),
    reject: async (draftId, reason, wait = bounded) => ({
      draft: draftPayload(await write('reject a draft', wait, () => draftService.reject(draftId, reason))),
    }),
    publish: async (draftId, wait = bounded) =>
      write('publish a draft', wait, async () => {
        const skillName = (await draftService.get(draftId)).draft.skill_name;
        await captureBeforeReplacing(deps, skillName);
        const published = await publishDraft(
          deps,
          await draftService.get(draftId),
          publicationObserver(deps),
        );
        return {
          published: { skill_name: skillName, version: published.version, tree_hash: published.treeHash },
          findings: [...published.findings],
        };
      }),
  };
}
