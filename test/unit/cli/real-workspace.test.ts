import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import type { z } from 'zod';
import { answerSchemas, failureSchema } from '../../../src/cli/answer-schemas.ts';
import { readWorkspaceSettings } from '../../../src/cli/settings.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import { createWorkspace } from '../../../src/app/workspace.ts';
import { quickPorts } from '../../support/doctored-workspace.ts';
import { skillText, TempWorkspace } from '../../support/temp-workspace.ts';

const V1 = { Steps: 'Collect the changes.', Output: 'Write a list.', Tone: 'Be brief.' };

/** One life of a skill through the command line alone, on real files; each test goes on where the one before ended. */
describe('the command line on a real workspace', () => {
  let temp: TempWorkspace;
  before(async () => {
    temp = await TempWorkspace.create();
    await mkdir(temp.path('.vscode'));
    await writeFile(
      temp.path('.vscode/settings.json'),
      '{\n  // as the editor has it\n  "beaver.skillsDirectory": "managed",\n}\n',
    );
    await temp.plugin('kit', '1.0.0', { notes: { 'SKILL.md': skillText('notes', V1), 'list.txt': 'one\n' } });
    await temp.write('plugins/broken', { 'beaver.plugin.json': '{' });
  });
  after(() => temp.dispose());

  /** Runs `beaver -C <workspace> --json …` and checks what every answer must keep. */
  async function beaver(args: readonly string[], input = ''): Promise<{ exit: number; answer: unknown }> {
    let out = '';
    let err = '';
    const exit = await runCli(
      ['-C', temp.root, '--json', ...args],
      {
        cwd: '/',
        env: {},
        interactive: false,
        out: (text) => {
          out += text;
        },
        err: (text) => {
          err += text;
        },
        input: () => Promise.resolve(Buffer.from(input)),
      },
      {
        open: async ({ root, overrides }) =>
          createWorkspace(quickPorts(), {
            ...(await readWorkspaceSettings(root)),
            ...overrides,
            root,
            actor: 'tester',
          }),
      },
    );
    assert.ok(!(out + err).includes(temp.root), `an absolute path leaves: ${out}${err}`);
    return { exit, answer: JSON.parse(out) };
  }

  async function says<T>(schema: z.ZodType<T>, args: readonly string[], exit = 0, input = ''): Promise<T> {
    const run = await beaver(args, input);
    assert.equal(run.exit, exit, JSON.stringify(run.answer));
    return schema.parse(run.answer);
  }

  async function fails(code: string, args: readonly string[], exit = 3): Promise<void> {
    const { error } = await says(failureSchema, args, exit);
    assert.equal(error.code, code);
  }

  const [pluginList] = answerSchemas['plugins list'];
  const [plugin] = answerSchemas['plugins pause'];
  const [skill] = answerSchemas['skills show'];
  const [draft] = answerSchemas['updates draft'];
  const update = async () => {
    const [first] = (await says(answerSchemas['updates list'][0], ['updates', 'list'])).updates;
    assert.ok(first !== undefined);
    return first;
  };

  it('lists what is there, a broken plugin among the errors', async () => {
    const { plugins, errors } = await says(pluginList, ['plugins', 'list']);
    assert.deepEqual([plugins.map(({ id }) => id), errors.length], [['kit'], 1]);
  });

  it('enables a plugin into the folder that the settings name', async () => {
    const enabled = await says(plugin, ['plugins', 'enable', 'kit']);
    assert.deepEqual(
      [enabled.id, enabled.enabled, enabled.skills[0]?.current_beaver_version],
      ['kit', true, 'v0001'],
    );
    assert.equal(await temp.text('managed/notes/versions/v0001/list.txt'), 'one\n');
  });

  it('captures an edit, and shows it', async () => {
    await temp.write('.agents/skills/notes', {
      'SKILL.md': skillText('notes', { ...V1, Steps: 'Ask the authors.' }),
    });
    const { captured } = await says(answerSchemas['skills capture'][0], ['skills', 'capture']);
    assert.deepEqual(captured, [{ skill_name: 'notes', version: 'v0002' }]);
    const shown = await says(skill, ['skills', 'show', 'notes']);
    assert.equal(shown.skill.current_version, 'v0002');
    assert.equal(shown.skill.content_hash.length, 64);
    assert.equal((await says(answerSchemas['skills list'][0], ['skills', 'list'])).skills.length, 1);
  });

  it('finds the new release, drafts it, and exits with 1 for its conflict', async () => {
    const steps = { ...V1, Steps: 'Read the log.', Tone: 'Be brief and kind.' };
    await temp.plugin('kit', '2.0.0', {
      notes: { 'SKILL.md': skillText('notes', steps), 'list.txt': 'two\n' },
    });
    const { sync } = await says(answerSchemas['plugins sync'][0], ['plugins', 'sync']);
    assert.equal(sync.candidates_created.length, 1);
    const open = await update();
    assert.deepEqual([open.status, open.merge_mode], ['open', 'three_way']);
    const made = await says(draft, ['updates', 'draft', open.candidate_id], 1);
    assert.deepEqual([made.draft.status, made.draft.conflicts.length], ['conflicts', 1]);
  });

  it('refuses to publish while the conflict is open', async () => {
    const { draft_id } = await update();
    assert.ok(draft_id !== null);
    const before = (await says(skill, ['skills', 'show', 'notes'])).skill.current_version;
    for (const verb of ['approve', 'publish']) {
      const { exit, answer } = await beaver(['updates', verb, draft_id]);
      assert.equal(exit, 3);
      failureSchema.parse(answer);
    }
    assert.equal((await says(skill, ['skills', 'show', 'notes'])).skill.current_version, before);
  });

  it('settles the conflict by its id, and by the whole text', async () => {
    const { draft_id } = await update();
    assert.ok(draft_id !== null);
    const [conflict] = (await says(answerSchemas['updates show'][0], ['updates', 'show', draft_id])).draft
      .conflicts;
    assert.ok(conflict !== undefined);
    const resolve = ['updates', 'resolve', draft_id];
    const settled = await says(draft, [...resolve, '--conflict', conflict.id, '--take', 'local']);
    assert.deepEqual([settled.draft.status, settled.draft.conflicts], ['ready', []]);
    const { document } = await says(answerSchemas['updates show'][1], [
      'updates',
      'show',
      draft_id,
      '--text',
    ]);
    assert.match(document.text, /Ask the authors\.[^]*Be brief and kind\./);
    const edited = document.text.replace('Ask the authors.', 'Read the log, then ask the authors.');
    const whole = await says(draft, [...resolve, '--file', '-'], 0, edited);
    assert.equal(whole.draft.status, 'ready');
  });

  it('approves and publishes, and what agents read is the merge', async () => {
    const { draft_id } = await update();
    assert.ok(draft_id !== null);
    await fails('review_missing', ['updates', 'publish', draft_id]);
    await says(answerSchemas['updates check'][0], ['updates', 'check', draft_id]);
    assert.equal((await says(draft, ['updates', 'approve', draft_id])).draft.status, 'approved');
    const { published } = await says(answerSchemas['updates publish'][0], ['updates', 'publish', draft_id]);
    assert.equal(published.version, 'v0003');
    const text = await temp.text('.agents/skills/notes/SKILL.md');
    assert.match(text, /Read the log, then ask the authors\.[^]*Be brief and kind\./);
    assert.equal(await temp.text('.agents/skills/notes/list.txt'), 'two\n');
    assert.equal((await update()).status, 'published');
  });

  it('rolls back, tells the history, and the doctor finds nothing', async () => {
    const { skill: back } = await says(skill, ['skills', 'rollback', 'notes', 'v0002']);
    assert.equal(back.current_version, 'v0002');
    const { history } = await says(answerSchemas['skills history'][0], ['skills', 'history', 'notes']);
    assert.ok(history.length > 3);
    const { events } = await says(answerSchemas.audit[0], ['audit']);
    assert.equal(events.at(-1)?.event, 'skill_rolled_back');
    assert.ok(events.some(({ event }) => event === 'draft_approved'));
    assert.deepEqual(await says(answerSchemas.doctor[0], ['doctor']), { findings: [], fixed: [] });
  });

  it('finds with the doctor what is off, exits with 1, and repairs it', async () => {
    await temp.remove('managed/index.json');
    const seen = await says(answerSchemas.doctor[0], ['doctor'], 1);
    assert.deepEqual(
      seen.findings.map(({ code, path }) => [code, path]),
      [['index_outdated', 'managed/index.json']],
    );
    assert.deepEqual((await says(answerSchemas.doctor[0], ['doctor', '--fix'])).fixed, ['index_outdated']);
  });

  it('rejects, pauses, resumes, disables and adopts', async () => {
    const steps = { ...V1, Output: 'Write a table.' };
    await temp.plugin('kit', '3.0.0', {
      notes: { 'SKILL.md': skillText('notes', steps), 'list.txt': 'two\n' },
    });
    await says(answerSchemas['plugins sync'][0], ['plugins', 'sync']);
    const { updates } = await says(answerSchemas['updates list'][0], ['updates', 'list']);
    const open = updates.find(({ status }) => status === 'open');
    assert.ok(open !== undefined);
    const { exit, answer } = await beaver(['updates', 'draft', open.candidate_id]);
    assert.ok(exit <= 1);
    const { draft_id } = draft.parse(answer).draft;
    const rejected = await says(draft, ['updates', 'reject', draft_id, '--reason', 'not now']);
    assert.deepEqual([rejected.draft.status, rejected.draft.review?.reason], ['rejected', 'not now']);
    assert.equal((await says(plugin, ['plugins', 'pause', 'kit'])).updates_paused, true);
    assert.equal((await says(plugin, ['plugins', 'resume', 'kit'])).updates_paused, false);
    await fails('confirmation_required', ['plugins', 'disable', 'kit'], 2);
    assert.equal(
      (await says(plugin, ['plugins', 'disable', 'kit', '--disable-linked-skills'])).enabled,
      false,
    );
    await says(answerSchemas['plugins enable'][1], ['plugins', 'enable', '--all']);
    await says(plugin, ['plugins', 'adopt', 'kit', 'notes']);
    assert.equal((await says(skill, ['skills', 'show', 'notes'])).skill.source_kind, 'managed');
    assert.deepEqual(await says(answerSchemas.doctor[0], ['doctor']), { findings: [], fixed: [] });
  });

  it('answers what does not exist with a code and exit 3', async () => {
    await fails('plugin_unknown', ['plugins', 'pause', 'nobody']);
    await fails('skill_unknown', ['skills', 'show', 'nothing']);
    await fails('version_unknown', ['skills', 'rollback', 'notes', 'v0099']);
    await fails('candidate_unknown', ['updates', 'draft', 'nothing']);
    await fails('draft_unknown', ['updates', 'show', 'nothing']);
  });
});
