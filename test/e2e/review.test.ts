import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Frame } from 'playwright-core';
import { EDITED_SKILL } from '../../scripts/sample-packages.ts';
import { makeSampleWorkspace } from '../../scripts/sample-workspace.ts';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const TITLE = 'Review Skill Update';

/** A sample whose edited skill has a draft with one conflict, opened in a VS Code of its own. */
describe('the review in VS Code', () => {
  let folder: string;
  let workspace: string;
  let code: Workbench;
  let beaver: BeaverWorkspace;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'beaver-review-'));
    await makeSampleWorkspace(path.join(folder, 'sample'));
  });

  beforeEach(async () => {
    workspace = path.join(folder, 'harbour');
    rmSync(workspace, { recursive: true, force: true });
    cpSync(path.join(folder, 'sample'), workspace, { recursive: true });
    beaver = createWorkspace(nodePorts(), { root: workspace, actor: 'elsewhere' });
    code = await openWorkbench({ workspace, name: 'review' });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await code.screenshot('failure');
    await code.close();
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const draftId = async () => {
    const { updates } = await beaver.updates.list();
    return updates.find(({ skill_name }) => skill_name === EDITED_SKILL)?.draft_id ?? '';
  };

  const openReview = async (): Promise<Frame> => {
    await code.openContainer('Beaver');
    await code.treeItem('Updates', EDITED_SKILL).waitFor();
    await code.runCommand('Beaver: Review Update');
    await code.answer(EDITED_SKILL);
    const review = await code.webviewFrame(`${TITLE}: ${EDITED_SKILL}`);
    await review.locator('.pane .cm-line').first().waitFor();
    return review;
  };

  it('takes a conflict to a published version', async () => {
    const review = await openReview();
    await review.locator('.open-conflict').waitFor();
    await code.screenshot('conflict');
    await review.locator('.chunk-bar').getByRole('button', { name: 'Local, Then Upstream' }).click();
    await review.locator('.counter-open', { hasText: 'All conflicts resolved' }).waitFor();
    const approve = review.getByRole('button', { name: 'Approve and Publish' });
    await review.locator('#approve[aria-disabled=false]').waitFor();
    await code.screenshot('resolved');
    const { documents } = await beaver.updates.detail(await draftId());
    await approve.click();
    await review.getByText('Published as').first().waitFor();
    await code.screenshot('published');
    const { skill } = await beaver.skills.show(EDITED_SKILL);
    const published = path.join(beaver.skills.versionFolder(EDITED_SKILL, skill.current_version), 'SKILL.md');
    assert.equal(readFileSync(published, 'utf8'), documents[0]?.result);
  });

  it('is where it was after the window is loaded again', async () => {
    const review = await openReview();
    await review.getByRole('button', { name: 'Reject…' }).waitFor();
    await review.locator('.chunk-bar').getByRole('button', { name: 'Take Upstream', exact: true }).click();
    await review.locator('#approve[aria-disabled=false]').waitFor();
    await code.reloadWindow();
    const again = await code.webviewFrame(`${TITLE}: ${EDITED_SKILL}`);
    await again.locator('.chunk-bar [aria-pressed=true]', { hasText: 'Upstream' }).waitFor();
    await code.screenshot('reloaded');
  });

  it('opens the result as a document whose save comes back into the review', async () => {
    const review = await openReview();
    await review.locator('.chunk-bar').getByRole('button', { name: 'Take Local', exact: true }).click();
    await review.locator('#approve[aria-disabled=false]').waitFor();
    await review.getByRole('button', { name: 'Open Result in Editor' }).click();
    await code.tab('SKILL.md').waitFor();
    await code.page.locator('.monaco-editor .view-line').first().click();
    await code.page.keyboard.press('Control+End');
    await code.page.keyboard.type('A last line from the editor.\n');
    await code.page.keyboard.press('Control+S');
    await code.screenshot('result-in-editor');
    await code.tab(TITLE).click();
    const again = await code.webviewFrame(`${TITLE}: ${EDITED_SKILL}`);
    await again.getByText('The result was edited as a whole').waitFor();
    await code.screenshot('whole-text');
    const { documents } = await beaver.updates.detail(await draftId());
    assert.match(documents[0]?.override ?? '', /A last line from the editor\./);
  });

  it('opens the sides and the result in VS Code’s own merge editor', async () => {
    const review = await openReview();
    await review.getByRole('button', { name: 'Open in Merge Editor' }).click();
    const merge = code.page.locator('.part.editor .merge-editor');
    await merge.locator('.view-line').first().waitFor();
    await merge.getByText('CURRENT LOCAL').first().waitFor();
    await merge.getByText('NEW UPSTREAM').first().waitFor();
    await code.screenshot('merge-editor');
  });

  it('says that the skill has moved on under it, and drafts the update again', async () => {
    const review = await openReview();
    await review.locator('.open-conflict').waitFor();
    await beaver.skills.rollback(EDITED_SKILL, 'v0001');
    await review.getByRole('button', { name: 'Draft Again' }).waitFor();
    await code.treeItem('Updates', EDITED_SKILL).filter({ hasText: 'draft out of date' }).waitFor();
    await code.screenshot('stale');
    await review.getByRole('button', { name: 'Draft Again' }).click();
    await review.getByRole('button', { name: 'Draft Again' }).waitFor({ state: 'detached' });
    await review.locator('.pane-version', { hasText: 'v0001' }).waitFor();
    await code.treeItem('Updates', EDITED_SKILL).filter({ hasText: 'fast-forward' }).waitFor();
    await code.screenshot('drafted-again');
  });

  it('asks for a reason before it rejects', async () => {
    const review = await openReview();
    await review.getByRole('button', { name: 'Reject…' }).click();
    await review.locator('#reject-reason').fill('We keep our own wording.');
    await code.screenshot('reject');
    await review.getByRole('button', { name: 'Reject Update' }).click();
    await review.getByText('This update was rejected.').first().waitFor();
    const { draft } = await beaver.updates.show(await draftId());
    assert.equal(draft.review?.reason, 'We keep our own wording.');
  });
});
