import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { BeaverWorkspace } from '../../../../../src/app/api.ts';
import type { DraftPayload } from '../../../../../src/app/payloads.ts';
import { BeaverError, isBeaverError } from '../../../../../src/base/errors.ts';
import type { SynthesisAnswer } from '../../../../../src/core/learning/synthesis/answer.ts';
import type { ModelRequest } from '../../../../../src/core/ports.ts';
import { nodePorts } from '../../../../../src/node/node-ports.ts';
import { obedientAnswer } from '../../../../support/obedient-model.ts';
import { type ScriptedAnswer, ScriptedModels } from '../../../../support/scripted-models.ts';
import { skillText, TempWorkspace } from '../../../../support/temp-workspace.ts';

const BASE = {
  Intro: 'Start here.',
  Order: 'Sort the panels by date.',
  Safety: 'Never post without consent.',
  End: 'Stop.',
};
const LOCAL = { ...BASE, Order: 'Sort the panels by date, newest first.' };
const UPSTREAM = { ...BASE, Order: 'Sort the panels by name, in groups of ten.' };
const MERGED = 'Sort the panels by date, newest first, in groups of ten.\n';

describe('Proposals of a model', () => {
  let temp: TempWorkspace;
  let models: ScriptedModels;
  let beaver: BeaverWorkspace;

  beforeEach(async () => {
    temp = await TempWorkspace.create();
  });
  afterEach(() => temp.dispose());

  const skill = (sections: Record<string, string>) => ({ one: { 'SKILL.md': skillText('one', sections) } });
  /** The workspace up to the draft of B, L and U, with a model that has this script. */
  const drafted = async (
    script: readonly (ScriptedAnswer | ((request: ModelRequest) => ScriptedAnswer))[],
    {
      local = LOCAL,
      upstream = UPSTREAM,
    }: { local?: Record<string, string>; upstream?: Record<string, string> } = {},
  ): Promise<DraftPayload> => {
    models = new ScriptedModels(...script);
    beaver = temp.open({ ...nodePorts(), models });
    await temp.plugin('kit', '1.0.0', skill(BASE));
    await beaver.plugins.enable(['kit']);
    await temp.write('.agents/skills/one', skill(local).one);
    await beaver.skills.capture();
    await temp.plugin('kit', '2.0.0', skill(upstream));
    await beaver.plugins.sync();
    const open = (await beaver.updates.list()).updates.find(({ status }) => status !== 'superseded');
    return (await beaver.updates.draft(open?.candidate_id ?? '')).draft;
  };
  const answer = (texts: readonly string[], change?: Partial<SynthesisAnswer>) => (request: ModelRequest) =>
    JSON.stringify(obedientAnswer(request, texts, change));

  it('are asked with the three documents under their names, local never as the merge base', async () => {
    const { draft_id } = await drafted([answer([MERGED])]);
    await beaver.updates.propose(draft_id);
    const [request] = models.calls;
    assert(request !== undefined);
    const quoted = (label: string) =>
      new RegExp(`=== BEGIN ${label} (\\S+) ===\\n([^]*?)=== END ${label} \\1 ===`).exec(request.prompt)?.[2];
    assert.equal(quoted('OLD UPSTREAM'), skillText('one', BASE));
    assert.equal(quoted('CURRENT LOCAL'), skillText('one', LOCAL));
    assert.equal(quoted('NEW UPSTREAM'), skillText('one', UPSTREAM));
    assert.match(request.system, /OLD UPSTREAM is what both versions come from, and the only merge base/);
  });

  it('leave the draft as it is until a person takes one, then are in it with their origin', async () => {
    const { draft_id, content_hash } = await drafted([answer([MERGED])]);
    const { draft, proposal } = await beaver.updates.propose(draft_id);
    assert.deepEqual([draft.status, draft.content_hash], ['conflicts', content_hash]);
    assert.deepEqual(proposal.conflicts, [{ id: 'c2', text: MERGED, problem: null }]);
    assert.equal(proposal.text, skillText('one', { ...BASE, Order: MERGED.trim() }));

    const taken = await beaver.updates.resolve(draft_id, {
      kind: 'chunks',
      path: 'SKILL.md',
      resolutions: { c2: { take: 'proposal', text: MERGED } },
    });
    assert.equal(taken.draft.status, 'ready');
    await beaver.updates.approve(draft_id);
    await beaver.updates.publish(draft_id);
    assert.equal(await temp.text('.agents/skills/one/SKILL.md'), proposal.text);
    const { provenance } = (await beaver.skills.show('one')).skill;
    assert.deepEqual(provenance['resolved_conflicts'], [
      { file: 'SKILL.md', id: 'c2', take: 'proposal', origin: 'model' },
    ]);
    assert.deepEqual(provenance['proposal'], {
      model: 'scripted-1',
      prompt_digest: proposal.prompt_digest,
      answer_digest: (provenance['proposal'] as Record<string, unknown>)['answer_digest'],
      conflicts: ['c2'],
    });
    assert.deepEqual(
      [
        provenance['preserved_local_sections'],
        provenance['adopted_upstream_sections'],
        provenance['dropped_sections'],
      ],
      [['one', 'Order'], ['one', 'Order'], []],
    );
  });

  it('are kept beside the draft with who asked which model for what, and without any path of this machine', async () => {
    const { draft_id } = await drafted([answer([MERGED])]);
    const { proposal } = await beaver.updates.propose(draft_id);
    assert.deepEqual((await beaver.updates.detail(draft_id)).proposal, proposal);
    const kept = await temp.text(`.beaver/learning/drafts/${draft_id}/proposal.json`);
    assert(!kept.includes(temp.root));
    const stored = JSON.parse(kept) as Record<string, unknown>;
    assert.deepEqual(
      [stored['by'], stored['model'], stored['input_tokens'], stored['output_tokens'], stored['status']],
      ['tester', 'scripted-1', 100, 20, 'usable'],
    );
    const { history } = await beaver.skills.history('one');
    assert.equal(history.at(-1)?.event, 'proposal_made');
  });

  it('of another text than the model gave are not taken as its own', async () => {
    const { draft_id } = await drafted([answer([MERGED])]);
    await beaver.updates.propose(draft_id);
    await assert.rejects(
      beaver.updates.resolve(draft_id, {
        kind: 'chunks',
        path: 'SKILL.md',
        resolutions: { c2: { take: 'proposal', text: 'Sort as you like.\n' } },
      }),
      (error) => isBeaverError(error, 'resolution_invalid'),
    );
  });

  it('stay taken when the model is asked again and answers otherwise', async () => {
    const other = 'Sort the panels by name, newest first, in groups of ten.\n';
    const { draft_id } = await drafted([answer([MERGED, MERGED]), answer([other, other])], {
      local: { ...LOCAL, End: 'Stop at once.' },
      upstream: { ...UPSTREAM, End: 'Stop at noon.' },
    });
    const { proposal } = await beaver.updates.propose(draft_id);
    const take = (text: string) =>
      beaver.updates.resolve(draft_id, {
        kind: 'chunks',
        path: 'SKILL.md',
        resolutions: { [proposal.conflicts[0]?.id ?? '']: { take: 'proposal', text } },
      });
    await take(MERGED);
    await beaver.updates.propose(draft_id);
    assert.equal((await take(MERGED)).draft.conflicts.length, 1);
  });

  it('are never asked for a fast-forward, a clean merge, or a draft that is settled', async () => {
    const fresh = await drafted([], { local: BASE });
    assert.equal(fresh.merge_mode, 'fast_forward');
    const needless = (error: unknown) => isBeaverError(error, 'proposal_not_needed');
    await assert.rejects(beaver.updates.propose(fresh.draft_id), needless);
    assert.deepEqual(models.calls, []);

    await temp.dispose();
    temp = await TempWorkspace.create();
    const clean = await drafted([], { upstream: { ...BASE, End: 'Stop and clean up.' } });
    assert.deepEqual([clean.merge_mode, clean.status], ['three_way', 'ready']);
    await assert.rejects(beaver.updates.propose(clean.draft_id), needless);
    await beaver.updates.approve(clean.draft_id);
    await beaver.updates.publish(clean.draft_id);
    assert.deepEqual(models.calls, []);
  });

  it('are never asked by listing, drafting, checking or settling', async () => {
    const { draft_id } = await drafted([]);
    await beaver.updates.check(draft_id);
    await beaver.updates.detail(draft_id);
    await beaver.updates.resolve(draft_id, {
      kind: 'chunks',
      path: 'SKILL.md',
      resolutions: { c2: { take: 'local' } },
    });
    assert.deepEqual(models.calls, []);
  });

  for (const { name, said, code } of [
    {
      name: 'declined',
      said: { text: 'I cannot help with that.', finish: 'refused' as const },
      code: 'proposal_declined',
    },
    {
      name: 'cut off',
      said: { text: '{"frontmatter": {}, "content": "# one', finish: 'length' as const },
      code: 'proposal_truncated',
    },
    { name: 'prose', said: { text: 'Here is the merge: # one' }, code: 'proposal_malformed' },
    { name: 'JSON of another shape', said: { text: '{"content": 3}' }, code: 'proposal_malformed' },
  ]) {
    it(`that are ${name} leave the conflicts to the person, with the reason kept`, async () => {
      const { draft_id, content_hash } = await drafted([said]);
      const { draft, proposal } = await beaver.updates.propose(draft_id);
      assert.deepEqual([draft.status, draft.content_hash], ['conflicts', content_hash]);
      assert.deepEqual(
        [proposal.status, proposal.problems.map((problem) => problem.code), proposal.text],
        ['refused', [code], null],
      );
      const last = (await beaver.skills.history('one')).history.at(-1);
      assert.deepEqual([last?.event, last?.detail['problems']], ['proposal_refused', [code]]);
    });
  }

  it('are read out of a code fence', async () => {
    const { draft_id } = await drafted([
      (request) => `\`\`\`json\n${JSON.stringify(obedientAnswer(request, [MERGED]), undefined, 2)}\n\`\`\`\n`,
    ]);
    const { proposal } = await beaver.updates.propose(draft_id);
    assert.equal(proposal.status, 'usable');
  });

  it('that a provider fails to give are an error, recorded with its code, and an earlier one stays', async () => {
    const busy = new BeaverError('model_busy', 'Too many requests.', { nextStep: 'Wait.' });
    const { draft_id } = await drafted([answer([MERGED]), busy]);
    const { proposal } = await beaver.updates.propose(draft_id);
    await assert.rejects(beaver.updates.propose(draft_id), (error) => error === busy);
    assert.deepEqual((await beaver.updates.detail(draft_id)).proposal, proposal);
    const last = (await beaver.skills.history('one')).history.at(-1);
    assert.deepEqual([last?.event, last?.detail['code']], ['proposal_failed', 'model_busy']);
  });

  it('that a person stopped leave nothing behind', async () => {
    const stopping = new AbortController();
    stopping.abort();
    const { draft_id } = await drafted([answer([MERGED])]);
    await assert.rejects(beaver.updates.propose(draft_id, { signal: stopping.signal }), (error) =>
      isBeaverError(error, 'model_cancelled'),
    );
    assert.deepEqual(await readdir(temp.path(`.beaver/learning/drafts/${draft_id}`)), ['draft.json']);
    assert.equal((await beaver.skills.history('one')).history.at(-1)?.event, 'draft_created');
  });

  it('say how far the answer is', async () => {
    const { draft_id } = await drafted([answer([MERGED])]);
    const seen: string[] = [];
    await beaver.updates.propose(draft_id, { onProgress: ({ kind }) => seen.push(kind) });
    assert.deepEqual(seen, ['asking', 'receiving']);
  });

  it('need a model, all three trees, and a workspace that may be written to', async () => {
    const { draft_id, provenance } = await drafted([answer([MERGED])]);
    await assert.rejects(temp.open().updates.propose(draft_id), (error) =>
      isBeaverError(error, 'model_unavailable'),
    );
    const untrusted = temp.open({ ...nodePorts(), models }, { mayWrite: () => false });
    await assert.rejects(untrusted.updates.propose(draft_id), (error) =>
      isBeaverError(error, 'workspace_untrusted'),
    );
    await temp.remove(`skills/one/upstreams/kit/${String(provenance['base_upstream_tree_hash'])}`);
    await assert.rejects(beaver.updates.propose(draft_id), (error) =>
      isBeaverError(error, 'upstream_missing'),
    );
    assert.deepEqual(models.calls, []);
  });
});
