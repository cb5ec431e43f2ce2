import { canonicalJson } from '../src/base/json.ts';
import { PREFLIGHT_CODES } from '../src/core/install/preflight/codes.ts';
import { preflightReportJsonSchema } from '../src/core/install/preflight/report.ts';
import { FILE_RULES } from '../src/core/learning/safety/safety-rules.ts';
import * as z from 'zod';

const AREAS: Readonly<Record<string, string>> = {
  PLUGIN: 'The plugin as a whole',
  SCHEMA: 'Manifests and other JSON',
  PATH: 'Paths and names of files',
  SKILL: 'Skills',
  LINK: 'Links',
  COMPONENT: 'Hooks and servers',
  HOST: 'Versions of hosts',
  API: 'The API contract',
  CAP: 'Capabilities',
  PERM: 'Permissions',
  DEP: 'Dependencies',
  MARKET: 'Marketplaces',
  SIZE: 'Size',
};

const INTRODUCTION = `<!-- Written by \`npm run docs:preflight\` from src/core; a test holds it in step with the code. -->

# Codes of the preflight

What \`beaver preflight\` finds, by code. A code keeps its meaning for ever. An \`error\` blocks unless \`--ignore\` or \`--baseline\` says
otherwise; \`--fail-on\` makes lighter ones block as well. [preflight.md](preflight.md) says how to run it.
`;

const SAFETY = `## Safety rules

Patterns of the safety rules, in every file that the plugin would bring. A finding says that a pattern is there, never that a plugin is
harmful, and a report without findings does not say that it is harmless. What is only mentioned, forbidden or test data weighs less than
the severity given here. The rules are those that a draft has to pass.
`;

/** Found by another engine than the other rules, which describes itself in its findings. */
const SECRETS = {
  id: 'SAFE070',
  tier: 'critical',
  reason: 'A key, token or password is written in the file.',
  fix: 'Revoke it, and read it from the environment or a store of secrets instead.',
} as const;

/** `docs/preflight-codes.md` as the code has it. Ends with one newline. */
export function renderCodes(): string {
  const entries = Object.entries(PREFLIGHT_CODES);
  const sections = Object.entries(AREAS).map(([area, title]) => {
    const own = entries.filter(([code]) => code.split('-')[1] === area);
    return `## ${title}\n\n${own.map(([code, entry]) => section(code, entry.severity, entry.title, entry.cause, entry.remedy)).join('\n')}`;
  });
  const rules = new Map([...FILE_RULES, SECRETS].map((rule) => [rule.id, rule]));
  const safety = [...rules.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, tier, reason, fix }) => {
      const severity = tier === 'critical' ? 'error' : tier;
      return `### PF-SAFE-${id.slice(4)}\n\n**${severity}** – ${reason}\n\nRemedy: ${fix}\n`;
    });
  return `${[INTRODUCTION, ...sections, SAFETY, ...safety].join('\n').trimEnd()}\n`;
}

function section(code: string, severity: string, title: string, cause: string, remedy: string): string {
  return `### ${code}\n\n**${severity}** – ${title}\n\nCause: ${cause}\n\nRemedy: ${remedy}\n`;
}

/** `docs/preflight-report.schema.json`. */
export function renderSchema(): string {
  return canonicalJson(z.json().parse(preflightReportJsonSchema()));
}
