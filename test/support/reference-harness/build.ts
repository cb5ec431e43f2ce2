import { chmod, mkdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { build } from 'esbuild';

export type HarnessFault =
  | 'none'
  | 'crash_at_start'
  | 'killed_at_start'
  | 'hang'
  | 'exit_zero'
  | 'wrong_version'
  | 'crash_on_resume'
  | 'ignore_sigterm';

/**
 * Writes one version of the reference harness to `file`, an executable of plain Node without dependencies.
 * `fault`: what is wrong with this version; `REFERENCE_FAULT` in its environment says otherwise.
 */
export async function buildReferenceHarness(
  file: string,
  version: string,
  fault: HarnessFault = 'none',
): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'program.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    // CommonJS: a file without a suffix is read as that.
    format: 'cjs',
    target: 'node24',
    define: { HARNESS_VERSION: JSON.stringify(version), HARNESS_FAULT: JSON.stringify(fault) },
  });
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!${process.execPath}\n${outputFiles[0]?.text ?? ''}`);
  await chmod(file, 0o755);
}
