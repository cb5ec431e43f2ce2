import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Frame } from 'playwright-core';
import { installPackage, removePackage, writeProject } from '../../scripts/sample-packages.ts';
import { makeSampleWorkspace } from '../../scripts/sample-workspace.ts';
import { treeFingerprint } from '../support/tree-fingerprint.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const SKILL = 'code-review';
const REVIEW = /^Review Skill Update/;

/** The whole life of a plugin skill as a person lives it in VS Code, with a picture of each step; each test goes on where the one before ended. */
describe('the life of a plugin skill, in VS Code', () => {
  let folder: string;
  let workspace: string;
  let code: Workbench;
  let released: readonly string[] = [];

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'beaver-life-'));
    workspace = path.join(folder, 'harbour');
    writeProject(workspace);
    released = await sources();
    code = await openWorkbench({ workspace, name: 'lifecycle' });
    await code.openContainer('Beaver');
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await code.screenshot('failure');
  });

  after(async () => {
    await code.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const sources = () => treeFingerprint(path.join(workspace, 'plugins'));
  const target = () => path.join(workspace, '.agents', 'skills', SKILL, 'SKILL.md');
  const plugin = (name: string) => code.treeItem('Plugins', name).first();
  /** The row of the skill, which has the name of its plugin and, unlike that, a version of Beaver's. */
  const skill = (version: string) => code.treeItem('Plugins', version).first();
  const review = () => code.webviewFrame(REVIEW);
  const editor = () => code.page.locator('.part.editor .monaco-editor .view-lines').first();
  const beaverStatus = () => code.page.locator('.statusbar-item[id*="beaver.status"]');

  /** A package manager brings a release. What was there before must be as it was left. */
  async function release(name: string): Promise<void> {
    assert.deepEqual(await sources(), released);
    installPackage(workspace, name, 'v2');
    released = await sources();
  }

  async function enable(name: string): Promise<void> {
    await code.pressRowAction(plugin(name), 'Enable Plugin');
    await plugin(name).getByText('in sync').waitFor();
  }

  it('offers the plugins of the folder and mirrors one that is enabled from its row', async () => {
    await plugin(SKILL).getByText('not enabled').waitFor();
    await code.screenshot('offered');
    await enable(SKILL);
    await plugin(SKILL).click();
    await skill('v0001').waitFor();
    await beaverStatus().getByText('code-review is enabled').waitFor();
    await code.screenshot('enabled');
    assert.ok(existsSync(target()));
  });

  it('opens the skill where agents read it, and marks what is typed and saved there', async () => {
    await skill('v0001').click();
    await code.tab('SKILL.md').waitFor();
    await editor().getByText('Review at most 400 changed lines').waitFor();
    await code.goToPosition(13, 16);
    await code.page.keyboard.press('Control+Delete');
    await code.page.keyboard.type('250');
    await code.goToPosition(19, 1);
    await code.page.keyboard.press('End');
    await code.page.keyboard.press('Enter');
    await code.page.keyboard.type('4. The migration and its reverse, when the schema changes.');
    await code.page.keyboard.press('Control+End');
    await code.page.keyboard.press('ArrowUp');
    await code.page.keyboard.press('End');
    await code.page.keyboard.type(' Sleep on a large one first.');
    await editor().getByText('Sleep on a large one first.').waitFor();
    await code.screenshot('typed');
    await code.page.keyboard.press('Control+S');
    await code.treeItem('Plugins', '1 edited').waitFor();
    await code.screenshot('edited');
  });

  it('captures the edit as a version', async () => {
    await code.pressRowAction(skill('v0001'), 'Capture Local Edits');
    await code.statusBar('Captured code-review as v0002').waitFor();
    await skill('v0002').getByText('learned').waitFor();
    await code.screenshot('captured');
  });

  it('shows a release by itself, in the trees and in the status bar', async () => {
    await release(SKILL);
    await code.statusBar('1 skill update to review').waitFor();
    await code.treeItem('Updates', SKILL).getByText('three-way').waitFor();
    await plugin(SKILL).getByText('3.0.2 → 3.1.0').waitFor();
    await code.screenshot('update-waits');
  });

  it('opens the review from the status bar with the keyboard: three sides, and a result with two conflicts', async () => {
    await code.statusBar('1 skill update to review').click();
    await code.focusTreeRow('Updates', SKILL);
    await code.page.keyboard.press('Enter');
    const frame = await review();
    await frame.getByText('Conflict 1 of 2').first().waitFor();
    for (const title of ['OLD UPSTREAM', 'CURRENT LOCAL', 'NEW UPSTREAM'])
      await frame.getByRole('heading', { name: title }).waitFor();
    const sides = frame.locator('.pane');
    await sides.nth(0).getByText('at most 400 changed').waitFor();
    await sides.nth(1).getByText('at most 250 changed').waitFor();
    await sides.nth(2).getByText('at most 600 changed').waitFor();
    await code.statusBar('2 conflicts').waitFor();
    await frame.locator('#approve[aria-disabled=true]').waitFor();
    await code.screenshot('review');
  });

  it('keeps where the review was and what was settled over a reload of the window', async () => {
    await code.page.keyboard.press('F7');
    await (await review()).getByText('Conflict 2 of 2').first().waitFor();
    await code.page.keyboard.press('Shift+F7');
    await (await review()).getByText('Conflict 1 of 2').first().waitFor();
    await code.page.keyboard.press('Alt+2');
    await (await review()).getByText('1 open').first().waitFor();
    await code.statusBar('1 conflict').waitFor();
    await code.screenshot('one-settled');
    await code.reloadWindow();
    const frame = await review();
    await frame.getByText('1 open').first().waitFor();
    await frame.locator('.counter-text', { hasText: 'Conflict 2 of 2' }).waitFor();
    await code.screenshot('after-reload');
    await code.page.keyboard.press('Shift+F7');
    await frame.locator('.counter-text', { hasText: 'Conflict 1 of 2' }).waitFor();
    await frame.locator('.result', { hasText: 'at most 250 changed' }).waitFor();
    await code.page.keyboard.press('F7');
    await frame.locator('.counter-text', { hasText: 'Conflict 2 of 2' }).waitFor();
  });

  it('settles the last conflict, approves and publishes with the keyboard alone', async () => {
    const frame = await review();
    await code.page.keyboard.press('Alt+5');
    await frame.getByText('All conflicts resolved').first().waitFor();
    await frame.locator('#approve[aria-disabled=false]').waitFor();
    await code.screenshot('settled');
    await tabTo(code, frame, 'approve');
    await code.screenshot('approve-focused');
    await code.page.keyboard.press('Enter');
    await frame.getByText('Published as v0003.').first().waitFor();
    await code.screenshot('published');
  });

  it('has the published version live in the editor, in the tree and on disk, and the status bar is quiet', async () => {
    await code.openContainer('Beaver');
    await skill('v0003').waitFor();
    await beaverStatus().waitFor({ state: 'hidden' });
    await code.treeItem('Updates', 'Published Lately').waitFor();
    await code.tab('SKILL.md').click();
    await editor().getByText('A retry has a limit').waitFor();
    await editor().getByText('Review at most 250 changed lines').waitFor();
    await code.screenshot('live');
    const text = readFileSync(target(), 'utf8');
    for (const line of [
      'license: Apache-2.0',
      'Review at most 250 changed lines',
      '4. The migration and its reverse',
      '- A retry has a limit',
      'a `nit:` never does.',
      'Sleep on a large one first.',
    ])
      assert.ok(text.includes(line), line);
    assert.ok(!/^[<>=|]{7}/m.test(text));
  });

  it('rolls back from the tree, and the editor follows', async () => {
    await code.chooseFromMenu(skill('v0003'), 'Roll Back Skill…');
    await code.page.locator('.quick-input-list .monaco-list-row', { hasText: 'v0002' }).waitFor();
    await code.screenshot('choose-version');
    await code.page.keyboard.type('v0002');
    await code.page.keyboard.press('Enter');
    await code.dialog('Roll code-review back to v0002?').waitFor();
    await code.screenshot('confirm-rollback');
    await code.pressDialogButton('Roll Back');
    await skill('v0002').waitFor();
    await editor().getByText('A retry has a limit').waitFor({ state: 'hidden' });
    await editor().getByText('Review at most 250 changed lines').waitFor();
    await code.screenshot('rolled-back');
    assert.ok(!readFileSync(target(), 'utf8').includes('A retry has a limit'));
  });

  it('looks for no release while a plugin is paused, and finds it when it is resumed', async () => {
    await enable('sql-migrations');
    await code.chooseFromMenu(plugin('sql-migrations'), 'Pause Updates');
    await plugin('sql-migrations').getByText('updates paused').waitFor();
    await release('sql-migrations');
    await plugin('sql-migrations').getByText('1.5.0').waitFor();
    assert.equal(await code.treeItem('Updates', 'safe-migrations').count(), 0);
    await code.screenshot('paused');
    await code.pressRowAction(plugin('sql-migrations'), 'Resume Updates');
    await code.treeItem('Updates', 'safe-migrations').getByText('fast-forward').waitFor();
    await code.screenshot('resumed');
  });

  it('adopts a skill: it stays, follows the plugin no more, and its update is gone', async () => {
    await plugin('sql-migrations').click();
    await code.chooseFromMenu(skill('safe-migrations'), 'Adopt Skill…');
    await code.dialog('Adopt safe-migrations?').waitFor();
    await code.screenshot('confirm-adopt');
    await code.pressDialogButton('Adopt');
    await code.statusBar('safe-migrations is now your own').waitFor();
    await code.treeItem('Updates', 'safe-migrations').waitFor({ state: 'hidden' });
    await code.screenshot('adopted');
    assert.ok(existsSync(path.join(workspace, '.agents', 'skills', 'safe-migrations', 'SKILL.md')));
  });

  it('disables a plugin after a confirmation that names its skills, and keeps their versions', async () => {
    await enable('Release Notes');
    await code.chooseFromMenu(plugin('Release Notes'), 'Disable Plugin…');
    await code.dialog('Disable Release Notes?').getByText('changelog-entry, release-notes').waitFor();
    await code.screenshot('confirm-disable');
    await code.pressDialogButton('Disable');
    await plugin('Release Notes').getByText('disabled').waitFor();
    await code.screenshot('disabled');
    assert.ok(!existsSync(path.join(workspace, '.agents', 'skills', 'release-notes')));
    assert.ok(existsSync(path.join(workspace, 'skills', 'release-notes', 'versions', 'v0001', 'SKILL.md')));
  });

  it('says that a package is missing and keeps its skill active', async () => {
    assert.deepEqual(await sources(), released);
    removePackage(workspace, SKILL);
    await plugin(SKILL).getByText('package missing').waitFor();
    await skill('v0002').waitFor();
    await code.screenshot('missing');
    assert.ok(existsSync(target()));
  });
});

