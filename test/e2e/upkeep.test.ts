import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Locator } from 'playwright-core';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import type { AutoUpdateMode } from '../../src/core/marketplaces/auto-update-mode.ts';
import type { Programs } from '../../src/core/ports.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { LazyPackages } from '../../src/node/packages/lazy-packages.ts';
import { packageOptions } from '../../src/node/packages/package-options.ts';
import { SystemPrograms } from '../../src/node/system-programs.ts';
import { LocalMarketplace, type MarketPlugin } from '../support/local-marketplace.ts';
import { openWorkbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

const NOTES = 'notes@team-tools';
const root = mkdtempSync(path.join(tmpdir(), 'beaver-upkeep-'));
let number = 0;

after(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A workspace with `notes@team-tools` 1.0.0 installed from a real repository whose marketplace has this mode. */
class Place {
  readonly workspace: string;
  readonly market: LocalMarketplace;
  readonly env: Readonly<Record<string, string>>;

  private constructor(at: string) {
    this.workspace = path.join(at, 'harbour');
    mkdirSync(this.workspace, { recursive: true });
    this.market = new LocalMarketplace(path.join(at, 'team-tools'), 'team-tools');
    // The machine that runs the tests may be a CI, where auto-update is off by itself.
    this.env = { BEAVER_HOME: path.join(at, 'home'), BEAVER_AUTO_UPDATE: 'apply' };
  }

  static async create(mode: AutoUpdateMode): Promise<Place> {
    number += 1;
    const here = new Place(path.join(root, String(number)));
    here.release('1.0.0');
    const beaver = here.open();
    await beaver.marketplaces.add(here.market.source, {
      directory: here.workspace,
      home: root,
      trust: true,
    });
    await beaver.marketplaces.configure('team-tools', { mode });
    await beaver.installs.install({ kind: 'listed', name: 'notes', marketplace: 'team-tools' });
    // Another start takes the second look at its health.
    await here.open().plugins.sync();
    return here;
  }

  /** As another process sees the workspace. */
  open(programs?: Programs): BeaverWorkspace {
    const environment = { ...process.env, ...this.env };
    const ports = nodePorts({
      packages: (doors) => new LazyPackages(() => packageOptions(environment, doors)),
      programs: programs ?? new SystemPrograms(environment),
    });
    return createWorkspace(ports, { root: this.workspace, actor: 'someone' });
  }

  release(version: string, more: Partial<MarketPlugin> = {}): void {
    this.market.release({ name: 'notes', version, description: 'Writes release notes.', ...more });
  }

  /** A round of auto-update in another process. */
  async round(): Promise<void> {
    await this.open().upkeep.autoUpdate({ environment: this.env, now: true });
  }

  async active(): Promise<string | null | undefined> {
    return (await this.open().installs.list()).installed[0]?.active.version;
  }

  /** The skill in the active package. Absolute. */
  skill(): string {
    const packages = path.join(this.workspace, '.beaver/installs/packages', NOTES);
    const [only, ...others] = readdirSync(packages);
    assert.deepEqual(others, []);
    return path.join(packages, only ?? '', 'skills/notes-guide/SKILL.md');
  }
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

const quickPickRow = (code: Workbench, text: string): Locator =>
  code.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
const acceptPick = (code: Workbench): Promise<void> =>
  code.page.locator('.quick-input-widget .quick-input-action .monaco-button', { hasText: 'OK' }).click();
const press = (notification: Locator, button: string): Promise<void> =>
  notification.getByRole('button', { name: button, exact: true }).click();
/** The text of an editor: VS Code draws a space as one that does not break, which Playwright takes for a space. */
const editorText = (code: Workbench, text: string): Locator =>
  code.page.locator('.part.editor .view-lines', { hasText: text }).first();

describe('Auto-update in the editor', () => {
  it('stages a release, tells of it once, and puts it in use without a network when a person says so', async () => {
    const here = await Place.create('stage');
    here.release('1.1.0');
    await withBeaver({ workspace: here.workspace, name: 'upkeep-stage', env: here.env }, async (code) => {
      await code.treeItem('Marketplaces', 'team-tools').waitFor();
      // Whichever process looks, every window tells of it.
      await here.round();
      await code.statusBar('1 plugin update staged').waitFor();
      await code.screenshot('staged');
      const ready = await code.openNotification(`1 plugin update is downloaded and ready: ${NOTES} 1.1.0.`);
      await code.screenshot('notification');
      assert.equal(await here.active(), '1.0.0');
      // What is staged needs its source no more.
      rmSync(here.market.folder, { recursive: true });
      await press(ready, 'Review…');
      await quickPickRow(code, NOTES).waitFor();
      await code.screenshot('review');
      await acceptPick(code);
      await code.statusBar('1 plugin updated').waitFor();
      await code.screenshot('updated');
      assert.equal(await here.active(), '1.1.0');
      await code.runCommand('Beaver: Show Timeline of a Plugin');
      await editorText(code, 'updated from 1.0.0 to 1.1.0').waitFor();
      await code.screenshot('timeline');
      await code.runCommand('Beaver: Why Was This Plugin (Not) Updated?');
      await editorText(code, '1.1.0 waited for you, and is in use now.').waitFor();
      await code.screenshot('why');
    });
  });

  it('asks once about everything that is new in what it did not install', async () => {
    const here = await Place.create('apply');
    here.release('1.1.0', { files: { 'bin/run.sh*': '#!/bin/sh\necho hello\n' } });
    await withBeaver({ workspace: here.workspace, name: 'upkeep-consent', env: here.env }, async (code) => {
      await code.treeItem('Marketplaces', 'team-tools').waitFor();
      await code.runCommand('Beaver: Check for Plugin Updates');
      await quickPickRow(code, NOTES).locator('.monaco-checkbox').click();
      await code.screenshot('review');
      await acceptPick(code);
      await code.dialog(`${NOTES} brings something new. Update it?`).waitFor();
      await code.screenshot('consent');
      assert.equal(await here.active(), '1.0.0');
      await code.pressDialogButton('Update');
      await code.statusBar('1 plugin updated').waitFor();
      await code.screenshot('updated');
      assert.equal(await here.active(), '1.1.0');
    });
  });
});

describe('A start', () => {
  it('shows what a repair would overwrite before it is done, and does it when a person says so', async () => {
    const here = await Place.create('off');
    const skill = here.skill();
    const installed = readFileSync(skill, 'utf8');
    appendFileSync(skill, 'Mine.\n');
    await withBeaver({ workspace: here.workspace, name: 'upkeep-repair', env: here.env }, async (code) => {
      const off = await code.openNotification('Something about an installed plugin is off.');
      await code.screenshot('notification');
      await press(off, 'Show Plan…');
      const row = quickPickRow(code, NOTES).first();
      await row.waitFor();
      await code.screenshot('plan');
      assert.match(readFileSync(skill, 'utf8'), /Mine\.\n$/);
      await row.locator('.monaco-checkbox').click();
      await acceptPick(code);
      await code.statusBar('Everything that was off is repaired.').waitFor();
      // What a sync had read from the edited package is not offered any longer.
      await code.view('Updates').getByText('Nothing to review').waitFor();
      await code.screenshot('repaired');
      assert.equal(readFileSync(here.skill(), 'utf8'), installed);
      assert.deepEqual((await here.open().upkeep.verify()).findings, []);
      // What somebody wrote is not lost.
      assert.equal(readdirSync(path.join(here.workspace, '.beaver/installs/aside')).length, 1);
    });
  });

  it('tells of a plugin that it rolled back by itself, with a way to the timeline', async () => {
    const here = await Place.create('off');
    // Installed where every file can be started, as on Windows; looked at again where its program cannot.
    const elsewhere = here.open({ exists: () => Promise.resolve(true) });
    here.release('1.1.0', {
      files: { 'bin/draw': '#!/bin/sh\necho hello\n' },
      manifest: { mcpServers: { draw: { command: '${CLAUDE_PLUGIN_ROOT}/bin/draw' } } },
    });
    await elsewhere.marketplaces.refresh([]);
    const asked = (await elsewhere.installs.update([NOTES])).updates[0]?.consent?.digest;
    assert.ok(asked);
    await elsewhere.installs.update([NOTES], { accept: asked });
    assert.equal(await here.active(), '1.1.0');
    const options = { workspace: here.workspace, name: 'upkeep-rolled-back', env: here.env };
    await withBeaver(options, async (code) => {
      const told = await code.openNotification(`${NOTES} was rolled back to 1.0.0.`);
      await code.screenshot('notification');
      assert.equal(await here.active(), '1.0.0');
      await press(told, 'Show Timeline');
      await editorText(code, 'rolled back to 1.0.0').waitFor();
      await code.screenshot('timeline');
    });
  });
});

describe('Auto-update in Chinese', () => {
  it('tells of what waits in the display language', async () => {
    const here = await Place.create('stage');
    here.release('1.1.0');
    const options = { workspace: here.workspace, name: 'upkeep-zh-cn', env: here.env, locale: 'zh-cn' };
    await withBeaver(options, async (code) => {
      await code.page.locator('.part.sidebar .monaco-list-row', { hasText: 'team-tools' }).first().waitFor();
      await here.round();
      await code.statusBar('已暂存 1 个插件更新').waitFor();
      const ready = await code.openNotification(`1 个插件更新已下载就绪：${NOTES} 1.1.0。`);
      await code.screenshot('notification');
      await press(ready, '查看…');
      await quickPickRow(code, NOTES).waitFor();
      await code.screenshot('review');
    });
  });
});
