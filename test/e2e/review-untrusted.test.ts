import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Frame } from 'playwright-core';
import { EDITED_SKILL } from '../../scripts/sample-packages.ts';
import { makeSampleWorkspace } from '../../scripts/sample-workspace.ts';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const TITLE = `Review Skill Update: ${EDITED_SKILL}`;
const REASON = 'This workspace is not trusted: you can look, but not decide.';

/** A draft that was made where the workspace is trusted, opened in a window that does not trust it. */
describe('the review in an untrusted workspace', () => {
  let folder: string;
  let beaver: BeaverWorkspace;
  let draftId: string;
  let code: Workbench;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'beaver-review-untrusted-'));
    const workspace = path.join(folder, 'harbour');
    await makeSampleWorkspace(workspace);
    beaver = createWorkspace(nodePorts(), { root: workspace, actor: 'elsewhere' });
    const { updates } = await beaver.updates.list();
    const update = updates.find(({ skill_name }) => skill_name === EDITED_SKILL);
    draftId = (await beaver.updates.draft(update?.candidate_id ?? '')).draft.draft_id;
    code = await openWorkbench({
      workspace,
      name: 'review-untrusted',
      askForTrust: true,
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
  });

  after(async () => {
    await code.close();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await code.screenshot('failure');
  });

  const openReview = async (): Promise<Frame> => {
    await code.openContainer('Beaver');
    await code.treeItem('Updates', EDITED_SKILL).click();
    const review = await code.webviewFrame(TITLE);
    await review.locator('.open-conflict').waitFor();
    return review;
  };

  it('shows everything, says why nothing can be decided, and offers nothing that decides', async () => {
    const review = await openReview();
    await review.locator('.banner', { hasText: REASON }).waitFor();
    await code.screenshot('read-only');
    const deciding = ['Take Local', 'Take Upstream', 'Local, Then Upstream', 'Edit', 'Reject…', 'Run Again'];
    for (const name of deciding) {
      const button = review.getByRole('button', { name, exact: true });
      assert.equal(await button.isDisabled(), true, `"${name}" can be pressed`);
    }
    const approve = review.getByRole('button', { name: 'Approve and Publish' });
    assert.equal(await approve.getAttribute('aria-disabled'), 'true');
    assert.equal(await review.locator('#approve-block').textContent(), REASON);
  });

  it('leaves the result as it is when somebody types into it', async () => {
    const review = await openReview();
    const result = review.locator('.result .cm-content');
    const before = await result.innerText();
    await result.locator('.cm-line').first().click();
    await code.page.keyboard.type('Not mine to write.');
    assert.equal(await result.getAttribute('aria-readonly'), 'true');
    assert.equal(await result.innerText(), before);
  });

  it('takes no choice from the keyboard either', async () => {
    const review = await openReview();
    await review.locator('#chunk-bar').focus();
    await code.page.keyboard.press('Alt+3');
    await code.page.keyboard.press('F7');
    await review.locator('.chunk-bar [aria-pressed=false]', { hasText: 'Upstream' }).first().waitFor();
    assert.equal(await review.locator('.chunk-bar [aria-pressed=true]').count(), 0);
    const { draft } = await beaver.updates.show(draftId);
    assert.equal(draft.conflicts.length, 1);
  });

  it('can be decided as soon as the workspace is trusted', async () => {
    await openReview();
    await code.runCommand('Workspaces: Manage Workspace Trust');
    await code.page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await code.view('Plugins').getByText('This workspace is not trusted').waitFor({ state: 'hidden' });
    await code.closeModalEditor();
    const review = await openReview();
    await review.locator('.banner', { hasText: REASON }).waitFor({ state: 'detached' });
    await review.getByRole('button', { name: 'Take Upstream', exact: true }).click();
    await review.locator('#approve[aria-disabled=false]').waitFor();
    await code.screenshot('trusted');
  });
});
