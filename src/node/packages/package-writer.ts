import * as fs from 'node:fs';
import { mkdir } from 'node:fs/promises';
import * as path from 'node:path';
import type { PlannedFile } from '../../core/package-entries.ts';
import { EXECUTABLE_MODE, NEW_FILE, PLAIN_MODE, writeFully } from '../file-calls.ts';

/** Puts the files of a plan where nothing is yet. Every file is created, never opened: a link in its place would be an error. */
export class PackageWriter {
  readonly #root: string;
  readonly #plan: readonly PlannedFile[];
  readonly #made = new Set<string>();

  constructor(root: string, plan: readonly PlannedFile[]) {
    this.#root = root;
    this.#plan = plan;
  }

  /** Makes the root; its parents may be missing. Fails with EEXIST when it is there. */
  async start(): Promise<void> {
    await mkdir(path.dirname(this.#root), { recursive: true });
    await mkdir(this.#root);
  }

  /** @param index In the plan. @throws the system's error. */
  write(index: number, bytes: Uint8Array): void {
    const fd = this.open(index);
    try {
      writeFully(fd, bytes);
    } finally {
      fs.closeSync(fd);
    }
  }

  /** A descriptor for a file of the plan, new and empty; the caller closes it. */
  open(index: number): number {
    const planned = this.#plan[index];
    if (planned === undefined) throw new RangeError('no such file in the plan');
    const target = path.join(this.#root, ...planned.path.split('/'));
    const folder = path.dirname(target);
    if (!this.#made.has(folder)) {
      fs.mkdirSync(folder, { recursive: true });
      this.#made.add(folder);
    }
    return fs.openSync(target, NEW_FILE, planned.executable ? EXECUTABLE_MODE : PLAIN_MODE);
  }
}
