import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { BeaverWorkspace } from '../../../../src/app/api.ts';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { nodePorts } from '../../../../src/node/node-ports.ts';
import { skillText, TempWorkspace } from '../../../support/temp-workspace.ts';

const ONE = { 'SKILL.md': skillText('one', { Use: 'First.' }) };
const ONE_NEXT = { 'SKILL.md': skillText('one', { Use: 'Second.' }) };
const TWO = { 'SKILL.md': skillText('two', { Use: 'Twice.' }) };

describe('The life cycle of plugins', () => {
  let temp: TempWorkspace;
  let beaver: BeaverWorkspace;

  beforeEach(async () => {
    temp = await TempWorkspace.create();
    beaver = temp.open();
  });
  afterEach(() => temp.dispose());

  const plugin = async (id: string) => (await beaver.plugins.list()).plugins.find((entry) => entry.id === id);
  const names = async () =>
    (await beaver.skills.list()).skills.map((skill) => `${skill.name}:${skill.status}`);
  const waiting = async () =>
    (await beaver.updates.list()).updates.map((update) => `${update.merge_mode}:${update.status}`);
  const publish = async () => {
    const update = (await beaver.updates.list()).updates.find((entry) => entry.status === 'open');
    const { draft } = await beaver.updates.draft(update?.candidate_id ?? '');
    await beaver.updates.approve(draft.draft_id);
    return beaver.updates.publish(draft.draft_id);
  };

  it('refuses a plugin whose skill has the name of another skill, and changes nothing', async () => {
    await temp.plugin('a', '1.0.0', { one: ONE });
    await temp.plugin('b', '1.0.0', { one: ONE, two: TWO });
    await beaver.plugins.enable(['a']);
    await assert.rejects(beaver.plugins.enable(['b']), (error) => isBeaverError(error, 'skill_name_taken'));
    assert.deepEqual(await names(), ['one:active']);
    assert.equal((await plugin('b'))?.enabled, false);
  });

  it('mirrors all skills of a plugin or none: what is wrong with the last stops the first', async () => {
    await temp.plugin('a', '1.0.0', {
      one: ONE,
      two: { 'SKILL.md': `${skillText('two', { Use: 'x' })}hidden \u{E0041}\u{E0042}\u{E0043} text\n` },
    });
    await assert.rejects(beaver.plugins.enable(['a']), (error) =>
      isBeaverError(error, 'plugin_skill_blocked'),
    );
    assert.deepEqual(await names(), []);
    assert.deepEqual(await readdir(temp.root), ['.beaver', 'plugins']);
    assert.deepEqual(await readdir(temp.path('.beaver')), ['locks']);
  });

  it('does not know a plugin that is not there', async () => {
    await assert.rejects(beaver.plugins.enable(['nobody']), (error) =>
      isBeaverError(error, 'plugin_unknown'),
    );
    await assert.rejects(beaver.plugins.pause('nobody'), (error) => isBeaverError(error, 'plugin_unknown'));
  });

  it('looks for no update of a paused plugin, and catches up when it is resumed', async () => {
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.enable(['a']);
    assert.equal((await beaver.plugins.pause('a')).status, 'paused');
    await temp.plugin('a', '1.1.0', { one: ONE_NEXT });
    await beaver.plugins.sync();
    assert.deepEqual(await waiting(), []);
    assert.deepEqual(await names(), ['one:active']);
    const resumed = await beaver.plugins.resume('a');
    assert.deepEqual([resumed.updates_paused, resumed.skills[0]?.status], [false, 'update_pending']);
    assert.deepEqual(await waiting(), ['fast_forward:open']);
  });

  it('disables only with the confirmation, keeps every version, and restores on enabling', async () => {
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.enable(['a']);
    await assert.rejects(beaver.plugins.disable('a', { disableLinkedSkills: false }), (error) =>
      isBeaverError(error, 'confirmation_missing'),
    );
    await temp.write('.agents/skills/one', { 'notes.md': 'mine' });
    assert.equal((await beaver.plugins.disable('a', { disableLinkedSkills: true })).enabled, false);
    assert.deepEqual(await names(), ['one:disabled']);
    assert.deepEqual(await readdir(temp.path('.agents/skills')), []);
    assert.equal(await temp.text('skills/one/versions/v0002/notes.md'), 'mine');
    await temp.plugin('a', '1.1.0', { one: ONE_NEXT });
    assert.equal((await beaver.plugins.enable(['a']))[0]?.status, 'synced');
    assert.equal(await temp.text('.agents/skills/one/notes.md'), 'mine');
    assert.deepEqual(await waiting(), ['three_way:open']);
  });

  it('gives an adopted skill to the workspace: active, no longer linked, not touched by later releases', async () => {
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.enable(['a']);
    await temp.plugin('a', '1.1.0', { one: ONE_NEXT, two: TWO });
    await beaver.plugins.sync();
    await beaver.plugins.adopt('a', 'one');
    const { skill } = await beaver.skills.show('one');
    assert.deepEqual(
      [skill.source_kind, skill.status, skill.lineage],
      ['managed', 'active', ['plugin:a', 'adopted_from_plugin:a']],
    );
    const statuses = async () => (await plugin('a'))?.skills.map(({ name, status }) => `${name}: ${status}`);
    assert.deepEqual(await statuses(), ['one: adopted', 'two: synced']);
    assert.deepEqual(await waiting(), ['fast_forward:superseded']);
    await assert.rejects(beaver.plugins.adopt('a', 'one'), (error) =>
      isBeaverError(error, 'skill_not_linked'),
    );
    const { sync } = await beaver.plugins.sync();
    assert.deepEqual([sync.candidates_created, sync.findings], [[], []]);
    assert.equal(await temp.text('.agents/skills/one/SKILL.md'), ONE['SKILL.md']);
  });

  it('mirrors a skill that a later release adds', async () => {
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.enable(['a']);
    await temp.plugin('a', '1.1.0', { one: ONE, two: TWO });
    assert.deepEqual((await beaver.plugins.sync()).sync.mirrored, ['two']);
    assert.equal((await plugin('a'))?.installed_version, '1.1.0');
  });

  it('offers the newest upstream only, and the same one again after another', async () => {
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.enable(['a']);
    const releases = [ONE_NEXT, { 'SKILL.md': skillText('one', { Use: 'Third.' }) }, ONE_NEXT];
    for (const release of releases) {
      await temp.plugin('a', '1.x', { one: release });
      await beaver.plugins.sync();
    }
    assert.deepEqual((await waiting()).sort(), ['fast_forward:open', 'fast_forward:superseded']);
    await publish();
    assert.equal(await temp.text('.agents/skills/one/SKILL.md'), ONE_NEXT['SKILL.md']);
  });

  it('does not offer again what was rejected on the same base', async () => {
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.enable(['a']);
    await temp.plugin('a', '1.1.0', { one: ONE_NEXT });
    await beaver.plugins.sync();
    const [update] = (await beaver.updates.list()).updates;
    const { draft } = await beaver.updates.draft(update?.candidate_id ?? '');
    await assert.rejects(beaver.updates.reject(draft.draft_id, ' '), (error) =>
      isBeaverError(error, 'reason_missing'),
    );
    await beaver.updates.reject(draft.draft_id, 'Not for us.');
    await beaver.plugins.sync();
    assert.deepEqual(await waiting(), ['fast_forward:rejected']);
    assert.equal((await plugin('a'))?.skills[0]?.pending_candidate_id, null);
  });

  it('takes an edit that equals the release as applied', async () => {
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.enable(['a']);
    await temp.write('.agents/skills/one', ONE_NEXT);
    await temp.plugin('a', '1.1.0', { one: ONE_NEXT });
    const { sync } = await beaver.plugins.sync();
    assert.deepEqual([sync.already_applied, sync.candidates_created, sync.captured.length], [['one'], [], 1]);
    assert.equal((await plugin('a'))?.installed_version, '1.1.0');
  });

  it('reports a broken package, keeps its skills in use, and recovers when it is repaired', async () => {
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.enable(['a']);
    await temp.write('plugins/a', { 'beaver.plugin.json': '{' });
    await beaver.plugins.sync();
    const { errors } = await beaver.plugins.list();
    assert.equal((await plugin('a'))?.status, 'error');
    assert.equal(errors.length, 1);
    assert.deepEqual(await names(), ['one:active']);
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.sync();
    assert.equal((await plugin('a'))?.status, 'synced');
  });

  it('defers at activation while another process writes, and waits a bounded time on a command', async () => {
    await temp.plugin('a', '1.0.0', { one: ONE });
    const other = nodePorts();
    await other.lock.run(
      temp.path('.beaver/locks/plugin-skill-write.lock'),
      'a test',
      { kind: 'never' },
      async () => {
        assert.equal((await beaver.plugins.sync({ kind: 'never' })).sync.status, 'deferred_lock_busy');
        await assert.rejects(beaver.plugins.enable(['a'], { kind: 'bounded', timeout: 20 }), (error) =>
          isBeaverError(error, 'plugin_write_busy'),
        );
      },
    );
    assert.equal((await beaver.plugins.sync({ kind: 'never' })).sync.status, 'synced');
  });

  it('leaves a foreign folder of the same name alone and says so', async () => {
    await temp.write('.agents/skills/one', { 'SKILL.md': 'somebody else' });
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.enable(['a']);
    assert.equal(await temp.text('.agents/skills/one/SKILL.md'), 'somebody else');
    assert.equal((await beaver.skills.show('one')).skill.targets[0]?.state, 'target_occupied');
    assert.deepEqual(
      (await beaver.plugins.sync()).sync.findings.map((finding) => finding.code),
      ['target_occupied'],
    );
  });

  it('places skills in every runtime target that exists, and again where a folder was removed', async () => {
    await temp.write('.claude/skills', { '.keep': '' });
    await temp.write('.github/skills', { '.keep': '' });
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.enable(['a']);
    assert.equal(await temp.text('.github/skills/one/SKILL.md'), ONE['SKILL.md']);
    await temp.remove('.claude/skills/one');
    await beaver.plugins.sync();
    assert.equal(await temp.text('.claude/skills/one/SKILL.md'), ONE['SKILL.md']);
  });

  it('keeps an edit of an older version apart and offers it for a merge', async () => {
    await temp.write('.claude/skills', { '.keep': '' });
    await temp.write('.github/skills', { '.keep': '' });
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.enable(['a']);
    await temp.write('.claude/skills/one', { 'claude.md': 'from claude' });
    await temp.write('.github/skills/one', { 'github.md': 'from github' });
    const { captured } = await beaver.skills.capture();
    assert.deepEqual(
      captured.map((edit) => edit.version),
      ['v0002', 'v0003'],
    );
    assert.deepEqual(await waiting(), ['three_way:open']);
    await publish();
    assert.deepEqual((await readdir(temp.path('.claude/skills/one'))).sort(), [
      'SKILL.md',
      'claude.md',
      'github.md',
    ]);
    await beaver.plugins.sync();
    assert.deepEqual((await readdir(temp.path('.github/skills/one'))).sort(), [
      'SKILL.md',
      'claude.md',
      'github.md',
    ]);
    assert.deepEqual((await beaver.doctor()).findings, []);
  });

  it('never replaces a folder with a file in it that no version can hold', async () => {
    await temp.plugin('a', '1.0.0', { one: ONE });
    await beaver.plugins.enable(['a']);
    await temp.write('.agents/skills/one', { 'version.json': '{"mine": true}' });
    await temp.plugin('a', '1.1.0', { one: ONE_NEXT });
    const { sync } = await beaver.plugins.sync();
    assert.deepEqual(
      sync.findings.map((finding) => finding.code),
      ['local_edits_found'],
    );
    await assert.rejects(publish(), (error) => isBeaverError(error, 'local_edits_found'));
    assert.equal(await temp.text('.agents/skills/one/version.json'), '{"mine": true}');
    await temp.remove('.agents/skills/one/version.json');
    await publish();
    assert.equal(await temp.text('.agents/skills/one/SKILL.md'), ONE_NEXT['SKILL.md']);
  });

  it('mirrors a single-skill plugin that is a git clone without what belongs to the plugin', async () => {
    await temp.write('plugins/solo', {
      'SKILL.md': ONE['SKILL.md'],
      'notes.md': 'n',
      '.git/HEAD': 'ref: refs/heads/main\n',
    });
    await temp.write('plugins/solo/.claude-plugin', { 'plugin.json': '{"name": "solo"}' });
    await beaver.plugins.enable(['solo']);
    assert.deepEqual((await readdir(temp.path('.agents/skills/solo'))).sort(), ['SKILL.md', 'notes.md']);
    assert.deepEqual((await beaver.plugins.sync()).sync.findings, []);
  });

  it('writes nothing in a workspace that is not trusted, and still reads', async () => {
    await temp.plugin('a', '1.0.0', { one: ONE });
    const reading = temp.open(nodePorts(), { mayWrite: () => false });
    assert.equal((await reading.plugins.list()).plugins.length, 1);
    await assert.rejects(reading.plugins.enable(['a']), (error) =>
      isBeaverError(error, 'workspace_untrusted'),
    );
    assert.deepEqual(await readdir(temp.root), ['plugins']);
  });
});
