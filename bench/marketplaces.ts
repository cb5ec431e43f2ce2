/**
 * Marketplaces, measured: `node bench/marketplaces.ts [NAME=FOLDER …]`.
 *
 * - A marketplace of 1,200 plugins behind `git http-backend` on loopback: `git clone --depth 1` against adding it, in this process; then
 *   the built command line listing it (`npm run build` first).
 * - A census of public marketplaces in local clones: entries by kind of source, and what was found wrong.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { createWorkspace } from '../src/app/workspace.ts';
import { nodePorts } from '../src/node/node-ports.ts';
import { NodePackages } from '../src/node/packages/node-packages.ts';
import { GitHttpServer } from '../test/support/git-http-server.ts';
import { GitRepository } from '../test/support/git-repository.ts';

const PLUGINS = 1200;
const RUNS = 5;
const root = path.join(tmpdir(), `beaver-bench-marketplaces-${process.pid}`);
const cli = path.join(import.meta.dirname, '..', 'dist', 'cli.cjs');

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
const timed = async (body: () => unknown): Promise<number> => {
  const start = performance.now();
  await body();
  return performance.now() - start;
};
const run = promisify(execFile);
const milliseconds = (value: number): string => `${value.toFixed(0)} ms`;

/** Plugins as public marketplaces have them: a manifest, three skills with a reference each, a README. */
function makeMarketplace(folder: string): void {
  const plugins = [];
  for (let index = 0; index < PLUGINS; index++) {
    const name = `plugin-${String(index).padStart(4, '0')}`;
    const plugin = path.join(folder, 'plugins', name);
    mkdirSync(path.join(plugin, '.claude-plugin'), { recursive: true });
    const description = `Plugin number ${index}, which does what plugins of that number do, and says so at some length.`;
    writeFileSync(
      path.join(plugin, '.claude-plugin', 'plugin.json'),
      JSON.stringify({ name, version: '1.0.0', description }),
    );
    writeFileSync(path.join(plugin, 'README.md'), `# ${name}\n\n${description.repeat(20)}\n`);
    for (const skill of ['one', 'two', 'three']) {
      const references = path.join(plugin, 'skills', `${name}-${skill}`, 'references');
      mkdirSync(references, { recursive: true });
      const head = `---\nname: ${name}-${skill}\ndescription: ${description}\n---\n\n# ${skill}\n\n`;
      const lines = Array.from(
        { length: 80 },
        (_, line) => `- Step ${line} of ${name} ${skill}: ${(index * 31 + line * 7) % 997}\n`,
      );
      writeFileSync(path.join(references, '..', 'SKILL.md'), head + lines.join(''));
      writeFileSync(path.join(references, 'details.md'), lines.toReversed().join(''));
    }
    plugins.push({
      name,
      source: `./plugins/${name}`,
      description,
      version: '1.0.0',
      category: 'bench',
      keywords: ['bench', name],
      author: { name: 'Bench' },
    });
  }
  mkdirSync(path.join(folder, '.claude-plugin'), { recursive: true });
  writeFileSync(
    path.join(folder, '.claude-plugin', 'marketplace.json'),
    JSON.stringify({ name: 'bench', owner: { name: 'Bench' }, plugins }, undefined, 2),
  );
}

