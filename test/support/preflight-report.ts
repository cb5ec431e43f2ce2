import {
  makeReport,
  type PreflightReport,
  type PreflightTarget,
} from '../../src/core/install/preflight/report.ts';
import type { Draft } from '../../src/core/install/preflight/finding.ts';
import { findingsOf, type VerdictOptions } from '../../src/core/install/preflight/verdict.ts';

/** One finding of each severity, with texts that every format has to escape. */
export const DRAFTS: readonly Draft[] = [
  {
    code: 'PF-SCHEMA-TYPE',
    file: 'a b/100%.json',
    pointer: '/author',
    range: { start: { line: 5, column: 13 }, end: { line: 5, column: 16 } },
    message: 'The field "/author" is <no> text, & not\na list.',
    fix: {
      title: 'Write it',
      edits: [{ start: { line: 5, column: 13 }, end: { line: 5, column: 16 }, text: '{}' }],
    },
  },
  {
    code: 'PF-LINK-BROKEN',
    file: 'skills/a/SKILL.md',
    range: { start: { line: 2, column: 1 }, end: { line: 3, column: 4 } },
  },
  {
    code: 'PF-SAFE-042',
    severity: 'info',
    file: 'run.sh',
    message: 'A package without a version.',
    nextStep: 'Pin it.',
  },
];

export function sampleReport(
  drafts: readonly Draft[] = DRAFTS,
  options: VerdictOptions = {},
): PreflightReport {
  const findings = findingsOf(drafts, (file) => `plugins/a/${file}`, options);
  const target: PreflightTarget = {
    kind: 'plugin',
    path: 'plugins/a',
    id: 'a',
    name: 'A',
    version: null,
    dialect: 'claude',
    skills: ['skills/a'],
    status: findings.some(({ blocking }) => blocking) ? 'failed' : 'passed',
    findings: [...findings],
  };
  return makeReport([target], '0.1.0');
}
