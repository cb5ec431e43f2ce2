import assert from 'node:assert/strict';
import * as path from 'node:path';
import type * as z from 'zod';
import type { BeaverWorkspace } from '../../../src/app/api.ts';
import * as payloads from '../../../src/app/payloads.ts';
import { BeaverError } from '../../../src/base/errors.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';
import { skillText } from '../../support/temp-workspace.ts';

const BASE = { Use: 'XYZZY first.', Order: 'XYZZY one, then two.', End: 'XYZZY stop.' };
const OUTSIDE = path.resolve('/home/ann/packs');
/** The text of every skill here has this word in every section. */
const CONTENT = 'XYZZY';

const doc = (name: string, change: Partial<typeof BASE> = {}) => ({
  'SKILL.md': skillText(name, { ...BASE, ...change }),
});

/** A workspace in which something is the matter with everything that can be. */
async function troubled(): Promise<{
  readonly workspace: MemoryWorkspace;
  readonly beaver: BeaverWorkspace;
}> {
  const workspace = new MemoryWorkspace();
  const beaver = workspace.open({
    pluginSearchPaths: [OUTSIDE, path.resolve('/home/ann/nowhere')],
    runtimeTargets: ['.agents/skills', OUTSIDE],
  });
  await workspace.plugin('clash', '1.0.0', { clashing: doc('clashing') });
  await workspace.plugin('gone', '1.0.0', { lost: doc('lost') });
  await workspace.plugin('off', '1.0.0', { dormant: doc('dormant') });
  await workspace.plugin('own', '1.0.0', { adopted: doc('adopted') });
  await workspace.plugin('new', '1.0.0', { offered: doc('offered') });
  await workspace.write('plugins/broken', { 'beaver.plugin.json': `{"id": "${CONTENT}` });
  const away = path.join(OUTSIDE, 'away');
  await workspace.files.makeDirectory(path.join(away, 'skills', 'far'));
  await workspace.files.writeFile(
    path.join(away, 'skills', 'far', 'SKILL.md'),
    Buffer.from(doc('far')['SKILL.md']),
  );
  const manifest = {
    schema_version: 1,
    id: 'away',
    name: 'Away',
    version: '1.0.0',
    skills: [{ name: 'far', path: 'skills/far' }],
  };
  await workspace.files.writeFile(
    path.join(away, 'beaver.plugin.json'),
    Buffer.from(JSON.stringify(manifest)),
  );
  await beaver.plugins.enable(['clash', 'gone', 'off', 'own', 'away']);
  await beaver.plugins.disable('off', { disableLinkedSkills: true });
  await beaver.plugins.adopt('own', 'adopted');
  await workspace.write('.agents/skills/clashing', doc('clashing', { Order: `${CONTENT} two, then one.` }));
  await beaver.skills.capture();
  await workspace.plugin('clash', '2.0.0', { clashing: doc('clashing', { Order: `${CONTENT} three.` }) });
  await workspace.files.remove(workspace.path('plugins/gone'));
  await workspace.write('.agents/skills/lost', { 'learned.md': CONTENT });
  await workspace.write('.agents/skills/offered', { 'mine.md': CONTENT });
  return { workspace, beaver };
}

describe('The answer about an update', () => {
  it('says that its draft is out of date from the moment the skill is another version until it is drafted again', async () => {
    const workspace = new MemoryWorkspace();
    const beaver = workspace.open();
    await workspace.plugin('kit', '1.0.0', { notes: doc('notes') });
    await beaver.plugins.enable(['kit']);
    await workspace.write('.agents/skills/notes', doc('notes', { Order: 'Ours.' }));
    await beaver.skills.capture();
    await workspace.plugin('kit', '2.0.0', { notes: doc('notes', { Order: 'Theirs.' }) });
    await beaver.plugins.sync();
    const told = async () => {
      const [update] = (await beaver.updates.list()).updates;
      assert(update !== undefined);
      return update;
    };
    const { candidate_id: id } = await told();
    await beaver.updates.draft(id);
    const fresh = await told();
    assert.deepEqual([fresh.stale, fresh.conflicts], [false, 1]);
    await beaver.skills.rollback('notes', 'v0001');
    assert.equal((await told()).stale, true);
    await beaver.updates.draft(id);
    const again = await told();
    assert.deepEqual([again.stale, again.conflicts, again.merge_mode], [false, 0, 'fast_forward']);
  });
});

