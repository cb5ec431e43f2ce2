import { BeaverError } from '../base/errors.ts';
import { systemCode, toBeaverError } from '../base/system-errors.ts';

/** What the exit code of `beaver` says; scripts depend on these. */
export const EXIT = {
  done: 0,
  /** The check found something: conflicts, a failed gate, a finding of the doctor. */
  found: 1,
  /** The words are off. */
  usage: 2,
  failed: 3,
  /** Another writer holds the lock. */
  busy: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The words of the command line are off. Nothing was read or written. */
export class UsageError extends BeaverError {
  constructor(message: string, details: { nextStep?: string; field?: string; code?: string } = {}) {
    super(details.code ?? 'usage', message, {
      nextStep: details.nextStep ?? 'Run the command with --help to see what it takes.',
      ...(details.field === undefined ? {} : { field: details.field }),
    });
    this.name = 'UsageError';
  }
}

export interface Failure {
  readonly exit: ExitCode;
  /** The answer with `--json`. */
  readonly payload: {
    readonly error: {
      readonly code: string;
      readonly message: string;
      readonly next_step: string;
      readonly field?: string;
    };
  };
}

/** The one place that turns what was thrown into an exit code and words. Neither holds a path of this machine (invariant 9). */
export function failureOf(thrown: unknown): Failure {
  const error = toBeaverError(thrown) ?? unexpected(thrown);
  return {
    exit: exitOf(error),
    payload: {
      error: {
        code: error.code,
        message: error.message,
        next_step: error.nextStep,
        ...(error.field === undefined ? {} : { field: error.field }),
      },
    },
  };
}

function exitOf(error: BeaverError): ExitCode {
  if (error instanceof UsageError) return EXIT.usage;
  return error.code === 'plugin_write_busy' ? EXIT.busy : EXIT.failed;
}

/** A defect, or a system error that has no words of its own: its message could hold a path, so only its kind is told. */
function unexpected(thrown: unknown): BeaverError {
  const code = systemCode(thrown);
  const kind = code ?? (thrown instanceof Error ? thrown.name : typeof thrown);
  return new BeaverError('internal_error', `Something unexpected went wrong (${kind}).`, {
    nextStep: 'Run the command again with --verbose and report what it prints.',
    cause: thrown,
  });
}
