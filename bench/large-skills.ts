import { mkdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { BeaverWorkspace } from '../src/app/api.ts';
import { createWorkspace } from '../src/app/workspace.ts';
import { nodePorts } from '../src/node/node-ports.ts';

/** A skill's name by how many lines it has. */
export function largeSkill(lines: number): string {
  return `large-${lines}`;
}

/**
 * A workspace with one plugin for each of `sizes`, whose skill of so many lines was edited here and released anew: a three-way update of
 * each is waiting, without a draft. Every 50th line was changed locally, every 150th upstream, two of them by both.
 */
export async function makeLargeSkills(root: string, sizes: readonly number[]): Promise<BeaverWorkspace> {
  const beaver = createWorkspace(nodePorts(), { root, actor: 'bench' });
  for (const lines of sizes) await writePlugin(root, lines, '1.0.0', baseText(lines));
  await beaver.plugins.enable(sizes.map(largeSkill));
  for (const lines of sizes) {
    const name = largeSkill(lines);
    const [target] = await beaver.skills.targetFolders(name);
    if (target === undefined) throw new Error(`${name} is not placed anywhere.`);
    await writeFile(path.join(target, 'SKILL.md'), changed(lines, 50, 10, 'Locally we name the author.'));
    await beaver.skills.capture(name);
    await writePlugin(root, lines, '1.1.0', changed(lines, 150, 60, 'Upstream adds a link.'));
  }
  await beaver.plugins.sync();
  return beaver;
}

async function writePlugin(root: string, lines: number, version: string, text: string): Promise<void> {
  const id = largeSkill(lines);
  const folder = path.join(root, 'plugins', id, 'skills', id);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'SKILL.md'), text);
  const manifest = { schema_version: 1, id, name: id, version, skills: [{ name: id, path: `skills/${id}` }] };
  await writeFile(path.join(root, 'plugins', id, 'beaver.plugin.json'), JSON.stringify(manifest));
}

function baseText(lines: number): string {
  return document(lines, prose(lines));
}

function changed(lines: number, every: number, offset: number, words: string): string {
  return document(
    lines,
    prose(lines).map((line, at) =>
      at % every === offset || (at > 0 && at % Math.floor(lines / 3) === 0) ? `${line} ${words}` : line,
    ),
  );
}

function document(lines: number, body: readonly string[]): string {
  const name = largeSkill(lines);
  return `---\nname: ${name}\ndescription: A skill of ${lines} lines\n---\n\n${body.join('\n')}\n`;
}

function prose(lines: number): readonly string[] {
  return Array.from({ length: lines - 5 }, (_, at) => {
    if (at % 40 === 0) return `## Part ${at / 40 + 1}`;
    if (at % 8 === 1) return '';
    if (at % 8 === 5) return `- Item ${at} of a list that says what to do with release ${at}.`;
    return `Line ${at}: keep the release notes short, and say what a reader has to do about each change.`;
  });
}
