import { filled } from '../../base/phrase.ts';
import { applyResolutions } from '../merge/resolutions.ts';
import type { Resolution } from '../merge/types.ts';
import type { Assembled, AssembledDocument } from './assembly.ts';
import { AssemblyMemo } from './assembly-memo.ts';
import type { Draft } from './drafts.ts';
import { GATE_FINDINGS, gateReport, type GateFinding, type GateReport } from './gate-report.ts';
import { checkPluginMergePreservation } from './preservation.ts';
import { addedPatterns, safetyGate } from './safety-gate.ts';
import { sectionsOf } from './sections.ts';

/** For whoever shows gates while they run. */
export interface GateWatch {
  /** Each report as soon as it is there, in the order of the gates. */
  readonly onGate?: (report: GateReport) => void;
  /** Once it is aborted no further gate begins, and the run rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** Where gates are run. */
export interface GateRun {
  readonly memo: AssemblyMemo;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
}

/** Runs every gate on the draft as it is put together now: the same draft gives the same reports. */
export async function runGates(
  draft: Draft,
  assembled: Assembled,
  { memo, pause }: GateRun = { memo: new AssemblyMemo(), pause: () => Promise.resolve() },
  { onGate, signal }: GateWatch = {},
): Promise<readonly GateReport[]> {
  const reports: GateReport[] = [];
  const tell = async (report: GateReport): Promise<void> => {
    reports.push(report);
    onGate?.(report);
    await pause();
    signal?.throwIfAborted();
  };
  await tell(conflictGate(assembled));
  await tell(supportingFileGate(assembled));
  // Kept for whoever asks next, so it is not stopped half way.
  const added = await memo.added(assembled, () => addedPatterns(assembled, pause));
  await tell(safetyGate(draft, assembled, added));
  await tell(preservationGate(draft, assembled));
  return reports;
}

function conflictGate(assembled: Assembled): GateReport {
  const count = assembled.conflicts.filter((conflict) => conflict.id !== conflict.file).length;
  if (count === 0) return gateReport('conflicts', 'passed', 'conflicts_none');
  return gateReport('conflicts', 'failed', count === 1 ? 'conflicts_one' : 'conflicts_open', { count });
}

function supportingFileGate(assembled: Assembled): GateReport {
  const count = assembled.conflicts.filter((conflict) => conflict.id === conflict.file).length;
  const document = assembled.files.some((file) => file.path === 'SKILL.md');
  if (!document) return gateReport('supporting_files', 'failed', 'document_missing');
  if (count === 0) return gateReport('supporting_files', 'passed', 'files_decided');
  return gateReport('supporting_files', 'failed', count === 1 ? 'files_one' : 'files_open', { count });
}

function preservationGate(draft: Draft, assembled: Assembled): GateReport {
  // A release may drop what it wants where nobody edited; a proposal is not the word of whoever keeps the skill, so it may not.
  if (draft.merge_mode !== 'three_way' && draft.proposal_kind === 'plugin_skill_update')
    return gateReport('preservation', 'passed', 'preservation_fast_forward');
  const [document] = assembled.documents;
  if (document === undefined) return gateReport('preservation', 'failed', 'document_missing');
  const result = checkPluginMergePreservation({
    baseContent: document.base,
    localContent: document.local,
    upstreamContent: document.upstream,
    draftContent: withBothSides(document),
    mergeDecisions: {
      resolvedConflicts: document.override === null ? Object.keys(document.resolutions) : ['text'],
      droppedSections: droppedOnPurpose(document),
      unresolvedConflicts: document.unresolved,
    },
  });
  if (result.passed) return gateReport('preservation', 'passed', 'preservation_kept');
  const blocking = [...new Set([...result.local.blocking_sections, ...result.upstream.blocking_sections])];
  return gateReport(
    'preservation',
    'failed',
    'preservation_lost',
    {},
    blocking.map((section) => lostSection(section, document.path)),
  );
}

function lostSection(title: string, path: string): GateFinding {
  const params = { section: title.slice(0, 80) };
  return {
    code: 'section_not_preserved',
    severity: 'error',
    message: filled(GATE_FINDINGS.section_not_preserved.message, params),
    next_step: GATE_FINDINGS.section_not_preserved.next_step,
    path,
    phrase: 'section_not_preserved',
    params,
    span: null,
    acknowledgement: 'none',
  };
}

/** An open conflict blocks by itself, and its markers are nobody's words: until it is settled, both sides stand. */
function withBothSides(document: AssembledDocument): string {
  if (document.unresolved.length === 0) return document.result;
  const both: Resolution = { take: 'local_then_upstream' };
  const open = Object.fromEntries(document.unresolved.map((id) => [id, both]));
  return applyResolutions(document.merge, document, { ...document.resolutions, ...open }).text;
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
