/** Beaver inside VS Code: what activation costs in a workspace of 1,000 plugins, by VS Code's own figure. `npm run bench:editor`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { createWorkspace } from '../src/app/workspace.ts';
import { nodePorts } from '../src/node/node-ports.ts';
import { openWorkbench } from '../test/e2e/workbench.ts';
import { median } from './commands.ts';
import { generateWorkspace } from './generated-workspace.ts';

const ROUNDS = 3;

async function activation(folder: string): Promise<number> {
  const workspace = path.join(folder, 'many');
  await generateWorkspace(workspace, { plugins: 1000, skills: 3 });
  const beaver = createWorkspace(nodePorts(), { root: workspace, actor: 'bench' });
  await beaver.plugins.enable(['plugin-0000']);
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const code = await openWorkbench({
      workspace,
      name: 'bench-activation',
      viewport: { width: 1440, height: 4000 },
    });
    try {
      await code.openContainer('Beaver');
      await code.treeItem('Plugins', 'plugin-0000').waitFor();
      await code.runCommand('Developer: Show Running Extensions');
      const row = code.page.locator('.part.editor .monaco-list-row', {
        hasText: 'beaver-skills.beaver-skills',
      });
      const text = await row.locator('.activation-time').innerText();
      samples.push(Number(/(\d+)ms/.exec(text)?.[1]));
    } finally {
      await code.close();
    }
  }
  return median(samples);
}

const folder = await mkdtemp(path.join(tmpdir(), 'beaver-bench-editor-'));
console.log('| what | ms | limit |');
console.log('| --- | --- | --- |');
console.log(`| activation with 1,000 plugins | ${(await activation(folder)).toFixed(0)} | ≤ 50 |`);
await rm(folder, { recursive: true, force: true });
