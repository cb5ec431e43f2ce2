/**
 * npm runs this when it makes a package of a repository: `npm install git+https://…`, which is how pre-commit installs a hook, and `npm pack`.
 * The bundles are built then, and not with every `npm install` in a checkout, where `npm run build` does it when it is wanted.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import process from 'node:process';

const root = path.dirname(import.meta.dirname);
const fromRepository = process.env['_PACOTE_NO_PREPARE_'] !== undefined;
if (fromRepository || process.env['npm_command'] === 'pack') {
  if (!existsSync(path.join(root, 'node_modules', 'esbuild'))) installTools();
  process.argv.push('--production');
  await import('./build.mjs');
}

/** For `npm install --global`, npm prepares the repository as if its own tools were to be installed globally too, and they are missing. */
function installTools() {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_config_(global|location|prefix|local_prefix)$/i.test(name),
    ),
  );
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  const result =
    npm === undefined
      ? spawnSync('npm', args, { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' })
      : spawnSync(process.execPath, [npm, ...args], { cwd: root, env, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
