/**
 * Judges the merge on a corpus of real merges: `npm run bench:merge -- CORPUS.jsonl[.gz] [--ids]`. The corpus stays outside the
 * project: its texts are other people's. Prints one table with the peers that are installed beside ours, the same for two halves
 * of the repositories, and with `--ids` the cases to look at.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';
import { judge, parseCase, type MergeCase, type Verdict } from './merge-judge.ts';
import { costOf, type JudgedCase, spreadOfHalves, spreadOfSets, WRONG } from './merge-spread.ts';
import { mergeTools, type MergeTool } from './merge-tools.ts';

const HEAD = [
  'tool',
  `cost (k=${WRONG})`,
  'real, mechanical: conflicts / same lines',
  'forks, known: conflicts / same lines',
  'real, all: conflicts',
  'bad',
  'false-clean',
  "git's exact results lost",
  'ms median / p99',
];

interface Judged extends JudgedCase {
  readonly milliseconds: number;
}

const corpus = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
if (corpus === undefined) {
  process.stderr.write('Name a corpus: npm run bench:merge -- CORPUS.jsonl[.gz] [--ids]\n');
  process.exit(2);
}
const cases = readCorpus(corpus);
const { tools, dispose } = mergeTools();
try {
  const results = new Map(tools.map((tool) => [tool.name, runTool(tool)]));
  const [ours = []] = results.values();
  const git = results.get('git merge-file') ?? [];
  print(
    `All ${cases.length} cases`,
    [...results].map(([name, judged]) => row(name, judged, git)),
  );
  const repositories = [...new Set(cases.map(({ repo }) => repo))].sort();
  for (const [name, odd] of [
    ['Even', 0],
    ['Odd', 1],
  ] as const) {
    const half = new Set(repositories.filter((_, at) => at % 2 === odd));
    const within = (judged: readonly Judged[]) => judged.filter(({ one }) => half.has(one.repo));
    print(
      `${name} half of the repositories`,
      [...results].map(([tool, all]) => row(tool, within(all), within(git))),
    );
  }
  printSpread(results, repositories);
  if (process.argv.includes('--ids')) printIds(ours, git);
} finally {
  dispose();
}

function readCorpus(path: string): MergeCase[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : (parseCase(line) ?? [])));
}

function runTool(tool: MergeTool): Judged[] {
  const [warmUp] = cases;
  if (warmUp !== undefined) tool.run(warmUp);
  return cases.map((one) => {
    const { output, milliseconds } = tool.run(one);
    return { one, verdict: judge(one, output), milliseconds };
  });
}

function row(name: string, judged: readonly Judged[], git: readonly Judged[]): string[] {
  const known = judged.filter(({ one }) => one.resolved !== null && one.mechanical);
  const contradictions = judged.filter(({ one }) => one.resolved === null && !one.versionOnly);
  const count = (all: readonly Judged[], what: (verdict: Verdict) => boolean) =>
    all.filter(({ verdict }) => what(verdict)).length;
  const bad = count(known, ({ bad: isBad }) => isBad);
  const falseClean = count(contradictions, ({ clean }) => clean);
  const share = (all: readonly Judged[], what: (verdict: Verdict) => boolean) =>
    all.length === 0 ? '–' : `${((100 * count(all, what)) / all.length).toFixed(1)} %`;
  const both = (all: readonly Judged[]) =>
    `${share(all, ({ clean }) => !clean)} / ${share(all, ({ sameLines }) => sameLines)}`;
  const merges = judged.filter(({ one }) => one.family === 'merge');
  const forks = judged.filter(({ one }) => one.family === 'fork' && one.resolved !== null);
  const times = judged.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const time = (part: number) =>
    (times[Math.min(times.length - 1, Math.floor(part * times.length))] ?? 0).toFixed(2);
  return [
    name,
    costOf(judged).toFixed(3),
    both(merges.filter(({ one }) => one.mechanical)),
    both(forks),
    share(merges, ({ clean }) => !clean),
    `${bad}`,
    `${falseClean}`,
    git.length === 0 ? '–' : `${lostTo(judged, git).length} of ${count(git, ({ exact }) => exact)}`,
    `${time(0.5)} / ${time(0.99)}`,
  ];
}

function lostTo(judged: readonly Judged[], git: readonly Judged[]): Judged[] {
  const exact = new Set(git.filter(({ verdict }) => verdict.exact).map(({ one }) => one.id));
  return judged.filter(({ one, verdict }) => exact.has(one.id) && !verdict.exact);
}

function print(title: string, rows: readonly (readonly string[])[]): void {
  const lines = [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  process.stdout.write(`\n### ${title}\n\n${lines.join('\n')}\n`);
}

/** Whether the two halves differ by more than any two halves would. */
function printSpread(results: ReadonlyMap<string, readonly Judged[]>, repositories: readonly string[]): void {
  const even = new Set(repositories.filter((_, at) => at % 2 === 0));
  const rows = [...results].map(([name, judged]) => {
    const half = (first: boolean) => costOf(judged.filter(({ one }) => even.has(one.repo) === first));
    const observed = Math.abs(half(true) - half(false));
    const halves = spreadOfHalves(judged, observed);
    const sets = spreadOfSets(judged, observed);
    return [
      name,
      observed.toFixed(3),
      ...[halves.median, halves.p95].map((value) => value.toFixed(3)),
      `${(100 * halves.larger).toFixed(0)} %`,
      ...[sets.median, sets.p95].map((value) => value.toFixed(3)),
    ];
  });
  const head = [
    'tool',
    'halves by name',
    'random halves: median',
    '95 %',
    'larger',
    'random sets: median',
    '95 %',
  ];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  process.stdout.write(`\n### Differences of cost between sets of repositories\n\n${lines.join('\n')}\n`);
}

function printIds(ours: readonly Judged[], git: readonly Judged[]): void {
  const list = (title: string, judged: readonly Judged[]) => {
    process.stdout.write(`${title}: ${judged.map(({ one }) => one.id).join(' ') || 'none'}\n`);
  };
  process.stdout.write('\n');
  list(
    'bad',
    ours.filter(({ verdict }) => verdict.bad),
  );
  list(
    'false-clean',
    ours.filter(({ verdict }) => verdict.falseClean),
  );
  list("git's exact results lost", lostTo(ours, git));
}
