import assert from 'node:assert/strict';
import type { BeaverWorkspace } from '../../../../src/app/api.ts';
import type { DraftPayload } from '../../../../src/app/payloads.ts';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { AnsweringModels, gradesFor, isGrading } from '../../../support/answering-models.ts';
import { MemoryWorkspace } from '../../../support/memory-workspace.ts';
import { skillText, type Texts } from '../../../support/temp-workspace.ts';

const BASE = { Intro: 'Start here.', Safety: '- Ask before deleting files.', End: 'Stop.' };
const LOCAL_RULE = '- Ask before deleting files.\n- Never publish on Fridays.';
const UPSTREAM_RULE = '- Ask before deleting files.\n- Never send the panels away.';

/** The rules of spec 3, Task 8, by the names of its list, over the whole way from the candidate to publication. */
describe('What a plugin update must pass to be published', () => {
  let workspace: MemoryWorkspace;
  let beaver: BeaverWorkspace;
  const models = new AnsweringModels((request) =>
    isGrading(request) ? gradesFor(request, () => true) : 'done',
  );

  beforeEach(() => {
    workspace = new MemoryWorkspace();
    beaver = workspace.open({}, { models });
  });

  type Sections = Readonly<Record<string, string>>;
  const drafted = async (
    local: Sections,
    upstream: Sections,
    extra: { base?: Texts; local?: Texts; upstream?: Texts } = {},
  ): Promise<DraftPayload> => {
    const files = (sections: Sections, more: Texts = {}) => ({
      one: { 'SKILL.md': skillText('one', sections), ...more },
    });
    await workspace.plugin('kit', '1.0.0', files(BASE, extra.base));
    await beaver.plugins.enable(['kit']);
    await workspace.write('.agents/skills/one', files(local, extra.local).one);
    await beaver.skills.capture();
    await workspace.plugin('kit', '2.0.0', files(upstream, extra.upstream));
    await beaver.plugins.sync();
    const open = (await beaver.updates.list()).updates.find(({ status }) => status === 'open');
    return (await beaver.updates.draft(open?.candidate_id ?? '')).draft;
  };
  const failed = (draft: DraftPayload): readonly string[] =>
    draft.gates.filter(({ status }) => status === 'failed').map(({ gate }) => gate);
  const refused = async (id: string): Promise<void> => {
    for (const path of [beaver.updates.approve(id), beaver.updates.publish(id)])
      await assert.rejects(path, (error) => isBeaverError(error, 'draft_not_ready'));
    assert.equal((await beaver.skills.show('one')).skill.current_version, 'v0002');
  };
  const text = (sections: Sections) => ({
    kind: 'text' as const,
    path: 'SKILL.md',
    text: skillText('one', sections),
  });

  it('merged draft preserves local Safety and adopts new upstream Safety', async () => {
    const draft = await drafted({ ...BASE, Safety: LOCAL_RULE }, { ...BASE, Safety: UPSTREAM_RULE });
    const merged = `${LOCAL_RULE}\n- Never send the panels away.`;
    const resolved = await beaver.updates.resolve(draft.draft_id, text({ ...BASE, Safety: merged }));
    assert.deepEqual([resolved.draft.merge_mode, failed(resolved.draft)], ['three_way', []]);
    await beaver.updates.approve(draft.draft_id);
    await beaver.updates.publish(draft.draft_id);
    const published = await workspace.text('.agents/skills/one/SKILL.md');
    assert(published?.includes('on Fridays') === true && published.includes('panels away'));
  });

  for (const side of ['local', 'upstream'] as const) {
    it(`silently dropping the Safety section of ${side} fails`, async () => {
      const local =
        side === 'local' ? { ...BASE, Safety: LOCAL_RULE } : { ...BASE, Intro: 'Start here, we learned.' };
      const upstream =
        side === 'upstream' ? { ...BASE, Safety: UPSTREAM_RULE } : { ...BASE, End: 'Stop at once.' };
      const draft = await drafted(local, upstream);
      assert.equal(draft.merge_mode, 'three_way');
      const rest = { Intro: local.Intro, End: upstream.End };
      const { draft: dropped } = await beaver.updates.resolve(draft.draft_id, text(rest));
      assert.deepEqual(failed(dropped), ['preservation']);
      await refused(draft.draft_id);
    });
  }

  it('explicitly resolved non-safety conflicts pass', async () => {
    const draft = await drafted(
      { ...BASE, Intro: 'Begin at the end.' },
      { ...BASE, Intro: 'Begin with a plan.' },
    );
    assert.deepEqual([draft.status, failed(draft).includes('conflicts')], ['conflicts', true]);
    const [conflict] = draft.conflicts;
    const { draft: settled } = await beaver.updates.resolve(draft.draft_id, {
      kind: 'chunks',
      path: 'SKILL.md',
      resolutions: { [conflict?.id ?? '']: { take: 'upstream' } },
    });
    assert.deepEqual([settled.status, failed(settled)], ['ready', []]);
  });

  it('unresolved conflicts block publish', async () => {
    const draft = await drafted(
      { ...BASE, Intro: 'Begin at the end.' },
      { ...BASE, Intro: 'Begin with a plan.' },
    );
    await refused(draft.draft_id);
  });

  it('unresolved supporting-file conflicts block publish', async () => {
    const draft = await drafted(
      { ...BASE, Intro: 'Start here, we learned.' },
      { ...BASE, End: 'Stop at once.' },
      {
        base: { 'logo.bin': 'B\0' },
        local: { 'logo.bin': 'L\0' },
        upstream: { 'logo.bin': 'U\0' },
      },
    );
    assert.deepEqual(failed(draft), ['supporting_files']);
    await refused(draft.draft_id);
    const choice = { kind: 'file', path: 'logo.bin', choice: 'local' } as const;
    assert.deepEqual(failed((await beaver.updates.resolve(draft.draft_id, choice)).draft), []);
  });

  it('baseline replay remains current local L', async () => {
    const evals = {
      'evals/evals.json': JSON.stringify({
        evals: [{ id: 1, prompt: 'Go.', assertions: ['The output contains "done"'] }],
      }),
    };
    const draft = await drafted(
      { ...BASE, Intro: 'Start here, we learned.' },
      { ...BASE, End: 'Stop at once.' },
      {
        base: evals,
        local: evals,
        upstream: evals,
      },
    );
    const before = models.calls.length;
    const { replay } = await beaver.updates.replay(draft.draft_id, { runs: 1 });
    const { skill } = await beaver.skills.show('one');
    assert.deepEqual([replay.base_version, replay.base_tree_hash], [skill.current_version, skill.tree_hash]);
    const asked = models.calls
      .slice(before)
      .map(({ prompt }) => [prompt.includes('we learned'), prompt.includes('at once')]);
    // L has what was learned, the draft has both; B (neither) and U (the release alone) are never run.
    assert.deepEqual(asked.sort(), [
      [true, false],
      [true, true],
    ]);
  });

  it('a three-way draft is never without its three-way preservation report', async () => {
    const draft = await drafted(
      { ...BASE, Intro: 'Start here, we learned.' },
      { ...BASE, End: 'Stop at once.' },
    );
    const gate = draft.gates.find(({ gate: name }) => name === 'preservation');
    assert.deepEqual([draft.merge_mode, gate?.status], ['three_way', 'passed']);
    assert.notEqual(gate?.code, 'preservation_fast_forward');
  });
});
