import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { openWorkbench, type Workbench } from './workbench.ts';

const SKILL =
  '---\nname: comics\ndescription: Draws comics when asked for one\n---\n\n# Comic\n\nSee [it](gone.md).\n';

function comicsWorkspace(): string {
  const workspace = mkdtempSync(path.join(tmpdir(), 'beaver-e2e-'));
  const files = {
    '.claude-plugin/plugin.json': JSON.stringify({ name: 'comics', author: 'A' }, undefined, 2),
    'skills/comic/SKILL.md': SKILL,
  };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(workspace, ...name.split('/'));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return workspace;
}

describe('the preflight in the editor', () => {
  let workspace: string;
  let code: Workbench;
  before(async () => {
    workspace = comicsWorkspace();
    code = await openWorkbench({ workspace, name: 'preflight' });
  });
  after(async () => {
    await code.close();
    rmSync(workspace, { recursive: true, force: true });
  });

  const problem = (text: string) => code.page.locator('.markers-panel .monaco-list-row', { hasText: text });

  it('shows a problem at the field of a manifest, with its code', async () => {
    await code.openFile('plugin.json');
    await code.runCommand('Problems: Focus on Problems View');
    await problem('PF-SCHEMA-TYPE').first().waitFor();
    await code.screenshot('manifest');
    await code.page.locator('.squiggly-error').first().waitFor();
    assert.equal(await code.page.locator('.squiggly-error').count(), 1);
  });

  it('shows the problems of a skill, and mends the name with a quick fix', async () => {
    await code.openFile('SKILL.md');
    await problem('PF-SKILL-NAME-FOLDER').first().waitFor();
    await problem('PF-LINK-BROKEN').first().waitFor();
    await code.screenshot('skill');
    const fix = await code.quickFix(problem('PF-SKILL-NAME-FOLDER').first(), 'Use the folder’s name');
    await code.screenshot('quick-fix');
    await fix.click();
    await problem('PF-SKILL-NAME-FOLDER').first().waitFor({ state: 'detached' });
    await problem('PF-LINK-BROKEN').first().waitFor();
    await code.screenshot('fixed');
    await code.runCommand('File: Save All Files');
    await code.page.locator('.tab.dirty').waitFor({ state: 'detached' });
    assert.equal(
      readFileSync(path.join(workspace, 'skills/comic/SKILL.md'), 'utf8'),
      SKILL.replace('comics', 'comic'),
    );
  });

  it('sums the document up in its language status', async () => {
    const status = code.page.locator('.statusbar-item[id="status.languageStatus"]');
    await code.page
      .locator('.statusbar-item[aria-label*="Errors: 0, warnings: 1, Beaver preflight"]')
      .waitFor();
    await status.hover();
    await code.page
      .locator('.hover-language-status', { hasText: 'Errors: 0, warnings: 1' })
      .first()
      .waitFor();
    await code.screenshot('language-status');
  });
});

describe('the preflight in Chinese', () => {
  it('says what is wrong in the display language', async () => {
    const workspace = comicsWorkspace();
    const code = await openWorkbench({ workspace, name: 'preflight-zh-cn', locale: 'zh-cn' });
    try {
      await code.openFile('SKILL.md');
      await code.runCommand('Problems: Focus on Problems View');
      await code.page
        .locator('.markers-panel .monaco-list-row', { hasText: '技能的名称与其文件夹不同。' })
        .first()
        .waitFor();
      await code.screenshot('problems');
    } finally {
      await code.close();
      rmSync(workspace, { recursive: true, force: true });
    }
  });
});
