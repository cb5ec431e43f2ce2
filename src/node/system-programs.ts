import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import * as path from 'node:path';
import type { Programs } from '../core/ports.ts';
import { IS_WINDOWS } from './file-calls.ts';

/** The programs on the PATH of this process. */
export class SystemPrograms implements Programs {
  readonly #folders: readonly string[];
  readonly #endings: readonly string[];

  constructor(env: Readonly<Record<string, string | undefined>>) {
    const written = env['PATH'] ?? env['Path'] ?? '';
    // An empty or relative part stands for the folder that a program is started in, which is nobody's place for programs.
    this.#folders = written.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
    this.#endings = IS_WINDOWS ? ['', ...(env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';')] : [''];
  }

  async exists(command: string): Promise<boolean> {
    const places = path.isAbsolute(command)
      ? [command]
      : /[\\/]/.test(command)
        ? []
        : this.#folders.map((folder) => path.join(folder, command));
    for (const place of places)
      for (const ending of this.#endings) if (await isProgram(`${place}${ending}`)) return true;
    return false;
  }
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
