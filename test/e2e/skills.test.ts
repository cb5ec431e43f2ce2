import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { EDITED_SKILL } from '../../scripts/sample-packages.ts';
import { makeSampleWorkspace } from '../../scripts/sample-workspace.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** The sample, in which one skill has a version of its plugin and one of a person; its update was rejected. */
describe('the skills and their versions in VS Code', () => {
  let folder: string;
  let code: Workbench;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'beaver-skills-'));
    const workspace = path.join(folder, 'harbour');
    await makeSampleWorkspace(workspace);
    const beaver = createWorkspace(nodePorts(), { root: workspace, actor: 'ada' });
    const { updates } = await beaver.updates.list();
    const candidate = updates.find(({ skill_name }) => skill_name === EDITED_SKILL);
    const { draft } = await beaver.updates.draft(candidate?.candidate_id ?? '');
    await beaver.updates.reject(draft.draft_id, 'We keep our own wording.');
    // Tall enough for every row: five views share the side bar.
    code = await openWorkbench({ workspace, name: 'skills', viewport: { width: 1440, height: 1500 } });
    await code.openContainer('Beaver');
    await code.view('Skills').locator('.pane-header').click();
    await skill().waitFor();
    await skill().locator('.monaco-tl-twistie').click();
    await current().waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await code.screenshot('failure');
  });

  after(async () => {
    await code.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const skill = () => code.treeItem('Skills', EDITED_SKILL).first();
  const current = () => code.treeItem('Skills', 'current').first();
  const earlier = () => code.treeItem('Skills', 'as the plugin released it').first();

  it('shows the versions of a skill, what made them, and which is current', async () => {
    await earlier().waitFor();
    await code.screenshot('versions');
  });

  it('opens a version read only', async () => {
    await earlier().click();
    await code.tab('SKILL.md').waitFor();
    await code.screenshot('version');
  });

  it('compares any two versions in the diff editor', async () => {
    await code.chooseFromMenu(earlier(), 'Select for Compare');
    await code.chooseFromMenu(current(), 'Compare with Selected');
    await code.tab(`${EDITED_SKILL}: v0001 ↔`).waitFor();
    await code.page.locator('.part.editor .monaco-diff-editor .view-line').first().waitFor();
    await code.screenshot('compared');
  });

  it('asks before it rolls a skill back, and marks what is current then', async () => {
    await code.chooseFromMenu(earlier(), 'Roll Back Skill');
    await code.dialog(`Roll ${EDITED_SKILL} back to v0001?`).waitFor();
    await code.screenshot('roll-back');
    await code.pressDialogButton('Roll Back');
    await code
      .treeItem('Skills', /v0001.*current/)
      .first()
      .waitFor();
    await code.screenshot('rolled-back');
  });

  it('lists what was decided, and filters it as one types', async () => {
    await code.runCommand('Beaver: Show Audit Log');
    const entry = code.page.locator('.quick-input-list .monaco-list-row', { hasText: 'update rejected' });
    await entry.waitFor();
    await code.screenshot('audit');
    await code.answer('own wording');
    await code.page.locator('.part.editor .view-line', { hasText: 'We keep our own wording.' }).waitFor();
    await code.screenshot('audit-document');
  });
});
