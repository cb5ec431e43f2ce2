import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import type { Ports } from '../../src/core/ports.ts';
import { NodeFileSystem } from '../../src/node/node-files.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { skillText, TempWorkspace } from './temp-workspace.ts';

/** The real disk without waiting for it: nothing here is about power cuts, and waiting is most of the time that a test takes. */
export class QuickFiles extends NodeFileSystem {
  override flush(): Promise<void> {
    return Promise.resolve();
  }

  override flushTrees(): Promise<void> {
    return Promise.resolve();
  }
}

export function quickPorts(): Ports {
  return { ...nodePorts(), files: new QuickFiles() };
}

/** The draft of the update of `notes`, with a text of the reviewer's own. */
export interface HealthyWorkspace {
  readonly temp: TempWorkspace;
  readonly draftId: string;
  readonly candidateId: string;
}

/**
 * A workspace in which everything is used and nothing is off: `notes` of plugin `kit` (edited, captured, an update drafted and partly
 * settled), `lint` of plugin `tools` (in sync), `legacy` of plugin `old` (disabled).
 */
export async function healthyWorkspace(): Promise<HealthyWorkspace> {
  const temp = await TempWorkspace.create();
  const v1 = { Steps: 'Collect the changes.', Output: 'Write a list.' };
  await temp.plugin('kit', '1.0.0', { notes: { 'SKILL.md': skillText('notes', v1), 'logo.svg': '<svg/>' } });
  await temp.plugin('tools', '1.0.0', {
    lint: { 'SKILL.md': skillText('lint', v1), 'bin/lint.sh*': '#!/bin/sh\necho fine\n' },
  });
  await temp.plugin('old', '1.0.0', { legacy: { 'SKILL.md': skillText('legacy', v1) } });
  const beaver = temp.open(quickPorts());
  await beaver.plugins.enable(['kit', 'tools', 'old']);
  await beaver.plugins.disable('old', { disableLinkedSkills: true });
  await temp.write('.agents/skills/notes', {
    'SKILL.md': skillText('notes', { ...v1, Steps: 'Ask the authors.' }),
  });
  await beaver.skills.capture('notes');
  await temp.plugin('kit', '2.0.0', {
    notes: { 'SKILL.md': skillText('notes', { ...v1, Steps: 'Read the log.' }), 'logo.svg': '<svg/>' },
  });
  await beaver.plugins.sync();
  const [update] = (await beaver.updates.list()).updates;
  if (update === undefined) throw new Error('The update was not found.');
  const { draft } = await beaver.updates.draft(update.candidate_id);
  const text = skillText('notes', { ...v1, Steps: 'Read the log and ask the authors.' });
  await beaver.updates.resolve(draft.draft_id, { kind: 'text', path: 'SKILL.md', text });
  return { temp, draftId: draft.draft_id, candidateId: update.candidate_id };
}

/** A copy that a test may damage. */
export async function copyOf(healthy: HealthyWorkspace): Promise<TempWorkspace> {
  const copy = await TempWorkspace.create();
  await cp(healthy.temp.root, copy.root, { recursive: true, preserveTimestamps: true });
  return copy;
}

/** Replaces a JSON file of the workspace by what `change` makes of it. */
export async function changeJson(
  temp: TempWorkspace,
  file: string,
  change: (value: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  const value: unknown = JSON.parse(await temp.text(file));
  if (!isRecord(value)) throw new TypeError(`${file} is not an object.`);
  await writeFile(temp.path(file), `${JSON.stringify(change(value), undefined, 2)}\n`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Digest of every file below `folder`, by path relative to the workspace. */
export async function digests(temp: TempWorkspace, folder = '.'): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const root = temp.path(folder);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const digest = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    found.set(path.relative(temp.root, file).split(path.sep).join('/'), digest);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Code and path of each finding, for comparison. */
export async function findings(beaver: BeaverWorkspace): Promise<readonly string[]> {
  return (await beaver.doctor()).findings.map((finding) => `${finding.code} ${finding.path}`);
}

/** Removes a file or a folder of the workspace. */
export async function lose(temp: TempWorkspace, file: string): Promise<void> {
  await rm(temp.path(file), { recursive: true });
}
