import type { Finding } from '../../base/errors.ts';
import { ERROR_CATALOGUE } from './error-catalogue.ts';
import { EVAL_CATALOGUE, FINDING_CATALOGUE, type FindingWords } from './finding-catalogue.ts';
import { HARNESS_CATALOGUE } from './harness-catalogue.ts';
import { MARKET_CATALOGUE } from './market-catalogue.ts';
import { inEnglish, type Translate } from './translate.ts';

export interface SaidFinding {
  readonly message: string;
  readonly nextStep: string;
}

/**
 * A finding in the language of the window. It carries its own English, which names the place and the value: that is what an English window
 * shows, and all there is where the code is of a newer core.
 */
export function findingText(
  { code, message, next_step: nextStep }: Pick<Finding, 'code' | 'message' | 'next_step'>,
  t: Translate,
): SaidFinding {
  const words = wordsOf(code);
  if (words === undefined) return { message, nextStep };
  return {
    message: translated(words.message, message, t),
    nextStep: translated(words.nextStep, nextStep, t),
  };
}

/** As {@link findingText} for the sentence alone; `own` where the code is not known or the window is English. */
export function codedMessage(code: string, own: string, t: Translate): string {
  const words = wordsOf(code);
  return words === undefined ? own : translated(words.message, own, t);
}

/** Findings before errors: of a code that is both, the catalogue of errors speaks of what somebody was doing. */
function wordsOf(code: string): FindingWords | undefined {
  const tables = [FINDING_CATALOGUE, EVAL_CATALOGUE, ERROR_CATALOGUE, MARKET_CATALOGUE, HARNESS_CATALOGUE];
  const table = tables.find((words) => Object.hasOwn(words, code));
  return table?.[code];
}

function translated(words: (t: Translate) => string, own: string, t: Translate): string {
  const said = words(t);
  return said === words(inEnglish) ? own : said;
}
