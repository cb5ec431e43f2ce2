/**
 * Runs Beaver on real repositories of plugins and skills, each at two points of its history: everything is mirrored from the older one,
 * edited as a developer would, upgraded to the newer one, drafted, and published where nothing is left to decide.
 *
 *   node bench/real.ts [--older N] [--most N] CLONE…
 *
 * CLONE is a git directory; the older point is N first-parent commits back (default: a third of the history); of a large collection the
 * first N plugins are taken. Prints a Markdown table.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { BeaverWorkspace } from '../src/app/api.ts';
import { createWorkspace } from '../src/app/workspace.ts';
import { isBeaverError } from '../src/base/errors.ts';
import { nodePorts } from '../src/node/node-ports.ts';
import { checkOut, firstParents, repositoryName } from './history.ts';

interface Counts {
  plugins: number;
  rejected: number;
  skills: number;
  blocked: number;
  fastForward: number;
  threeWay: number;
  clean: number;
  conflicts: number;
  gated: number;
  published: number;
  lost: number;
  enableMs: number;
  syncMs: number;
}

/** A sentence of one's own in the middle, and a section at the end: what one learns about a skill. */
async function editSkills(workspace: string, beaver: BeaverWorkspace): Promise<ReadonlyMap<string, string>> {
  const edits = new Map<string, string>();
  for (const { name } of (await beaver.skills.list()).skills) {
    const file = path.join(workspace, '.agents', 'skills', name, 'SKILL.md');
    const text = await readFile(file, 'utf8');
    const lines = text.split('\n');
    const middle = lines.findIndex(
      (line, index) => index > lines.length / 2 && /^[A-Za-z].{40,}\.$/.test(line),
    );
    const learned = `Learned in use: keep the ${name} notes short.`;
    if (middle >= 0) lines[middle] = `${lines[middle] ?? ''} ${learned}`;
    await writeFile(file, `${lines.join('\n').replace(/\n*$/, '\n')}\n## Learned\n\n${learned}\n`);
    edits.set(name, learned);
  }
  return edits;
}

async function run(
  clone: string,
  older: number | undefined,
  most: number,
): Promise<Counts & { name: string; from: string; to: string }> {
  const history = firstParents(clone);
  const to = history[0] ?? '';
  const from = history[Math.min(older ?? Math.floor(history.length / 3), history.length - 1)] ?? '';
  const workspace = await mkdtemp(path.join(tmpdir(), 'beaver-real-'));
  const beaver = createWorkspace(nodePorts(), { root: workspace, actor: 'bench' });
  const counts: Counts = {
    plugins: 0,
    rejected: 0,
    skills: 0,
    blocked: 0,
    fastForward: 0,
    threeWay: 0,
    clean: 0,
    conflicts: 0,
    gated: 0,
    published: 0,
    lost: 0,
    enableMs: 0,
    syncMs: 0,
  };
  await checkOut(clone, from, workspace, most);
  const { plugins, errors } = await beaver.plugins.list();
  counts.plugins = plugins.length;
  counts.rejected = errors.length;
  for (const error of errors)
    console.error(`${path.basename(path.dirname(clone))}: ${error.path}: ${error.code} ${error.message}`);
  let started = performance.now();
  for (const plugin of plugins) {
    try {
      await beaver.plugins.enable([plugin.id]);
    } catch (error) {
      if (!isBeaverError(error)) throw error;
      counts.blocked++;
      console.error(`${path.basename(path.dirname(clone))}: ${plugin.id}: ${error.code} ${error.message}`);
    }
  }
  counts.enableMs = performance.now() - started;
  counts.skills = (await beaver.skills.list()).skills.length;
  const edits = await editSkills(workspace, beaver);
  await beaver.skills.capture();
  await checkOut(clone, to, workspace, most);
  started = performance.now();
  await beaver.plugins.sync();
  counts.syncMs = performance.now() - started;
  for (const update of (await beaver.updates.list()).updates) {
    if (update.merge_mode === 'fast_forward') counts.fastForward++;
    else counts.threeWay++;
    const { draft } = await beaver.updates.draft(update.candidate_id);
    if (draft.status === 'conflicts') counts.conflicts++;
    else if (draft.status === 'blocked') {
      counts.gated++;
      for (const gate of draft.gates.filter((entry) => entry.status === 'failed')) {
        console.error(
          `${path.basename(path.dirname(clone))}: ${update.skill_name}: ${gate.gate}: ${gate.reason} ${gate.findings[0]?.code ?? ''}`,
        );
      }
    } else {
      counts.clean++;
      await beaver.updates.approve(draft.draft_id);
      await beaver.updates.publish(draft.draft_id);
      counts.published++;
    }
  }
  for (const [name, learned] of edits) {
    const text = await readFile(path.join(workspace, '.agents', 'skills', name, 'SKILL.md'), 'utf8');
    if (!text.includes(learned)) counts.lost++;
  }
  const findings =
    (await beaver.doctor()).findings.length +
    (await readdir(path.join(workspace, '.beaver', 'staging', 'plugin-skills'))).length;
  if (findings > 0) throw new Error(`doctor has ${String(findings)} findings`);
  await rm(workspace, { recursive: true, force: true });
  const name = repositoryName(clone);
  return { ...counts, name, from: from.slice(0, 8), to: to.slice(0, 8) };
}

const { values, positionals } = parseArgs({
  options: { older: { type: 'string' }, most: { type: 'string' } },
  allowPositionals: true,
});
const older = values.older === undefined ? undefined : Number(values.older);
const most = values.most === undefined ? Number.POSITIVE_INFINITY : Number(values.most);
console.log(
  '| repository | from → to | plugins | rejected | skills | not enabled | updates: ff / three-way | clean | conflicts | gated | edits lost | enable ms | sync ms |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const clone of positionals) {
  const row = await run(path.resolve(clone), older, most);
  const cells = [
    row.name,
    `${row.from} → ${row.to}`,
    row.plugins,
    row.rejected,
    row.skills,
    row.blocked,
    `${String(row.fastForward)} / ${String(row.threeWay)}`,
    row.clean,
    row.conflicts,
    row.gated,
    row.lost,
    row.enableMs.toFixed(0),
    row.syncMs.toFixed(0),
  ];
  console.log(`| ${cells.map(String).join(' | ')} |`);
}
