import type { PreflightFinding, PreflightReport, PreflightTarget } from '../report.ts';

/**
 * JUnit's XML as CI systems read it: a suite for each target and a case for each code found in it, or one case that passed. Only what blocks
 * is a failure; the rest stands in the output of its case.
 */
export function toJunit(report: PreflightReport): string {
  const suites = report.targets.map(suiteOf);
  const tests = suites.reduce((sum, suite) => sum + suite.tests, 0);
  const failures = suites.reduce((sum, suite) => sum + suite.failures, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="beaver preflight" tests="${tests}" failures="${failures}" errors="0">`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteOf(target: PreflightTarget): {
  readonly xml: string;
  readonly tests: number;
  readonly failures: number;
} {
  const open = target.findings.filter(({ suppressed }) => !suppressed);
  const cases = [...Map.groupBy(open, ({ code }) => code)].map(([code, findings]) =>
    caseOf(target, code, findings),
  );
  const all = cases.length > 0 ? cases : [`    <testcase classname="${xml(target.path)}" name="preflight"/>`];
  const failures = new Set(open.filter(({ blocking }) => blocking).map(({ code }) => code)).size;
  const head = `  <testsuite name="${xml(target.path)}" tests="${all.length}" failures="${failures}" errors="0" skipped="0">`;
  return { xml: [head, ...all, '  </testsuite>'].join('\n'), tests: all.length, failures };
}

function caseOf(target: PreflightTarget, code: string, findings: readonly PreflightFinding[]): string {
  const lines = findings.map(
    ({ file, field, severity, message, next_step }) =>
      `${file}:${field.line}:${field.column}: ${severity}: ${message} ${next_step}`,
  );
  const blocking = findings.find((finding) => finding.blocking);
  const body =
    blocking === undefined
      ? `<system-out>${xml(lines.join('\n'))}</system-out>`
      : `<failure type="${xml(code)}" message="${xml(blocking.message)}">${xml(lines.join('\n'))}</failure>`;
  const [first] = findings;
  const file = first === undefined ? '' : ` file="${xml(first.file)}" line="${first.field.line}"`;
  return `    <testcase classname="${xml(target.path)}" name="${xml(code)}"${file}>${body}</testcase>`;
}

/** XML 1.0 has no way to write most control characters: each becomes its code point in brackets. */
function xml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, (character) => {
      return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
    })
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
