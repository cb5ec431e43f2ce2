import type { PreflightFinding, PreflightReport } from '../report.ts';

/** Rows of the table; a summary of a CI run has bounds of its own. */
const MOST = 200;

/** A table for people: for the summary of a CI run or a comment. */
export function toMarkdown(report: PreflightReport): string {
  const { summary } = report;
  const open = report.targets.flatMap((target) => target.findings).filter(({ suppressed }) => !suppressed);
  const shown = [...open].sort((a, b) => Number(b.blocking) - Number(a.blocking)).slice(0, MOST);
  const head = `### Beaver preflight: ${report.passed ? 'passed' : 'failed'}\n\n${summary.plugins} plugins, ${summary.errors} errors, ${summary.warnings} warnings, ${summary.infos} notes${summary.suppressed === 0 ? '' : `, ${summary.suppressed} suppressed`}.\n`;
  if (shown.length === 0) return head;
  const more = open.length - shown.length;
  return [
    head,
    '| | code | where | what | next step |',
    '| --- | --- | --- | --- | --- |',
    ...shown.map(row),
    ...(more > 0 ? ['', `${more} more are in the report.`] : []),
    '',
  ].join('\n');
}

function row({ severity, code, file, field, message, next_step }: PreflightFinding): string {
  const where = `${file}:${field.line}:${field.column}${field.pointer === null ? '' : ` \`${field.pointer.replaceAll('`', '')}\``}`;
  return `| ${severity} | ${code} | ${cell(where)} | ${cell(message)} | ${cell(next_step)} |`;
}

function cell(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\|<>[\]*_]/g, (character) => `\\${character}`);
}
