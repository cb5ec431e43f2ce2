/**
 * Beaver inside VS Code: what activation costs in a workspace of 1,000 plugins, by VS Code's own figure, and how long a review takes from
 * the click on its row to the frame with its panes. `npm run bench:editor`, on a machine that does nothing else.
 */
import { build } from '../scripts/host/build.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { createWorkspace } from '../src/app/workspace.ts';
import { nodePorts } from '../src/node/node-ports.ts';
import { openWorkbench } from '../test/e2e/workbench.ts';
import { median } from './commands.ts';
import { generateWorkspace } from './generated-workspace.ts';
import { reviewOpening, type Steps } from './review-opening.ts';

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

/** Of the last minute: figures of a machine that does other work say little. */
function load(): string {
  return loadavg()[0]?.toFixed(1) ?? '';
}

/** `page`, `script` and `answer` are the steps on the way, each from the click. */
function row(what: string, { page, script, answer, shown }: Steps, limit: number): string {
  const [total, ...steps] = [shown, page, script, answer].map((time) => time.toFixed(0));
  return `| ${what} | ${total} | ≤ ${limit} | ${steps.join(' | ')} | ${load()} |`;
}

build('--production');
const folder = await mkdtemp(path.join(tmpdir(), 'beaver-bench-editor-'));
console.log('| what | ms | limit | page | script | answer | load |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
console.log(
  `| activation with 1,000 plugins | ${(await activation(folder)).toFixed(0)} | ≤ 50 | | | | ${load()} |`,
);
await rm(folder, { recursive: true, force: true });
for (const { lines, limit } of [
  { lines: 2000, limit: 300 },
  { lines: 20_000, limit: 1000 },
]) {
  const { first, second } = await reviewOpening(lines, ROUNDS);
  const what = `review of ${lines.toLocaleString('en')} lines`;
  console.log(row(`${what}, the first of a window, draft included`, first, limit));
  console.log(row(`${what}, opened again`, second, limit));
}
