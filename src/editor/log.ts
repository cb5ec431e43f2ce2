import type * as vscode from 'vscode';
import { isBeaverError } from '../base/errors.ts';
import type { Logger } from '../core/ports.ts';

/** The core's logger, written to the output channel that "Show Log" opens. */
export function channelLogger(channel: vscode.LogOutputChannel): Logger {
  return {
    log(level, message, fields) {
      channel[level](fields === undefined ? message : `${message} ${JSON.stringify(fields, plain)}`);
    },
  };
}

/**
 * Logs a failure: code and words at error level; the stack, which may hold absolute paths, at debug level only (invariant 9).
 * An error that is not coded is a defect whose text may hold anything.
 */
export function logFailure(channel: vscode.LogOutputChannel, what: string, error: unknown): void {
  if (isBeaverError(error)) {
    channel.error(`${what}: ${error.code}: ${error.message} ${error.nextStep}`);
  } else {
    channel.error(
      `${what}: unexpected ${error instanceof Error ? error.name : typeof error}. Set the log level to Debug to see more.`,
    );
  }
  channel.debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
