import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import type { z } from 'zod';
import { projectRoot } from '../../scripts/host/paths.ts';
import { failureSchema } from '../../src/cli/answer-schemas.ts';

const COMMAND = path.join(projectRoot, 'dist', 'cli.cjs');
/** The same from its sources: slower to start, and no build is needed. */
export const FROM_SOURCES = path.join(projectRoot, 'src', 'cli', 'main.ts');

/** The `beaver` command on one workspace: every call is a process of its own, as a person or a script would start it. */
export class BeaverProcess {
  readonly #root: string;
  readonly #command: string;

  /** `root`: absolute path of the workspace. The build must be there, unless it is run `FROM_SOURCES`. */
  constructor(root: string, command = COMMAND) {
    this.#root = root;
    this.#command = command;
  }

  /**
   * Runs `beaver --json …` and resolves with its validated answer.
   * Holds what every answer must keep: the exit code, one JSON document and nothing else on stdout, no path of this machine in any output.
   */
  async run<T>(schema: z.ZodType<T>, args: readonly string[], exit = 0): Promise<T> {
    const child = spawn(
      process.execPath,
      ['--no-warnings', this.#command, '-C', this.#root, '--json', ...args],
      {
        cwd: tmpdir(),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    const words = `beaver ${args.join(' ')}`;
    assert.equal(code, exit, `${words}: ${out}${err}`);
    for (const folder of [this.#root, projectRoot, tmpdir()])
      assert.ok(!(out + err).includes(folder), `${words}: a path of this machine leaves: ${out}${err}`);
    const answer: unknown = JSON.parse(out);
    return schema.parse(answer);
  }

  /** The code that a command is refused with. Exit 3 unless told. */
  async refusal(args: readonly string[], exit = 3): Promise<string> {
    return (await this.run(failureSchema, args, exit)).error.code;
  }
}
