import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { projectRoot } from './paths.ts';

export interface ToolRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds. */
  readonly duration: number;
}

export interface ToolOptions {
  /** Shows the output as it comes, instead of collecting it. */
  readonly inherit?: boolean;
  /** Over this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the checkout. */
  readonly cwd?: string;
}

/** The script of a development dependency, relative to the checkout: started with this Node, it needs no shell on any platform. */
export const TOOLS = {
  depcruise: 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
  eslint: 'node_modules/eslint/bin/eslint.js',
  mocha: 'node_modules/mocha/bin/mocha.js',
  prettier: 'node_modules/prettier/bin/prettier.cjs',
  tsc: 'node_modules/typescript/bin/tsc',
  vsce: 'node_modules/@vscode/vsce/vsce',
} as const;

/** Runs a script of the checkout with this Node; its exit code is a value. */
export function runTool(
  script: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolRun> {
  const start = performance.now();
  const output = options.inherit === true ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, [path.join(projectRoot, script), ...args], {
    cwd: options.cwd ?? projectRoot,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...options.env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code: code ?? 1, stdout, stderr, duration: performance.now() - start });
    });
  });
}
