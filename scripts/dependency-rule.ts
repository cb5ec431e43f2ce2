import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { z } from 'zod';
import { projectRoot } from './host/paths.ts';
import { runTool, TOOLS } from './host/tools.ts';

/** With a compiler that it does not support, the cruiser reads nothing and finds nothing wrong: fewer modules than this are no answer. */
export const FEWEST_MODULES = 30;

export interface DependencyReport {
  /** Modules of the house that were read; those of packages are not counted. */
  readonly modules: number;
  readonly violations: readonly { readonly rule: string; readonly from: string; readonly to: string }[];
}

const cruiseResult = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/**
 * Holds the tree below `root` (a checkout, or a small copy that a test made) against `.dependency-cruiser.mjs`.
 * @throws Error when the cruiser gives no result.
 */
export async function checkDependencies(root: string): Promise<DependencyReport> {
  const config = path.join(projectRoot, '.dependency-cruiser.mjs');
  const folders = ['src', 'webview-ui'].filter((folder) => existsSync(path.join(root, folder)));
  const args = ['--config', config, '--output-type', 'json', ...folders];
  const { stdout, stderr } = await runTool(TOOLS.depcruise, args, { cwd: root });
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser gave no result.\n${stdout}${stderr}`);
  const { modules, summary } = cruiseResult.parse(JSON.parse(stdout));
  return {
    modules: modules.filter(({ source }) => /^(src|webview-ui)\//.test(source)).length,
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}
