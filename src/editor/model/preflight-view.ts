import type { PreflightFinding, PreflightReport } from '../../core/install/preflight/report.ts';
import { codeText } from './preflight-catalogue.ts';
import type { Translate } from './translate.ts';

/** What the language status item says of the document in front. */
export interface PreflightStatus {
  readonly text: string;
  readonly detail: string;
  readonly severity: 'error' | 'warning' | 'none';
}

/** The findings of a report by the files that they are about, in the order of the report. */
export function findingsByFile(report: PreflightReport): ReadonlyMap<string, readonly PreflightFinding[]> {
  return Map.groupBy(
    report.targets.flatMap((target) => target.findings).filter(({ suppressed }) => !suppressed),
    ({ file }) => file,
  );
}

/** The words of a finding: its own in English, those of its code elsewhere. */
export function findingText(finding: PreflightFinding, english: boolean, t: Translate): string {
  if (english) return `${finding.message} ${finding.next_step}`;
  const text = codeText(finding.code, t);
  const field = finding.field.pointer === null ? '' : ` (${finding.field.pointer})`;
  return `${text.title}${field} ${text.remedy}`;
}

/** Undefined while nothing is known of the plugin. */
export function preflightStatus(
  findings: readonly PreflightFinding[] | undefined,
  t: Translate,
): PreflightStatus {
  const detail = t('Beaver preflight');
  if (findings === undefined) return { text: t('Not checked'), detail, severity: 'none' };
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  if (errors === 0 && warnings === 0) return { text: t('Preflight passed'), detail, severity: 'none' };
  return {
    text: t('Errors: {0}, warnings: {1}', errors, warnings),
    detail,
    severity: errors > 0 ? 'error' : 'warning',
  };
}
