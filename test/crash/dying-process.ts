import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '../../scripts/host/paths.ts';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** How a child ended: killed where it was to be, or at its own end, with what it had to say. */
export type ChildEnd = { readonly kind: 'killed' } | { readonly kind: 'ended'; readonly said: string };

/**
 * Real processes of one program of this folder that are killed at an instant that their arguments name. One file starts in a fifth of the
 * time of a hundred, and there are hundreds of children.
 */
export class DyingProcesses {
  /** A folder for the workspaces of the children; gone with `dispose`. */
  readonly scratch: string;
  readonly #program: string;

  private constructor(scratch: string, program: string) {
    this.scratch = scratch;
    this.#program = program;
  }

  /** `name`: of the program in this folder, without its ending. */
  static async of(name: string): Promise<DyingProcesses> {
    const scratch = fs.mkdtempSync(path.join(scratchParent(), `beaver-${name}-`));
    const program = path.join(scratch, `${name}.cjs`);
    await build({
      entryPoints: [path.join(projectRoot, 'test', 'crash', `${name}.ts`)],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node24',
      // As in the bundles of the extension: jsonc-parser's other form loads its parts in a way that no bundler follows.
      mainFields: ['module', 'main'],
      external: ['fs-native-extensions', 'iconv-lite', 'node-gyp/bin/node-gyp.js'],
      // Threads are not for a child that makes one call at a time.
      logOverride: { 'empty-import-meta': 'silent' },
    });
    // It loads a file from beside itself.
    fs.symlinkSync(path.join(projectRoot, 'node_modules'), path.join(scratch, 'node_modules'), 'junction');
    return new DyingProcesses(scratch, program);
  }

  /** Rejects where the child ends with anything else than success or its death. */
  async run(...args: readonly string[]): Promise<ChildEnd> {
    const running = spawn(process.execPath, [this.#program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: path.join(this.scratch, 'compiled') },
    });
    const ended = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) =>
      running.once('close', (code, signal) => {
        resolve([code, signal]);
      }),
    );
    const [said, complaint, [code, signal]] = await Promise.all([
      text(running.stdout),
      text(running.stderr),
      ended,
    ]);
    if (signal === 'SIGKILL') return { kind: 'killed' };
    if (code !== 0) throw new Error(`The child ended with ${String(code ?? signal)}.\n${complaint}`);
    return { kind: 'ended', said };
  }

  dispose(): void {
    fs.rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** In memory where the system offers it: who is killed loses nothing either way, and there are a thousand workspaces to write. */
function scratchParent(): string {
  const memory = '/dev/shm';
  try {
    fs.accessSync(memory, fs.constants.W_OK);
    return memory;
  } catch {
    return os.tmpdir();
  }
}
