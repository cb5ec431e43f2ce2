import assert from 'node:assert/strict';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { captureBeforeReplacing } from '../../../../src/core/mirror/capture.ts';
import { MemoryWorkspace } from '../../../support/memory-workspace.ts';
import { skillText } from '../../../support/temp-workspace.ts';

const doc = (use: string): string => skillText('one', { Use: use });
const TARGETS = ['.agents/skills', '.claude/skills'];

async function mirrored(targets = TARGETS): Promise<MemoryWorkspace> {
  const workspace = new MemoryWorkspace();
  await workspace.plugin('kit', '1.0.0', { one: { 'SKILL.md': doc('First.') } });
  await workspace.open({ runtimeTargets: targets }).plugins.enable(['kit']);
  return workspace;
}

describe('Capturing edits', () => {
  it('makes one version of an edit, and brings the other targets up to it', async () => {
    const workspace = await mirrored();
    const beaver = workspace.open({ runtimeTargets: TARGETS });
    await workspace.write('.claude/skills/one', { 'SKILL.md': doc('Mine.') });
    assert.deepEqual((await beaver.skills.capture()).captured, [{ skill_name: 'one', version: 'v0002' }]);
    assert.equal(await workspace.text('.agents/skills/one/SKILL.md'), doc('Mine.'));
    assert.deepEqual((await beaver.skills.capture()).captured, []);
    const { skill } = await beaver.skills.show('one');
    assert.deepEqual(skill.provenance, {
      captured_from: '.claude/skills',
      plugin_id: 'kit',
      proposal_kind: 'captured_edit',
      source_kind: 'plugin',
    });
  });

  it('loses neither of two edits: the second is stored, and offered as an update to be merged', async () => {
    const workspace = await mirrored();
    const beaver = workspace.open({ runtimeTargets: TARGETS });
    await workspace.write('.agents/skills/one', { 'SKILL.md': doc('Mine.') });
    await workspace.write('.claude/skills/one', { 'SKILL.md': doc('Yours.') });
    const { captured } = await beaver.skills.capture();
    assert.deepEqual(
      captured.map(({ version }) => version),
      ['v0002', 'v0003'],
    );
    const { skill } = await beaver.skills.show('one');
    assert.equal(skill.current_version, 'v0002');
    assert.equal(await workspace.text('skills/one/versions/v0003/SKILL.md'), doc('Yours.'));
    const { updates } = await beaver.updates.list();
    assert.deepEqual(
      updates.map(({ kind, merge_mode, status, plugin_id }) => [kind, merge_mode, status, plugin_id]),
      [['skill_revision', 'three_way', 'open', 'kit']],
    );
    assert.deepEqual((await beaver.skills.capture()).captured, []);
  });

  it('keeps an edit that no version can hold where it is, and stops what would replace it', async () => {
    const workspace = await mirrored();
    const { deps } = workspace.domains({ runtimeTargets: TARGETS });
    await workspace.write('.agents/skills/one', { 'version.json': 'mine' });
    await assert.rejects(captureBeforeReplacing(deps, 'one'), (error) => {
      assert(isBeaverError(error, 'local_edits_found'));
      assert.equal(error.path, '.agents/skills/one');
      return true;
    });
    const { captured, findings } = await workspace.open({ runtimeTargets: TARGETS }).skills.capture();
    assert.deepEqual([captured, findings.map(({ code }) => code)], [[], ['local_edits_found']]);
    assert.equal(await workspace.text('.agents/skills/one/version.json'), 'mine');
  });

  it('takes in what was added, removed and made executable', async () => {
    const workspace = await mirrored(['.agents/skills']);
    await workspace.write('.agents/skills/one', { 'bin/run*': 'echo', 'notes/a.md': 'learned' });
    const beaver = workspace.open({ runtimeTargets: ['.agents/skills'] });
    await beaver.skills.capture();
    await workspace.files.remove(workspace.path('.agents/skills/one/notes'));
    await beaver.skills.capture();
    const { store } = workspace.domains().deps;
    const files = async (version: string) =>
      (await store.versionTree('one', version)).digest.files.map(({ path, executable }) => [
        path,
        executable,
      ]);
    const rest = [
      ['SKILL.md', false],
      ['bin/run', true],
    ];
    assert.deepEqual(await files('v0002'), [...rest, ['notes/a.md', false]]);
    assert.deepEqual(await files('v0003'), rest);
  });

  it('does not touch a folder of the name that Beaver did not place', async () => {
    const workspace = await mirrored(['.agents/skills']);
    await workspace.write('.claude/skills/one', { 'SKILL.md': 'foreign' });
    const beaver = workspace.open({ runtimeTargets: TARGETS });
    assert.deepEqual((await beaver.skills.capture()).captured, []);
    const { sync } = await beaver.plugins.sync();
    assert.deepEqual(
      sync.findings.map(({ code, path }) => [code, path]),
      [['target_occupied', '.claude/skills/one']],
    );
    assert.equal(await workspace.text('.claude/skills/one/SKILL.md'), 'foreign');
  });

  it('says once what is off with the workspace, however many skills are looked at', async () => {
    const workspace = await mirrored();
    await workspace.plugin('more', '1.0.0', {
      two: { 'SKILL.md': doc('Two.') },
      three: { 'SKILL.md': doc('Three.') },
    });
    const beaver = workspace.open({ runtimeTargets: ['.agents/skills', '../skills'] });
    await beaver.plugins.enable(['more']);
    assert.deepEqual(
      (await beaver.skills.capture()).findings.map(({ code }) => code),
      ['target_outside_workspace'],
    );
  });
});
