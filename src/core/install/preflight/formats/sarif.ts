import { codeEntry } from '../codes.ts';
import type { PreflightFinding, PreflightReport } from '../report.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const LEVEL = { error: 'error', warning: 'warning', info: 'note' } as const;
/** What GitHub takes of one run. */
const MOST_RESULTS = 25_000;

/** SARIF 2.1.0, one run. Columns are UTF-16 units, places are relative to the folder that the preflight ran in. */
export function toSarif(report: PreflightReport): object {
  const findings = report.targets.flatMap((target) => target.findings);
  const rules = rulesOf(findings);
  const index = new Map(rules.map((rule, place) => [rule.id, place]));
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Beaver preflight', semanticVersion: report.tool.version, rules } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { description: { text: 'The folder that the preflight ran in.' } } },
        invocations: [{ executionSuccessful: true }],
        results: findings
          .slice(0, MOST_RESULTS)
          .map((finding) => resultOf(finding, index.get(finding.code) ?? -1)),
      },
    ],
  };
}

function rulesOf(findings: readonly PreflightFinding[]) {
  const byCode = new Map(findings.map((finding) => [finding.code, finding]));
  return [...byCode]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, finding]) => {
      const entry = codeEntry(code);
      return {
        id: code,
        shortDescription: { text: entry?.title ?? finding.message },
        fullDescription: { text: entry?.cause ?? finding.message },
        help: { text: entry?.remedy ?? finding.next_step },
        defaultConfiguration: { level: LEVEL[entry?.severity ?? finding.severity] },
        properties: { tags: [code.split('-')[1]?.toLowerCase() ?? 'preflight'] },
      };
    });
}

function resultOf(finding: PreflightFinding, ruleIndex: number): object {
  const { field } = finding;
  return {
    ruleId: finding.code,
    ruleIndex,
    level: LEVEL[finding.severity],
    message: { text: `${finding.message} ${finding.next_step}` },
    locations: [
      {
        physicalLocation: { artifactLocation: artifact(finding.file), region: regionOf(field) },
        ...(field.pointer === null
          ? {}
          : { logicalLocations: [{ fullyQualifiedName: field.pointer, kind: 'member' }] }),
      },
    ],
    partialFingerprints: { 'beaverPreflight/v1': finding.fingerprint },
    ...(finding.fix === null
      ? {}
      : {
          fixes: [
            {
              description: { text: finding.fix.title },
              artifactChanges: [
                {
                  artifactLocation: artifact(finding.file),
                  replacements: finding.fix.edits.map((edit) => ({
                    deletedRegion: regionOf(edit),
                    insertedContent: { text: edit.text },
                  })),
                },
              ],
            },
          ],
        }),
    ...(finding.suppressed ? { suppressions: [{ kind: 'external', status: 'accepted' }] } : {}),
  };
}

function artifact(file: string): object {
  return { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' };
}

function regionOf(place: {
  readonly line: number;
  readonly column: number;
  readonly end_line: number;
  readonly end_column: number;
}): object {
  return {
    startLine: place.line,
    startColumn: place.column,
    endLine: place.end_line,
    endColumn: place.end_column,
  };
}
