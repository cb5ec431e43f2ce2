import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { projectRoot } from '../../scripts/host/paths.ts';
import { EDITED_SKILL } from '../../scripts/sample-packages.ts';
import { makeSampleWorkspace } from '../../scripts/sample-workspace.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** A draft with one conflict, and a language model of another extension: test/fixtures/model-provider. */
describe('a proposal of a model in VS Code', () => {
  let folder: string;
  let code: Workbench | undefined;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'beaver-proposal-'));
    await makeSampleWorkspace(path.join(folder, 'sample'));
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await code?.screenshot('failure');
    await code?.close();
    code = undefined;
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (model: string) => {
    const workspace = path.join(folder, model);
    cpSync(path.join(folder, 'sample'), workspace, { recursive: true });
    code = await openWorkbench({
      workspace,
      name: 'proposal',
      settings: { 'beaver.model': `scripted/plain/${model}` },
      extensions: [path.join(projectRoot, 'test', 'fixtures', 'model-provider')],
    });
    await code.openContainer('Beaver');
    await code.treeItem('Updates', EDITED_SKILL).waitFor();
    await code.runCommand('Beaver: Propose Resolutions');
    await code.answer(EDITED_SKILL);
    const review = await code.webviewFrame(`Review Skill Update: ${EDITED_SKILL}`);
    await review.locator('.pane .cm-line').first().waitFor();
    return { code, review, beaver: createWorkspace(nodePorts(), { root: workspace, actor: 'elsewhere' }) };
  };

  it('is read before it is taken, and then is in the result as the model’s', async () => {
    const { code, review, beaver } = await open('obedient');
    const proposal = review.locator('.proposal-text');
    await proposal.waitFor();
    await code.screenshot('offered');
    const text = (await proposal.textContent()) ?? '';
    assert.notEqual(text.trim(), '');
    await review.getByRole('button', { name: 'Take Proposal' }).click();
    await review.locator('.result .origin-model').first().waitFor();
    await review.locator('#approve[aria-disabled="false"]').waitFor();
    await code.screenshot('taken');
    const { updates } = await beaver.updates.list();
    const draft = updates.find(({ skill_name }) => skill_name === EDITED_SKILL)?.draft_id ?? '';
    const [document] = (await beaver.updates.detail(draft)).documents;
    assert.deepEqual(
      Object.values(document?.resolutions ?? {}).map(({ take }) => take),
      ['proposal'],
    );
  });

  it('is withheld with its reason when the model did what the skill told it', async () => {
    const { code, review } = await open('injected');
    await review.locator('.proposal-withheld').waitFor();
    await code.screenshot('withheld');
    assert.match((await review.locator('.proposal-withheld').textContent()) ?? '', /withheld/);
    assert.equal(await review.locator('.proposal-text').count(), 0);
  });
});
