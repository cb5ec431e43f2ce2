/**
 * Plugins of public marketplaces, installed for good: `node bench/marketplace-installs.ts NAME=FOLDER …`, with local clones. Of the plugins
 * that lie in each marketplace itself, 20 drawn by seed are installed from a git server on loopback, a new start looks at their health, a sync
 * and the doctor run. What fails is listed with its reason.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { BeaverWorkspace } from '../src/app/api.ts';
import { createWorkspace } from '../src/app/workspace.ts';
import { isBeaverError } from '../src/base/errors.ts';
import { nodePorts } from '../src/node/node-ports.ts';
import { NodePackages } from '../src/node/packages/node-packages.ts';
import { GitHttpServer } from '../test/support/git-http-server.ts';
import { GitMirror } from '../test/support/git-mirror.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';

const SAMPLE = 20;
const root = path.join(tmpdir(), `beaver-bench-installs-${process.pid}`);
mkdirSync(path.join(root, 'repos'), { recursive: true });
const server = await GitHttpServer.start(path.join(root, 'repos'));
const rows: string[] = [];
const failures: string[] = [];

async function tryOut(name: string, folder: string): Promise<void> {
  const mirror = new GitMirror(folder, path.join(root, 'repos', `${name}.git`));
  const workspaceRoot = path.join(root, 'workspaces', name);
  mkdirSync(workspaceRoot, { recursive: true });
  const open = (): BeaverWorkspace => {
    const ports = nodePorts();
    const packages = new NodePackages({ cache: path.join(root, 'cache', name), environment: {}, ports });
    return createWorkspace(
      { ...ports, packages, programs: { exists: () => Promise.resolve(true) } },
      { root: workspaceRoot, runtimeTargets: ['.agents/skills'] },
    );
  };
  const url = server.url(`${name}.git`);
  const place = { directory: root, home: root, name, trust: true };
  await open().marketplaces.add(url, place);
  const listed = await open().marketplaces.browse({ marketplace: name });
  const inside = listed.plugins.filter(({ source }) => source.includes(url));
  const random = new SeededRandom(1);
  const drawn = [...inside];
  while (drawn.length > SAMPLE) drawn.splice(random.below(drawn.length), 1);
  const times: number[] = [];
  let installed = 0;
  for (const plugin of drawn) {
    const start = performance.now();
    try {
      const target = { kind: 'listed', name: plugin.name, marketplace: name } as const;
      const first = await open().installs.install(target);
      const accept = first.install.consent?.digest;
      const { install } = accept === undefined ? first : await open().installs.install(target, { accept });
      if (install.status !== 'installed') throw new Error(install.reason?.code ?? install.status);
      installed += 1;
      times.push(performance.now() - start);
    } catch (error) {
      const why = isBeaverError(error) ? `${error.message} [${error.code}]` : String(error);
      failures.push(`| ${name} | ${plugin.name} | ${why.replaceAll('|', '\\|').replaceAll('\n', ' ')} |`);
    }
  }
  // A new start looks at the health of each again.
  await open().plugins.sync();
  const left = (await open().installs.list()).installed;
  const healthy = left.filter(({ health }) => health === 'healthy').length;
  const { plugins } = await open().plugins.list();
  const skills = plugins.reduce((count, one) => count + one.skills.length, 0);
  const { findings } = await open().doctor();
  const { reconcile } = await open().upkeep.reconcile();
  for (const { code, message, path: at } of findings)
    failures.push(`| ${name} | doctor: ${at} | ${message} [${code}] |`);
  for (const { kind, subject, message } of reconcile.items)
    failures.push(`| ${name} | ${kind}: ${subject} | ${message} |`);
  const middle = times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;
  rows.push(
    `| ${name} at ${mirror.git('rev-parse', 'HEAD').slice(0, 10)} | ${inside.length} | ${drawn.length} | ${installed} | ${healthy} | ${skills} | ${findings.length} | ${reconcile.status} | ${(middle / 1000).toFixed(2)} s |`,
  );
  console.error(rows.at(-1));
}

try {
  for (const one of process.argv.slice(2)) {
    const [name = '', folder = ''] = one.split('=');
    await tryOut(name, folder).catch((error: unknown) => {
      failures.push(
        `| ${name} | the marketplace | ${error instanceof Error ? error.message : String(error)} |`,
      );
    });
  }
  console.log(`| marketplace | plugins in it | tried | installed | healthy at the next start | skills | doctor | reconciliation | median |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: |
${rows.join('\n')}

| marketplace | what | why |
| --- | --- | --- |
${failures.join('\n')}

Load average ${loadavg()
    .map((load) => load.toFixed(1))
    .join(', ')} on ${cpus().length} processors.`);
} finally {
  await server.close();
  rmSync(root, { recursive: true, force: true });
}
