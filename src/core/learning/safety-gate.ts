import type { LoadedTree } from '../skills/skill-store.ts';
import { acknowledgedRules } from './acknowledgements.ts';
import type { Assembled } from './assembly.ts';
import type { Draft } from './drafts.ts';
import { type GateFinding, gateReport, type GateReport } from './gate-report.ts';
import type { SafetyInput } from './safety/check-safety.ts';
import type { SafetyFinding } from './safety/safety-report.ts';

/** What the update adds to what is in use is what counts: a pattern that the current version has already says nothing. */
export async function addedPatterns(
  assembled: Assembled,
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly SafetyFinding[]> {
  const local = safetyInput(assembled.sides.local);
  // Brings a large set of rules: loaded for a draft, never to list or to sync.
  const { checkSafetyInSteps } = await import('./safety/check-safety.ts');
  await pause();
  const patterns = (await checkSafetyInSteps({ files: assembled.files }, local, pause)).findings;
  // Brings its own large set of patterns: loaded for a draft, never to list or to sync.
  const { checkSecrets } = await import('./safety/secrets.ts');
  await pause();
  const secrets = await checkSecrets({ files: changedFiles(assembled) }, local);
  return [...patterns, ...secrets].filter((finding) => finding.added);
}

/**
 * Of the patterns that are added a critical one blocks; a warning (a new program, host or tool, a doubtful text) waits for a person's
 * acknowledgement; information is only told.
 */
export function safetyGate(
  draft: Pick<Draft, 'acknowledgements'>,
  assembled: Assembled,
  added: readonly SafetyFinding[],
): GateReport {
  const acknowledged = acknowledgedRules(draft.acknowledgements, assembled.digest.treeHash);
  const asked = Map.groupBy(added.filter(isAsked), ({ rule }) => rule);
  const isGiven = ({ rule }: SafetyFinding): boolean =>
    (asked.get(rule)?.length ?? 0) <= (acknowledged.get(rule) ?? 0);
  const findings = added.map((finding) =>
    gateFinding(finding, !isAsked(finding) ? 'none' : isGiven(finding) ? 'given' : 'needed'),
  );
  return verdict(added, findings);
}

function verdict(added: readonly SafetyFinding[], findings: readonly GateFinding[]): GateReport {
  const critical = added.filter(({ tier }) => tier === 'critical').length;
  const open = findings.filter(({ acknowledgement }) => acknowledgement === 'needed').length;
  const counts = { added: added.length, critical, open };
  if (critical > 0) return gateReport('safety', 'failed', 'safety_critical', counts, findings);
  if (open > 0)
    return gateReport('safety', 'needs_acknowledgement', 'safety_unacknowledged', counts, findings);
  if (findings.some(({ acknowledgement }) => acknowledgement === 'given'))
    return gateReport('safety', 'passed', 'safety_acknowledged', counts, findings);
  const code = added.length === 0 ? 'safety_nothing_added' : 'safety_informed';
  return gateReport('safety', 'passed', code, counts, findings);
}

function isAsked({ tier }: SafetyFinding): boolean {
  return tier === 'warning';
}

function gateFinding(finding: SafetyFinding, acknowledgement: GateFinding['acknowledgement']): GateFinding {
  const isWhole =
    finding.line === 0 && finding.column === 0 && finding.endLine === 0 && finding.endColumn === 0;
  return {
    code: finding.rule,
    severity: finding.tier === 'critical' ? 'error' : finding.tier,
    message: finding.reason,
    next_step: finding.fix,
    path: finding.path,
    field: `${finding.line + 1}:${finding.column + 1}`,
    phrase: finding.phrase,
    params: finding.params,
    span: isWhole
      ? null
      : {
          line: finding.line,
          column: finding.column,
          end_line: finding.endLine,
          end_column: finding.endColumn,
        },
    acknowledgement,
  };
}

function changedFiles(assembled: Assembled): SafetyInput['files'] {
  const known = new Map(assembled.sides.local.digest.files.map((file) => [file.path, file.digest]));
  const changed = new Set(
    assembled.digest.files.filter((file) => known.get(file.path) !== file.digest).map((file) => file.path),
  );
  return assembled.files.filter((file) => changed.has(file.path));
}

function safetyInput(tree: LoadedTree): SafetyInput {
  return {
    files: tree.digest.files.map((file) => ({
      path: file.path,
      bytes: tree.bytes.get(file.path) ?? new Uint8Array(),
      executable: file.executable,
    })),
  };
}
