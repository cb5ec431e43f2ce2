/**
 * The preflight on public marketplaces: `node bench/preflight.ts [--sample N] FOLDER…`. Prints the rows of `bench/preflight.md`, how often each
 * code occurs, and with `--sample` N errors drawn by a fixed seed, to be read by hand.
 */
import * as path from 'node:path';
import { cpuUsage } from 'node:process';
import { parseArgs } from 'node:util';
import { safetyScan } from '../src/app/preflight.ts';
import { beaverHost } from '../src/core/install/preflight/host-profile.ts';
import { runPreflight } from '../src/core/install/preflight/preflight.ts';
import type { PreflightFinding, PreflightTarget } from '../src/core/install/preflight/report.ts';
import { findTargets } from '../src/core/install/preflight/targets.ts';
import { NodeFileSystem } from '../src/node/node-files.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';

const { values, positionals } = parseArgs({
  options: { sample: { type: 'string', default: '0' } },
  allowPositionals: true,
});
const files = new NodeFileSystem();
const host = beaverHost('0.1.0');
const errors: { readonly repository: string; readonly finding: PreflightFinding }[] = [];
const byCode = new Map<string, { findings: number; plugins: Set<string> }>();

console.log(
  '| repository | plugins | skills | failed | errors | warnings | infos | ms: median | p95 | largest |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const folder of positionals) {
  const base = path.resolve(folder);
  const repository = path.basename(base).replace('+', '/');
  const targets = await findTargets(files, [base]);
  const seen: PreflightTarget[] = [];
  const times: number[] = [];
  const options = { base, version: '0.1.0', host, scan: safetyScan };
  const market = await runPreflight(
    files,
    { plugins: [], marketplaces: targets.marketplaces, empty: [] },
    options,
  );
  seen.push(...market.targets);
  for (const target of targets.plugins) {
    // Processor time: other work on the machine does not count.
    const start = cpuUsage();
    const report = await runPreflight(files, { plugins: [target], marketplaces: [], empty: [] }, options);
    const { user, system } = cpuUsage(start);
    times.push((user + system) / 1000);
    seen.push(...report.targets);
  }
  const findings = seen.flatMap((target) => target.findings.map((finding) => ({ target, finding })));
  for (const { target, finding } of findings) {
    const entry = byCode.get(finding.code) ?? { findings: 0, plugins: new Set() };
    byCode.set(finding.code, entry);
    entry.findings += 1;
    entry.plugins.add(`${repository} ${target.path}`);
    if (finding.severity === 'error') errors.push({ repository, finding });
  }
  const count = (severity: string): number =>
    findings.filter(({ finding }) => finding.severity === severity).length;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0).toFixed(1);
  const failed = seen.filter(({ kind, status }) => kind === 'plugin' && status === 'failed').length;
  const skills = seen.reduce((sum, target) => sum + target.skills.length, 0);
  console.log(
    `| ${[repository, times.length, skills, failed, count('error'), count('warning'), count('info'), at(0.5), at(0.95), at(1)].join(' | ')} |`,
  );
}

console.log('\n| code | findings | plugins |\n| --- | --- | --- |');
for (const [code, entry] of [...byCode].sort(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`| ${code} | ${entry.findings} | ${entry.plugins.size} |`);
}

const random = new SeededRandom(4);
const drawn = errors
  .map((error) => ({ error, key: random.below(1_000_000_000) }))
  .sort((a, b) => a.key - b.key)
  .slice(0, Number(values.sample));
for (const { error } of drawn) {
  const { repository, finding } = error;
  const { line, column, pointer } = finding.field;
  console.log(
    `${repository} ${finding.file}:${line}:${column} ${pointer ?? ''} ${finding.code} ${finding.message}`,
  );
}
