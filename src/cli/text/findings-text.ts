import type { Finding } from '../../base/errors.ts';
import { oneLine, type Style } from '../style.ts';

/** The part of a finding that people read; payloads and core findings both have it. */
type ShownFinding = Pick<Finding, 'code' | 'severity' | 'message' | 'next_step' | 'path'>;

/** One finding: where, what and its code, then what to do. Two lines each. */
export function findingText(style: Style, finding: ShownFinding): string {
  const mark = { error: style.bad, warning: style.warning, info: style.faint }[finding.severity];
  return (
    `${mark(finding.severity)} ${oneLine(finding.path)}: ${oneLine(finding.message)} ${style.faint(`[${finding.code}]`)}\n` +
    `  ${oneLine(finding.next_step)}\n`
  );
}

/** All of them after an empty line; empty when there are none. */
export function findingsText(style: Style, findings: readonly ShownFinding[]): string {
  if (findings.length === 0) return '';
  return `\n${findings.map((finding) => findingText(style, finding)).join('')}`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
