import type { JSX } from 'preact';
import type { ViewGate } from '../../../src/protocol/review-view.ts';
import { format } from '../format.ts';
import type { ReviewStore } from '../review-store.ts';

/** Reasons for which a replay would find nothing to do. */
const POINTLESS: ReadonlySet<string> = new Set([
  'replay_off',
  'replay_skill_without_evals',
  'replay_no_evals',
  'replay_nothing_to_check',
]);

/** The way to run the replay of this draft where it has no verdict yet, and to stop the one that is under way. */
export function ReplayActions({
  store,
  gate,
}: {
  readonly store: ReviewStore;
  readonly gate: ViewGate;
}): JSX.Element | null {
  const { strings } = store;
  const busy = store.calls.busy.value;
  if (busy === 'replay') {
    const replayed = store.replayed.value;
    return (
      <div class="replay-actions">
        {replayed === undefined ? null : (
          <>
            <progress max={replayed.planned} value={replayed.finished} aria-label={strings.replay.title} />
            <span class="hint">{format(strings.replay.progress, replayed.finished, replayed.planned)}</span>
          </>
        )}
        <button type="button" class="button secondary" onClick={() => void store.cancel()}>
          {strings.cancelChecks}
        </button>
      </div>
    );
  }
  const required = gate.findings.some(({ code }) => code === 'replay_required');
  if (!required && (gate.status !== 'not_run' || POINTLESS.has(gate.code))) return null;
  const open = store.draft.value.files.reduce((sum, { unresolved }) => sum + unresolved, 0);
  return (
    <div class="replay-actions">
      <button
        type="button"
        class="button secondary"
        disabled={!store.writable || busy !== undefined || open > 0}
        title={open > 0 ? format(strings.approveBlockedConflicts, open) : undefined}
        onClick={() => void store.replay()}
      >
        {gate.code === 'replay_not_run' || required ? strings.replay.run : strings.replay.runAgain}
      </button>
    </div>
  );
}
