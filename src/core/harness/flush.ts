import type { TranscriptLook } from '../harness-ports.ts';
import type { Clock } from '../ports.ts';

/** What the barrier needs of a session. */
export interface FlushDoor {
  /** Undefined where there is no transcript. */
  look(): Promise<TranscriptLook | undefined>;
  /** Asks the program to write everything; its answer is the size that it wrote. Null where it cannot be asked. */
  readonly request: ((signal: AbortSignal) => Promise<number>) | null;
  /** Waits, or less long when the signal is aborted. Milliseconds. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export interface FlushOptions {
  /** Milliseconds until it is given up. */
  readonly deadline: number;
  /** Between two looks. */
  readonly interval: number;
  /** Looks in a row that must agree. */
  readonly looks: number;
  /** Whether there may be none: a session in which nothing was said yet. */
  readonly mayBeMissing: boolean;
}

export const FLUSH_OPTIONS: FlushOptions = { deadline: 20_000, interval: 150, looks: 4, mayBeMissing: false };

export type FlushOutcome =
  | { readonly kind: 'flushed'; readonly size: number }
  /** Nothing may be stopped. */
  | { readonly kind: 'not_flushed'; readonly why: 'no_answer' | 'still_written' | 'missing' | 'torn' };

/**
 * Waits until the transcript holds everything that happened: the program says so and the file has that size, or, where it cannot be asked,
 * the file stays as it is with a whole last line. Whatever is not certain at the deadline is no.
 */
export async function awaitFlush(
  door: FlushDoor,
  clock: Clock,
  options: FlushOptions = FLUSH_OPTIONS,
): Promise<FlushOutcome> {
  const started = clock.now();
  const isOver = (): boolean => clock.now() - started >= options.deadline;
  const ending = new AbortController();
  const acknowledged =
    door.request === null
      ? { size: null }
      : await answered(door.request, door, options.deadline, ending.signal);
  try {
    if (acknowledged === undefined) return { kind: 'not_flushed', why: 'no_answer' };
    let before: TranscriptLook | undefined;
    let agreed = 0;
    for (;;) {
      const now = await door.look();
      const same = now !== undefined && before?.size === now.size && before.mtimeNs === now.mtimeNs;
      agreed = same ? agreed + 1 : 1;
      before = now;
      if (now === undefined && options.mayBeMissing && (acknowledged.size ?? 0) === 0) {
        return { kind: 'flushed', size: 0 };
      }
      if (now !== undefined && now.whole) {
        if (acknowledged.size !== null && now.size >= acknowledged.size)
          return { kind: 'flushed', size: now.size };
        if (acknowledged.size === null && agreed >= options.looks) return { kind: 'flushed', size: now.size };
      }
      if (isOver()) {
        if (now === undefined) return { kind: 'not_flushed', why: 'missing' };
        return { kind: 'not_flushed', why: now.whole ? 'still_written' : 'torn' };
      }
      await door.wait(options.interval, ending.signal);
    }
  } finally {
    ending.abort();
  }
}

/** Undefined when there was no answer in time, or it was no. */
async function answered(
  request: (signal: AbortSignal) => Promise<number>,
  door: FlushDoor,
  deadline: number,
  outer: AbortSignal,
): Promise<{ readonly size: number } | undefined> {
  const ending = new AbortController();
  const signal = AbortSignal.any([outer, ending.signal]);
  const answer = request(signal).then(
    (size) => ({ size }),
    () => undefined,
  );
  const late = door.wait(deadline, signal).then(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    ending.abort();
  }
}
