import { BeaverError } from '../../base/errors.ts';
import type { PublishObserver } from '../learning/publisher.ts';
import { withTransaction } from '../skills/transaction.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import { StateBook } from './state-book.ts';

/** Acknowledges a published update: its upstream is the accepted one from now on. */
export function publicationObserver(deps: MirrorDeps): PublishObserver {
  return async ({ draft, version }) => {
    const { ports, layout } = deps;
    const state = await StateBook.read(ports.files, layout);
    const owner = state.ownerOf(draft.skill_name);
    const binding = owner?.skills[draft.skill_name];
    if (owner === undefined || binding === undefined) return;
    if (draft.proposal_kind === 'skill_revision') {
      state.setBinding(owner.plugin_id, draft.skill_name, { ...binding, current_beaver_version: version });
    } else {
      if (draft.plugin_id !== owner.plugin_id || draft.upstream.kind !== 'upstream') {
        throw new BeaverError('publication_not_linked', 'The published update belongs to another plugin.', {
          nextStep: 'Run "beaver doctor".',
        });
      }
      const upstream = draft.upstream.tree_hash;
      state.setBinding(owner.plugin_id, draft.skill_name, {
        ...binding,
        accepted_upstream_tree_hash: upstream,
        observed_upstream_tree_hash: upstream,
        accepted_beaver_version: version,
        current_beaver_version: version,
        pending_candidate_id: null,
        status: 'synced',
        last_error: null,
        last_error_code: null,
      });
    }
    const settled = Object.values(state.get(owner.plugin_id).skills).every(
      (entry) => entry.pending_candidate_id === null,
    );
    if (settled && draft.plugin_version !== null)
      state.set({ ...state.get(owner.plugin_id), installed_version: draft.plugin_version });
    await withTransaction(deps.transactions, async (transaction) => {
      transaction.add(...state.steps());
      await transaction.commit('acknowledge a publication');
    });
  };
}
