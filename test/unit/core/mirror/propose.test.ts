import assert from 'node:assert/strict';
import type { BeaverWorkspace } from '../../../../src/app/api.ts';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { MOST_WAITING, type RevisionProposal } from '../../../../src/core/mirror/propose.ts';
import { MemoryWorkspace } from '../../../support/memory-workspace.ts';
import { skillText } from '../../../support/temp-workspace.ts';

const V1 = { Use: 'First.', Safety: 'Never delete.', End: 'Stop.' };
const doc = (sections: Record<string, string>): string => skillText('one', sections);
const OPTIONS = { runtimeTargets: ['.agents/skills'] };

const proposal = (text: string, part: Partial<RevisionProposal> = {}): RevisionProposal => ({
  content: { kind: 'changes', put: [{ path: 'SKILL.md', bytes: Buffer.from(text) }], remove: [] },
  reason: 'The order was wrong.',
  through: 'mcp',
  ...part,
});

const refused = async (work: Promise<unknown>, code: string): Promise<void> => {
  await assert.rejects(work, (error) => {
    assert(isBeaverError(error, code), `${String(error)} is not ${code}`);
    assert(!error.message.includes('/workspace') && !error.nextStep.includes('/workspace'));
    return true;
  });
};

describe('A proposed revision', () => {
  let workspace: MemoryWorkspace;
  let beaver: BeaverWorkspace;
  beforeEach(async () => {
    workspace = new MemoryWorkspace();
    await workspace.plugin('kit', '1.0.0', { one: { 'SKILL.md': doc(V1), 'a.txt': 'a\n' } });
    beaver = workspace.open(OPTIONS);
    await beaver.plugins.enable(['kit']);
  });

  it('is a candidate and changes nothing that agents read', async () => {
    const text = doc({ ...V1, Use: 'Second.' });
    const { proposal: made, created } = await beaver.skills.propose('one', proposal(text));
    assert.equal(created, true);
    assert.deepEqual(
      [made.status, made.merge_mode, made.base_version, made.reason, made.proposed_by, made.proposed_through],
      ['open', 'fast_forward', 'v0001', 'The order was wrong.', 'tester', 'mcp'],
    );
    assert.equal(await workspace.text('.agents/skills/one/SKILL.md'), doc(V1));
    assert.equal((await beaver.skills.show('one')).skill.current_version, 'v0001');
    const { updates } = await beaver.updates.list();
    assert.deepEqual(
      updates.map(({ kind, status, plugin_id, reason }) => [kind, status, plugin_id, reason]),
      [['skill_revision', 'open', 'kit', 'The order was wrong.']],
    );
    const stored = await workspace.text('.beaver/learning/candidates.jsonl');
    assert(!stored?.includes('Second.'), 'a candidate holds no text of a skill');
    const { history } = await beaver.skills.history('one');
    assert.equal(history.at(-1)?.event, 'skill_revision_proposed');
    assert.deepEqual((await beaver.doctor()).findings, []);
  });

  it('goes through draft, approval and publication, whole with its files, and its fate can be read', async () => {
    const text = doc({ ...V1, Use: 'Second.' });
    const { proposal: made } = await beaver.skills.propose('one', {
      ...proposal(text),
      content: {
        kind: 'changes',
        put: [
          { path: 'SKILL.md', bytes: Buffer.from(text) },
          { path: 'bin/run', bytes: Buffer.from('#!/bin/sh\necho fine\n') },
        ],
        remove: ['a.txt'],
      },
    });
    const { draft } = await beaver.updates.draft(made.candidate_id);
    assert.deepEqual([draft.merge_mode, draft.status, draft.conflicts], ['fast_forward', 'blocked', []]);
    await refused(beaver.updates.approve(draft.draft_id), 'acknowledgement_missing');
    await beaver.updates.acknowledge(draft.draft_id);
    await beaver.updates.approve(draft.draft_id);
    const { published } = await beaver.updates.publish(draft.draft_id);
    assert.equal(published.version, 'v0002');
    const { store } = workspace.domains(OPTIONS).deps;
    assert.deepEqual(
      (await store.versionTree('one', 'v0002')).digest.files.map(({ path, executable }) => [
        path,
        executable,
      ]),
      [
        ['SKILL.md', false],
        ['bin/run', true],
      ],
    );
    assert.equal(await workspace.text('.agents/skills/one/SKILL.md'), text);
    const { proposal: fate } = await beaver.skills.proposal(made.candidate_id);
    assert.deepEqual(
      [fate.status, fate.version, fate.decision?.decision, fate.decision?.by],
      ['published', 'v0002', 'approved', 'tester'],
    );
    const { skill } = await beaver.skills.show('one');
    assert.deepEqual(
      [
        skill.provenance['proposal_kind'],
        skill.provenance['proposal_reason'],
        skill.provenance['proposed_by'],
      ],
      ['skill_revision', 'The order was wrong.', 'tester'],
    );
    const [plugin] = (await beaver.plugins.list()).plugins;
    assert.equal(plugin?.skills[0]?.current_beaver_version, 'v0002', 'the link to the plugin follows');
    assert.deepEqual((await beaver.doctor()).findings, []);
  });

  it('is merged with what the skill has become since it was written', async () => {
    const { proposal: made } = await beaver.skills.propose('one', proposal(doc({ ...V1, Use: 'Second.' })));
    await workspace.write('.agents/skills/one', { 'SKILL.md': doc({ ...V1, End: 'Stop at once.' }) });
    const { draft } = await beaver.updates.draft(made.candidate_id);
    assert.deepEqual([draft.base_version, draft.merge_mode, draft.status], ['v0002', 'three_way', 'ready']);
    await beaver.updates.approve(draft.draft_id);
    await beaver.updates.publish(draft.draft_id);
    const merged = doc({ ...V1, Use: 'Second.', End: 'Stop at once.' });
    assert.equal(await workspace.text('skills/one/versions/v0003/SKILL.md'), merged);
  });

  it('written on an older version is merged from there', async () => {
    await workspace.write('.agents/skills/one', { 'SKILL.md': doc({ ...V1, End: 'Stop at once.' }) });
    await beaver.skills.capture();
    const { proposal: made } = await beaver.skills.propose(
      'one',
      proposal(doc({ ...V1, Use: 'Second.' }), { baseVersion: 'v0001' }),
    );
    assert.equal(made.merge_mode, 'three_way');
    const { draft } = await beaver.updates.draft(made.candidate_id);
    const { documents } = await beaver.updates.detail(draft.draft_id);
    assert.equal(documents[0]?.result, doc({ ...V1, Use: 'Second.', End: 'Stop at once.' }));
  });

  it('cannot be published on a base that moved, approved or not', async () => {
    const { proposal: made } = await beaver.skills.propose('one', proposal(doc({ ...V1, Use: 'Second.' })));
    const { draft } = await beaver.updates.draft(made.candidate_id);
    await beaver.updates.approve(draft.draft_id);
    await workspace.write('.agents/skills/one', { 'SKILL.md': doc({ ...V1, End: 'Stop at once.' }) });
    await refused(beaver.updates.publish(draft.draft_id), 'draft_stale');
    const again = await beaver.updates.draft(made.candidate_id);
    assert.notEqual(again.draft.draft_id, draft.draft_id);
    assert.equal(again.draft.status, 'ready', 'the approval was of other content');
  });

  it('conflicts where both changed the same words, and a person decides', async () => {
    const { proposal: made } = await beaver.skills.propose('one', proposal(doc({ ...V1, Use: 'Second.' })));
    await workspace.write('.agents/skills/one', { 'SKILL.md': doc({ ...V1, Use: 'Third.' }) });
    const { draft } = await beaver.updates.draft(made.candidate_id);
    assert.equal(draft.status, 'conflicts');
    await refused(beaver.updates.approve(draft.draft_id), 'draft_not_ready');
    assert.equal((await beaver.skills.proposal(made.candidate_id)).proposal.conflicts, 1);
  });

  it('may not drop a section of safety, however clean it merges', async () => {
    const { proposal: made } = await beaver.skills.propose(
      'one',
      proposal(doc({ Use: 'Second.', End: 'Stop.' })),
    );
    const { draft } = await beaver.updates.draft(made.candidate_id);
    assert.deepEqual([draft.merge_mode, draft.status], ['fast_forward', 'blocked']);
    assert.equal(draft.gates.find(({ gate }) => gate === 'preservation')?.status, 'failed');
    await refused(beaver.updates.approve(draft.draft_id), 'draft_not_ready');
  });

  it('that adds a pattern of attack is held back by the safety gate', async () => {
    const hidden = `Second.\u{e0049}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065}`;
    const { proposal: made } = await beaver.skills.propose('one', proposal(doc({ ...V1, Use: hidden })));
    const { draft } = await beaver.updates.draft(made.candidate_id);
    assert.equal(draft.status, 'blocked');
    assert.equal(draft.gates.find(({ gate }) => gate === 'safety')?.status, 'failed');
  });

  it('made twice is one, and one that was rejected stays rejected, with the reason', async () => {
    const same = proposal(doc({ ...V1, Use: 'Second.' }));
    const first = await beaver.skills.propose('one', same);
    const second = await beaver.skills.propose('one', { ...same, reason: 'Again.' });
    assert.deepEqual([second.created, second.proposal], [false, first.proposal]);
    const { draft } = await beaver.updates.draft(first.proposal.candidate_id);
    await beaver.updates.reject(draft.draft_id, 'The order is right.');
    const third = await beaver.skills.propose('one', same);
    assert.deepEqual(
      [third.created, third.proposal.status, third.proposal.decision?.reason],
      [false, 'rejected', 'The order is right.'],
    );
    assert.equal((await beaver.updates.list()).updates.length, 1);
  });

  it('that the skill has taken in otherwise is closed when it is drafted', async () => {
    const text = doc({ ...V1, Use: 'Second.' });
    const { proposal: made } = await beaver.skills.propose('one', proposal(text));
    await workspace.write('.agents/skills/one', { 'SKILL.md': text });
    await refused(beaver.updates.draft(made.candidate_id), 'candidate_closed');
    assert.equal((await beaver.skills.proposal(made.candidate_id)).proposal.status, 'superseded');
    assert.equal((await beaver.skills.show('one')).skill.current_version, 'v0002', 'the edit was captured');
  });

  it('needs a skill in use, a version that exists, a reason, and something new', async () => {
    const good = proposal(doc({ ...V1, Use: 'Second.' }));
    await refused(beaver.skills.propose('two', good), 'skill_unknown');
    await refused(beaver.skills.propose('../one', good), 'invalid_name');
    await refused(beaver.skills.propose('one', { ...good, baseVersion: 'v0009' }), 'version_unknown');
    await refused(beaver.skills.propose('one', { ...good, baseVersion: '../v0001' }), 'version_unknown');
    await refused(beaver.skills.propose('one', { ...good, reason: ' \u200b\n' }), 'reason_missing');
    await refused(beaver.skills.propose('one', { ...good, reason: 'x'.repeat(2001) }), 'reason_too_long');
    await refused(beaver.skills.propose('one', proposal(doc(V1))), 'proposal_unchanged');
    await refused(beaver.skills.proposal('nothing'), 'candidate_unknown');
    await beaver.plugins.disable('kit', { disableLinkedSkills: true });
    await refused(beaver.skills.propose('one', good), 'skill_disabled');
    assert.deepEqual((await beaver.updates.list()).updates, []);
  });

  it('has a reason and a name without characters that a reviewer would not see', async () => {
    const { proposal: made } = await beaver.skills.propose(
      'one',
      proposal(doc({ ...V1, Use: 'Second.' }), {
        reason: 'Fix\u202e this\u{e0041}\u0007\r\nand that.',
        proposer: 'claude\u0000-code\u200b',
      }),
    );
    assert.deepEqual([made.reason, made.proposed_by], ['Fix this\nand that.', 'claude-code']);
  });

  it('is refused where many wait already, until some are decided', async () => {
    const ids: string[] = [];
    for (let n = 0; n < MOST_WAITING; n++)
      ids.push(
        (await beaver.skills.propose('one', proposal(doc({ ...V1, Use: `No ${n}.` })))).proposal.candidate_id,
      );
    const more = proposal(doc({ ...V1, Use: 'One more.' }));
    await refused(beaver.skills.propose('one', more), 'too_many_proposals');
    const { draft } = await beaver.updates.draft(ids[0] ?? '');
    await beaver.updates.reject(draft.draft_id, 'No.');
    assert.equal((await beaver.skills.propose('one', more)).created, true);
  });

  it('is refused where the folder is not trusted', async () => {
    const readOnly = workspace.open({ ...OPTIONS, mayWrite: () => false });
    await refused(
      readOnly.skills.propose('one', proposal(doc({ ...V1, Use: 'Second.' }))),
      'workspace_untrusted',
    );
  });

  it('whose tree was lost or changed is an error of its own, and the doctor says so', async () => {
    const { proposal: made } = await beaver.skills.propose('one', proposal(doc({ ...V1, Use: 'Second.' })));
    const folder = 'skills/one/upstreams/_proposals';
    const [tree] = (await workspace.files.readDirectory(workspace.path(folder))) ?? [];
    await workspace.write(`${folder}/${tree?.name ?? ''}`, { 'SKILL.md': 'changed' });
    await refused(beaver.updates.draft(made.candidate_id), 'upstream_damaged');
    await workspace.files.remove(workspace.path(folder));
    await refused(beaver.updates.draft(made.candidate_id), 'upstream_missing');
    assert.deepEqual(
      (await beaver.doctor()).findings.map(({ code }) => code),
      ['upstream_missing'],
    );
  });
});

