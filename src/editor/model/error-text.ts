import { isBeaverError } from '../../base/errors.ts';
import { ERROR_CATALOGUE, type MessageAction } from './error-catalogue.ts';
import { HARNESS_CATALOGUE } from './harness-catalogue.ts';
import { MARKET_CATALOGUE } from './market-catalogue.ts';
import type { Translate } from './translate.ts';

export interface ErrorText {
  readonly message: string;
  readonly nextStep: string;
  /** Beside "Show Log", which every error has. */
  readonly actions: readonly MessageAction[];
}

/**
 * What to tell a person about a failure. `english` is true where the display language is English: the error's own message is then the most
 * precise. Anything that is not a BeaverError is a defect: its text may hold paths, so it stays in the log (invariant 9).
 */
export function errorText(error: unknown, english: boolean, t: Translate): ErrorText {
  if (!isBeaverError(error)) {
    return {
      message: t('Something unexpected went wrong. Nothing that was published is lost.'),
      nextStep: t('See the log for the details.'),
      actions: [],
    };
  }
  const entry = [ERROR_CATALOGUE, MARKET_CATALOGUE, HARNESS_CATALOGUE].find((words) =>
    Object.hasOwn(words, error.code),
  )?.[error.code];
  if (entry === undefined) return { message: error.message, nextStep: error.nextStep, actions: [] };
  return {
    message: english ? error.message : about(entry.message(t), error.path),
    nextStep: entry.nextStep(t),
    actions: entry.action === undefined ? [] : [entry.action(t)],
  };
}

function about(message: string, path: string | undefined): string {
  return path === undefined ? message : `${path}: ${message}`;
}
