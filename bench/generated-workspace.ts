import { mkdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';

export interface Size {
  readonly plugins: number;
  readonly skills: number;
}

/** Of a skill: SKILL.md, two references, a script, a data file. */
const FILES_OF_A_SKILL = 5;

/** A workspace with plugins of skills of five files each; 1,000 × 3 makes 16,000 files with the manifests. @returns how many. */
export async function generateWorkspace(root: string, size: Size): Promise<number> {
  for (let index = 0; index < size.plugins; index++) {
    const id = `plugin-${String(index).padStart(4, '0')}`;
    const plugin = path.join(root, 'plugins', id);
    const skills: { name: string; path: string }[] = [];
    for (let number = 0; number < size.skills; number++) {
      const name = `${id}-skill-${number}`;
      skills.push({ name, path: `skills/${name}` });
      await writeSkill(path.join(plugin, 'skills', name), name);
    }
    const manifest = { schema_version: 1, id, name: id, version: '1.0.0', skills };
    await writeFile(path.join(plugin, 'beaver.plugin.json'), JSON.stringify(manifest));
  }
  return size.plugins * (size.skills * FILES_OF_A_SKILL + 1);
}

async function writeSkill(folder: string, name: string): Promise<void> {
  await mkdir(path.join(folder, 'references'), { recursive: true });
  await mkdir(path.join(folder, 'scripts'));
  const lines = Array.from({ length: 40 }, (_, line) => `Line ${line} of the instructions for ${name}.`);
  const document = `---\nname: ${name}\ndescription: The ${name} skill\n---\n\n# ${name}\n\n${lines.join('\n')}\n`;
  await writeFile(path.join(folder, 'SKILL.md'), document);
  await writeFile(path.join(folder, 'references', 'a.md'), `# A of ${name}\n\n${'text '.repeat(200)}\n`);
  await writeFile(path.join(folder, 'references', 'b.md'), `# B of ${name}\n\n${'more '.repeat(300)}\n`);
  await writeFile(path.join(folder, 'scripts', 'run.sh'), `#!/bin/sh\necho ${name}\n`, { mode: 0o755 });
  await writeFile(path.join(folder, 'scripts', 'data.json'), JSON.stringify({ name, list: [1, 2, 3] }));
}
