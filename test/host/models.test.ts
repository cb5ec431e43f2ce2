import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import { isBeaverError } from '../../src/base/errors.ts';
import type { BeaverApi } from '../../src/editor/api.ts';
import { EditorModels } from '../../src/editor/models/editor-models.ts';
import { nodePorts } from '../../src/node/node-ports.ts';

const PLUGIN = 'model-tools';
const SKILL = 'model-notes';
const lines = (order: string) =>
  [
    '---',
    `name: ${SKILL}`,
    'description: Writes notes.',
    '---',
    '',
    '# Notes',
    '',
    '## Order',
    '',
    order,
    '',
    '## End',
    '',
    'Stop.',
    '',
  ].join('\n');
const LOCAL = 'Sort the notes by date, newest first.';
const UPSTREAM = 'Sort the notes by name, in groups of ten.';

interface ScriptedModelsApi {
  readonly requests: readonly { readonly model: string; readonly asked: string }[];
}

/** The models are those of another extension, which runs beside Beaver: test/fixtures/model-provider. */
describe('models of VS Code', () => {
  let root: string;
  let beaver: BeaverWorkspace;
  let api: BeaverApi;
  let provider: ScriptedModelsApi;
  let draftId = '';
  const asked = new EditorModels();

  const release = (version: string, order: string) => {
    const folder = path.join(root, 'plugins', PLUGIN);
    mkdirSync(path.join(folder, 'skills', SKILL), { recursive: true });
    const skills = [{ name: SKILL, path: `skills/${SKILL}` }];
    writeFileSync(
      path.join(folder, 'beaver.plugin.json'),
      JSON.stringify({ schema_version: 1, id: PLUGIN, name: 'Model Tools', version, skills }),
    );
    writeFileSync(path.join(folder, 'skills', SKILL, 'SKILL.md'), lines(order));
  };
  const choose = (model: string) =>
    vscode.workspace
      .getConfiguration('beaver')
      .update('model', `scripted/plain/${model}`, vscode.ConfigurationTarget.Global);
  const propose = () => vscode.commands.executeCommand('beaver.updates.propose', { skillName: SKILL });
  const lastEvent = async () => (await beaver.skills.history(SKILL)).history.at(-1);

  before(async () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    root = folder.uri.fsPath;
    const extension = vscode.extensions.getExtension<BeaverApi>('beaver-skills.beaver-skills');
    const scripted = vscode.extensions.getExtension<ScriptedModelsApi>('beaver-skills-tests.model-provider');
    assert.ok(extension && scripted);
    api = await extension.activate();
    await api.settled;
    provider = await scripted.activate();
    beaver = createWorkspace(nodePorts(), { root, actor: 'host test' });
    release('1.0.0', 'Sort the notes by date.');
    await beaver.plugins.enable([PLUGIN]);
    const [target = ''] = await beaver.skills.targetFolders(SKILL);
    writeFileSync(path.join(target, 'SKILL.md'), lines(LOCAL));
    await beaver.skills.capture(SKILL);
    release('2.0.0', UPSTREAM);
    await beaver.plugins.sync();
    const update = (await beaver.updates.list()).updates.find(({ skill_name }) => skill_name === SKILL);
    draftId = (await beaver.updates.draft(update?.candidate_id ?? '')).draft.draft_id;
    await api.refresh();
  });

  after(async () => {
    await vscode.workspace
      .getConfiguration('beaver')
      .update('model', undefined, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const name of ['skills', '.beaver', '.agents'])
      rmSync(path.join(root, name), { recursive: true, force: true });
    rmSync(path.join(root, 'plugins', PLUGIN), { recursive: true, force: true });
    await api.refresh();
  });

  it('are asked nothing by activation, a sync, or a draft', () => {
    assert.deepEqual(provider.requests, []);
  });

  it('propose a text for each conflict, which the draft does not take', async () => {
    await choose('obedient');
    await propose();
    const { draft, proposal } = await beaver.updates.detail(draftId);
    assert.equal(draft.status, 'conflicts');
    assert.deepEqual(
      [proposal?.model, proposal?.status, proposal?.conflicts.map(({ text }) => text)],
      ['scripted/plain/obedient', 'usable', [`${LOCAL}\n${UPSTREAM}\n`]],
    );
    assert.ok((proposal?.input_tokens ?? 0) > 100);
    assert.match(provider.requests[0]?.asked ?? '', /=== BEGIN NEW UPSTREAM beaver-[0-9a-f]{24} ===/);
  });

  it('that do what the skill told them, or do not answer in JSON, propose nothing', async () => {
    await choose('injected');
    await propose();
    const { proposal } = await beaver.updates.detail(draftId);
    assert.deepEqual([proposal?.status, proposal?.conflicts[0]?.text], ['refused', null]);
    await choose('malformed');
    await propose();
    assert.deepEqual((await lastEvent())?.detail['problems'], ['proposal_malformed']);
  });

  for (const [model, code] of [
    ['failing', 'model_failed'],
    ['blocked', 'model_busy'],
    ['forbidden', 'model_not_allowed'],
  ] as const) {
    it(`that are ${model} leave the conflicts as they are, with ${code} on record`, async () => {
      await choose(model);
      await propose();
      const event = await lastEvent();
      assert.deepEqual([event?.event, event?.detail['code']], ['proposal_failed', code]);
      assert.equal((await beaver.updates.show(draftId)).draft.status, 'conflicts');
    });
  }

  it('stop when they are told to, in the middle of an answer', async () => {
    await choose('slow');
    const stopping = new AbortController();
    const answer = asked.generate({
      system: 'a',
      prompt: 'b',
      maxOutputTokens: 10,
      signal: stopping.signal,
      onText: () => {
        stopping.abort();
      },
    });
    await assert.rejects(answer, (error) => isBeaverError(error, 'model_cancelled'));
  });

  it('count tokens, and are none where the setting fits no model', async () => {
    await choose('obedient');
    assert.equal(await asked.selected(), 'Scripted obedient');
    assert.equal(await asked.countTokens('12345678'), 2);
    await choose('nobody');
    assert.equal(await asked.selected(), null);
    await assert.rejects(asked.generate({ system: '', prompt: '', maxOutputTokens: 1 }), (error) =>
      isBeaverError(error, 'model_unavailable'),
    );
  });
});
