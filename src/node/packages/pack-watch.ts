import * as path from 'node:path';
import type { FileSystem } from '../../core/ports.ts';

/** How many bytes have come since the start: packs, and the one that is being written. */
export class PackWatch {
  readonly #folder: string;
  readonly #files: FileSystem;
  #before = 0;

  constructor(folder: string, files: FileSystem) {
    this.#folder = folder;
    this.#files = files;
  }

  async start(): Promise<void> {
    this.#before = await this.#total();
  }

  async received(): Promise<number> {
    return Math.max(0, (await this.#total()) - this.#before);
  }

  async #total(): Promise<number> {
    let total = 0;
    for (const { name } of (await this.#files.readDirectory(this.#folder)) ?? []) {
      if (name.endsWith('.pack') || name.startsWith('tmp_pack'))
        total += (await this.#files.lstat(path.join(this.#folder, name)))?.size ?? 0;
    }
    return total;
  }
}