describe('What a sync failed with', () => {
  it('is remembered with its code, and forgotten when it is mended', async () => {
    const workspace = new MemoryWorkspace();
    const beaver = workspace.open();
    await workspace.plugin('kit', '1.0.0', { notes: doc('notes') });
    await beaver.plugins.enable(['kit']);
    await workspace.write('plugins/kit', { 'beaver.plugin.json': '{"id": ' });
    await beaver.plugins.sync();
    const failures = await beaver.plugins.failures();
    assert.deepEqual(
      failures.map(({ plugin_id, skill_name, code }) => [plugin_id, skill_name, code]),
      [['kit', null, 'manifest_not_json']],
    );
    for (const failure of failures) harmless(payloads.pluginFailurePayload, failure);
    await workspace.plugin('kit', '1.0.0', { notes: doc('notes') });
    await beaver.plugins.sync();
    assert.deepEqual(await beaver.plugins.failures(), []);
  });
});

/** Throws unless the value is what the schema says and nothing more. */
function conforms(schema: z.ZodType, value: unknown): void {
  assert.deepEqual(schema.parse(value), value);
  assert.equal(JSON.stringify(schema.parse(value)), JSON.stringify(value));
}

function shownPaths(value: unknown): void {
  const text = JSON.stringify(value);
  for (const secret of [path.resolve('/workspace'), OUTSIDE, path.resolve('/home')])
    assert(!text.includes(secret), `${secret} in ${text}`);
}

/** What may go anywhere: neither a place on the machine nor the text of a skill. */
function harmless(schema: z.ZodType, value: unknown): void {
  conforms(schema, value);
  shownPaths(value);
  assert(!JSON.stringify(value).includes(CONTENT), JSON.stringify(value));
}

