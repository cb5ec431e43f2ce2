import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { projectRoot } from '../../scripts/host/paths.ts';
import { EDITED_SKILL } from '../../scripts/sample-packages.ts';
import { makeSampleWorkspace } from '../../scripts/sample-workspace.ts';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** A model whose extension has VS Code ask the person first: "guarded" of test/fixtures/model-provider. */
describe('the consent that VS Code asks for before a model is used', () => {
  let folder: string;
  let code: Workbench | undefined;
  let beaver: BeaverWorkspace;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'beaver-consent-'));
    const workspace = path.join(folder, 'sample');
    await makeSampleWorkspace(workspace);
    beaver = createWorkspace(nodePorts(), { root: workspace, actor: 'elsewhere' });
    code = await openWorkbench({
      workspace,
      name: 'model-consent',
      settings: { 'beaver.model': 'scripted/plain/guarded' },
      extensions: [path.join(projectRoot, 'test', 'fixtures', 'model-provider')],
    });
    await code.openContainer('Beaver');
    await code.treeItem('Updates', EDITED_SKILL).waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await code?.screenshot('failure');
    await code?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const propose = async (): Promise<Workbench> => {
    assert.ok(code !== undefined);
    await code.runCommand('Beaver: Propose Resolutions');
    await code.answer(EDITED_SKILL);
    return code;
  };
  /** What is on record of the draft's proposals. */
  const events = async () =>
    (await beaver.skills.history(EDITED_SKILL)).history.filter(({ event }) => event.startsWith('proposal_'));

  it('says who asks and why; once given, the model proposes, and is not asked about again', async () => {
    const window = await propose();
    const dialog = window.dialog('language model');
    await dialog.waitFor();
    await window.screenshot('asked');
    assert.match((await dialog.textContent()) ?? '', /Beaver/);
    await window.pressDialogButton('Allow');
    const review = await window.webviewFrame(`Review Skill Update: ${EDITED_SKILL}`);
    await review.locator('.proposal-text').waitFor();
    await window.screenshot('allowed');
    await propose();
    // A dialog would stand before the second answer, and this would wait for it in vain.
    while ((await events()).length < 2) await window.page.waitForTimeout(50);
    assert.deepEqual(
      (await events()).map(({ event }) => event),
      ['proposal_made', 'proposal_made'],
    );
    assert.equal(await window.dialog('language model').count(), 0);
  });

  it('refused leaves the conflict as it is, and Beaver says what to do', async () => {
    const window = await propose();
    await window.dialog('language model').waitFor();
    await window.pressDialogButton('Cancel');
    // VS Code shows no toast for what comes while its own dialog goes: the message waits behind the bell.
    await window.runCommand('Notifications: Show Notifications');
    await window.notification('may not ask this model').waitFor();
    await window.screenshot('refused');
    const [event] = await events();
    assert.deepEqual([event?.event, event?.detail['code']], ['proposal_failed', 'model_not_allowed']);
  });
});
