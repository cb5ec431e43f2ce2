/**
 * Coded errors. Every failure that can reach a person carries a stable `code`, what happened (`message`) and
 * what to do (`nextStep`). Neither text ever holds an absolute path or file content (invariant 9).
 */
export interface BeaverErrorDetails {
  /** What the person can do next: one imperative sentence. */
  readonly nextStep: string;
  /** The offending field of the input: a JSON pointer or an argument name. */
  readonly field?: string;
  /** Display path: relative to the workspace, or redacted. Never absolute. */
  readonly path?: string;
  readonly cause?: unknown;
}

export class BeaverError extends Error {
  readonly code: string;
  readonly nextStep: string;
  readonly field: string | undefined;
  readonly path: string | undefined;

  constructor(code: string, message: string, details: BeaverErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'BeaverError';
    this.code = code;
    this.nextStep = details.nextStep;
    this.field = details.field;
    this.path = details.path;
  }
}

export function isBeaverError(error: unknown, code?: string): error is BeaverError {
  return error instanceof BeaverError && (code === undefined || error.code === code);
}

export type FindingSeverity = 'error' | 'warning' | 'info';

/** Something that is off with an input, reported as data instead of thrown (invariant 10). Snake-case: it is shown as is in JSON answers. */
export interface Finding {
  readonly code: string;
  readonly severity: FindingSeverity;
  readonly message: string;
  readonly next_step: string;
  /** Display path of the file or folder that the finding is about. */
  readonly path: string;
  /** JSON pointer or frontmatter key, where one part of the file is to blame. */
  readonly field?: string;
}

/** The finding that says the same as `error`, about `path` unless the error names one itself. */
export function findingFromError(error: BeaverError, path: string): Finding {
  return {
    code: error.code,
    severity: 'error',
    message: error.message,
    next_step: error.nextStep,
    path: error.path ?? path,
    ...(error.field === undefined ? {} : { field: error.field }),
  };
}

/** Each finding once, in the order of its first appearance: what is off with the workspace is met again with every skill. */
export function distinctFindings(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
