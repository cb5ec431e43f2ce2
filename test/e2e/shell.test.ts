import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { openWorkbench, type Workbench } from './workbench.ts';

describe('the shell', () => {
  let workspace: string;
  let code: Workbench;

  before(async () => {
    workspace = mkdtempSync(path.join(tmpdir(), 'beaver-e2e-'));
    writeFileSync(path.join(workspace, 'notes.md'), '# Notes\n\nRead me.\n');
    code = await openWorkbench({ workspace, name: 'shell' });
  });

  after(async () => {
    await code.close();
    rmSync(workspace, { recursive: true, force: true });
  });

  it('shows Beaver in the activity bar and its Plugins view', async () => {
    await code.openContainer('Beaver');
    await code.screenshot('container');
    await code.view('Plugins').waitFor();
  });

  it('keeps the view after a reload', async () => {
    await code.reload();
    await code.openContainer('Beaver');
    assert.equal(await code.view('Plugins').count(), 1);
  });

  it('reaches into a webview', async () => {
    await code.openFile('notes.md');
    await code.runCommand('Markdown: Open Preview');
    const preview = await code.webviewFrame('Preview notes.md');
    await preview.getByText('Read me.').waitFor();
  });

  it('offers what VS Code offers in the palette', async () => {
    assert.equal(await code.offersCommand('Developer: Reload Window'), true);
    assert.equal(await code.offersCommand('Beaver: No Such Command'), false);
  });
});

describe('the shell in Chinese', () => {
  it('shows the extension in the display language', async () => {
    const workspace = mkdtempSync(path.join(tmpdir(), 'beaver-e2e-'));
    const code = await openWorkbench({ workspace, name: 'shell-zh-cn', locale: 'zh-cn' });
    try {
      await code.openContainer('Beaver');
      await code.screenshot('container');
      await code.page.locator('.part.sidebar', { hasText: '插件' }).waitFor();
    } finally {
      await code.close();
      rmSync(workspace, { recursive: true, force: true });
    }
  });
});
