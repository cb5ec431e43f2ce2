import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import process from 'node:process';
import { HarnessChoices } from '../../src/core/harness/harness-choices.ts';
import { HarnessClient, WAIT } from '../support/harness-client.ts';
import { FakeClock } from '../support/ports.ts';
import { Publisher } from '../support/publisher.ts';
import { blocked, sessionRecord } from '../support/session-record.ts';
import { openWorkbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

/** Of the machine that the editor runs on: what is published and kept must be in time for it. */
const clock = new FakeClock(Date.now());
const temporary: string[] = [];

function workspace(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'beaver-harness-view-'));
  temporary.push(folder);
  mkdirSync(path.join(folder, 'docs'));
  writeFileSync(path.join(folder, 'docs', 'notes.md'), '# Notes\n');
  return folder;
}

/** Opens a workbench on a machine whose Beaver is that of `client`, with the Harness view on screen. */
async function withHarness(
  client: HarnessClient,
  options: Omit<WorkbenchOptions, 'workspace'> & { readonly title?: string },
  body: (code: Workbench) => Promise<void>,
): Promise<void> {
  const { title = 'Harness', ...rest } = options;
  const code = await openWorkbench({
    workspace: workspace(),
    ...rest,
    env: { BEAVER_HOME: client.deps.beaverHome },
  });
  try {
    await code.openContainer('Beaver');
    await code.view(title).locator('.pane-header').click();
    await body(code);
  } catch (error) {
    await code.screenshot('failure');
    throw error;
  } finally {
    await code.close();
  }
}

