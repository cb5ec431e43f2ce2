/** ESLint, the dependency rule and Prettier's check, at once: `npm run lint`. Ends with 1 when any of them finds something. */
import { checkDependencies, FEWEST_MODULES } from './dependency-rule.ts';
import { projectRoot } from './host/paths.ts';
import { runTool, TOOLS } from './host/tools.ts';

async function tool(name: string, script: string, args: readonly string[]): Promise<boolean> {
  const { code, stdout, stderr } = await runTool(script, args);
  if (code !== 0) console.log(`${name}:\n${stdout}${stderr}`);
  return code === 0;
}

async function dependencyRule(): Promise<boolean> {
  const { modules, violations } = await checkDependencies(projectRoot);
  for (const { rule, from, to } of violations) console.log(`dependency rule: ${rule}: ${from} → ${to}`);
  if (modules < FEWEST_MODULES) {
    console.log(`dependency rule: only ${modules} modules were read; at least ${FEWEST_MODULES} are there.`);
  }
  return violations.length === 0 && modules >= FEWEST_MODULES;
}

const results = await Promise.all([
  tool('eslint', TOOLS.eslint, ['.', '--max-warnings', '0']),
  dependencyRule(),
  tool('prettier', TOOLS.prettier, ['--check', '--log-level', 'warn', '.']),
]);
if (!results.every(Boolean)) process.exitCode = 1;
