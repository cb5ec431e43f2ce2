import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { answerSchemas } from '../../src/cli/answer-schemas.ts';
import { NodeFileSystem } from '../../src/node/node-files.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { userName } from '../../src/node/user-name.ts';
import { BeaverProcess } from '../support/beaver-process.ts';
import { systemError } from '../support/system-error.ts';
import { skillText, TempWorkspace } from '../support/temp-workspace.ts';
import { treeFingerprint } from '../support/tree-fingerprint.ts';

const SKILL = 'baoyu-comic';
const TARGET = `.agents/skills/${SKILL}/SKILL.md`;
const STATE = path.join('.beaver', 'plugins', 'state.json');

const V1 = { Layout: 'Use a grid.', Review: 'Check the panels.', Output: 'Write a PDF.' };
const LEARNED = { ...V1, Review: 'Check the panels, twice, with the author.' };
const V2 = { Layout: 'Use a grid of six.', Review: 'Check the panels with a lens.', Output: 'Write a PDF.' };
const MERGED = { ...V2, Review: 'Check the panels with a lens, twice, with the author.' };
const V3 = { ...V2, Output: 'Write a PDF and a cover.' };
const V4 = { ...V3, Layout: 'Use a grid of eight.' };

const files = (sections: Record<string, string>, panel = 'one panel\n') => ({
  'SKILL.md': skillText(SKILL, sections),
  'templates/panel.txt': panel,
  'bin/draw.sh*': '#!/bin/sh\necho draw\n',
});

/** A disk on which the plugin state cannot be read once a version has become the current one: what the observer of a publication meets. */
class ObserverFails extends NodeFileSystem {
  #published = false;
  struck = 0;

  override async rename(from: string, to: string): Promise<void> {
    await super.rename(from, to);
    if (path.basename(to) === 'current.json') this.#published = true;
  }

