import { BeaverError } from '../../base/errors.ts';
import { openRules } from './acknowledgements.ts';
import { type Assembled, assembleDraft } from './assembly.ts';
import type { Candidate } from './candidates.ts';
import type { Draft, DraftTexts } from './drafts.ts';
import { blocks, type GateReport, isBlocking } from './gate-report.ts';
import { type GateWatch, runGates } from './gates.ts';
import type { LearningDeps } from './learning-deps.ts';
import { EVALS_FILE } from './replay/evals-file.ts';
import { matchingReport, replayGate } from './replay/replay-gate.ts';
import type { ReplayReport } from './replay/replay-report.ts';
import { assertSides, loadSides } from './sides.ts';

export type DraftStatus = 'conflicts' | 'blocked' | 'ready' | 'approved' | 'published' | 'rejected' | 'stale';

export interface DraftView {
  readonly draft: Draft;
  readonly assembled: Assembled;
  readonly gates: readonly GateReport[];
  /** What the last replay found, when it was of exactly this content on exactly this base. */
  readonly replay: ReplayReport | null;
  readonly status: DraftStatus;
}

/** The draft as it stands now: put together, through every gate, and on what is current. Reads only. */
export async function viewDraft(
  deps: LearningDeps,
  draft: Draft,
  texts: DraftTexts = deps.drafts,
  watch: GateWatch = {},
): Promise<DraftView> {
  const { memo, ports } = deps;
  const { assembled, stored, subject, current } = await readDraft(deps, draft, texts);
  const pause = (): Promise<void> => ports.clock.breathe?.() ?? Promise.resolve();
  const gates = [...(await runGates(draft, assembled, { memo, pause }, watch))];
  const replay = replayGate(deps.replayPolicy, stored, subject);
  watch.onGate?.(replay);
  gates.push(replay);
  const status = statusOf(draft, assembled, gates, current);
  return { draft, assembled, gates, replay: matchingReport(stored, subject), status };
}

/**
 * As {@link viewDraft}, without the gates, which take the longest: for whoever shows the draft while they run. Nothing is ready that has
 * not passed them, so such a draft is `blocked` at best.
 */
export async function viewUnchecked(deps: LearningDeps, draft: Draft): Promise<DraftView> {
  const { assembled, stored, subject, current } = await readDraft(deps, draft, deps.drafts);
  const status = statusOf(draft, assembled, [], current);
  const open = status === 'ready' || status === 'approved';
  return {
    draft,
    assembled,
    gates: [],
    replay: matchingReport(stored, subject),
    status: open ? 'blocked' : status,
  };
}

async function readDraft(deps: LearningDeps, draft: Draft, texts: DraftTexts) {
  const { store, memo } = deps;
  await assertSides(store, draft);
  const assembled = await memo.assembled(draft, async () =>
    assembleDraft(draft, await loadSides(store, draft), texts),
  );
  const { local } = assembled.sides;
  const subject = {
    contentHash: assembled.digest.treeHash,
    baseTreeHash: local.digest.treeHash,
    hasEvals: local.bytes.has(EVALS_FILE) || assembled.files.some(({ path }) => path === EVALS_FILE),
  };
  const stored = await deps.reports.read(draft.draft_id);
  const current = (await store.current(draft.skill_name))?.version;
  return { assembled, stored, subject, current };
}

/** @throws BeaverError `draft_not_ready` naming what blocks, `acknowledgement_missing`, `draft_stale`. */
export function assertReady(view: DraftView): void {
  if (view.status === 'ready' || view.status === 'approved') return;
  if (view.status === 'stale') throw staleDraft();
  const failed = view.gates.filter(isBlocking);
  if (failed.length > 0 && failed.every(({ status }) => status === 'needs_acknowledgement')) {
    const rules = openRules(failed).map(({ rule, findings }) => `${rule} (${findings})`);
    throw new BeaverError(
      'acknowledgement_missing',
      `The draft adds what nobody has acknowledged yet: ${rules.join(', ')}.`,
      {
        nextStep: `Read the findings, then run "beaver updates acknowledge ${view.draft.draft_id}".`,
        field: failed[0]?.gate ?? 'status',
      },
    );
  }
  throw new BeaverError(
    'draft_not_ready',
    `The draft cannot be published: ${failed.map((gate) => gate.reason).join(' ')}`,
    {
      nextStep: 'Resolve what is open, then approve it.',
      field: failed[0]?.gate ?? 'status',
    },
  );
}

export function staleDraft(): BeaverError {
  return new BeaverError('draft_stale', 'The skill has changed since the draft was made.', {
    nextStep: 'Draft the update again; it will take the newer local version in.',
  });
}

/** @throws BeaverError `draft_closed`. */
export function assertOpen(draft: Draft): void {
  if (draft.outcome === 'open') return;
  throw new BeaverError('draft_closed', `The draft is ${draft.outcome} already.`, {
    nextStep: 'Use "beaver updates list" to see what is waiting.',
  });
}

function statusOf(
  draft: Draft,
  assembled: Assembled,
  gates: readonly GateReport[],
  current: string | undefined,
): DraftStatus {
  if (draft.outcome !== 'open') return draft.outcome;
  if (current !== draft.base_version) return 'stale';
  if (assembled.conflicts.length > 0) return 'conflicts';
  if (blocks(gates)) return 'blocked';
  const approved =
    draft.review?.decision === 'approved' && draft.review.content_hash === assembled.digest.treeHash;
  return approved ? 'approved' : 'ready';
}

/** What the candidate says of its draft. */
export function candidateProgress(view: DraftView): Pick<Candidate, 'status' | 'open_conflicts'> {
  const ready = view.status === 'ready' || view.status === 'approved';
  return { status: ready ? 'ready' : 'drafted', open_conflicts: view.assembled.conflicts.length };
}
