import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import type { BeaverApi } from '../../src/editor/api.ts';
import { nodePorts } from '../../src/node/node-ports.ts';

const PLUGIN = 'replay-tools';
const SKILL = 'replay-notes';
const EVALS = {
  skill_name: SKILL,
  evals: [{ id: 1, prompt: 'Do the task of the host test.', expectations: ['The output contains "done"'] }],
};

/** The model is that of another extension, which runs beside Beaver: test/fixtures/model-provider. */
describe('Run Replay Evaluation', () => {
  let root: string;
  let beaver: BeaverWorkspace;
  let api: BeaverApi;
  let draftId = '';
  const originals = new Map<'showInformationMessage' | 'showWarningMessage' | 'withProgress', unknown>();

  const release = (version: string, end: string): void => {
    const folder = path.join(root, 'plugins', PLUGIN);
    mkdirSync(path.join(folder, 'skills', SKILL, 'evals'), { recursive: true });
    const skills = [{ name: SKILL, path: `skills/${SKILL}` }];
    const manifest = { schema_version: 1, id: PLUGIN, name: 'Replay Tools', version, skills };
    const text = ['---', `name: ${SKILL}`, 'description: Writes notes.', '---', '', '# Notes', '', end, ''];
    writeFileSync(path.join(folder, 'beaver.plugin.json'), JSON.stringify(manifest));
    writeFileSync(path.join(folder, 'skills', SKILL, 'SKILL.md'), text.join('\n'));
    writeFileSync(path.join(folder, 'skills', SKILL, 'evals', 'evals.json'), JSON.stringify(EVALS));
  };
  const choose = (model: string | undefined) =>
    vscode.workspace
      .getConfiguration('beaver')
      .update('model', model && `scripted/plain/${model}`, vscode.ConfigurationTarget.Global);
  /** What the command says at its end. */
  const told = (): Promise<string> =>
    new Promise((resolve) => {
      for (const dialog of ['showInformationMessage', 'showWarningMessage'] as const) {
        if (!originals.has(dialog)) originals.set(dialog, vscode.window[dialog]);
        Reflect.set(vscode.window, dialog, (message: string) => {
          resolve(message);
          return Promise.resolve(undefined);
        });
      }
    });

  before(async () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    root = folder.uri.fsPath;
    const extension = vscode.extensions.getExtension<BeaverApi>('beaver-skills.beaver-skills');
    assert.ok(extension);
    api = await extension.activate();
    await api.settled;
    beaver = createWorkspace(nodePorts(), { root, actor: 'host test' });
    release('1.0.0', 'Stop.');
    await beaver.plugins.enable([PLUGIN]);
    release('2.0.0', 'Stop and clean up.');
    await beaver.plugins.sync();
    const update = (await beaver.updates.list()).updates.find(({ skill_name }) => skill_name === SKILL);
    draftId = (await beaver.updates.draft(update?.candidate_id ?? '')).draft.draft_id;
    await api.refresh();
  });

  afterEach(() => {
    for (const [name, original] of originals) Reflect.set(vscode.window, name, original);
    originals.clear();
  });

  after(async () => {
    await choose(undefined);
    for (const name of ['skills', '.beaver', '.agents'])
      rmSync(path.join(root, name), { recursive: true, force: true });
    rmSync(path.join(root, 'plugins', PLUGIN), { recursive: true, force: true });
    await api.refresh();
  });

  it('stops when a person cancels it, and keeps nothing half done', async () => {
    await choose('slow');
    const shown = told();
    originals.set('withProgress', vscode.window.withProgress);
    const cancelling: typeof vscode.window.withProgress = (options, task) => {
      const source = new vscode.CancellationTokenSource();
      const notification = options.location === vscode.ProgressLocation.Notification;
      const report = { report: () => undefined };
      const running = task(report, source.token);
      // The model is silent from here on: only the cancellation ends it.
      if (notification)
        setImmediate(() => {
          source.cancel();
        });
      return running;
    };
    Reflect.set(vscode.window, 'withProgress', cancelling);
    await vscode.commands.executeCommand('beaver.updates.replay', { skillName: SKILL });
    assert.match(await shown, /no verdict\. The replay was cancelled/);
    assert.equal((await beaver.updates.show(draftId)).draft.replay?.verdict ?? null, null);
  });

  it('does the tasks with both versions and says what it found', async () => {
    await choose('diligent');
    const shown = told();
    await vscode.commands.executeCommand('beaver.updates.replay', { skillName: SKILL });
    assert.match(await shown, /replay-notes: with the draft, tasks succeed as often as now/);
    const { draft } = await beaver.updates.show(draftId);
    assert.deepEqual(
      [draft.replay?.model?.includes('diligent'), draft.replay?.verdict, draft.replay?.runs.finished],
      [true, 'no_worse', 6],
    );
    assert.equal(draft.gates.find(({ gate }) => gate === 'replay')?.status, 'passed');
  });

  it('that finds the update worse blocks it', async () => {
    await choose('spoiled');
    const shown = told();
    await vscode.commands.executeCommand('beaver.updates.replay', { skillName: SKILL });
    assert.match(await shown, /less often .* It cannot be published\./);
    const { draft } = await beaver.updates.show(draftId);
    assert.equal(draft.status, 'blocked');
    await assert.rejects(beaver.updates.approve(draftId), { code: 'draft_not_ready' });
  });
});
