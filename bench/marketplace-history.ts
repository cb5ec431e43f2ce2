/**
 * The history of a public marketplace that pins its plugins by SHA, lived through again:
 * `node bench/marketplace-history.ts MARKETPLACE OWNER/REPO=FOLDER … [--steps N] [--minutes N]`, with local clones of the marketplace and of as many
 * repositories of its plugins as are at hand. Plugins whose source is relative come along.
 *
 * Every commit of the marketplace that changes one of these entries is published by a git server on loopback, and a new start of Beaver
 * makes one round of auto-update in the mode `apply`. What asks for a person is accepted, as a person would. After each step every plugin
 * has to be at the commit of its entry, and everything has to be as it should be. Ends with 1 where it is not.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { BeaverWorkspace } from '../src/app/api.ts';
import { createWorkspace } from '../src/app/workspace.ts';
import { isBeaverError } from '../src/base/errors.ts';
import { nodePorts } from '../src/node/node-ports.ts';
import { NodePackages } from '../src/node/packages/node-packages.ts';
import { GitHttpServer } from '../test/support/git-http-server.ts';
import { GitMirror } from '../test/support/git-mirror.ts';

const CATALOG = '.claude-plugin/marketplace.json';
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string', default: '100000' },
    minutes: { type: 'string', default: '600' },
    relative: { type: 'string', default: '5' },
  },
});
const [marketplaceFolder = '', ...given] = positionals;
const root = path.join(tmpdir(), `beaver-bench-history-${process.pid}`);
mkdirSync(path.join(root, 'repos'), { recursive: true });
const server = await GitHttpServer.start(path.join(root, 'repos'));
const market = new GitMirror(marketplaceFolder, path.join(root, 'repos', 'market.git'));
const repositories = new Map(
  given.map((one, index) => {
    const [name = '', folder = ''] = one.split('=');
    const file = `plugin-${index}.git`;
    const mirror = new GitMirror(folder, path.join(root, 'repos', file));
    return [name.toLowerCase(), { mirror, url: server.url(file) }];
  }),
);

interface Entry {
  readonly name: string;
  readonly source: string | { readonly url?: string; readonly repo?: string; readonly sha?: string };
}
interface Step {
  readonly commit: string;
  readonly text: string;
  /** The commit that each plugin is pinned to; the folder of one whose source is relative. */
  readonly pins: ReadonlyMap<string, string>;
}

