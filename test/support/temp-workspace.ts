import { mkdtemp, mkdir, readFile, rm, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { BeaverWorkspace, WorkspaceOptions } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import type { Ports } from '../../src/core/ports.ts';
import { nodePorts } from '../../src/node/node-ports.ts';

/** Texts by path; a path that ends in `*` is written as an executable without the star. */
export type Texts = Readonly<Record<string, string>>;

/** A real workspace in a temporary folder, with plugins that tests write and replace. */
export class TempWorkspace {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<TempWorkspace> {
    return new TempWorkspace(await mkdtemp(path.join(tmpdir(), 'beaver-workspace-')));
  }

  open(ports: Ports = nodePorts(), options: Partial<WorkspaceOptions> = {}): BeaverWorkspace {
    return createWorkspace(ports, { root: this.root, actor: 'tester', ...options });
  }

  /** Replaces the package of a plugin by one with these skills: texts by path below `skills/<name>/`. */
  async plugin(id: string, version: string, skills: Readonly<Record<string, Texts>>): Promise<void> {
    const root = path.join(this.root, 'plugins', id);
    await rm(root, { recursive: true, force: true });
    const manifest = {
      schema_version: 1,
      id,
      name: id,
      version,
      skills: Object.keys(skills).map((name) => ({ name, path: `skills/${name}` })),
    };
    await this.write(`plugins/${id}`, { 'beaver.plugin.json': JSON.stringify(manifest) });
    for (const [name, texts] of Object.entries(skills))
      await this.write(`plugins/${id}/skills/${name}`, texts);
  }

  async write(folder: string, texts: Texts): Promise<void> {
    for (const [name, text] of Object.entries(texts)) {
      const file = path.join(this.root, folder, name.replace(/\*$/, ''));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      if (name.endsWith('*')) await chmod(file, 0o755);
    }
  }

  async text(file: string): Promise<string> {
    return readFile(path.join(this.root, file), 'utf8');
  }

  async remove(file: string): Promise<void> {
    await rm(path.join(this.root, file), { recursive: true, force: true });
  }

  path(file: string): string {
    return path.join(this.root, file);
  }

  async dispose(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** A skill document with frontmatter and sections. */
export function skillText(
  name: string,
  sections: Readonly<Record<string, string>>,
  description = `The ${name} skill`,
): string {
  const body = Object.entries(sections).map(([title, text]) => `## ${title}\n\n${text}\n`);
  return [`---\nname: ${name}\ndescription: ${description}\n---\n\n# ${name}\n`, ...body].join('\n');
}
