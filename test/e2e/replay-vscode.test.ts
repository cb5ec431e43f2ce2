import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Frame } from 'playwright-core';
import { projectRoot } from '../../scripts/host/paths.ts';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const PLUGIN = 'field-notes';
const SKILL = 'notes';
const EVALS = {
  skill_name: SKILL,
  evals: [{ id: 1, prompt: 'Write down what was done.', expectations: ['The output contains "done"'] }],
};

/** The models are those of test/fixtures/model-provider, an extension beside Beaver. */
describe('the replay that a person starts in the review', () => {
  let folder: string;
  let workspace: string;
  let beaver: BeaverWorkspace;
  let code: Workbench | undefined;

  const release = (version: string, last: string): void => {
    const plugin = path.join(workspace, 'plugins', PLUGIN);
    const skill = path.join(plugin, 'skills', SKILL);
    mkdirSync(path.join(skill, 'evals'), { recursive: true });
    const skills = [{ name: SKILL, path: `skills/${SKILL}` }];
    const manifest = { schema_version: 1, id: PLUGIN, name: 'Field Notes', version, skills };
    writeFileSync(path.join(plugin, 'beaver.plugin.json'), JSON.stringify(manifest));
    const text = ['---', `name: ${SKILL}`, 'description: Writes notes.', '---', '', '# Notes', '', last, ''];
    writeFileSync(path.join(skill, 'SKILL.md'), text.join('\n'));
    writeFileSync(path.join(skill, 'evals', 'evals.json'), JSON.stringify(EVALS));
  };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'beaver-replay-'));
    workspace = path.join(folder, 'sample');
    release('1.0.0', 'Stop.');
    beaver = createWorkspace(nodePorts(), { root: workspace, actor: 'elsewhere' });
    await beaver.plugins.enable([PLUGIN]);
    release('2.0.0', 'Stop and clean up.');
    await beaver.plugins.sync();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await code?.screenshot('failure');
    await code?.close();
    code = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const review = async (model: string): Promise<{ window: Workbench; page: Frame }> => {
    code = await openWorkbench({
      workspace,
      name: `replay-vscode-${model}`,
      settings: { 'beaver.model': `scripted/plain/${model}` },
      extensions: [path.join(projectRoot, 'test', 'fixtures', 'model-provider')],
    });
    await code.openContainer('Beaver');
    await code.treeItem('Updates', SKILL).waitFor();
    await code.runCommand('Beaver: Review Update');
    await code.answer(SKILL);
    const page = await code.webviewFrame(`Review Skill Update: ${SKILL}`);
    await page.getByRole('button', { name: 'Run Replay Evaluation' }).click();
    return { window: code, page };
  };
  const draft = async () => {
    const [update] = (await beaver.updates.list()).updates;
    assert.ok(update?.draft_id != null);
    return (await beaver.updates.show(update.draft_id)).draft;
  };

  it('shows both versions side by side when it is done, and lets the update be approved', async () => {
    const { window, page } = await review('diligent');
    const replay = page.getByRole('region', { name: 'Replay' });
    await replay.getByRole('table').waitFor();
    await replay.scrollIntoViewIfNeeded();
    await window.screenshot('no-worse');
    assert.match(await replay.innerText(), /Current v0001/);
    await page.locator('#approve:not([aria-disabled="true"])').waitFor();
    assert.equal((await draft()).replay?.verdict, 'no_worse');
  });

  it('blocks an update that does its tasks less often', async () => {
    const { window, page } = await review('spoiled');
    const replay = page.getByRole('region', { name: 'Replay' });
    await replay.getByText('less often').waitFor();
    await replay.scrollIntoViewIfNeeded();
    await window.screenshot('worse');
    assert.equal(await page.locator('#approve').getAttribute('aria-disabled'), 'true');
    assert.equal((await draft()).status, 'blocked');
  });

  it('can be stopped while the model is at it, and leaves no verdict', async () => {
    const { window, page } = await review('slow');
    const cancel = page.locator('.replay-actions').getByRole('button', { name: 'Cancel' });
    await cancel.waitFor();
    await window.screenshot('running');
    await cancel.click();
    await page
      .getByRole('button', { name: /Replay/ })
      .and(page.locator(':enabled'))
      .first()
      .waitFor();
    await window.screenshot('stopped');
    assert.equal((await draft()).replay?.verdict ?? null, null);
  });
});
