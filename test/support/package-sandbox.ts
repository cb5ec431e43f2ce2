import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { nodePorts } from '../../src/node/node-ports.ts';
import { NodePackages, type NodePackagesOptions } from '../../src/node/packages/node-packages.ts';

/** A folder with a cache of its own, and real packages over it. */
export class PackageSandbox {
  readonly root: string;
  #outputs = 0;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<PackageSandbox> {
    return new PackageSandbox(await mkdtemp(path.join(tmpdir(), 'beaver-packages-')));
  }

  /** Another window: another process would have the same, but for its memory. */
  packages(options: Partial<NodePackagesOptions> = {}): NodePackages {
    const environment = { PATH: process.env['PATH'], HOME: this.root };
    return new NodePackages({ cache: this.path('cache'), environment, ports: nodePorts(), ...options });
  }

  path(...parts: readonly string[]): string {
    return path.join(this.root, ...parts);
  }

  /** Where nothing is yet. */
  output(): string {
    this.#outputs += 1;
    return this.path('out', String(this.#outputs));
  }

  async write(folder: string, texts: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(texts)) {
      const file = this.path(folder, ...name.split('/'));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** Texts below a folder by POSIX path; every entry must be a regular file or a folder. */
export async function textsIn(root: string): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) continue;
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile()) throw new Error(`${file} is no regular file`);
    texts[path.relative(root, file).split(path.sep).join('/')] = await readFile(file, 'utf8');
  }
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
