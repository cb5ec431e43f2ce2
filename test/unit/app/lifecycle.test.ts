import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';
import type { BeaverWorkspace } from '../../../src/app/api.ts';
import { isBeaverError } from '../../../src/base/errors.ts';
import { skillText, TempWorkspace } from '../../support/temp-workspace.ts';

const run = promisify(execFile);

const V1 = { Layout: 'Use a grid.', Review: 'Check the panels.', Output: 'Write a PDF.' };
const LOCAL = { ...V1, Review: 'Check the panels, twice, with the author.' };
const V2 = { ...V1, Layout: 'Use a grid of six.' };

/** The life of one plugin skill, step by step, on real files: each test goes on where the one before ended. */
describe('The life of a plugin skill', () => {
  let temp: TempWorkspace;
  let beaver: BeaverWorkspace;
  const skill = 'baoyu-comic';
  const target = `.agents/skills/${skill}/SKILL.md`;
  const files = (sections: Record<string, string>, panel = 'panel') => ({
    [skill]: {
      'SKILL.md': skillText(skill, sections),
      'templates/panel.txt': panel,
      'bin/draw.sh*': '#!/bin/sh\necho draw\n',
    },
  });
  const binding = async () => {
    const plugin = (await beaver.plugins.list()).plugins.find((entry) => entry.id === skill);
    const [linked] = plugin?.skills ?? [];
    assert(linked !== undefined);
    return linked;
  };
  const sourceHash = async () =>
    (await run('git', ['hash-object', `plugins/${skill}/skills/${skill}/SKILL.md`], { cwd: temp.root }))
      .stdout;

  before(async () => {
    temp = await TempWorkspace.create();
    await temp.plugin(skill, '1.0.0', files(V1));
    beaver = temp.open();
  });
  after(() => temp.dispose());

  it('offers a discovered plugin and mirrors nothing before it is enabled', async () => {
    const { plugins, errors } = await beaver.plugins.list();
    assert.deepEqual(errors, []);
    assert.deepEqual(
      plugins.map((plugin) => [plugin.id, plugin.status, plugin.enabled]),
      [[skill, 'discovered', false]],
    );
    await beaver.plugins.sync();
    assert.deepEqual((await beaver.skills.list()).skills, []);
  });

  it('mirrors the skill exactly when it is enabled, with its supporting files and executable bits', async () => {
    await beaver.plugins.enable([skill]);
    const { skill: shown } = await beaver.skills.show(skill);
    assert.equal(shown.current_version, 'v0001');
    assert.equal(shown.source_kind, 'plugin');
    assert.equal(shown.provenance['plugin_id'], skill);
    assert.equal(shown.provenance['merge_mode'], 'initial_mirror');
    assert.equal(await temp.text(target), skillText(skill, V1));
    assert.equal(await temp.text(`skills/${skill}/versions/v0001/templates/panel.txt`), 'panel');
    assert.deepEqual(shown.targets, [{ path: `.agents/skills/${skill}`, state: 'in_sync' }]);
  });

  it('changes nothing when it is synced again', async () => {
    const { sync } = await beaver.plugins.sync();
    assert.deepEqual(
      [sync.status, sync.mirrored, sync.candidates_created, sync.findings],
      ['synced', [], [], []],
    );
    assert.deepEqual(await readdir(temp.path(`skills/${skill}/versions`)), ['v0001']);
  });

  it('takes an edit of what agents read in as a local version', async () => {
    await temp.write(`.agents/skills/${skill}`, { 'SKILL.md': skillText(skill, LOCAL), 'run.log': 'noise' });
    assert.equal((await beaver.skills.show(skill)).skill.targets[0]?.state, 'local_edits');
    assert.deepEqual((await beaver.skills.capture()).captured, [{ skill_name: skill, version: 'v0002' }]);
    const { skill: shown } = await beaver.skills.show(skill);
    assert.equal(shown.current_version, 'v0002');
    assert.equal(shown.targets[0]?.state, 'in_sync');
    assert.equal(await temp.text(`skills/${skill}/versions/v0002/SKILL.md`), skillText(skill, LOCAL));
    assert.equal((await binding()).current_beaver_version, 'v0002');
  });

  it('offers a new release as one three-way update, however often it is synced', async () => {
    await temp.plugin(skill, '1.1.0', files(V2));
    const { sync } = await beaver.plugins.sync();
    assert.equal(sync.candidates_created.length, 1);
    await beaver.plugins.sync();
    const { updates } = await beaver.updates.list();
    assert.deepEqual(
      updates.map((update) => [update.merge_mode, update.status]),
      [['three_way', 'open']],
    );
    assert.equal(await temp.text(target), skillText(skill, LOCAL));
  });

  it('drafts, gates, reviews and publishes the merge with both edits in it', async () => {
    const [update] = (await beaver.updates.list()).updates;
    assert(update !== undefined);
    const { draft } = await beaver.updates.draft(update.candidate_id);
    assert.deepEqual([draft.status, draft.conflicts], ['ready', []]);
    assert.deepEqual(
      draft.gates.map((gate) => [gate.gate, gate.status]),
      [
        ['conflicts', 'passed'],
        ['supporting_files', 'passed'],
        ['safety', 'passed'],
        ['preservation', 'passed'],
        // No evals in this skill.
        ['replay', 'not_run'],
      ],
    );
    await assert.rejects(beaver.updates.publish(draft.draft_id), (error) =>
      isBeaverError(error, 'review_missing'),
    );
    await beaver.updates.approve(draft.draft_id);
    const { published } = await beaver.updates.publish(draft.draft_id);
    assert.equal(published.version, 'v0003');
    const merged = skillText(skill, { ...V1, Layout: V2.Layout, Review: LOCAL.Review });
    assert.equal(await temp.text(target), merged);
    assert.equal(await temp.text(`.agents/skills/${skill}/run.log`), 'noise');
    const linked = await binding();
    assert.equal(linked.accepted_beaver_version, 'v0003');
    assert.equal(linked.accepted_upstream_tree_hash, linked.observed_upstream_tree_hash);
    assert.equal(linked.pending_candidate_id, null);
    const { skill: shown } = await beaver.skills.show(skill);
    assert.deepEqual(
      ['draft_id', 'proposal_kind', 'merge_mode', 'resolved_conflicts', 'dropped_sections'].map(
        (key) => shown.provenance[key],
      ),
      [draft.draft_id, 'plugin_skill_update', 'three_way', [], []],
    );
    for (const key of ['preserved_local_sections', 'adopted_upstream_sections', 'supporting_file_plan'])
      assert.ok(Array.isArray(shown.provenance[key]), key);
    assert.equal(shown.provenance['new_upstream_tree_hash'], linked.accepted_upstream_tree_hash);
  });

  it('rolls back to an earlier version and keeps the accepted upstream', async () => {
    const before = await binding();
    await beaver.skills.rollback(skill, 'v0002');
    assert.equal(await temp.text(target), skillText(skill, LOCAL));
    await beaver.plugins.sync();
    const linked = await binding();
    assert.equal(linked.accepted_upstream_tree_hash, before.accepted_upstream_tree_hash);
    assert.equal(linked.accepted_beaver_version, 'v0003');
    assert.equal(linked.current_beaver_version, 'v0002');
    assert.deepEqual(
      (await beaver.updates.list()).updates.map((update) => update.status),
      ['published'],
    );
  });

  it('never writes to the plugin', async () => {
    const before = await sourceHash();
    await beaver.plugins.sync();
    assert.equal(await sourceHash(), before);
    assert.deepEqual((await readdir(temp.path(`plugins/${skill}`))).sort(), ['beaver.plugin.json', 'skills']);
  });

  it('offers a change of a supporting file alone', async () => {
    await temp.plugin(skill, '1.1.1', files(V2, 'wide panel'));
    await beaver.plugins.sync();
    const waiting = (await beaver.updates.list()).updates.filter((update) => update.status === 'open');
    assert.equal(waiting.length, 1);
    const { draft } = await beaver.updates.draft(waiting[0]?.candidate_id ?? '');
    assert.deepEqual(draft.files.find((file) => file.path === 'templates/panel.txt')?.source, 'upstream');
    await beaver.updates.approve(draft.draft_id);
    await beaver.updates.publish(draft.draft_id);
    assert.equal(await temp.text(`.agents/skills/${skill}/templates/panel.txt`), 'wide panel');
    assert.equal(await temp.text(target), skillText(skill, LOCAL));
  });

  it('keeps the skill in use when the package is gone, and says so', async () => {
    await temp.remove(`plugins/${skill}`);
    await beaver.plugins.sync();
    const [plugin] = (await beaver.plugins.list()).plugins;
    assert.equal(plugin?.status, 'missing');
    assert.equal(plugin.enabled, true);
    assert.deepEqual(
      (await beaver.updates.list()).updates.filter(({ status }) => status === 'open'),
      [],
    );
    assert.equal((await beaver.skills.show(skill)).skill.status, 'active');
    assert.equal(await temp.text(target), skillText(skill, LOCAL));
  });

  it('leaves nothing for the doctor', async () => {
    await temp.plugin(skill, '1.1.1', files(V2, 'wide panel'));
    await beaver.plugins.sync();
    assert.deepEqual((await beaver.doctor()).findings, []);
    assert.deepEqual(await readdir(path.join(temp.root, '.beaver', 'staging', 'plugin-skills')), []);
  });
});
