import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { EDITED_SKILL } from '../../scripts/sample-packages.ts';
import { makeSampleWorkspace } from '../../scripts/sample-workspace.ts';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import { WorkspaceLayout } from '../../src/core/layout.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { openWorkbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

/** One sample for all, copied for each: making it takes a second, copying none. */
let sample: string;
const temporary: string[] = [];

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'beaver-trees-'));
  temporary.push(folder);
  return folder;
}

function copyOfSample(): string {
  const workspace = path.join(temporaryFolder(), 'harbour');
  cpSync(sample, workspace, { recursive: true });
  return workspace;
}

/** Another process, as far as the editor can tell: what the command line would do. */
function elsewhere(workspace: string): BeaverWorkspace {
  return createWorkspace(nodePorts(), { root: workspace, actor: 'elsewhere' });
}

/** Makes the drafts of all updates that wait, and tells how many conflicts they have together. */
async function draftAll(workspace: string): Promise<number> {
  const { updates } = elsewhere(workspace);
  let conflicts = 0;
  for (const { candidate_id: id, status } of (await updates.list()).updates) {
    if (status === 'open') conflicts += (await updates.draft(id)).draft.conflicts.length;
  }
  return conflicts;
}

/** Opens a workbench with Beaver on screen, and closes it after `body`. */
async function withBeaver(
  options: WorkbenchOptions,
  body: (code: Workbench) => Promise<void>,
): Promise<void> {
  // Tall enough for every row: five views share the side bar.
  const code = await openWorkbench({ viewport: { width: 1440, height: 1400 }, ...options });
  try {
    await code.openContainer('Beaver');
    await body(code);
  } catch (error) {
    await code.screenshot('failure');
    throw error;
  } finally {
    await code.close();
  }
}

/** Rests the pointer on a row of the Plugins tree, as a hand does: not quite still, which is what VS Code waits for. */
async function readTooltip(code: Workbench, row: string, text: string): Promise<void> {
  await code.page.mouse.move(900, 400);
  const item = code.treeItem('Plugins', row).first();
  const tooltip = code.page.locator('.monaco-hover', { hasText: text });
  for (let step = 0; step < 400 && !(await tooltip.isVisible()); step += 1) {
    // A rest that VS Code did not take for one is not taken for one later either: the hand comes back.
    if (step % 40 === 39) await code.page.mouse.move(900, 400);
    // Rows move while other views of the container fill.
    await item.scrollIntoViewIfNeeded();
    const box = await item.boundingBox();
    assert.ok(box);
    await code.page.mouse.move(box.x + 80 + (step % 5), box.y + box.height / 2);
    await code.page.waitForTimeout(50);
  }
  await tooltip.waitFor();
}

const DARK = { 'workbench.colorTheme': 'Default Dark Modern', 'window.autoDetectColorScheme': false };

before(async () => {
  sample = temporaryFolder();
  await makeSampleWorkspace(sample);
});

after(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
});

