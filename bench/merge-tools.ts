import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { merge } from '../src/core/merge/standalone.ts';
import { splitLines } from '../src/core/merge/lines.ts';
import type { MergeCase, MergeOutput } from './merge-judge.ts';

export interface MergeTool {
  readonly name: string;
  /** Milliseconds are those of the merge itself; for programs they include starting the process. */
  readonly run: (one: MergeCase) => { readonly output: MergeOutput; readonly milliseconds: number };
}

/** Ours, and of the peers those that are here. `dispose` removes the files that programs read. */
export function mergeTools(): { readonly tools: readonly MergeTool[]; readonly dispose: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'merge-bench-'));
  const programs = [
    program('git merge-file', folder, 'git', (file) => [
      'merge-file',
      '-p',
      file.local,
      file.base,
      file.upstream,
    ]),
    program('wiggle', folder, 'wiggle', (file) => ['--merge', file.local, file.base, file.upstream]),
  ];
  const here = programs.filter(({ command }) => spawnSync(command, ['--version']).error === undefined);
  return {
    tools: [
      inProcess('beaver', (one) => merge(one.base, one.local, one.upstream)),
      inProcess('npm diff3', diff3),
      ...here,
    ],
    dispose: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function inProcess(name: string, run: (one: MergeCase) => MergeOutput): MergeTool {
  return {
    name,
    run: (one) => {
      const start = performance.now();
      const output = run(one);
      return { output, milliseconds: performance.now() - start };
    },
  };
}

type Files = Readonly<Record<'base' | 'local' | 'upstream', string>>;

function program(
  name: string,
  folder: string,
  command: string,
  args: (files: Files) => readonly string[],
): MergeTool & { readonly command: string } {
  const file = (side: string) => path.join(folder, side);
  const files = { base: file('base'), local: file('local'), upstream: file('upstream') };
  return {
    name,
    command,
    run: (one) => {
      writeFileSync(files.base, one.base);
      writeFileSync(files.local, one.local);
      writeFileSync(files.upstream, one.upstream);
      const start = performance.now();
      const result = spawnSync(command, args(files), { encoding: 'utf8', maxBuffer: 1 << 28 });
      const milliseconds = performance.now() - start;
      return { output: { text: result.stdout, conflicts: result.status ?? 1 }, milliseconds };
    },
  };
}

interface Diff3Part {
  readonly ok?: readonly string[];
  readonly conflict?: unknown;
}

type Diff3 = (local: string[], base: string[], upstream: string[]) => unknown;

/** The package has no types: what it answers is read as data. */
const diff3Merge: unknown = createRequire(import.meta.url)('diff3');

function isDiff3(value: unknown): value is Diff3 {
  return typeof value === 'function';
}

function diff3(one: MergeCase): MergeOutput {
  if (!isDiff3(diff3Merge)) throw new TypeError('The package diff3 exports no function.');
  const parts = diff3Merge(splitLines(one.local), splitLines(one.base), splitLines(one.upstream));
  if (!Array.isArray(parts)) throw new TypeError('The package diff3 answered no list.');
  let text = '';
  let conflicts = 0;
  for (const part of parts.filter(isDiff3Part)) {
    if (part.conflict !== undefined) conflicts += 1;
    text += part.ok?.join('') ?? '';
  }
  return { text, conflicts };
}

function isDiff3Part(value: unknown): value is Diff3Part {
  return typeof value === 'object' && value !== null && ('ok' in value || 'conflict' in value);
}
