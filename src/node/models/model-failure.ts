import { BeaverError } from '../../base/errors.ts';

/** Why a model gave no answer. */
export type ModelFailure =
  | { readonly kind: 'timeout'; readonly seconds: number }
  | { readonly kind: 'not_allowed' }
  /** `retryAfter` as the service wrote it: seconds or a date. */
  | { readonly kind: 'busy'; readonly retryAfter: string | undefined }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'failed'; readonly status: number | undefined };

/** The failure in words. They hold nothing of what was sent or received (invariant 9). */
export function modelFailure(failure: ModelFailure, cause: unknown): BeaverError {
  const details = (nextStep: string) => (cause === undefined ? { nextStep } : { nextStep, cause });
  switch (failure.kind) {
    case 'timeout':
      return new BeaverError(
        'model_timeout',
        `The model did not answer within ${failure.seconds} seconds.`,
        details('Ask again, or give it more time with BEAVER_MODEL_TIMEOUT.'),
      );
    case 'not_allowed':
      return new BeaverError(
        'model_not_allowed',
        'The service of the model refused the key.',
        details('Check the key in the environment and what it may be used for.'),
      );
    case 'busy':
      return new BeaverError(
        'model_busy',
        'The service of the model has too many requests.',
        details(
          /^\d{1,6}$/u.test(failure.retryAfter ?? '')
            ? `Ask again in ${failure.retryAfter ?? ''} seconds.`
            : 'Ask again later.',
        ),
      );
    case 'unknown':
      return new BeaverError(
        'model_unavailable',
        'The service does not know the model.',
        details('Check the name in BEAVER_MODEL and the address in BEAVER_MODEL_BASE_URL.'),
      );
    case 'unreachable':
      return new BeaverError(
        'model_unavailable',
        'The service of the model cannot be reached.',
        details('Check the address in BEAVER_MODEL_BASE_URL and the connection.'),
      );
    case 'failed':
      return new BeaverError(
        'model_failed',
        failure.status === undefined
          ? 'The service of the model answered in a way that cannot be read.'
          : `The service of the model failed (${failure.status}).`,
        details('Ask again later; the conflicts can be settled without a model too.'),
      );
  }
}

export function modelCancelled(): BeaverError {
  return new BeaverError('model_cancelled', 'The request to the model was stopped.', {
    nextStep: 'Ask again when you want to.',
  });
}
