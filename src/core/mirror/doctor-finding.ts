import { BeaverError, type Finding, findingFromError, type FindingSeverity } from '../../base/errors.ts';
import type { WorkspaceLayout } from '../layout.ts';

/** What `--fix` can do about a finding: plain data, carried out under the write lock. None of these loses anything. */
export type Repair =
  /** Taking the write lock is enough: whoever gets it completes what was committed and sweeps up old staging. */
  | { readonly kind: 'recover' }
  | { readonly kind: 'rebuild_index' }
  | { readonly kind: 'set_lines_aside'; readonly file: string }
  | { readonly kind: 'remove_temporary'; readonly file: string }
  | { readonly kind: 'place'; readonly skillName: string }
  | { readonly kind: 'withdraw'; readonly skillName: string }
  | { readonly kind: 'follow_pointer'; readonly pluginId: string; readonly skillName: string };

/** One thing that is off, and the repair that would end it; null where a person has to decide. */
export interface Diagnosis {
  readonly finding: Finding;
  readonly repair: Repair | null;
}

interface Words {
  readonly code: string;
  readonly message: string;
  /** What a person does; for a repairable finding see {@link repairable}. */
  readonly nextStep: string;
  /** Display path. */
  readonly path: string;
  readonly severity?: FindingSeverity;
}

export function diagnosis({ code, message, nextStep, path, severity = 'error' }: Words): Diagnosis {
  return { finding: { code, severity, message, next_step: nextStep, path }, repair: null };
}

/** `would`: what `--fix` does, as the end of "it would …". */
export function repairable(
  words: Omit<Words, 'nextStep'> & { readonly would: string },
  repair: Repair,
): Diagnosis {
  const nextStep = `Run "beaver doctor --fix": it would ${words.would}.`;
  return { finding: diagnosis({ severity: 'warning', ...words, nextStep }).finding, repair };
}

/** What tells a finding from another one. */
export function keyOf({ finding }: Diagnosis): string {
  return `${finding.path}\0${finding.code}`;
}

/** By path, then code: the same disk gives the same report. What several things refer to is off once. */
export function inOrder(diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
  const byKey = new Map<string, Diagnosis>();
  for (const one of diagnoses) {
    const key = keyOf(one);
    if (!byKey.has(key)) byKey.set(key, one);
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, one]) => one);
}

/** What `read` gives; undefined, and a finding about `file`, for what is there and cannot be read. */
export async function readable<T>(
  layout: WorkspaceLayout,
  file: string,
  found: Diagnosis[],
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    found.push({ finding: findingFromError(error, layout.display(file)), repair: null });
    return undefined;
  }
}
