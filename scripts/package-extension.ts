import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { z } from 'zod';
import { projectRoot, testRoot } from './host/paths.ts';
import { SetupError } from './host/setup-error.ts';
import { runTool, TOOLS } from './host/tools.ts';

/** Shipped as they are, because they load files from beside their own; every other dependency is part of a bundle. */
const SHIPPED = [
  'fs-native-extensions',
  'require-addon',
  'which-runtime',
  'bare-addon-resolve',
  'bare-module-resolve',
  'bare-semver',
] as const;

const COPIED = [
  '.vscodeignore',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'package.nls.json',
  'package.nls.zh-cn.json',
  'l10n',
  'media',
];

/** Of the manifest, what only a checkout needs. */
const CHECKOUT_ONLY: readonly string[] = ['scripts', 'devDependencies', 'allowScripts', 'private', 'files'];

const manifestSchema = z.looseObject({ dependencies: z.record(z.string(), z.string()) });

/**
 * Builds for production in a folder of its own, so that nothing of a development build gets in, and packs it as a `.vsix` at `file`.
 * What may be in it is said by `.vscodeignore`.
 * @throws SetupError with the output of the step that failed.
 */
export async function packageExtension(file: string): Promise<void> {
  const staging = path.join(testRoot, 'package');
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  for (const name of COPIED) {
    if (existsSync(path.join(projectRoot, name))) {
      cpSync(path.join(projectRoot, name), path.join(staging, name), { recursive: true });
    }
  }
  for (const name of SHIPPED) {
    cpSync(path.join(projectRoot, 'node_modules', name), path.join(staging, 'node_modules', name), {
      recursive: true,
      filter: (from) => !from.startsWith(path.join(projectRoot, 'node_modules', name, 'node_modules')),
    });
  }
  writeFileSync(path.join(staging, 'package.json'), manifest());
  await must('scripts/build.mjs', ['--production', `--outdir=${path.join(staging, 'dist')}`]);
  const flags = ['--allow-missing-repository', '--no-rewrite-relative-links', '--out', file];
  await must(TOOLS.vsce, ['package', ...flags], staging);
  rmSync(staging, { recursive: true, force: true });
}

function manifest(): string {
  const text = readFileSync(path.join(projectRoot, 'package.json'), 'utf8');
  const { dependencies, ...rest } = manifestSchema.parse(JSON.parse(text));
  const kept = Object.entries(rest).filter(([key]) => !CHECKOUT_ONLY.includes(key));
  const shipped = Object.entries(dependencies).filter(([name]) => SHIPPED.some((other) => other === name));
  const shown = { ...Object.fromEntries(kept), dependencies: Object.fromEntries(shipped) };
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}

async function must(script: string, args: readonly string[], cwd = projectRoot): Promise<void> {
  const { code, stdout, stderr } = await runTool(script, args, { cwd });
  if (code !== 0) throw new SetupError(`${path.basename(script)} failed:\n${stdout}${stderr}`);
}
