import assert from 'node:assert/strict';
import { classifyPluginSkillUpdate } from '../../../../src/core/learning/candidates.ts';
import { planSync, reconcile, type SkillObservation } from '../../../../src/core/mirror/sync-plan.ts';
import type { PluginSkillBinding } from '../../../../src/core/plugins/models.ts';

const BINDING: PluginSkillBinding = {
  accepted_upstream_tree_hash: 'A',
  observed_upstream_tree_hash: 'A',
  accepted_beaver_version: 'v0001',
  current_beaver_version: 'v0001',
  pending_candidate_id: null,
  status: 'synced',
  last_error: null,
  last_error_code: null,
};

function seen(change: Partial<SkillObservation>): SkillObservation {
  return {
    pluginId: 'p',
    skillName: 's',
    binding: BINDING,
    current: { version: 'v0001', tree_hash: 'A' },
    ancestry: [],
    upstream: { kind: 'tree', hash: 'A' },
    pending: [],
    ...change,
  };
}

function only(observation: SkillObservation) {
  const [action] = planSync([observation]).skills;
  assert(action !== undefined);
  return action;
}

describe('classifyPluginSkillUpdate', () => {
  const cases = [
    ['A', 'A', 'A', 'unchanged'],
    ['A', 'B', 'B', 'already_applied'],
    ['A', 'A', 'B', 'fast_forward'],
    ['A', 'LOCAL', 'UPSTREAM', 'three_way'],
    ['A', 'LOCAL', 'A', 'unchanged'],
  ] as const;
  for (const [base, local, upstream, mode] of cases) {
    it(`calls base ${base}, local ${local}, upstream ${upstream} ${mode}`, () => {
      assert.equal(classifyPluginSkillUpdate(base, local, upstream), mode);
    });
  }
});

describe('planSync', () => {
  it('offers a fast-forward where nothing was edited', () => {
    const action = only(seen({ upstream: { kind: 'tree', hash: 'B'.repeat(20) } }));
    assert.equal(action.kind, 'offer');
    assert.deepEqual(
      [action.mode, action.candidateId, action.binding.status],
      ['fast_forward', `plugin-update:p:s:${'B'.repeat(12)}`, 'update_pending'],
    );
  });

  it('supersedes a pending update to another upstream, and keeps the one to this', () => {
    const action = only(
      seen({
        upstream: { kind: 'tree', hash: 'C'.repeat(20) },
        pending: [`plugin-update:p:s:${'B'.repeat(12)}`, `plugin-update:p:s:${'C'.repeat(12)}`],
      }),
    );
    assert.equal(action.kind, 'offer');
    assert.deepEqual(action.supersedes, [`plugin-update:p:s:${'B'.repeat(12)}`]);
  });

  it('withdraws a pending update when upstream goes back to what is accepted', () => {
    const action = only(
      seen({
        pending: ['plugin-update:p:s:b'],
        binding: { ...BINDING, pending_candidate_id: 'plugin-update:p:s:b', status: 'update_pending' },
      }),
    );
    assert.equal(action.kind, 'unchanged');
    assert.deepEqual(
      [action.supersedes, action.binding.pending_candidate_id, action.binding.status],
      [['plugin-update:p:s:b'], null, 'synced'],
    );
  });

  it('accepts an upstream that brings what is there already', () => {
    const action = only(
      seen({ current: { version: 'v0002', tree_hash: 'B' }, upstream: { kind: 'tree', hash: 'B' } }),
    );
    assert.equal(action.kind, 'already_applied');
    assert.deepEqual(
      [action.binding.accepted_upstream_tree_hash, action.binding.accepted_beaver_version],
      ['B', 'v0002'],
    );
  });

  it('mirrors a skill that the release adds', () => {
    assert.equal(only(seen({ binding: undefined, current: undefined })).kind, 'mirror');
  });

  it('keeps a skill that the plugin no longer brings', () => {
    const action = only(seen({ upstream: { kind: 'removed' } }));
    assert.equal(action.kind, 'unchanged');
    assert.equal(action.binding.status, 'missing');
  });

  it('reports a linked skill that is not in the store and changes nothing of it', () => {
    const action = only(seen({ current: undefined }));
    assert.equal(action.kind, 'failed');
    assert.equal(action.finding.code, 'linked_skill_missing');
    assert.equal(action.binding?.accepted_upstream_tree_hash, 'A');
  });
});

describe('reconcile', () => {
  const published = {
    version: 'v0003',
    provenance: { proposal_kind: 'plugin_skill_update', plugin_id: 'p', new_upstream_tree_hash: 'B' },
    snapshotExists: true,
  };
  const observed = { pluginId: 'p', skillName: 's' };

  it('takes in a publication that was not acknowledged', () => {
    const { binding, reconciled } = reconcile(
      { ...BINDING, pending_candidate_id: 'plugin-update:p:s:B', status: 'update_pending' },
      { ...observed, ancestry: [published] },
    );
    assert.equal(reconciled, true);
    assert.deepEqual(
      [
        binding.accepted_upstream_tree_hash,
        binding.accepted_beaver_version,
        binding.pending_candidate_id,
        binding.status,
      ],
      ['B', 'v0003', null, 'synced'],
    );
  });

  it('finds it below a later local edit', () => {
    const edit = { version: 'v0004', provenance: { proposal_kind: 'captured_edit' }, snapshotExists: false };
    assert.equal(
      reconcile(BINDING, { ...observed, ancestry: [edit, published] }).binding.accepted_beaver_version,
      'v0003',
    );
  });

  it('clears only the pending update that was published', () => {
    const { binding } = reconcile(
      { ...BINDING, pending_candidate_id: 'plugin-update:p:s:C', status: 'update_pending' },
      { ...observed, ancestry: [published] },
    );
    assert.deepEqual(
      [binding.pending_candidate_id, binding.status],
      ['plugin-update:p:s:C', 'update_pending'],
    );
  });

  it('never moves back: an accepted version stays accepted after a rollback', () => {
    const accepted = { ...BINDING, accepted_beaver_version: 'v0005', accepted_upstream_tree_hash: 'Z' };
    assert.deepEqual(reconcile(accepted, { ...observed, ancestry: [published] }), {
      binding: accepted,
      reconciled: false,
      published: [],
    });
  });

  it('does not believe a version whose snapshot is not in the store, or that speaks of another plugin', () => {
    assert.equal(
      reconcile(BINDING, { ...observed, ancestry: [{ ...published, snapshotExists: false }] }).reconciled,
      false,
    );
    assert.equal(
      reconcile(BINDING, { ...observed, pluginId: 'other', ancestry: [published] }).reconciled,
      false,
    );
  });
});
