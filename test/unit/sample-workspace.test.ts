import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { EDITED_SKILL, SAMPLE } from '../../scripts/sample-packages.ts';
import { makeSampleWorkspace } from '../../scripts/sample-workspace.ts';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import type { PluginListPayload, PluginPayload } from '../../src/app/payloads.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import { nodePorts } from '../../src/node/node-ports.ts';

describe('the sample workspace', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'beaver-sample-'));
  let beaver: BeaverWorkspace;
  let list: PluginListPayload;

  before(async () => {
    await makeSampleWorkspace(root);
    beaver = createWorkspace(nodePorts(), { root });
    list = await beaver.plugins.list();
  });

  after(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const plugin = (id: string): PluginPayload => {
    const found = list.plugins.find((candidate) => candidate.id === id);
    assert.ok(found, `${id} is listed`);
    return found;
  };

  it('shows a plugin that is in sync', () => {
    const { enabled, skills } = plugin(SAMPLE.inSync);
    assert.equal(enabled, true);
    assert.deepEqual(
      skills.map(({ name, status }) => [name, status]),
      [
        ['changelog-entry', 'synced'],
        ['release-notes', 'synced'],
      ],
    );
  });

  it('shows one update that can be taken as it is and one that needs a merge', async () => {
    const { updates } = await beaver.updates.list();
    assert.deepEqual(
      updates.map(({ plugin_id, merge_mode, status }) => [plugin_id, merge_mode, status]).sort(),
      [
        [SAMPLE.threeWay, 'three_way', 'open'],
        [SAMPLE.fastForward, 'fast_forward', 'open'],
      ],
    );
  });

  it('shows a plugin whose updates are paused, although a release is waiting', () => {
    assert.equal(plugin(SAMPLE.paused).updates_paused, true);
    assert.equal(plugin(SAMPLE.paused).discovered_version, '0.10.0');
  });

  it('shows a plugin whose package is missing, with its skill still published', async () => {
    assert.equal(plugin(SAMPLE.missing).status, 'missing');
    const { skill } = await beaver.skills.show('http-api-design');
    assert.equal(skill.status, 'active');
  });

  it('reports the broken manifest and goes on', () => {
    assert.ok(list.errors.some((finding) => finding.path.includes(SAMPLE.broken)));
  });

  it('has exactly one real conflict, beside clean changes of both sides', async () => {
    const { updates } = await beaver.updates.list();
    const update = updates.find(({ skill_name }) => skill_name === EDITED_SKILL);
    assert.ok(update);
    const { draft } = await beaver.updates.draft(update.candidate_id);
    assert.equal(draft.conflicts.length, 1);
    assert.match(draft.conflicts[0]?.local ?? '', /250/);
    assert.match(draft.conflicts[0]?.upstream ?? '', /600/);
    const { documents } = await beaver.updates.detail(draft.draft_id);
    const kinds = new Set(documents[0]?.merge.chunks.map(({ kind }) => kind));
    assert.ok(kinds.has('local') && kinds.has('upstream'), [...kinds].join(', '));
  });
});
