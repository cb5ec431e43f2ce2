import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One run of a program. */
export interface Sample {
  readonly ms: number;
  /** Peak resident memory in MiB; of programs that run in Node only. */
  readonly peak: number | undefined;
}

/** Runs programs and measures them from the outside. */
export class Stopwatch {
  readonly #folder: string;
  readonly #preload: string;

  private constructor(folder: string, preload: string) {
    this.#folder = folder;
    this.#preload = preload;
  }

  static async create(): Promise<Stopwatch> {
    const folder = await mkdtemp(path.join(tmpdir(), 'beaver-bench-'));
    const preload = path.join(folder, 'peak.cjs');
    const code =
      "process.on('exit', () => require('node:fs').writeFileSync(process.env.BENCH_PEAK, String(process.resourceUsage().maxRSS)));";
    await writeFile(preload, code);
    return new Stopwatch(folder, preload);
  }

  /** @throws Error when the program fails. */
  async program(cwd: string, command: string, ...args: readonly string[]): Promise<Sample> {
    const started = performance.now();
    await run(command, [...args], { cwd, maxBuffer: 1 << 28 });
    return { ms: performance.now() - started, peak: undefined };
  }

  /** A script in this Node. */
  async node(cwd: string, script: string, ...args: readonly string[]): Promise<Sample> {
    const file = path.join(this.#folder, 'peak');
    const env = { ...process.env, BENCH_PEAK: file, NODE_OPTIONS: `--require=${this.#preload}` };
    const started = performance.now();
    await run(process.execPath, [script, ...args], { cwd, env, maxBuffer: 1 << 28 });
    const ms = performance.now() - started;
    return { ms, peak: Number(await readFile(file, 'utf8')) / 1024 };
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
