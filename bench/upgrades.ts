/**
 * Real releases against real edits: each repository at several pairs of points of its history. The old point is mirrored; each skill gets the
 * first edit that people made to it after the new point, carried back to the old text; the new point is dropped in; every update is drafted,
 * proposed by a model that knows the later text, settled as the history settled it, acknowledged and published.
 *
 *   node bench/upgrades.ts [--windows N] [--most N] [--cases FILE] CLONE…
 *
 * CLONE is a git directory; its history is cut in N + 1 equal parts (default 4), each inner cut being one upgrade; of a large collection the
 * first N plugins are taken. Prints Markdown tables; `--cases` writes one line of JSON for each update.
 */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { BeaverWorkspace } from '../src/app/api.ts';
import { createWorkspace } from '../src/app/workspace.ts';
import { isBeaverError } from '../src/base/errors.ts';
import { nodePorts } from '../src/node/node-ports.ts';
import { checkOut, firstParents, repositoryName } from './history.ts';
import { type LaterEdit, type SkillFiles, Upgrade } from './later-edits.ts';
import { LaterTextModel } from './later-text-model.ts';
import { type UpgradeCase, upgradeTables } from './upgrade-tables.ts';
import { reviewUpgrade } from './upgrade-review.ts';

interface Edited {
  readonly edit: LaterEdit;
  /** Non-blank lines of SKILL.md that the edit brought and that the history kept. */
  readonly lines: readonly string[];
}

async function run(
  clone: string,
  from: string,
  to: string,
  most: number,
  model: LaterTextModel,
): Promise<UpgradeCase[]> {
  const root = await mkdtemp(path.join(tmpdir(), 'beaver-upgrades-'));
  const beaver = createWorkspace(nodePorts({ models: model.port }), { root, actor: 'bench' });
  await checkOut(clone, from, root, most);
  for (const { id } of (await beaver.plugins.list()).plugins) {
    await beaver.plugins.enable([id]).catch((error: unknown) => {
      if (!isBeaverError(error)) throw error;
      console.error(`${repositoryName(clone)}: ${id}: ${error.code}`);
    });
  }
  const edits = await editSkills(beaver, root, new Upgrade(clone, from, to));
  await beaver.skills.capture();
  await checkOut(clone, to, root, most);
  await beaver.plugins.sync();
  const cases: UpgradeCase[] = [];
  for (const { candidate_id: candidate, skill_name: name } of (await beaver.updates.list()).updates) {
    const edited = edits.get(name);
    const outcome = await reviewUpgrade(beaver, candidate, edited?.edit.known, model);
    const text = await readFile(path.join(root, '.agents', 'skills', name, 'SKILL.md'), 'utf8');
    const said = new Set(text.split('\n').map((line) => line.trim()));
    cases.push({
      repository: repositoryName(clone),
      upgrade: `${from.slice(0, 8)} → ${to.slice(0, 8)}`,
      edit: edited?.edit.commit.slice(0, 8) ?? null,
      overlaps: edited?.edit.overlaps ?? false,
      lost: edited?.lines.filter((line) => !said.has(line)).length ?? 0,
      outcome,
    });
  }
  const { findings } = await beaver.doctor();
  if (findings.length > 0) throw new Error(`doctor has ${String(findings.length)} findings`);
  await rm(root, { recursive: true, force: true });
  return cases;
}

/** Writes the edits where agents read the skills. */
async function editSkills(
  beaver: BeaverWorkspace,
  root: string,
  upgrade: Upgrade,
): Promise<ReadonlyMap<string, Edited>> {
  const edits = new Map<string, Edited>();
  for (const { name } of (await beaver.skills.list()).skills) {
    const folder = path.join(root, '.agents', 'skills', name);
    const document = await readFile(path.join(folder, 'SKILL.md'), 'utf8');
    const source = upgrade.folderOf(name, document);
    const edit = source === undefined ? undefined : upgrade.laterEdit(source);
    if (edit === undefined) continue;
    const kept = saidIn(edit.known);
    const lines = [...saidIn(edit.local)].filter((line) => kept.has(line) && !document.includes(line));
    await rm(folder, { recursive: true });
    for (const [file, { bytes, executable }] of edit.local) {
      const target = path.join(folder, file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, bytes);
      if (executable) await chmod(target, 0o755);
    }
    edits.set(name, { edit, lines });
  }
  return edits;
}

function saidIn(files: SkillFiles): ReadonlySet<string> {
  const text = files.get('SKILL.md')?.bytes.toString('utf8') ?? '';
  return new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
}

const { values, positionals } = parseArgs({
  options: { windows: { type: 'string' }, most: { type: 'string' }, cases: { type: 'string' } },
  allowPositionals: true,
});
const windows = Number(values.windows ?? 4);
const most = values.most === undefined ? Number.POSITIVE_INFINITY : Number(values.most);
const model = await LaterTextModel.start();
const all: UpgradeCase[] = [];
try {
  for (const clone of positionals.map((name) => path.resolve(name))) {
    const history = firstParents(clone);
    const point = (part: number) => history[Math.floor((part * (history.length - 1)) / (windows + 1))] ?? '';
    for (let part = windows; part >= 1; part -= 1) {
      all.push(...(await run(clone, point(part + 1), point(part), most, model)));
    }
  }
} finally {
  await model.close();
}
if (values.cases !== undefined) {
  await writeFile(values.cases, all.map((one) => `${JSON.stringify(one)}\n`).join(''));
}
console.log(upgradeTables(all));