async function adding(): Promise<void> {
  mkdirSync(path.join(root, 'repos', 'bench'), { recursive: true });
  const repository = new GitRepository(path.join(root, 'repos', 'bench'));
  repository.git('config', 'uploadpack.allowFilter', 'true');
  makeMarketplace(repository.folder);
  repository.commit();
  const server = await GitHttpServer.start(path.join(root, 'repos'));
  const url = server.url('bench/.git');
  const clones: number[] = [];
  const adds: number[] = [];
  const browses: number[] = [];
  for (let round = 0; round < RUNS; round++) {
    const clone = path.join(root, 'clone', String(round));
    clones.push(await timed(() => run('git', ['clone', '--quiet', '--depth', '1', url, clone])));
    const workspace = createWorkspace(
      {
        ...nodePorts(),
        packages: new NodePackages({
          cache: path.join(root, 'cache', String(round)),
          environment: process.env,
          ports: nodePorts(),
        }),
      },
      { root: path.join(root, 'workspaces', String(round)) },
    );
    mkdirSync(workspace.root, { recursive: true });
    adds.push(await timed(() => workspace.marketplaces.add(url, { directory: root, home: root })));
    await workspace.marketplaces.browse();
    browses.push(await timed(() => workspace.marketplaces.browse()));
  }
  await server.close();
  const lists: number[] = [];
  const searches: number[] = [];
  for (let round = 0; round < RUNS * 2; round++) {
    const folder = path.join(root, 'workspaces', '0');
    const command =
      (...args: readonly string[]) =>
      () =>
        execFileSync(process.execPath, [cli, '-C', folder, ...args], { stdio: 'ignore' });
    lists.push(await timed(command('marketplaces', 'browse', 'bench')));
    searches.push(await timed(command('--json', 'marketplaces', 'browse', 'bench', '--search', 'number 77')));
  }
  const files =
    execFileSync('git', ['ls-files'], { cwd: repository.folder, encoding: 'utf8' }).split('\n').length - 1;
  const ratio = median(adds) / median(clones);
  console.log(`\n## ${PLUGINS} plugins, ${files} files\n`);
  console.log('| what | median | all |\n| --- | --- | --- |');
  for (const [what, values] of [
    ['`git clone --depth 1`', clones],
    ['`marketplaces.add`, nothing cached', adds],
    ['`marketplaces.browse`, warm, in process', browses],
    ['`beaver marketplaces browse bench`, a whole process', lists],
    ['`beaver --json marketplaces browse bench --search …`', searches],
  ] as const)
    console.log(
      `| ${what} | ${milliseconds(median(values))} | ${values.map((value) => value.toFixed(0)).join(', ')} |`,
    );
  console.log(
    `\nAdding took ${ratio.toFixed(2)} times what the clone took. Load average ${loadavg()
      .map((one) => one.toFixed(1))
      .join(', ')} on ${cpus().length} processors.`,
  );
}

async function census(given: readonly string[]): Promise<void> {
  if (given.length === 0) return;
  console.log('\n## Public marketplaces\n');
  console.log(
    '| marketplace | catalog | entries | relative | git | npm | archive | pinned by SHA | left out | notes |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const one of given) {
    const [name = '', folder = ''] = one.split('=');
    const workspace = createWorkspace(
      {
        ...nodePorts(),
        packages: new NodePackages({
          cache: path.join(root, 'cache', name),
          environment: process.env,
          ports: nodePorts(),
        }),
      },
      { root: path.join(root, 'census', name) },
    );
    mkdirSync(workspace.root, { recursive: true });
    const added = await workspace.marketplaces.add(`file://${path.resolve(folder)}`, {
      directory: root,
      home: root,
      name,
    });
    const file = path.join(
      workspace.root,
      '.beaver',
      'marketplaces',
      'catalogs',
      `${added.marketplace.name}.json`,
    );
    const catalog = JSON.parse(readFileSync(file, 'utf8')) as {
      file: string;
      revision: string;
      plugins: { source: { kind: string; url?: string; commit?: string | null } }[];
      findings: { code: string; severity: string }[];
    };
    const { plugins, findings } = catalog;
    const inside = plugins.filter(({ source }) => source.url === path.resolve(folder)).length;
    const count = (kind: string): number => plugins.filter(({ source }) => source.kind === kind).length;
    const pinned = plugins.filter(
      ({ source }) => source.url !== path.resolve(folder) && source.commit != null,
    ).length;
    const codes = new Map<string, number>();
    for (const { code } of findings) codes.set(code, (codes.get(code) ?? 0) + 1);
    const left = findings.filter(({ severity }) => severity === 'error').length;
    const notes = [...codes].map(([code, times]) => `${times} × \`${code}\``).join(', ');
    console.log(
      `| ${name} at ${catalog.revision.slice(0, 10)} | \`${catalog.file}\` | ${plugins.length + left} | ${inside} | ${count('git') - inside} | ${count('npm')} | ${count('archive')} | ${pinned} | ${left} | ${notes} |`,
    );
  }
}

try {
  await adding();
  await census(process.argv.slice(2));
} finally {
  rmSync(root, { recursive: true, force: true });
}