describe('the harnesses of a machine in VS Code', () => {
  let publisher: Publisher;
  let client: HarnessClient;

  beforeEach(async () => {
    publisher = await Publisher.start(clock);
    await publisher.publish('0.7.0');
    client = new HarnessClient(clock);
  });
  afterEach(async () => {
    client.dispose();
    await publisher.stop();
  });
  after(() => {
    for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
  });

  it('say how to add one where there is none, and follow a shell that adds it, updates it and takes it back', async () => {
    await withHarness(client, { name: 'harness' }, async (code) => {
      await code.view('Harness').getByText('No harness is configured.').waitFor();
      await code.screenshot('empty');

      await client.add(publisher);
      await client.update();
      await code.runCommand('Beaver: Refresh Harnesses');
      await code.treeItem('Harness', 'acme').first().locator('.monaco-tl-twistie').click();
      await code
        .treeItem('Harness', /v0\.7\.0.*active/)
        .last()
        .waitFor();
      await code.treeItem('Harness', 'not found on the PATH').waitFor();
      await code.screenshot('configured');

      await publisher.publish('0.7.1');
      await client.update({ stageOnly: true });
      await code
        .treeItem('Harness', /v0\.7\.1.*staged/)
        .last()
        .waitFor();
      await code.screenshot('staged');

      const staged = code.treeItem('Harness', /v0\.7\.1.*staged/).filter({ hasNotText: 'acme' });
      await code.pressRowAction(staged, 'Ignore Harness Version');
      await code.dialog('Ignore v0.7.1 of acme?').waitFor();
      await code.screenshot('ignore');
      await code.pressDialogButton('Ignore');
      await code.treeItem('Harness', '1 ignored version').locator('.monaco-tl-twistie').click();
      await code.treeItem('Harness', 'ignored by you').waitFor();
      await code.screenshot('ignored');
      await code.pressRowAction(code.treeItem('Harness', 'ignored by you'), 'Stop Ignoring Harness Version');
      await code.treeItem('Harness', '1 ignored version').waitFor({ state: 'hidden' });

      await client.update();
      await code
        .treeItem('Harness', /v0\.7\.0.*previous/)
        .last()
        .waitFor();
      await code.chooseFromMenu(code.treeItem('Harness', 'acme').first(), 'Roll Back Harness');
      await code.dialog('Roll acme back to v0.7.0?').waitFor();
      await code.screenshot('roll-back');
      await code.pressDialogButton('Roll Back');
      await code.statusBar('acme is back at v0.7.0').waitFor();
      await code
        .treeItem('Harness', /v0\.7\.0.*active/)
        .last()
        .waitFor();
      await code.screenshot('rolled-back');
    });
  });

  it('show the sessions with what they wait for, jobs, and the news of a restart in the status bar', async () => {
    await client.add(publisher);
    await client.update();
    await publisher.publish('0.7.1');
    await client.update({ stageOnly: true });
    const since = new Date().toISOString();
    const state = (folder: string, name: string, record: object): void => {
      const at = path.join(client.deps.beaverHome, 'state', folder);
      mkdirSync(at, { recursive: true });
      writeFileSync(path.join(at, `${name}.tmp`), JSON.stringify(record));
      renameSync(path.join(at, `${name}.tmp`), path.join(at, `${name}.json`));
    };
    // This process stands for the supervisor of the session.
    const supervisor = { pid: process.pid, started_at: since };
    const session = sessionRecord({
      version: '0.7.0',
      supervisor,
      started_at: since,
      cwd: '/home/ada/harbour',
    });
    const review = {
      kind: 'background_task',
      subject: 'background review',
      source: 'job_registry',
      since,
    } as const;
    const tool = { kind: 'tool_running', subject: 'Bash', source: 'hook', since } as const;
    state('sessions', 'first000', { ...session, quiescence: blocked(tool, review) });
    state('jobs', 'job-1', {
      schema_version: 1,
      job_id: 'job-1',
      harness: 'acme',
      session_id: 'session-1',
      kind: 'review',
      label: 'background review',
      is_durable: false,
      process: supervisor,
      status: 'running',
      started_at: since,
      ended_at: null,
      exit_code: null,
    });
    await withHarness(client, { name: 'harness-sessions' }, async (code) => {
      await code.statusBar('Restart deferred: background review is still running.').waitFor();
      await code.view('Plugins').locator('.pane-header').click();
      await code.treeItem('Harness', 'acme').first().locator('.monaco-tl-twistie').click();
      await code.treeItem('Harness', 'harbour').locator('.monaco-tl-twistie').click();
      await code.treeItem('Harness', 'Bash is still running').waitFor();
      await code.treeItem('Harness', 'blocks a restart').waitFor();
      await code.screenshot('deferred');
      state('sessions', 'first000', session);
      await code.statusBar('Update staged: acme v0.7.1 will start after this turn.').waitFor();
      await code.screenshot('staged');
      state('sessions', 'first000', { ...session, status: 'restarting' });
      await code.statusBar('Restarting into acme v0.7.1...').waitFor();
      await code.screenshot('restarting');
      state('sessions', 'first000', { ...session, notice: 'Update failed; restored acme v0.7.0.' });
      await code.statusBar('Update failed; restored acme v0.7.0.').waitFor();
      await code.screenshot('restored');
    });
  });

  it('start in a terminal as the launcher starts them, with the version that is active', async () => {
    const program = '#!/bin/sh\necho "acme 0.7.1"\n[ "$1" = --version ] || read -r line\n';
    await publisher.publish('0.7.1', { program });
    await client.add(publisher);
    await client.update();
    await withHarness(
      client,
      { name: 'harness-terminal', settings: { 'terminal.integrated.gpuAcceleration': 'off' } },
      async (code) => {
        await code.pressRowAction(code.treeItem('Harness', 'acme').first(), 'Open Harness in Terminal');
        await code.page.locator('.terminal-outer-container .xterm-rows', { hasText: 'acme 0.7.1' }).waitFor();
        await code.screenshot('terminal');
      },
    );
  });

  it('show a local build, in Chinese and in high contrast', async () => {
    await client.add(publisher);
    await client.update();
    const build = path.join(client.home, 'acme-dev');
    writeFileSync(build, '#!/bin/sh\n', { mode: 0o755 });
    await new HarnessChoices(client.deps).useLocalBuild('acme', build, WAIT);
    const settings = {
      'workbench.colorTheme': 'Default High Contrast',
      'window.autoDetectColorScheme': false,
    };
    await withHarness(
      client,
      { name: 'harness-zh-cn', locale: 'zh-cn', settings, title: '代理程序' },
      async (code) => {
        await code.treeItem('代理程序', '本地构建').first().locator('.monaco-tl-twistie').click();
        await code.treeItem('代理程序', '改为启动它').waitFor();
        await code.treeItem('代理程序', '在 PATH 中未找到').last().waitFor();
        await code.screenshot('local-build');
      },
    );
  });
});
