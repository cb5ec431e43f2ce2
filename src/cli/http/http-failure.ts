import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { BeaverError } from '../../base/errors.ts';
import { type Failure, failureOf } from '../failure.ts';

/** A request that never reaches the workspace. */
export class RequestError extends BeaverError {
  readonly status: ContentfulStatusCode;

  constructor(status: ContentfulStatusCode, code: string, message: string, nextStep: string, field?: string) {
    super(code, message, { nextStep, ...(field === undefined ? {} : { field }) });
    this.name = 'RequestError';
    this.status = status;
  }
}

/** Spec/3 Task 11: unknown is 404, what somebody else owns or holds is 409, and what cannot be done with this input is 400. */
const STATUS: ReadonlyMap<string, ContentfulStatusCode> = new Map<string, ContentfulStatusCode>([
  ...['plugin_unknown', 'skill_unknown', 'skill_not_linked'].map((code) => [code, 404] as const),
  ...[
    'plugin_write_busy',
    'skill_name_taken',
    'plugin_not_enabled',
    'plugin_missing',
    'local_edits_found',
  ].map((code) => [code, 409] as const),
  // The machine or the store is at fault, not the request.
  ...[
    'internal_error',
    'disk_full',
    'disk_error',
    'read_only',
    'permission_denied',
    'busy',
    'too_many_open_files',
    'lock_unavailable',
    'immutable_conflict',
    'staging_lost',
    'stored_file_unreadable',
    'schema_newer',
    'version_damaged',
    'upstream_damaged',
    'upstream_missing',
  ].map((code) => [code, 500] as const),
]);

/** The status and the body that a failure is answered with: the body is that of the command line. */
export function httpFailure(thrown: unknown): {
  readonly status: ContentfulStatusCode;
  readonly body: Failure['payload'];
} {
  const { payload } = failureOf(thrown);
  const status = thrown instanceof RequestError ? thrown.status : (STATUS.get(payload.error.code) ?? 400);
  return { status, body: payload };
}