  override async readFile(target: string, maxBytes?: number): Promise<Uint8Array | undefined> {
    if (!this.#published || !target.endsWith(STATE)) return super.readFile(target, maxBytes);
    this.struck += 1;
    throw systemError('EIO', 'read', target);
  }
}

/** The whole life of a plugin skill through the built command, each call a process of its own; each test goes on where the one before ended. */
describe('the life of a plugin skill, through the command', () => {
  let temp: TempWorkspace;
  let beaver: BeaverProcess;
  /** The packages as the test last wrote them. */
  let released: readonly string[] = [];
  const hashes: Record<string, string> = {};

  before(async () => {
    temp = await TempWorkspace.create();
    beaver = new BeaverProcess(temp.root);
  });
  after(() => temp.dispose());

  async function release(
    version: string,
    sections: Record<string, string>,
    options: { readonly panel?: string; readonly more?: boolean } = {},
  ): Promise<void> {
    if (released.length > 0) await untouched();
    await temp.plugin(SKILL, version, {
      [SKILL]: files(sections, options.panel),
      ...(options.more === true
        ? { lettering: { 'SKILL.md': skillText('lettering', { Use: 'Big.' }) } }
        : {}),
    });
    released = await treeFingerprint(temp.path('plugins'));
  }
  /** Nothing below `plugins/` was written to since the last release: bytes, modes, inodes and times. */
  async function untouched(): Promise<void> {
    assert.deepEqual(await treeFingerprint(temp.path('plugins')), released);
  }
  const sync = async (exit = 0) =>
    (await beaver.run(answerSchemas['plugins sync'][0], ['plugins', 'sync'], exit)).sync;
  const plugin = async () => {
    const { plugins } = await beaver.run(answerSchemas['plugins list'][0], ['plugins', 'list']);
    const found = plugins.find(({ id }) => id === SKILL);
    assert.ok(found !== undefined);
    return found;
  };
  const binding = async () => {
    const found = (await plugin()).skills.find(({ name }) => name === SKILL);
    assert.ok(found !== undefined);
    return found;
  };
  const show = async (name = SKILL) =>
    (await beaver.run(answerSchemas['skills show'][0], ['skills', 'show', name])).skill;
  const updates = async () =>
    (await beaver.run(answerSchemas['updates list'][0], ['updates', 'list'])).updates;
  const waiting = async () => {
    const open = (await updates()).filter(({ status }) => status !== 'published' && status !== 'superseded');
    assert.equal(open.length, 1, 'exactly one update waits');
    const [update] = open;
    assert.ok(update !== undefined);
    return update;
  };
  const draft = async (exit = 0) =>
    (
      await beaver.run(
        answerSchemas['updates draft'][0],
        ['updates', 'draft', (await waiting()).candidate_id],
        exit,
      )
    ).draft;
  const approve = async (id: string) =>
    (await beaver.run(answerSchemas['updates approve'][0], ['updates', 'approve', id])).draft;
  const publish = async (id: string) =>
    (await beaver.run(answerSchemas['updates publish'][0], ['updates', 'publish', id])).published;
  const versions = async () => (await readdir(temp.path(`skills/${SKILL}/versions`))).sort();

  it('creates plugin 1.0.0: it is offered, and nothing is mirrored by itself', async () => {
    await release('1.0.0', V1);
    const { id, status, enabled, discovered_version: version } = await plugin();
    assert.deepEqual([id, status, enabled, version], [SKILL, 'discovered', false, '1.0.0']);
    await sync();
    assert.deepEqual((await beaver.run(answerSchemas['skills list'][0], ['skills', 'list'])).skills, []);
    await untouched();
  });

  it('enables it and mirrors v0001 exactly', async () => {
    const enabled = await beaver.run(answerSchemas['plugins enable'][0], ['plugins', 'enable', SKILL]);
    assert.deepEqual([enabled.enabled, enabled.status], [true, 'synced']);
    const shown = await show();
    assert.deepEqual([shown.current_version, shown.source_kind], ['v0001', 'plugin']);
    assert.deepEqual(shown.targets, [{ path: `.agents/skills/${SKILL}`, state: 'in_sync' }]);
    assert.equal(await temp.text(TARGET), skillText(SKILL, V1));
    assert.equal(await temp.text(`skills/${SKILL}/versions/v0001/templates/panel.txt`), 'one panel\n');
    hashes['1.0.0'] = (await binding()).accepted_upstream_tree_hash ?? '';
    assert.equal(shown.tree_hash, hashes['1.0.0']);
    await untouched();
  });

  it('publishes a learned revision as v0002', async () => {
    await temp.write(`.agents/skills/${SKILL}`, { 'SKILL.md': skillText(SKILL, LEARNED) });
    const { captured } = await beaver.run(answerSchemas['skills capture'][0], ['skills', 'capture']);
    assert.deepEqual(captured, [{ skill_name: SKILL, version: 'v0002' }]);
    assert.equal((await show()).current_version, 'v0002');
    assert.equal((await binding()).accepted_beaver_version, 'v0001');
  });

  it('replaces the package with 1.1.0 and syncs it to one three-way candidate', async () => {
    await release('1.1.0', V2);
    assert.equal((await sync()).candidates_created.length, 1);
    assert.deepEqual((await sync()).candidates_created, []);
    const update = await waiting();
    assert.deepEqual(
      [update.merge_mode, update.kind, update.status, update.plugin_version],
      ['three_way', 'plugin_skill_update', 'open', '1.1.0'],
    );
    assert.equal(await temp.text(TARGET), skillText(SKILL, LEARNED));
    await untouched();
  });

  it('merges it, holds it back while its conflict is open, and runs every check once it is settled', async () => {
    const made = await draft(1);
    assert.deepEqual([made.status, made.conflicts.map(({ file }) => file)], ['conflicts', ['SKILL.md']]);
    const id = made.draft_id;
    assert.equal(await beaver.refusal(['updates', 'approve', id]), 'draft_not_ready');
    assert.equal(await beaver.refusal(['updates', 'publish', id]), 'draft_not_ready');
    const [, withText] = answerSchemas['updates show'];
    const { document } = await beaver.run(withText, ['updates', 'show', id, '--text']);
    assert.match(document.text, /^<<<<<<< /m);
    assert.match(document.text, /Use a grid of six\./);
    await writeFile(temp.path('resolved.md'), skillText(SKILL, MERGED));
    const resolve = ['updates', 'resolve', id, '--file', temp.path('resolved.md')];
    const resolved = (await beaver.run(answerSchemas['updates resolve'][0], resolve)).draft;
    assert.deepEqual([resolved.status, resolved.conflicts], ['ready', []]);
    const checked = (await beaver.run(answerSchemas['updates check'][0], ['updates', 'check', id])).draft;
    const gates = new Map(checked.gates.map(({ gate, status }) => [gate, status]));
    for (const gate of ['conflicts', 'supporting_files', 'safety', 'preservation'])
      assert.equal(gates.get(gate), 'passed', gate);
    assert.equal(await temp.text(TARGET), skillText(SKILL, LEARNED));
  });

  it('submits, approves and publishes v0003, and advances accepted upstream and provenance', async () => {
    const id = (await waiting()).draft_id ?? '';
    assert.equal(await beaver.refusal(['updates', 'publish', id]), 'review_missing');
    const approved = await approve(id);
    assert.deepEqual([approved.status, approved.review?.decision], ['approved', 'approved']);
    assert.equal(approved.review?.by, userName());
    const published = await publish(id);
    assert.equal(published.version, 'v0003');
    assert.equal(await temp.text(TARGET), skillText(SKILL, MERGED));
    const linked = await binding();
    hashes['1.1.0'] = linked.accepted_upstream_tree_hash ?? '';
    assert.notEqual(hashes['1.1.0'], hashes['1.0.0']);
    assert.equal(linked.observed_upstream_tree_hash, hashes['1.1.0']);
    assert.deepEqual(
      [linked.accepted_beaver_version, linked.current_beaver_version, linked.pending_candidate_id],
      ['v0003', 'v0003', null],
    );
    assert.equal((await plugin()).installed_version, '1.1.0');
    const { provenance, tree_hash: treeHash } = await show();
    assert.equal(treeHash, published.tree_hash);
    assert.deepEqual(
      [
        provenance['plugin_id'],
        provenance['merge_mode'],
        provenance['draft_id'],
        provenance['base_upstream_tree_hash'],
        provenance['new_upstream_tree_hash'],
      ],
      [SKILL, 'three_way', id, hashes['1.0.0'], hashes['1.1.0']],
    );
    assert.equal(await beaver.refusal(['updates', 'publish', id]), 'draft_closed');
    await untouched();
  });

  it('rolls back to v0002 and keeps what was accepted', async () => {
    const rollback = ['skills', 'rollback', SKILL, 'v0002'];
    const { skill } = await beaver.run(answerSchemas['skills rollback'][0], rollback);
    assert.equal(skill.current_version, 'v0002');
    assert.equal(await temp.text(TARGET), skillText(SKILL, LEARNED));
    const again = await sync();
    assert.deepEqual([again.candidates_created, again.reconciled], [[], []]);
    const linked = await binding();
    assert.deepEqual(
      [linked.accepted_upstream_tree_hash, linked.accepted_beaver_version, linked.current_beaver_version],
      [hashes['1.1.0'], 'v0003', 'v0002'],
    );
    assert.deepEqual(await versions(), ['v0001', 'v0002', 'v0003']);
  });

  it('never modified the source files of the plugin', untouched);

  it('offers an update of a supporting file alone, and publishes it', async () => {
    await release('1.1.1', V2, { panel: 'two panels\n' });
    assert.equal((await sync()).candidates_created.length, 1);
    const made = await draft();
    assert.deepEqual(
      made.files
        .map(({ path: file, source }) => [file, source])
        .find(([file]) => file === 'templates/panel.txt'),
      ['templates/panel.txt', 'upstream'],
    );
    await approve(made.draft_id);
    assert.equal((await publish(made.draft_id)).version, 'v0004');
    assert.equal(await temp.text(`.agents/skills/${SKILL}/templates/panel.txt`), 'two panels\n');
    assert.equal(await temp.text(TARGET), skillText(SKILL, LEARNED));
    await untouched();
  });

  it('reconciles the state in the next sync when the observer of a publication failed', async () => {
    await release('1.2.0', V3, { panel: 'two panels\n' });
    await sync();
    const before = await binding();
    const made = await draft();
    await approve(made.draft_id);
    const failing = new ObserverFails();
    const { published } = await temp.open({ ...nodePorts(), files: failing }).updates.publish(made.draft_id);
    assert.equal(published.version, 'v0005');
    assert.ok(failing.struck > 0, 'the observer was not reached');
    assert.equal((await show()).current_version, 'v0005');
    const behind = await binding();
    assert.equal(behind.accepted_beaver_version, 'v0004');
    assert.equal(behind.accepted_upstream_tree_hash, before.accepted_upstream_tree_hash);
    const { history } = await beaver.run(answerSchemas['skills history'][0], ['skills', 'history', SKILL]);
    assert.ok(history.some(({ event }) => event === 'plugin_publish_ack_failed'));

    const repaired = await sync();
    assert.deepEqual([repaired.reconciled, repaired.candidates_created], [[SKILL], []]);
    const linked = await binding();
    assert.deepEqual(
      [linked.accepted_beaver_version, linked.current_beaver_version, linked.pending_candidate_id],
      ['v0005', 'v0005', null],
    );
    assert.equal(linked.accepted_upstream_tree_hash, linked.observed_upstream_tree_hash);
    assert.notEqual(linked.accepted_upstream_tree_hash, before.accepted_upstream_tree_hash);
    assert.deepEqual((await sync()).reconciled, []);
    assert.deepEqual(await versions(), ['v0001', 'v0002', 'v0003', 'v0004', 'v0005']);
    await untouched();
  });

  it('makes no duplicate version or candidate when two processes sync at once', async () => {
    await release('1.3.0', V4, { panel: 'two panels\n', more: true });
    const earlier = (await updates()).length;
    const both = await Promise.all([sync(), sync()]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['synced', 'synced'],
    );
    assert.equal(both.flatMap(({ candidates_created: created }) => created).length, 1);
    assert.deepEqual(
      both.flatMap(({ mirrored }) => mirrored),
      ['lettering'],
    );
    assert.equal((await updates()).length, earlier + 1);
    assert.equal((await waiting()).plugin_version, '1.3.0');
    assert.deepEqual(
      (await show('lettering')).versions.map(({ version }) => version),
      ['v0001'],
    );
    assert.deepEqual(await versions(), ['v0001', 'v0002', 'v0003', 'v0004', 'v0005']);
    await untouched();
  });

  it('keeps the skill active when the package is gone, and calls the plugin missing', async () => {
    const before = await temp.text(TARGET);
    await temp.remove(`plugins/${SKILL}`);
    await sync();
    const gone = await plugin();
    assert.deepEqual([gone.status, gone.enabled], ['missing', true]);
    const shown = await show();
    assert.deepEqual([shown.status, shown.current_version], ['active', 'v0005']);
    assert.equal(await temp.text(TARGET), before);
  });

  it('goes on where it was when the package is back, and leaves nothing for the doctor', async () => {
    released = [];
    await release('1.3.0', V4, { panel: 'two panels\n', more: true });
    await sync();
    assert.deepEqual([(await plugin()).status, (await binding()).status], ['synced', 'update_pending']);
    assert.equal((await waiting()).merge_mode, 'three_way');
    const { findings } = await beaver.run(answerSchemas['doctor'][0], ['doctor']);
    assert.deepEqual(findings, []);
    await untouched();
  });
});
