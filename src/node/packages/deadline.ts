import { cancelled, timedOut } from './fetch-problems.ts';

/**
 * Runs `body` with a signal that ends with the caller's or after `seconds`, and says which of the two it was.
 * @throws BeaverError `fetch_cancelled`, `fetch_timeout`, or what `body` rejects with when neither was the reason.
 */
export async function withDeadline<T>(
  what: string,
  seconds: number,
  signal: AbortSignal | undefined,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  assertGoingOn(signal);
  const clock = AbortSignal.timeout(seconds * 1000);
  try {
    return await body(signal === undefined ? clock : AbortSignal.any([signal, clock]));
  } catch (error) {
    assertGoingOn(signal);
    if (clock.aborted) throw timedOut(what, seconds);
    throw error;
  }
}

/** @throws BeaverError `fetch_cancelled`. */
export function assertGoingOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled();
}
