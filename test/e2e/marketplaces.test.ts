import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { LocalMarketplace } from '../support/local-marketplace.ts';
import { openWorkbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

const root = mkdtempSync(path.join(tmpdir(), 'beaver-markets-'));
let number = 0;

after(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A workspace, a marketplace and a machine of their own. */
function place(): {
  readonly workspace: string;
  readonly market: LocalMarketplace;
  readonly env: Record<string, string>;
} {
  number += 1;
  const at = path.join(root, String(number));
  const workspace = path.join(at, 'harbour');
  mkdirSync(workspace, { recursive: true });
  const market = new LocalMarketplace(path.join(at, 'team-tools'), 'team-tools');
  market.release(
    { name: 'notes', version: '1.0.0', description: 'Writes release notes from what was merged.' },
    { name: 'tides', version: '2.1.0', description: 'Knows when the harbour can be left.' },
  );
  return { workspace, market, env: { BEAVER_HOME: path.join(at, 'home'), BEAVER_AUTO_UPDATE: 'off' } };
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
});