describe('the trees of a workspace', () => {
  it('tell what is in sync, waiting, paused, missing and broken', async () => {
    await withBeaver({ workspace: copyOfSample(), name: 'trees-light' }, async (code) => {
      await code.treeItem('Updates', 'code-review').waitFor();
      await code.statusBar('2 skill updates to review').waitFor();
      const rows = (await code.treeRows('Plugins')).join('\n');
      for (const state of [/in sync/, /1 update/, /updates paused/, /package missing/, /Next step/]) {
        assert.match(rows, state);
      }
      await code.screenshot('sample');
      await readTooltip(code, 'package missing', 'updates are suspended');
      await code.screenshot('missing');
      await readTooltip(code, 'log-digest', 'beaver.plugin.json');
      await code.screenshot('broken');
    });
  });

  it('follow another process: a draft with a conflict, an edit, a publication', async () => {
    const workspace = copyOfSample();
    await withBeaver({ workspace, name: 'trees-dark', settings: DARK }, async (code) => {
      await code.treeItem('Updates', 'Waiting').waitFor();
      assert.equal(await draftAll(workspace), 1);
      await code.treeItem('Updates', 'Conflicts').waitFor();
      await code.statusBar('1 conflict').waitFor();
      await code.screenshot('conflict');
      const [folder] = await elsewhere(workspace).skills.targetFolders(EDITED_SKILL);
      assert.ok(folder);
      appendFileSync(path.join(folder, 'SKILL.md'), '\n- Ask before you merge on a Friday.\n');
      await code.treeItem('Plugins', '1 edited').waitFor();
      await code.treeItem('Plugins', 'v0002').hover();
      await code.screenshot('edited');
      await code.runCommand('Beaver: Capture Local Edits');
      await code.statusBar(`Captured ${EDITED_SKILL} as v0003`).waitFor();
      await code.treeItem('Plugins', 'v0003').waitFor();
      await code.treeItem('Plugins', '1 edited').waitFor({ state: 'hidden' });
      await code.screenshot('captured');
    });
  });

  it('start with one clear step in an empty workspace', async () => {
    const workspace = temporaryFolder();
    mkdirSync(path.join(workspace, 'docs'));
    writeFileSync(path.join(workspace, 'docs', 'notes.md'), '# Notes\n');
    await withBeaver({ workspace, name: 'trees-empty' }, async (code) => {
      await code.view('Plugins').getByText('No plugins here yet').waitFor();
      await code.screenshot('empty');
      await code.runCommand('Beaver: Get Started');
      await code.page.getByText('Keep what your skills have learned').first().waitFor();
      await code.screenshot('walkthrough');
    });
  });

  it('offer plugins that are not enabled yet, and enable one from its row', async () => {
    const workspace = temporaryFolder();
    cpSync(path.join(sample, 'plugins'), path.join(workspace, 'plugins'), { recursive: true });
    await withBeaver({ workspace, name: 'trees-enable' }, async (code) => {
      const row = code.treeItem('Plugins', 'Release Notes');
      await row.getByText('not enabled').waitFor();
      await code.screenshot('offered');
      await row.hover();
      await row.getByRole('button', { name: 'Enable Plugin' }).click();
      await row.getByText('in sync').waitFor();
      await code.screenshot('enabled');
    });
  });
});

describe('an untrusted workspace', () => {
  it('is read, says why nothing can be changed, and comes alive with trust', async () => {
    await withBeaver(
      {
        workspace: copyOfSample(),
        name: 'trees-untrusted',
        askForTrust: true,
        settings: { 'security.workspace.trust.startupPrompt': 'never' },
      },
      async (code) => {
        await code.treeItem('Plugins', 'package missing').waitFor();
        await code.view('Plugins').getByText('This workspace is not trusted').waitFor();
        await code.screenshot('untrusted');
        assert.equal(await code.offersCommand('Beaver: Sync Plugins'), false);
        assert.equal(await code.offersCommand('Beaver: Refresh Updates'), true);
        await code.treeItem('Updates', 'code-review').click();
        // The test host keeps toasts back; the centre has them all.
        await code.runCommand('Notifications: Show Notifications');
        await code.notification('Trust the workspace to change').waitFor();
        await code.screenshot('refused');
        await code.runCommand('Workspaces: Manage Workspace Trust');
        await code.page.getByRole('button', { name: 'Trust', exact: true }).first().click();
        await code.view('Plugins').getByText('This workspace is not trusted').waitFor({ state: 'hidden' });
        assert.equal(await code.offersCommand('Beaver: Sync Plugins'), true);
        await code.screenshot('trusted');
      },
    );
  });
});

describe('another window that writes', () => {
  it('defers the sync at the start, and keeps a command waiting with a word', async () => {
    const workspace = copyOfSample();
    const { lock } = nodePorts();
    const release = Promise.withResolvers<undefined>();
    const held = lock.run(
      new WorkspaceLayout(workspace).writeLock,
      'test',
      { kind: 'never' },
      () => release.promise,
    );
    try {
      await withBeaver({ workspace, name: 'trees-busy' }, async (code) => {
        const item = code.statusBar('Sync deferred: another window is writing');
        await item.waitFor();
        await code.screenshot('deferred');
        await item.click();
        await code.statusBar('Waiting for another window…').waitFor();
        await code.screenshot('waiting');
        release.resolve(undefined);
        await code.statusBar('Synced, nothing new').waitFor();
        await code.statusBar('2 skill updates to review').waitFor();
      });
    } finally {
      release.resolve(undefined);
      await held;
    }
  });
});

describe('the trees in Chinese', () => {
  it('speak it throughout', async () => {
    await withBeaver({ workspace: copyOfSample(), name: 'trees-zh-cn', locale: 'zh-cn' }, async (code) => {
      await code.statusBar('2 个技能更新待审阅').waitFor();
      // What is off with a package is said in the core's English and by its code.
      await code.treeItem('插件', '清单不是有效的 JSON').waitFor();
      await code.treeItem('插件', '请改正语法').waitFor();
      await code.treeItem('更新', 'code-review').waitFor();
      await code.screenshot('sample');
    });
  });
});
