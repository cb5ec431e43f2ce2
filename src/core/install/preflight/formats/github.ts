import type { PreflightFinding, PreflightReport } from '../report.ts';

/** Of each kind, in one step; GitHub shows no more. */
const MOST = 10;
const COMMAND = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** Workflow commands that GitHub shows as annotations, the heaviest first. What is left out is counted. */
export function toGithub(report: PreflightReport): string {
  const open = report.targets.flatMap((target) => target.findings).filter(({ suppressed }) => !suppressed);
  const lines = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const same = open.filter((finding) => finding.severity === severity);
    const more = same.length - MOST;
    return [
      ...same.slice(0, MOST).map(annotation),
      ...(more > 0 ? [`${more} more of the kind "${COMMAND[severity]}" are in the report.`] : []),
    ];
  });
  const { plugins, errors, warnings } = report.summary;
  return `${[...lines, `${plugins} plugins checked: ${errors} errors, ${warnings} warnings.`].join('\n')}\n`;
}

function annotation({ severity, file, field, code, message, next_step }: PreflightFinding): string {
  const properties = [
    `file=${property(file)}`,
    `line=${field.line}`,
    `endLine=${field.end_line}`,
    // A column is only allowed where the place is on one line.
    ...(field.line === field.end_line ? [`col=${field.column}`, `endColumn=${field.end_column}`] : []),
    `title=${property(code)}`,
  ];
  const where = field.pointer === null ? '' : ` (${field.pointer})`;
  return `::${COMMAND[severity]} ${properties.join(',')}::${data(`${message}${where} ${next_step}`)}`;
}

/** As the runner unescapes it. A text could otherwise end its command and begin another (invariant 11). */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
