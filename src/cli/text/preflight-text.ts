import type { PreflightFinding, PreflightReport } from '../../core/install/preflight/report.ts';
import { oneLine, type Style } from '../style.ts';
import { count } from './findings-text.ts';

/**
 * A report for people and for problem matchers: `file:line:column: severity CODE message`, then what to do. Notes are only counted: they are
 * in every other format.
 */
export function preflightText(style: Style, report: PreflightReport): string {
  const open = report.targets.flatMap((target) => target.findings).filter(({ suppressed }) => !suppressed);
  const shown = open.filter(({ severity, blocking }) => severity !== 'info' || blocking);
  const { summary } = report;
  const counts = [
    count(summary.errors, 'error'),
    count(summary.warnings, 'warning'),
    count(summary.infos, 'note'),
    ...(summary.suppressed === 0 ? [] : [`${summary.suppressed} suppressed`]),
  ].join(', ');
  const verdict = report.passed ? style.good('passed') : style.bad('failed');
  return `${shown.map((finding) => findingLines(style, finding)).join('')}${count(summary.plugins, 'plugin')} checked, ${verdict}: ${counts}.\n`;
}

function findingLines(
  style: Style,
  { file, field, severity, code, message, next_step }: PreflightFinding,
): string {
  const mark = { error: style.bad, warning: style.warning, info: style.faint }[severity];
  const place = `${oneLine(file)}:${field.line}:${field.column}:`;
  const pointer = field.pointer === null ? '' : ` ${style.faint(`(${oneLine(field.pointer)})`)}`;
  return `${place} ${mark(severity)} ${code} ${oneLine(message)}${pointer}\n  ${oneLine(next_step)}\n`;
}