describe('The answers of a workspace', () => {
  let workspace: MemoryWorkspace;
  let beaver: BeaverWorkspace;

  beforeEach(async () => {
    ({ workspace, beaver } = await troubled());
  });

  it('about plugins are valid, sorted, and without paths of the machine or text of a skill', async () => {
    const synced = await beaver.plugins.sync();
    harmless(payloads.syncPayload, synced);
    const listed = await beaver.plugins.list();
    harmless(payloads.pluginListPayload, listed);
    assert.deepEqual(
      listed.plugins.map(({ id, status, manifest_path }) => [id, status, manifest_path]),
      [
        ['away', 'synced', '<external>/away/beaver.plugin.json'],
        ['clash', 'synced', 'plugins/clash/beaver.plugin.json'],
        ['gone', 'missing', 'plugins/gone/beaver.plugin.json'],
        ['new', 'discovered', 'plugins/new/beaver.plugin.json'],
        ['off', 'disabled', 'plugins/off/beaver.plugin.json'],
        ['own', 'synced', 'plugins/own/beaver.plugin.json'],
      ],
    );
    assert.deepEqual(
      listed.errors.map(({ code, path: at }) => [code, at]),
      [
        ['search_path_missing', '<external>'],
        ['manifest_not_json', 'plugins/broken/beaver.plugin.json'],
      ],
    );
    for (const change of [beaver.plugins.pause('clash'), beaver.plugins.resume('clash')])
      harmless(payloads.pluginPayload, await change);
  });

  it('about skills are valid, and say where each came from', async () => {
    const { skills, errors } = await beaver.skills.list();
    harmless(payloads.skillListPayload, { skills, errors });
    assert.deepEqual(
      skills.map(({ name, source_kind, plugin_id, status }) => [name, source_kind, plugin_id, status]),
      [
        ['adopted', 'managed', null, 'active'],
        ['clashing', 'plugin', 'clash', 'active'],
        ['dormant', 'plugin', 'off', 'disabled'],
        ['far', 'plugin', 'away', 'active'],
        ['lost', 'plugin', 'gone', 'active'],
      ],
    );
    for (const { name } of skills) {
      harmless(payloads.skillPayload, (await beaver.skills.show(name)).skill);
      const history = await beaver.skills.history(name);
      harmless(payloads.skillHistoryPayload, history);
      assert.equal(history.history[0]?.event, 'skill_mirrored');
    }
    assert.deepEqual((await beaver.skills.show('lost')).skill.targets, [
      { path: '.agents/skills/lost', state: 'local_edits' },
    ]);
    harmless(payloads.capturePayload, await beaver.skills.capture());
    harmless(payloads.skillPayload, (await beaver.skills.rollback('lost', 'v0001')).skill);
  });

  it('about one damaged skill are a finding, and the other skills are listed beside it', async () => {
    await workspace.write('skills/far', { 'current.json': CONTENT });
    const { skills, errors } = await beaver.skills.list();
    harmless(payloads.skillListPayload, { skills, errors });
    assert.equal(skills.length, 4);
    assert.deepEqual(
      errors.map(({ code, path: at }) => [code, at]),
      [['stored_file_unreadable', 'skills/far/current.json']],
    );
  });

  it('about updates are valid, and quote a skill only where it is in conflict', async () => {
    await beaver.plugins.sync();
    const listed = await beaver.updates.list();
    harmless(payloads.updateListPayload, listed);
    const { draft } = await beaver.updates.draft(listed.updates[0]?.candidate_id ?? '');
    const quiet = (value: typeof draft) => {
      conforms(payloads.draftPayload, value);
      shownPaths(value);
      assert(!JSON.stringify({ ...value, conflicts: [] }).includes(CONTENT));
    };
    quiet(draft);
    assert.deepEqual([draft.status, draft.conflicts.length], ['conflicts', 1]);
    harmless(payloads.updateListPayload, await beaver.updates.list());
    quiet((await beaver.updates.check(draft.draft_id)).draft);
    const detail = await beaver.updates.detail(draft.draft_id);
    shownPaths(detail);
    const resolutions = { [detail.documents[0]?.unresolved[0] ?? '']: { take: 'upstream' as const } };
    quiet(
      (await beaver.updates.resolve(draft.draft_id, { kind: 'chunks', path: 'SKILL.md', resolutions })).draft,
    );
    quiet((await beaver.updates.approve(draft.draft_id)).draft);
    harmless(payloads.publishedPayload, await beaver.updates.publish(draft.draft_id));
    const shown = (await beaver.updates.show(draft.draft_id)).draft;
    quiet(shown);
    assert.equal(shown.status, 'published');
    harmless(payloads.skillPayload, (await beaver.skills.show('clashing')).skill);
  });

  it('of the doctor are valid and harmless, before and after a repair', async () => {
    await workspace.files.remove(workspace.path('skills/index.json'));
    harmless(payloads.doctorPayload, await beaver.doctor());
    harmless(payloads.doctorPayload, await beaver.doctor({ fix: true }));
  });

  it('that are refusals name no place on the machine and quote nothing', async () => {
    const refusals = [
      beaver.plugins.enable(['new']),
      beaver.plugins.enable(['broken']),
      beaver.plugins.resume('gone'),
      beaver.plugins.pause('off'),
      beaver.plugins.adopt('clash', 'far'),
      beaver.skills.show('nobody'),
      beaver.skills.rollback('lost', 'v0009'),
      beaver.updates.draft('nothing'),
      beaver.updates.show('draft-0000000000000000'),
    ];
    let refused = 0;
    for (const result of await Promise.allSettled(refusals)) {
      if (result.status === 'fulfilled') continue;
      assert(result.reason instanceof BeaverError);
      const { code, message, nextStep, field, path: at } = result.reason;
      refused += 1;
      const error = { code, message, next_step: nextStep, ...(field === undefined ? {} : { field }) };
      harmless(payloads.errorPayload, { error });
      shownPaths(at ?? '');
    }
    assert(refused >= 7);
  });

  it('leave no place on the machine and no text of a skill in the log', async () => {
    await beaver.plugins.sync();
    await beaver.doctor({ fix: true });
    const told = workspace.ports.log.records.filter(({ level }) => level !== 'debug' && level !== 'trace');
    shownPaths(told);
    assert(!JSON.stringify(told).includes(CONTENT));
  });
});
