/**
 * Speed and memory of the command on a generated workspace of 16,000 files, beside the tool that a person would compare it with. Ratios of
 * medians, taken in turns in one run on this machine: `npm run bench [-- --rounds N]`. Prints a Markdown table.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { median, type Sample, Stopwatch } from './commands.ts';
import { generateWorkspace } from './generated-workspace.ts';

interface Row {
  readonly what: string;
  readonly beside: string;
  readonly limit: number;
  readonly ours: readonly Sample[];
  readonly theirs: readonly Sample[];
}

const repository = path.dirname(import.meta.dirname);
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const work = await mkdtemp(path.join(tmpdir(), 'beaver-bench-ws-'));
// Inside the checkout, so that the native part is found as in an installation.
const dist = path.join(repository, '.vscode-test', 'bench', 'dist');
execFileSync(
  process.execPath,
  [path.join(repository, 'scripts', 'build.mjs'), '--production', `--outdir=${dist}`],
  {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'inherit'],
  },
);
const cli = path.join(dist, 'cli.cjs');
const watch = await Stopwatch.create();

async function measure(
  what: string,
  beside: string,
  limit: number,
  ours: (round: number) => Promise<Sample>,
  theirs: (round: number) => Promise<Sample>,
): Promise<Row> {
  const row = { what, beside, limit, ours: [] as Sample[], theirs: [] as Sample[] };
  for (let round = 0; round < rounds; round++) {
    row.theirs.push(await theirs(round));
    row.ours.push(await ours(round));
  }
  return row;
}

const template = path.join(work, 'template');
const count = await generateWorkspace(template, { plugins: 1000, skills: 3 });
const fresh = async (name: string): Promise<string> => {
  const folder = path.join(work, name);
  await rm(folder, { recursive: true, force: true });
  await cp(template, folder, { recursive: true });
  return folder;
};
const flushDisk = (): void => {
  execFileSync('sync');
};
const rows: Row[] = [];

const listed = await fresh('listed');
rows.push(
  await measure(
    'beaver plugins list, cold',
    'git add -A',
    1,
    async () => {
      await rm(path.join(listed, '.beaver'), { recursive: true, force: true });
      return watch.node(listed, cli, 'plugins', 'list', '--json');
    },
    async () => {
      await rm(path.join(listed, '.git'), { recursive: true, force: true });
      execFileSync('git', ['init', '-q'], { cwd: listed });
      flushDisk();
      return watch.program(listed, 'git', 'add', '-A');
    },
  ),
);

rows.push(
  await measure(
    'beaver plugins enable --all',
    'cp -r and sync',
    2,
    async (round) => {
      const folder = await fresh(`enabled-${round}`);
      flushDisk();
      return watch.node(folder, cli, 'plugins', 'enable', '--all', '--json');
    },
    async (round) => {
      const folder = await fresh(`copied-${round}`);
      flushDisk();
      const sample = await watch.program(folder, 'sh', '-c', 'cp -r plugins copy && sync');
      await rm(folder, { recursive: true, force: true });
      return sample;
    },
  ),
);

const synced = path.join(work, 'enabled-0');
const tracked = await fresh('tracked');
execFileSync('git', ['init', '-q'], { cwd: tracked });
execFileSync('git', ['add', '-A'], { cwd: tracked });
execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '-qm', 'all'], {
  cwd: tracked,
});
await watch.program(tracked, 'git', 'status', '--short');
await watch.node(synced, cli, 'plugins', 'sync', '--json');
rows.push(
  await measure(
    'beaver plugins sync, nothing changed',
    'git status',
    2.5,
    () => watch.node(synced, cli, 'plugins', 'sync', '--json'),
    () => watch.program(tracked, 'git', 'status', '--short'),
  ),
);

console.log(
  `${count} files, ${rounds} rounds, medians. Node ${process.versions.node}, ${process.platform} ${process.arch}.\n`,
);
console.log('| what | ms | beside | ms | ratio | limit | peak MiB |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const row of rows) {
  const [ours, theirs] = [
    median(row.ours.map((sample) => sample.ms)),
    median(row.theirs.map((sample) => sample.ms)),
  ];
  const peak = Math.max(...row.ours.map((sample) => sample.peak ?? 0));
  const cells = [
    row.what,
    ours.toFixed(0),
    row.beside,
    theirs.toFixed(0),
    (ours / theirs).toFixed(2),
    `≤ ${row.limit}`,
    peak.toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
await watch.dispose();
await rm(work, { recursive: true, force: true });
