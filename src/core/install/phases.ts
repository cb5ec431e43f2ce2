import { BeaverError } from '../../base/errors.ts';

/** The phases of an attempt, in order. Up to `activate` nothing that is in use has changed. */
export const PHASES = ['download', 'verify', 'dependency-prepare', 'activate', 'health-check'] as const;
export type Phase = (typeof PHASES)[number];

/** Milliseconds that a phase may take. `activate` counts the wait for the write lock. */
export type PhaseDeadlines = Readonly<Record<Phase, number>>;

export const DEADLINES: PhaseDeadlines = {
  download: 10 * 60_000,
  verify: 2 * 60_000,
  'dependency-prepare': 15 * 60_000,
  activate: 60_000,
  'health-check': 30_000,
};

/** What is told of an attempt under way. */
export interface PhaseProgress {
  /** What is installed, as far as that is known. */
  readonly id: string;
  readonly phase: Phase;
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

export function progressOf(id: string, phase: Phase): PhaseProgress {
  return { id, phase, number: PHASES.indexOf(phase) + 1, of: PHASES.length };
}

/**
 * Runs one phase until it ends, its time is up or it is cancelled. What does not heed the signal is left behind: it may only write below
 * the staging of its own attempt.
 * @throws BeaverError `install_cancelled`, `phase_timeout`, or what `body` rejects with.
 */
export async function withinDeadline<T>(
  phase: Phase,
  deadline: number,
  signal: AbortSignal | undefined,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  assertNotCancelled(signal);
  const controller = new AbortController();
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    const end = (error: BeaverError): void => {
      reject(error);
      controller.abort(error);
    };
    const timer = setTimeout(() => {
      end(timedOut(phase, deadline));
    }, deadline);
    const cancel = (): void => {
      end(cancelled());
    };
    signal?.addEventListener('abort', cancel, { once: true });
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    };
  });
  try {
    return await Promise.race([body(controller.signal), stopped]);
  } finally {
    stop();
  }
}

/** @throws BeaverError `install_cancelled`. */
export function assertNotCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled();
}

function cancelled(): BeaverError {
  return new BeaverError('install_cancelled', 'The installation was cancelled.', {
    nextStep: 'Nothing that was in use has changed. Start it again when you like.',
  });
}

function timedOut(phase: Phase, deadline: number): BeaverError {
  const seconds = Math.ceil(deadline / 1000);
  return new BeaverError('phase_timeout', `The phase "${phase}" took more than ${seconds} s.`, {
    nextStep: 'Check the connection and the disk, then try again.',
  });
}