describe('the review in Chinese', () => {
  it('speaks it throughout, and keeps its shape in high contrast', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'beaver-life-'));
    const workspace = path.join(folder, 'harbour');
    await makeSampleWorkspace(workspace);
    const code = await openWorkbench({ workspace, name: 'lifecycle-zh-cn', locale: 'zh-cn' });
    try {
      await code.openContainer('Beaver');
      await code.treeItem('更新', SKILL).click();
      const frame = await code.webviewFrame(/审阅技能更新/);
      for (const title of ['旧上游', '当前本地', '新上游'])
        await frame.getByRole('heading', { name: title }).waitFor();
      await frame.getByText('第 1 个冲突，共 1 个').first().waitFor();
      await code.screenshot('review');
      await code.chooseColorTheme('Dark High Contrast');
      await code.screenshot('high-contrast');
      await code.chooseColorTheme('Light High Contrast');
      await code.screenshot('high-contrast-light');
    } catch (error) {
      await code.screenshot('failure');
      throw error;
    } finally {
      await code.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Presses Tab until the element with this id has the focus, as someone without a mouse does. */
async function tabTo(code: Workbench, frame: Frame, id: string): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    if (await frame.evaluate((wanted) => document.activeElement?.id === wanted, id)) return;
    await code.page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not reach #${id}.`);
}
