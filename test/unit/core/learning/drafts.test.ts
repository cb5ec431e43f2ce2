import assert from 'node:assert/strict';
import type { BeaverWorkspace, DraftDetail } from '../../../../src/app/api.ts';
import { isBeaverError } from '../../../../src/base/errors.ts';
import type { FileSystem } from '../../../../src/core/ports.ts';
import { nodePorts } from '../../../../src/node/node-ports.ts';
import { skillText, TempWorkspace } from '../../../support/temp-workspace.ts';

const BASE = { Intro: 'Start here.', Order: 'First, then second.', End: 'Stop.' };
const LOCAL = { ...BASE, Order: 'Second, then first.' };
const UPSTREAM = { ...BASE, Order: 'First, then third.', End: 'Stop and clean up.' };

describe('Drafts', () => {
  let temp: TempWorkspace;
  let beaver: BeaverWorkspace;

  beforeEach(async () => {
    temp = await TempWorkspace.create();
    beaver = temp.open();
  });
  afterEach(() => temp.dispose());

  const files = (sections: Record<string, string>, extra: Record<string, string> = {}) => ({
    one: { 'SKILL.md': skillText('one', sections), ...extra },
  });
  const candidate = async () =>
    (await beaver.updates.list()).updates.find((update) => update.status !== 'superseded')?.candidate_id ??
    '';
  /** B, L and U as given, up to the draft. */
  const drafted = async (
    local: Record<string, string>,
    upstream: Record<string, string>,
    extra: {
      base?: Record<string, string>;
      local?: Record<string, string>;
      upstream?: Record<string, string>;
    } = {},
  ) => {
    await temp.plugin('p', '1.0.0', files(BASE, extra.base));
    await beaver.plugins.enable(['p']);
    await temp.write('.agents/skills/one', files(local, extra.local).one);
    await beaver.skills.capture();
    await temp.plugin('p', '2.0.0', files(upstream, extra.upstream));
    await beaver.plugins.sync();
    return (await beaver.updates.draft(await candidate())).draft;
  };
  const document = (detail: DraftDetail, path = 'SKILL.md') => {
    const found = detail.documents.find((entry) => entry.path === path);
    assert(found !== undefined);
    return found;
  };

  it('equal the new upstream to the byte when nothing was edited, whatever its line ends', async () => {
    const next = `\uFEFF${skillText('one', UPSTREAM).replaceAll('\n', '\r\n')}no newline at the end`;
    await temp.plugin('p', '1.0.0', files(BASE));
    await beaver.plugins.enable(['p']);
    await temp.plugin('p', '2.0.0', { one: { 'SKILL.md': next } });
    await beaver.plugins.sync();
    const { draft } = await beaver.updates.draft(await candidate());
    assert.deepEqual(
      [draft.proposal_kind, draft.merge_mode, draft.base_version, draft.status],
      ['plugin_skill_update', 'fast_forward', 'v0001', 'ready'],
    );
    assert.equal(draft.provenance['merge_mode'], 'fast_forward');
    await beaver.updates.approve(draft.draft_id);
    await beaver.updates.publish(draft.draft_id);
    assert.equal(await temp.text('.agents/skills/one/SKILL.md'), next);
    assert.equal(
      (await beaver.plugins.list()).plugins[0]?.skills[0]?.accepted_upstream_tree_hash,
      draft.provenance['new_upstream_tree_hash'],
    );
  });

  it('are the same draft when they are asked for twice', async () => {
    const first = await drafted(LOCAL, UPSTREAM);
    assert.equal((await beaver.updates.draft(await candidate())).draft.draft_id, first.draft_id);
  });

  it('with a conflict cannot be approved or published before it is settled', async () => {
    const draft = await drafted(LOCAL, UPSTREAM);
    assert.equal(draft.status, 'conflicts');
    assert.deepEqual(
      draft.conflicts.map((conflict) => [conflict.file, conflict.local?.trim(), conflict.upstream?.trim()]),
      [['SKILL.md', 'Second, then first.', 'First, then third.']],
    );
    await assert.rejects(beaver.updates.approve(draft.draft_id), (error) =>
      isBeaverError(error, 'draft_not_ready'),
    );
    await assert.rejects(beaver.updates.publish(draft.draft_id), (error) =>
      isBeaverError(error, 'draft_not_ready'),
    );

    const [conflict] = document(await beaver.updates.detail(draft.draft_id)).merge.conflicts;
    const resolutions = { [conflict?.id ?? '']: { take: 'local' as const } };
    const settled = await beaver.updates.resolve(draft.draft_id, {
      kind: 'chunks',
      path: 'SKILL.md',
      resolutions,
    });
    assert.deepEqual([settled.draft.status, settled.draft.conflicts], ['ready', []]);
    await beaver.updates.approve(draft.draft_id);
    await beaver.updates.publish(draft.draft_id);
    assert.equal(
      await temp.text('.agents/skills/one/SKILL.md'),
      skillText('one', { ...UPSTREAM, Order: LOCAL.Order }),
    );
  });

  it('lose their approval when anything of them changes', async () => {
    const draft = await drafted({ ...BASE, Intro: 'Begin here.' }, UPSTREAM);
    assert.equal((await beaver.updates.approve(draft.draft_id)).draft.status, 'approved');
    const text = `${document(await beaver.updates.detail(draft.draft_id)).result}\nOne more line.\n`;
    const edited = await beaver.updates.resolve(draft.draft_id, { kind: 'text', path: 'SKILL.md', text });
    assert.deepEqual([edited.draft.status, edited.draft.review], ['ready', null]);
    assert.notEqual(edited.draft.content_hash, draft.content_hash);
    await assert.rejects(beaver.updates.publish(draft.draft_id), (error) =>
      isBeaverError(error, 'review_missing'),
    );
  });

  it('go stale when the skill moves on, and the edit that did it is in the next draft', async () => {
    const draft = await drafted({ ...BASE, Intro: 'Begin here.' }, UPSTREAM);
    await beaver.updates.approve(draft.draft_id);
    await temp.write('.agents/skills/one', { 'learned.md': 'a new note' });
    await assert.rejects(beaver.updates.publish(draft.draft_id), (error) =>
      isBeaverError(error, 'draft_stale'),
    );
    assert.equal((await beaver.updates.show(draft.draft_id)).draft.status, 'stale');
    const next = (await beaver.updates.draft(await candidate())).draft;
    assert.deepEqual([next.base_version, next.status], ['v0003', 'ready']);
    await beaver.updates.approve(next.draft_id);
    await beaver.updates.publish(next.draft_id);
    assert.equal(await temp.text('.agents/skills/one/learned.md'), 'a new note');
  });

  it('block on supporting files that both sides changed, until one is chosen', async () => {
    const draft = await drafted(BASE, BASE, {
      base: { 'a.bin': 'A\0', 'gone.txt': 'kept by one' },
      local: { 'a.bin': 'L\0', 'gone.txt': 'edited' },
      upstream: { 'a.bin': 'U\0' },
    });
    assert.deepEqual(
      draft.conflicts.map((conflict) => conflict.id),
      ['a.bin', 'gone.txt'],
    );
    assert.equal(draft.gates.find((gate) => gate.gate === 'supporting_files')?.status, 'failed');
    const notReady = (error: unknown) => isBeaverError(error, 'draft_not_ready');
    await assert.rejects(beaver.updates.approve(draft.draft_id), notReady);
    await assert.rejects(beaver.updates.publish(draft.draft_id), notReady);
    await beaver.updates.resolve(draft.draft_id, { kind: 'file', path: 'a.bin', choice: 'upstream' });
    const settled = await beaver.updates.resolve(draft.draft_id, {
      kind: 'file',
      path: 'gone.txt',
      choice: 'removed',
    });
    assert.equal(settled.draft.status, 'ready');
    await beaver.updates.approve(draft.draft_id);
    await beaver.updates.publish(draft.draft_id);
    assert.equal(await temp.text('.agents/skills/one/a.bin'), 'U\0');
    await assert.rejects(temp.text('.agents/skills/one/gone.txt'), { code: 'ENOENT' });
  });

  it('refuse words that do not fit: unknown chunks, unknown files, texts with conflict markers', async () => {
    const draft = await drafted(LOCAL, UPSTREAM);
    const refused = (error: unknown) => isBeaverError(error, 'resolution_invalid');
    await assert.rejects(
      beaver.updates.resolve(draft.draft_id, {
        kind: 'chunks',
        path: 'SKILL.md',
        resolutions: { c999: { take: 'local' } },
      }),
      refused,
    );
    await assert.rejects(
      beaver.updates.resolve(draft.draft_id, { kind: 'file', path: 'nothing.txt', choice: 'local' }),
      refused,
    );
    const text = document(await beaver.updates.detail(draft.draft_id)).result;
    await assert.rejects(
      beaver.updates.resolve(draft.draft_id, { kind: 'text', path: 'SKILL.md', text }),
      refused,
    );
    await assert.rejects(beaver.updates.show('../../etc/passwd'), (error) =>
      isBeaverError(error, 'draft_unknown'),
    );
  });

  it('that drop a safety section are blocked', async () => {
    const safe = { ...BASE, Safety: 'Never delete the originals.' };
    await temp.plugin('p', '1.0.0', files(safe));
    await beaver.plugins.enable(['p']);
    await temp.write('.agents/skills/one', files({ ...safe, Intro: 'Begin here.' }).one);
    await temp.plugin('p', '2.0.0', files({ ...safe, End: 'Stop now.' }));
    await beaver.plugins.sync();
    const { draft } = await beaver.updates.draft(await candidate());
    const dropped = await beaver.updates.resolve(draft.draft_id, {
      kind: 'text',
      path: 'SKILL.md',
      text: skillText('one', BASE),
    });
    assert.equal(dropped.draft.status, 'blocked');
    await assert.rejects(beaver.updates.approve(draft.draft_id), (error) =>
      isBeaverError(error, 'draft_not_ready'),
    );
  });

  it('follow an upstream that drops a safety section only when the reviewer says so', async () => {
    const withSafety = { ...BASE, Safety: 'Never delete the originals.' };
    await temp.plugin('p', '1.0.0', files(withSafety));
    await beaver.plugins.enable(['p']);
    await temp.write('.agents/skills/one', files({ ...withSafety, Intro: 'Begin here.' }).one);
    await temp.plugin('p', '2.0.0', files(BASE));
    await beaver.plugins.sync();
    const { draft } = await beaver.updates.draft(await candidate());
    assert.equal(draft.status, 'blocked');
    assert.deepEqual(
      draft.gates.flatMap((gate) => gate.findings.map((finding) => finding.code)),
      ['section_not_preserved'],
    );
    const { merge } = document(await beaver.updates.detail(draft.draft_id));
    const dropping = merge.chunks.find((chunk) => chunk.kind === 'upstream');
    const resolutions = { [dropping?.id ?? '']: { take: 'upstream' as const } };
    const said = await beaver.updates.resolve(draft.draft_id, {
      kind: 'chunks',
      path: 'SKILL.md',
      resolutions,
    });
    assert.equal(said.draft.status, 'ready');
  });

  it('are blocked by a secret that the update brings, without showing it', async () => {
    const key = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
    const draft = await drafted(
      { ...BASE, Intro: 'Begin here.' },
      { ...BASE, End: `Log in with ${key} and stop.` },
    );
    assert.equal(draft.status, 'blocked');
    const safety = draft.gates.find((gate) => gate.gate === 'safety');
    assert.deepEqual(
      safety?.findings.map((finding) => finding.code),
      ['SAFE070'],
    );
    assert.equal(JSON.stringify(draft.gates).includes(key), false);
  });

  it('need all three sides: there is no two-way merge', async () => {
    const draft = await drafted(LOCAL, UPSTREAM);
    await temp.remove(`skills/one/upstreams/p/${String(draft.provenance['base_upstream_tree_hash'])}`);
    await assert.rejects(beaver.updates.show(draft.draft_id), (error) =>
      isBeaverError(error, 'upstream_missing'),
    );
  });

  it('publish nothing of a snapshot that is another one than was approved', async () => {
    const draft = await drafted({ ...BASE, Intro: 'Begin here.' }, BASE, {
      upstream: { 'new.txt': 'from upstream' },
    });
    await beaver.updates.approve(draft.draft_id);
    await temp.write(`skills/one/upstreams/p/${String(draft.provenance['new_upstream_tree_hash'])}`, {
      'new.txt': 'from elsewhere',
    });
    await assert.rejects(temp.open().updates.publish(draft.draft_id), (error) =>
      isBeaverError(error, 'upstream_damaged'),
    );
    assert.equal((await beaver.skills.show('one')).skill.current_version, 'v0002');
    await assert.rejects(temp.text('.agents/skills/one/new.txt'), { code: 'ENOENT' });
  });

  it('hold references and no text of the skill', async () => {
    await drafted({ ...BASE, Intro: 'A secret phrase.' }, UPSTREAM);
    assert.equal((await temp.text('.beaver/learning/candidates.jsonl')).includes('secret phrase'), false);
    assert.equal((await temp.text('.beaver/learning/audit.jsonl')).includes('secret phrase'), false);
  });

  it('once published stay published when the plugin state cannot be told, and the next sync catches up', async () => {
    const draft = await drafted({ ...BASE, Intro: 'Begin here.' }, { ...BASE, End: 'Stop now.' });
    await beaver.updates.approve(draft.draft_id);
    const failing = temp.open(deafPorts());
    const { published } = await failing.updates.publish(draft.draft_id);
    assert.equal(published.version, 'v0003');
    const binding = async () => (await beaver.plugins.list()).plugins[0]?.skills[0];
    assert.equal((await binding())?.accepted_beaver_version, 'v0001');
    assert.deepEqual(
      (await beaver.updates.list()).updates.map((update) => update.status),
      ['published'],
    );
    assert.match(await temp.text('.beaver/learning/audit.jsonl'), /plugin_publish_ack_failed/);
    const { sync } = await beaver.plugins.sync();
    assert.deepEqual([sync.reconciled, sync.candidates_created], [['one'], []]);
    assert.deepEqual(
      [(await binding())?.accepted_beaver_version, (await binding())?.pending_candidate_id],
      ['v0003', null],
    );
    assert.equal((await beaver.plugins.list()).plugins[0]?.installed_version, '2.0.0');
  });
});

/** Real ports on which the acknowledgement of a publication cannot be committed. */
function deafPorts() {
  const ports = nodePorts();
  const files: FileSystem = new Proxy(ports.files, {
    get(target, key) {
      if (key === 'writeFile') {
        return async (...call: Parameters<FileSystem['writeFile']>) => {
          if (Buffer.from(call[1]).toString('utf8').includes('acknowledge a publication'))
            throw Object.assign(new Error('EIO'), { code: 'EIO' });
          return target.writeFile(...call);
        };
      }
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { ...ports, files };
}