describe('Reading a skill', () => {
  it('gives the texts of the current or a named version, and no text for what is none', async () => {
    const workspace = new MemoryWorkspace();
    await workspace.plugin('kit', '1.0.0', {
      one: { 'SKILL.md': doc(V1), 'logo.bin': 'a\u0000b', 'bin/run*': '#!/bin/sh\n' },
    });
    const beaver = workspace.open(OPTIONS);
    await beaver.plugins.enable(['kit']);
    await workspace.write('.agents/skills/one', { 'SKILL.md': doc({ ...V1, Use: 'Second.' }) });
    await beaver.skills.capture();
    const now = await beaver.skills.read('one');
    assert.deepEqual([now.skill.version, now.skill.current_version], ['v0002', 'v0002']);
    assert.deepEqual(
      now.files.map(({ path, text, executable }) => [path, text, executable]),
      [
        ['SKILL.md', doc({ ...V1, Use: 'Second.' }), false],
        ['bin/run', '#!/bin/sh\n', true],
        ['logo.bin', null, false],
      ],
    );
    const before = await beaver.skills.read('one', 'v0001');
    assert.deepEqual([before.skill.version, before.files[0]?.text], ['v0001', doc(V1)]);
    await refused(beaver.skills.read('one', 'v0009'), 'version_unknown');
  });
});
