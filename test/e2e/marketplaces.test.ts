import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Locator } from 'playwright-core';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import { WorkspaceLayout } from '../../src/core/layout.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { LazyPackages } from '../../src/node/packages/lazy-packages.ts';
import { packageOptions } from '../../src/node/packages/package-options.ts';
import { SystemPrograms } from '../../src/node/system-programs.ts';
import { LocalMarketplace } from '../support/local-marketplace.ts';
import { openWorkbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

const root = mkdtempSync(path.join(tmpdir(), 'beaver-markets-'));
let number = 0;

after(() => {
  rmSync(root, { recursive: true, force: true });
});

interface Place {
  readonly workspace: string;
  readonly market: LocalMarketplace;
  readonly env: Readonly<Record<string, string>>;
  /** Another process, as far as the editor can tell: what the command line would do. */
  readonly elsewhere: BeaverWorkspace;
}

/** A workspace, a marketplace and a machine of their own. */
function place(): Place {
  number += 1;
  const at = path.join(root, String(number));
  const workspace = path.join(at, 'harbour');
  mkdirSync(workspace, { recursive: true });
  const market = new LocalMarketplace(path.join(at, 'team-tools'), 'team-tools');
  market.release(
    { name: 'notes', version: '1.0.0', description: 'Writes release notes from what was merged.' },
    { name: 'tides', version: '2.1.0', description: 'Knows when the harbour can be left.' },
  );
  const env = { BEAVER_HOME: path.join(at, 'home'), BEAVER_AUTO_UPDATE: 'off' };
  const ports = nodePorts({
    packages: (doors) => new LazyPackages(() => packageOptions({ ...process.env, ...env }, doors)),
    programs: new SystemPrograms(process.env),
  });
  return {
    workspace,
    market,
    env,
    elsewhere: createWorkspace(ports, { root: workspace, actor: 'elsewhere' }),
  };
}

/** Adds the marketplace as another process, and trusts it. */
async function addElsewhere({ elsewhere, market, workspace }: Place): Promise<void> {
  const request = { directory: workspace, home: workspace, trust: true };
  await elsewhere.marketplaces.add(market.source, request);
}

/** Opens a workbench with Beaver on screen, and closes it after `body`. */
async function withBeaver(
  options: WorkbenchOptions,
  body: (code: Workbench) => Promise<void>,
): Promise<void> {
  const code = await openWorkbench(options);
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

/** Adds the marketplace as a person does: palette, kind of source, its address. */
async function add(code: Workbench, source: string): Promise<void> {
  await code.runCommand('Beaver: Add Marketplace…');
  await code.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Repository' }).click();
  await code.answer(source);
}

describe('The Marketplaces view', () => {
  it('says what to do where there is none, adds one and asks whether it is trusted', async () => {
    const { workspace, market, env } = place();
    await withBeaver({ workspace, name: 'marketplaces', env }, async (code) => {
      await code.view('Marketplaces').getByText('No marketplace here yet').waitFor();
      await code.screenshot('empty');
      await code.runCommand('Beaver: Add Marketplace…');
      await code.page.locator('.quick-input-list .monaco-list-row', { hasText: 'npm package' }).waitFor();
      await code.screenshot('add-which');
      await code.page.keyboard.press('Escape');
      await add(code, market.source);
      await code.dialog('Trust the marketplace team-tools?').waitFor();
      await code.screenshot('trust');
      await code.pressDialogButton('Trust');
      const row = code.treeItem('Marketplaces', 'team-tools');
      await row.waitFor();
      await row.click();
      await code.treeItem('Marketplaces', 'tides').waitFor();
      assert.deepEqual(
        (await code.treeRows('Marketplaces')).map((label) => label.replace(/, \d of \d.*$/, '')),
        [
          'team-tools, 2 plugins',
          'notes, 1.0.0, Writes release notes from what was merged.',
          'tides, 2.1.0, Knows when the harbour can be left.',
        ],
      );
      await code.screenshot('added');
    });
  });

  it('installs a version that is chosen, in phases that can be seen, after showing what it can run', async () => {
    const here = place();
    const { workspace, market, env } = here;
    const run = { 'bin/ebb.sh*': '#!/bin/sh\necho ebb\n' };
    market.release({ name: 'tides', version: '2.1.0', description: 'Knows the tides.', files: run });
    await addElsewhere(here);
    await withBeaver({ workspace, name: 'marketplaces-install', env }, async (code) => {
      await code.treeItem('Marketplaces', 'team-tools').click();
      await code.pressRowAction(code.treeItem('Marketplaces', 'tides'), 'Install Plugin');
      const newest = code.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Newest' });
      await newest.waitFor();
      await code.screenshot('versions');
      await newest.click();
      await code.dialog('Install tides 2.1.0?').waitFor();
      await code.screenshot('what-it-can-run');
      assert.match(await code.dialog('Install tides').innerText(), /Program: bin\/ebb\.sh/);
      await whileLocked(workspace, async () => {
        await code.pressDialogButton('Install');
        await notified(code, 'Installing tides: phase 4/5, activate');
        await code.treeItem('Marketplaces', 'phase 4/5').waitFor();
        await code.screenshot('phase');
      });
      await code.treeItem('Marketplaces', /tides.*installed/).waitFor();
      await code.treeItem('Plugins', /tides/).waitFor();
      await code.screenshot('installed');
      await readTooltip(code, 'tides', 'Program: bin/ebb.sh');
      await code.screenshot('tooltip');
    });
    const { installed } = await here.elsewhere.installs.list();
    assert.deepEqual(
      installed.map(({ id, active, pin }) => [id, active.version, pin]),
      [['tides@team-tools', '2.1.0', null]],
    );
  });

  it('asks again when an update can run more, shows the changes, and says when it was rolled back', async () => {
    const here = place();
    const { workspace, market, env, elsewhere } = here;
    await addElsewhere(here);
    await elsewhere.installs.install({ kind: 'listed', name: 'tides', marketplace: 'team-tools' });
    await withBeaver({ workspace, name: 'marketplaces-update', env }, async (code) => {
      await code.treeItem('Marketplaces', 'team-tools').click();
      await code.treeItem('Marketplaces', /tides.*installed/).waitFor();
      const run = { 'bin/ebb.sh*': '#!/bin/sh\necho ebb\n' };
      market.release({ name: 'tides', version: '2.2.0', description: 'Knows the tides.', files: run });
      await code.runCommand('Beaver: Refresh Marketplaces');
      await code.treeItem('Marketplaces', '2.1.0 → 2.2.0').waitFor();
      await code.screenshot('update-available');
      await code.pressRowAction(code.treeItem('Marketplaces', '2.1.0 → 2.2.0'), 'Update Plugin');
      await code.dialog('Update tides to 2.2.0?').waitFor();
      await code.screenshot('asks-again');
      await code.pressDialogButton('Show Changes');
      await code.page.locator('.multiDiffEntry', { hasText: 'ebb.sh' }).first().waitFor();
      await notified(code, 'Update tides to 2.2.0?');
      await code.screenshot('changes');
      await code
        .notification('Update tides to 2.2.0?')
        .getByRole('button', { name: 'Update', exact: true })
        .click();
      await code.treeItem('Marketplaces', /tides.*2\.2\.0.*installed/).waitFor();

      const servers = JSON.stringify({ mcpServers: { moon: { command: 'no-such-moon-phase' } } });
      const broken = { ...run, '.mcp.json': servers };
      market.release({ name: 'tides', version: '2.3.0', description: 'Knows the moon too.', files: broken });
      await code.runCommand('Beaver: Refresh Marketplaces');
      await code.pressRowAction(code.treeItem('Marketplaces', '2.2.0 → 2.3.0'), 'Update Plugin');
      await code.dialog('Update tides to 2.3.0?').waitFor();
      await code.pressDialogButton('Update');
      const failed = await notified(code, 'tides: rolled back to v2.2.0.');
      await code.screenshot('rolled-back');
      await failed.getByRole('button', { name: 'Show History' }).click();
      await code.page.locator('.view-line', { hasText: 'install_unhealthy' }).first().waitFor();
      await code.screenshot('history');
    });
    const [plugin] = (await elsewhere.installs.list()).installed;
    assert.ok(plugin);
    assert.equal(plugin.active.version, '2.2.0');
    assert.deepEqual(
      plugin.ignored.map(({ version }) => version),
      ['2.3.0'],
    );
  });

  it('follows what another process installs, pins, and uninstalls only when a person agrees', async () => {
    const here = place();
    const { workspace, env, elsewhere } = here;
    await addElsewhere(here);
    await withBeaver({ workspace, name: 'marketplaces-follow', env }, async (code) => {
      await code.treeItem('Marketplaces', 'team-tools').click();
      await code.treeItem('Marketplaces', 'notes').waitFor();
      await elsewhere.installs.install({ kind: 'listed', name: 'notes', marketplace: 'team-tools' });
      await code.treeItem('Marketplaces', /notes.*installed/).waitFor();
      await elsewhere.upkeep.pinHere('notes@team-tools');
      await code.treeItem('Marketplaces', /notes.*pinned/).waitFor();
      await code.screenshot('pinned-elsewhere');
      await code.runCommand('Beaver: Search Plugins…');
      await code.page
        .locator('.quick-input-list .monaco-list-row', { hasText: 'harbour can be left' })
        .waitFor();
      await code.screenshot('search');
      await code.page.keyboard.press('Escape');
      await code.chooseFromMenu(code.treeItem('Marketplaces', /notes.*pinned/), 'Uninstall Plugin');
      await code.dialog('Uninstall notes?').waitFor();
      await code.screenshot('uninstall');
      await code.pressDialogButton('Uninstall');
      await code.treeItem('Marketplaces', /notes.*Writes release notes/).waitFor();
    });
    assert.deepEqual((await elsewhere.installs.list()).installed, []);
  });

  it('asks before a link fetches anything, and refuses one that is not safe', async () => {
    const { workspace, env } = place();
    await withBeaver({ workspace, name: 'marketplaces-link', env }, async (code) => {
      const link = (source: string): string =>
        `vscode://beaver-skills.beaver-skills/install?source=${encodeURIComponent(source)}&plugin=tides`;
      await code.runCommand('Beaver: Install Plugin from URL…');
      const input = code.page.locator('.quick-input-widget .quick-input-box input');
      await input.fill(link('https://me:secret@example.com/tools.git'));
      await code.page
        .locator('.quick-input-message', { hasText: 'The address holds credentials.' })
        .waitFor();
      await code.screenshot('refused');
      await input.fill(link('https://example.com/tools.git'));
      await code.page.keyboard.press('Enter');
      await code.dialog('Install tides from a link?').waitFor();
      await code.screenshot('link');
      assert.match(await code.dialog('Install tides').innerText(), /https:\/\/example\.com\/tools\.git/);
      await code.pressDialogButton('Cancel');
      await code.view('Marketplaces').getByText('No marketplace here yet').waitFor();
    });
  });

  it('is said in Chinese, and can be read in high contrast', async () => {
    const here = place();
    const { workspace, env, market } = here;
    await addElsewhere(here);
    await here.elsewhere.installs.install({ kind: 'listed', name: 'notes', marketplace: 'team-tools' });
    market.release({ name: 'notes', version: '2.0.0', description: 'Writes notes.' });
    const contrast = {
      'workbench.colorTheme': 'Default High Contrast',
      'window.autoDetectColorScheme': false,
      'window.autoDetectHighContrast': false,
    };
    const options = { workspace, name: 'marketplaces-zh', env, locale: 'zh-cn', settings: contrast };
    await withBeaver(options, async (code) => {
      await code.treeItem('市场', 'team-tools').click();
      await code.treeItem('市场', /notes.*已安装/).waitFor();
      await code.runCommand('Beaver: 刷新市场');
      const row = code.treeItem('市场', '1.0.0 → 2.0.0');
      await row.waitFor();
      await code.screenshot('update');
      await code.pressRowAction(row, '更新插件');
      await code.dialog('将 notes 更新到 2.0.0？').waitFor();
      await code.screenshot('asks-again');
      await code.pressDialogButton('Cancel');
    });
  });

  it('only shows what is there in a workspace that is not trusted', async () => {
    const here = place();
    await addElsewhere(here);
    const settings = { 'security.workspace.trust.startupPrompt': 'never' };
    const { workspace, env } = here;
    const options = { workspace, name: 'marketplaces-untrusted', env, askForTrust: true, settings };
    await withBeaver(options, async (code) => {
      await code.treeItem('Marketplaces', 'team-tools').click();
      await code.treeItem('Marketplaces', 'notes').waitFor();
      await code.view('Marketplaces').getByText('This workspace is not trusted').waitFor();
      await code.screenshot('read-only');
      assert.equal(await code.offersCommand('Beaver: Add Marketplace…'), false);
    });
    assert.deepEqual((await here.elsewhere.installs.list()).installed, []);
  });
});

/** A notification, whether its toast is on screen or has gone behind the bell. */
async function notified(code: Workbench, text: string): Promise<Locator> {
  await code.runCommand('Notifications: Show Notifications');
  const item = code.notification(text).first();
  await item.waitFor();
  return item;
}

/** Holds the write lock of a workspace, as another process that is writing does, until `body` is done. */
async function whileLocked(workspace: string, body: () => Promise<void>): Promise<void> {
  const { writeLock } = new WorkspaceLayout(workspace);
  await nodePorts().lock.run(writeLock, 'a test', { kind: 'bounded', timeout: 10_000 }, body);
}

/** Rests the pointer on a row as a hand does: not quite still, which is what VS Code waits for. */
async function readTooltip(code: Workbench, row: string, text: string): Promise<void> {
  const item = code.treeItem('Marketplaces', row).first();
  const tooltip = code.page.locator('.monaco-hover', { hasText: text });
  for (let step = 0; step < 400 && !(await tooltip.isVisible()); step += 1) {
    if (step % 40 === 0) await code.page.mouse.move(900, 400);
    await item.scrollIntoViewIfNeeded();
    const box = await item.boundingBox();
    assert.ok(box);
    await code.page.mouse.move(box.x + 80 + (step % 5), box.y + box.height / 2);
    await code.page.waitForTimeout(50);
  }
  await tooltip.waitFor();
}
