import type { ViewDraft } from '../../src/protocol/review-view.ts';

/** Why a draft cannot be published from here and now; the host refuses for the same reasons, and has the last word. */
export type PublishBlock =
  | { readonly reason: 'trust' | 'state' | 'checking' | 'unchecked' | 'saving' | 'mismatch' }
  | { readonly reason: 'conflicts'; readonly count: number }
  | { readonly reason: 'gates'; readonly gates: readonly string[] };

export interface DisplayState {
  /** A choice is on its way to the host. */
  readonly saving: boolean;
  /** A choice is made that the host has not confirmed. */
  readonly dirty: boolean;
  /** What is shown is what the host would publish. */
  readonly matches: boolean;
}

/** Whether choices and edits are taken: not in an untrusted workspace, and not of a draft that is decided or out of date. */
export function isWritable({ writable, status }: ViewDraft): boolean {
  return writable && status !== 'published' && status !== 'rejected' && status !== 'stale';
}

export function publishBlock(draft: ViewDraft, display: DisplayState): PublishBlock | undefined {
  if (!draft.writable) return { reason: 'trust' };
  if (draft.status === 'stale' || draft.status === 'published' || draft.status === 'rejected') {
    return { reason: 'state' };
  }
  const count = draft.files.reduce((sum, file) => sum + file.unresolved, 0);
  if (count > 0) return { reason: 'conflicts', count };
  if (draft.checking) return { reason: 'checking' };
  const gates = draft.gates
    .filter(({ status }) => status === 'failed' || status === 'needs_acknowledgement')
    .map(({ gate }) => gate);
  if (gates.length > 0) return { reason: 'gates', gates };
  // Stopped before all of them had run.
  if (draft.status === 'blocked') return { reason: 'unchecked' };
  if (display.saving || display.dirty) return { reason: 'saving' };
  return display.matches ? undefined : { reason: 'mismatch' };
}
