import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { projectRoot } from './paths.ts';
import { SetupError } from './setup-error.ts';

/**
 * Runs the build, unless `BEAVER_SKIP_BUILD` says that the caller has just done so.
 * @throws SetupError when it fails; esbuild has printed why.
 */
export function build(...flags: readonly string[]): void {
  if (process.env['BEAVER_SKIP_BUILD'] === '1') return;
  const script = path.join(projectRoot, 'scripts', 'build.mjs');
  const result = spawnSync(process.execPath, [script, ...flags], { cwd: projectRoot, stdio: 'inherit' });
  if (result.status !== 0) throw new SetupError('The build failed.');
}
