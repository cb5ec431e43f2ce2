import type { FetchOptions } from '../core/package-ports.ts';
import type { CommandContext } from './answer.ts';
import { stopSignal } from './stop-signal.ts';

/** Milliseconds between two lines about one transfer. */
const PAUSE = 1000;

/** Runs a body that fetches: Ctrl+C cancels it, and standard error hears how far it is. */
export async function fetching<T>(
  context: Pick<CommandContext, 'tell'>,
  body: (options: FetchOptions) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = stopSignal();
  void stop.asked.then(() => {
    controller.abort();
  });
  let told = Date.now();
  try {
    return await body({
      signal: controller.signal,
      onProgress: (received, expected) => {
        if (Date.now() - told < PAUSE) return;
        told = Date.now();
        const of = expected === null || expected === received ? '' : ` of ${megabytes(expected)}`;
        context.tell(`Fetching: ${megabytes(received)}${of} MB`);
      },
    });
  } finally {
    stop.dispose();
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
