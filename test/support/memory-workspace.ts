import * as path from 'node:path';
import type { BeaverWorkspace, WorkspaceOptions } from '../../src/app/api.ts';
import { type Domains, wireDomains } from '../../src/app/domains.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import type { Ports } from '../../src/core/ports.ts';
import { type FakePorts, fakePorts } from './ports.ts';
import { MemoryFileSystem, type MemoryFilesOptions } from './memory-files.ts';
import type { Texts } from './temp-workspace.ts';

/** A workspace without a disk: the real domains over files in memory, a standing clock and counted ids. */
export class MemoryWorkspace {
  readonly root = path.resolve('/workspace');
  readonly files: MemoryFileSystem;
  readonly ports: FakePorts;

  constructor(options?: MemoryFilesOptions) {
    this.files = new MemoryFileSystem(options);
    this.ports = fakePorts(this.files);
  }

  /** `ports` in place of those without a machine: a language model, say. */
  open(options: Partial<WorkspaceOptions> = {}, ports: Partial<Ports> = {}): BeaverWorkspace {
    return createWorkspace({ ...this.ports, ...ports }, { root: this.root, actor: 'tester', ...options });
  }

  domains(options: Partial<WorkspaceOptions> = {}): Domains {
    return wireDomains(this.ports, { root: this.root, actor: 'tester', ...options });
  }

  path(file: string): string {
    return path.join(this.root, ...file.split('/'));
  }

  /** Replaces the package of a plugin by one with these skills: texts by path below `skills/<name>/`. */
  async plugin(id: string, version: string, skills: Readonly<Record<string, Texts>>): Promise<void> {
    await this.files.remove(this.path(`plugins/${id}`));
    const names = Object.keys(skills).map((name) => ({ name, path: `skills/${name}` }));
    const manifest = { schema_version: 1, id, name: id, version, skills: names };
    await this.write(`plugins/${id}`, { 'beaver.plugin.json': JSON.stringify(manifest) });
    for (const [name, texts] of Object.entries(skills))
      await this.write(`plugins/${id}/skills/${name}`, texts);
  }

  /** A path that ends in `*` is written as an executable without the star. */
  async write(folder: string, texts: Texts): Promise<void> {
    for (const [name, text] of Object.entries(texts)) {
      const file = this.path(`${folder}/${name.replace(/\*$/, '')}`);
      await this.files.makeDirectory(path.dirname(file));
      await this.files.writeFile(file, Buffer.from(text), { executable: name.endsWith('*') });
    }
  }

  async text(file: string): Promise<string | undefined> {
    const bytes = await this.files.readFile(this.path(file));
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  }
}
