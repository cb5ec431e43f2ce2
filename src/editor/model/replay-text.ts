import type { ReplayPayload } from '../../app/payloads.ts';
import type { Translate } from './translate.ts';

/** What a replay came to, in a sentence. */
export function replayOutcome(replay: ReplayPayload, t: Translate): string {
  const { skill_name: skill, reason } = replay;
  if (reason !== null) return t('{0}: no verdict. {1}', skill, reasonText(reason, t));
  const interval = intervalText(replay, t);
  switch (replay.verdict) {
    case 'improved':
      return t('{0}: with the draft, tasks succeed more often ({1}).', skill, interval);
    case 'no_worse':
      return t('{0}: with the draft, tasks succeed as often as now ({1}).', skill, interval);
    case 'worse':
      return t(
        '{0}: with the draft, tasks succeed less often ({1}). It cannot be published.',
        skill,
        interval,
      );
    case 'inconclusive':
    case null:
      return t('{0}: the runs do not show which version is better ({1}).', skill, interval);
  }
}

/** "+4 points, 95 % interval -2 to +9". */
function intervalText({ difference }: ReplayPayload, t: Translate): string {
  if (difference === null) return t('nothing to compare');
  const { estimate, low, high, confidence } = difference;
  return t(
    '{0} points, {1} % interval {2} to {3}',
    points(estimate),
    Math.round(confidence * 100),
    points(low),
    points(high),
  );
}

function points(rate: number): string {
  const rounded = Math.round(rate * 100);
  return rounded > 0 ? `+${rounded}` : String(rounded);
}

export function reasonText(reason: NonNullable<ReplayPayload['reason']>, t: Translate): string {
  switch (reason) {
    case 'no_evals':
      return t('Neither the draft nor the current version has evals, and no task was recorded.');
    case 'nothing_to_check':
      return t('No eval says anything that a replay can check.');
    case 'no_model':
      return t('No language model is set up.');
    case 'cancelled':
      return t('The replay was cancelled; what had finished is kept.');
    case 'budget_tokens':
      return t('The budget of tokens was used up; what had finished is kept.');
    case 'budget_cost':
      return t('The budget of cost was used up; what had finished is kept.');
    case 'budget_time':
      return t('The time was up; what had finished is kept.');
    case 'model_failed':
      return t('The language model failed; what had finished is kept.');
    case 'grader_unusable':
      return t('The grader gave no usable answer; what had finished is kept.');
  }
}