/** The entries that can be had here, with addresses of this machine. */
function stepOf(commit: string, relative: Set<string>): Step | undefined {
  let document: { plugins: Entry[] };
  try {
    document = JSON.parse(market.git('show', `${commit}:${CATALOG}`)) as { plugins: Entry[] };
  } catch {
    return undefined;
  }
  const pins = new Map<string, string>();
  const plugins = document.plugins.flatMap((entry): readonly unknown[] => {
    if (typeof entry.source === 'string') {
      if (relative.size < Number(values.relative)) relative.add(entry.name);
      if (relative.has(entry.name)) pins.set(entry.name, entry.source);
      return [entry];
    }
    const { url, repo, sha } = entry.source;
    const name = (repo ?? url ?? '').replace(/^https:\/\/github\.com\//, '').replace(/\.git$/, '');
    const repository = repositories.get(name.toLowerCase());
    if (repository === undefined || sha === undefined || !isThere(repository.mirror, sha)) return [];
    pins.set(entry.name, sha);
    const rest = Object.fromEntries(Object.entries(entry.source).filter(([key]) => key !== 'repo'));
    const kind = repo === undefined ? {} : { source: 'url' };
    return [{ ...entry, source: { ...rest, ...kind, url: repository.url } }];
  });
  return { commit, text: JSON.stringify({ ...document, plugins }), pins };
}

function open(): BeaverWorkspace {
  const ports = nodePorts();
  const packages = new NodePackages({ cache: path.join(root, 'cache'), environment: {}, ports });
  return createWorkspace(
    { ...ports, packages, programs: { exists: () => Promise.resolve(true) } },
    { root: path.join(root, 'workspace'), runtimeTargets: ['.agents/skills'] },
  );
}

const sound = new Map<string, boolean>();
const isThere = (mirror: GitMirror, sha: string): boolean => {
  const known = sound.get(sha) ?? mirror.has(sha);
  sound.set(sha, known);
  return known;
};
const times: number[] = [];
const problems = new Map<string, number>();
const blame = (what: string): void => {
  problems.set(what, (problems.get(what) ?? 0) + 1);
};
let bumps = 0;
let asked = 0;
/** Plugins that are installed, and why others are not (as of the last try: each commit is one). */
const there = new Set<string>();
const refused = new Map<string, string>();
let missing = 0;
const perPlugin = new Map<string, { bumps: number; times: number[] }>();

async function live(step: Step, before: ReadonlyMap<string, string>): Promise<void> {
  market.publish(step.commit, CATALOG, step.text);
  const start = performance.now();
  await open().plugins.sync();
  const { auto_update: round } = await open().upkeep.autoUpdate({ environment: {}, now: true });
  for (const { id, action, reason } of round.plugins) {
    if (action === 'notify') {
      const first = await open().installs.update([id]);
      const accept = first.updates[0]?.consent?.digest;
      if (accept !== undefined) asked += 1;
      const { updates } = await open().installs.update([id], accept === undefined ? {} : { accept });
      if (updates[0]?.status !== 'updated' && updates[0]?.status !== 'unchanged')
        blame(`${id}: ${updates[0]?.status ?? ''} ${updates[0]?.reason?.code ?? reason.code}`);
    }
  }
  const took = performance.now() - start;
  const changed = [...step.pins].filter(([name, pin]) => there.has(name) && before.get(name) !== pin);
  bumps += changed.length;
  if (changed.length > 0) times.push(took / changed.length);
  for (const [name] of changed) {
    const known = perPlugin.get(name) ?? { bumps: 0, times: [] };
    known.bumps += 1;
    known.times.push(took / changed.length);
    perPlugin.set(name, known);
  }
  for (const [name] of step.pins) {
    if (there.has(name)) continue;
    try {
      const target = { kind: 'listed', name, marketplace: 'history' } as const;
      await open().installs.install(target);
      there.add(name);
    } catch (error) {
      refused.set(name, isBeaverError(error) ? `${error.message} [${error.code}]` : String(error));
    }
  }
  const now = await open().installs.list();
  for (const { id, active } of now.installed) {
    const name = id.slice(0, id.lastIndexOf('@'));
    const pin = step.pins.get(name);
    if (pin !== undefined && /^[0-9a-f]{40}$/.test(pin) && !active.identity.includes(pin))
      blame(`${name} is not at its commit`);
  }
  const { reconcile } = await open().upkeep.reconcile();
  for (const item of reconcile.items) blame(`${item.kind}: ${item.subject}`);
}

try {
  const log = market.git('log', '--first-parent', '--reverse', '--format=%H', '--', CATALOG).split('\n');
  const relative = new Set<string>();
  let before: ReadonlyMap<string, string> = new Map();
  let steps = 0;
  const wanted = Number(values.steps);
  for (const commit of log) {
    if (steps >= wanted || performance.now() > Number(values.minutes) * 60_000) break;
    const step = stepOf(commit, relative);
    if (step === undefined) continue;
    const same =
      [...step.pins].every(([name, pin]) => before.get(name) === pin) && step.pins.size >= before.size;
    if (same) continue;
    steps += 1;
    if (steps === 1) {
      market.publish(step.commit, CATALOG, step.text);
      mkdirSync(path.join(root, 'workspace'));
      const { marketplaces } = open();
      const place = { directory: root, home: root, name: 'history', trust: true };
      await marketplaces.add(server.url('market.git'), place);
      await marketplaces.configure('history', { mode: 'apply' });
    }
    // A plugin that a commit at hand is missing for stays where it was: its next pin is a bump again.
    const known = new Map([...before, ...step.pins]);
    for (const [name] of before) if (!step.pins.has(name)) missing += 1;
    await live(step, before);
    before = known;
    if (steps % 25 === 0) process.stderr.write(`${steps} steps, ${bumps} bumps\n`);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    `${((sorted[Math.floor(sorted.length * part)] ?? NaN) / 1000).toFixed(2)} s`;
  const load = loadavg()
    .map((one) => one.toFixed(1))
    .join(', ');
  const rows = [...perPlugin]
    .sort((a, b) => b[1].bumps - a[1].bumps)
    .map(([name, { bumps: count, times: took }]) => {
      const middle = took.toSorted((a, b) => a - b)[took.length >> 1] ?? NaN;
      return `| ${name} | ${count} | ${(middle / 1000).toFixed(2)} s |`;
    });
  const report = `| plugin | bumps | median time of a bump |
| --- | ---: | ---: |
${rows.join('\n')}

${log.length} commits of the catalog, ${steps} of which change one of these plugins: ${there.size} installed, ${bumps} bumps, ${asked} of which asked for a person
(a major version, new programs, hosts or tools). A bump took ${at(0.5)} in the middle and ${at(0.95)} at 95 %, with the start, the look at the
marketplace, and the consent where one was asked for. Load average ${load} on ${cpus().length} processors.

${problems.size === 0 ? 'After every step each plugin was at the commit of its entry, and nothing was off.' : [...problems].map(([what, count]) => `- ${count} × ${what}`).join('\n')}
`;
  console.log(report);
  for (const [name, why] of refused) console.log(`${name} could not be installed at first: ${why}`);
  if (missing > 0) console.log(`Entries that were gone or not at hand at a step: ${missing}.`);
  writeFileSync(path.join(tmpdir(), 'marketplace-history.md'), report);
  if (problems.size > 0) process.exitCode = 1;
} finally {
  await server.close();
  rmSync(root, { recursive: true, force: true });
}
