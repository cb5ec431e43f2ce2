import { constants } from 'node:os';

/** How a process ended. */
export type Ending =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals };

const NAMES: ReadonlyMap<number, NodeJS.Signals> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
);

export function signalName(number: number): NodeJS.Signals | undefined {
  return NAMES.get(number);
}

/**
 * What a shell's status says of the program that it waited for: above 128 it was a signal, unless the program takes that signal itself (bit
 * of `caught`, as the system shows it) and said so by its exit code, as many do with 130 and 143.
 */
export function endingOfStatus(status: number, caught: bigint): Ending {
  const signal = status > 128 ? signalName(status - 128) : undefined;
  if (signal === undefined) return { kind: 'code', code: status };
  const bit = 1n << BigInt(status - 129);
  return (caught & bit) === 0n ? { kind: 'signal', signal } : { kind: 'code', code: status };
}

/** Ends this process in the same way. */
export function endAs(ending: Ending): void {
  if (ending.kind === 'code') {
    process.exitCode = ending.code;
    return;
  }
  process.removeAllListeners(ending.signal);
  process.kill(process.pid, ending.signal);
  // A signal that ends nobody, or one that arrives a moment later.
  process.exitCode = 128 + constants.signals[ending.signal];
}
