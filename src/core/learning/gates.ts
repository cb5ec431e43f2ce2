import type { Finding } from '../../base/errors.ts';
import { checkPluginMergePreservation } from './preservation.ts';
import type { Assembled, AssembledDocument } from './assembly.ts';
import type { Draft } from './drafts.ts';
import { sectionsOf } from './sections.ts';
import { checkSafety, type SafetyInput } from './safety/check-safety.ts';
import type { SafetyFinding } from './safety/safety-report.ts';
import type { LoadedTree } from '../skills/skill-store.ts';

/** What a draft must pass to be published. A failed gate blocks, whoever approves (invariant 8). */
export interface GateReport {
  readonly gate: 'conflicts' | 'supporting_files' | 'safety' | 'preservation';
  readonly status: 'passed' | 'failed' | 'not_run';
  readonly reason: string;
  readonly findings: readonly Finding[];
}

/** Runs every gate on the draft as it is put together now: the same draft gives the same reports. */
export async function runGates(draft: Draft, assembled: Assembled): Promise<readonly GateReport[]> {
  return [
    conflictGate(assembled),
    supportingFileGate(assembled),
    await safetyGate(assembled),
    preservationGate(draft, assembled),
  ];
}

export function blocks(gates: readonly GateReport[]): boolean {
  return gates.some((gate) => gate.status === 'failed');
}

function conflictGate(assembled: Assembled): GateReport {
  const open = assembled.conflicts.filter((conflict) => conflict.id !== conflict.file);
  return report(
    'conflicts',
    open.length === 0,
    open.length === 0
      ? 'No conflict is open.'
      : open.length === 1
        ? '1 conflict is open.'
        : `${open.length} conflicts are open.`,
  );
}

function supportingFileGate(assembled: Assembled): GateReport {
  const open = assembled.conflicts.filter((conflict) => conflict.id === conflict.file);
  const document = assembled.files.some((file) => file.path === 'SKILL.md');
  if (!document) return report('supporting_files', false, 'SKILL.md is not in the result.');
  return report(
    'supporting_files',
    open.length === 0,
    open.length === 0 ? 'Every file is decided.' : `${open.length} files must be chosen.`,
  );
}

/** What the update adds to what is in use is what counts: a pattern that the current version has already does not block. */
async function safetyGate(assembled: Assembled): Promise<GateReport> {
  const local = safetyInput(assembled.sides.local);
  const patterns = checkSafety({ files: assembled.files }, local).findings;
  // Brings its own large set of patterns: loaded for a draft, never to list or to sync.
  const { checkSecrets } = await import('./safety/secrets.ts');
  const secrets = await checkSecrets({ files: changedFiles(assembled) }, local);
  const added = [...patterns, ...secrets].filter((finding) => finding.added);
  const critical = added.filter((finding) => finding.tier === 'critical').length;
  const reason =
    added.length === 0
      ? 'No pattern of the rules was added.'
      : `Patterns of the rules that were added: ${added.length}, of which block: ${critical}.`;
  return {
    gate: 'safety',
    status: critical === 0 ? 'passed' : 'failed',
    reason,
    findings: added.map(safetyFinding),
  };
}

function changedFiles(assembled: Assembled): SafetyInput['files'] {
  const known = new Map(assembled.sides.local.digest.files.map((file) => [file.path, file.digest]));
  const changed = new Set(
    assembled.digest.files.filter((file) => known.get(file.path) !== file.digest).map((file) => file.path),
  );
  return assembled.files.filter((file) => changed.has(file.path));
}

export function safetyInput(tree: LoadedTree): SafetyInput {
  return {
    files: tree.digest.files.map((file) => ({
      path: file.path,
      bytes: tree.bytes.get(file.path) ?? new Uint8Array(),
      executable: file.executable,
    })),
  };
}

export function safetyFinding(finding: SafetyFinding): Finding {
  return {
    code: finding.rule,
    severity: finding.tier === 'critical' ? 'error' : finding.tier,
    message: finding.reason,
    next_step: finding.fix,
    path: finding.path,
    field: `${finding.line + 1}:${finding.column + 1}`,
  };
}

function preservationGate(draft: Draft, assembled: Assembled): GateReport {
  // A release may drop what it wants where nobody edited; a proposal is not the word of whoever keeps the skill, so it may not.
  if (draft.merge_mode !== 'three_way' && draft.proposal_kind === 'plugin_skill_update') {
    return {
      gate: 'preservation',
      status: 'passed',
      reason: 'A fast-forward has no local edits to preserve.',
      findings: [],
    };
  }
  const [document] = assembled.documents;
  if (document === undefined) return report('preservation', false, 'SKILL.md is not in the result.');
  const result = checkPluginMergePreservation({
    baseContent: document.base,
    localContent: document.local,
    upstreamContent: document.upstream,
    draftContent: document.result,
    mergeDecisions: {
      resolvedConflicts: document.override === null ? Object.keys(document.resolutions) : ['text'],
      droppedSections: droppedOnPurpose(document),
      unresolvedConflicts: document.unresolved,
    },
  });
  const blocking = [...new Set([...result.local.blocking_sections, ...result.upstream.blocking_sections])];
  return {
    gate: 'preservation',
    status: result.passed ? 'passed' : 'failed',
    reason: result.passed
      ? 'Sections of both sides are there.'
      : 'A section that must be kept is gone or lacks a part.',
    findings: blocking.map((section) => ({
      code: 'section_not_preserved',
      severity: 'error',
      message: `The section ${JSON.stringify(section.slice(0, 80))} is gone or lacks what a side says in it.`,
      next_step: 'Put it back in the result, or settle its chunk on purpose.',
      path: document.path,
    })),
  };
}

/** Titles of old sections that a reviewer had in hand: those of the chunks that were settled, or all that a text of their own leaves out. */
function droppedOnPurpose(document: AssembledDocument): readonly string[] {
  if (document.override !== null) {
    const kept = sectionsOf(document.result);
    return [...sectionsOf(document.base)]
      .filter(([key]) => !kept.has(key))
      .map(([, section]) => section.title);
  }
  const lines = document.base.split('\n');
  return document.merge.chunks
    .filter((chunk) => Object.hasOwn(document.resolutions, chunk.id))
    .flatMap((chunk) => [...sectionsOf(lines.slice(chunk.base.start, chunk.base.end).join('\n')).values()])
    .map((section) => section.title);
}

function report(gate: GateReport['gate'], passed: boolean, reason: string): GateReport {
  return { gate, status: passed ? 'passed' : 'failed', reason, findings: [] };
}
