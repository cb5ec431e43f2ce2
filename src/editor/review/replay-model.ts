import type { ReplayPayload } from '../../app/payloads.ts';
import type { ReplayStrings, ViewReplay, ViewReplayArm } from '../../protocol/replay-view.ts';
import type { Translate } from '../model/translate.ts';

/** What the review shows of a replay. */
export function viewReplay(replay: ReplayPayload): ViewReplay {
  const { status, verdict, model, at, evals, runs, arms, difference } = replay;
  return {
    status,
    verdict,
    model,
    at,
    evalsFrom: evals.source,
    evals: evals.from_skill,
    recorded: evals.recorded,
    finished: runs.finished,
    planned: runs.planned,
    arms: arms === null ? null : { baseline: viewArm(arms.baseline), candidate: viewArm(arms.candidate) },
    difference:
      difference === null
        ? null
        : {
            estimate: difference.estimate,
            low: difference.low,
            high: difference.high,
            confidence: difference.confidence,
            margin: difference.margin,
          },
  };
}

function viewArm(arm: NonNullable<ReplayPayload['arms']>['baseline']): ViewReplayArm {
  const { mean, stddev } = arm.pass_rate;
  return {
    runs: arm.runs,
    passRate: { mean, stddev },
    seconds: arm.time_seconds.mean,
    tokens: arm.tokens.mean,
  };
}

export function replayStrings(t: Translate): ReplayStrings {
  return {
    title: t('Replay'),
    run: t('Run Replay Evaluation'),
    runAgain: t('Run Replay Again'),
    progress: t('{0} of {1} runs'),
    improved: t('Tasks succeed more often with the draft.'),
    noWorse: t('Tasks succeed as often with the draft.'),
    worse: t('Tasks succeed less often with the draft.'),
    inconclusive: t('The runs do not show which version is better.'),
    noVerdict: t('No verdict yet: {0} of {1} runs are done.'),
    current: t('Current {0}'),
    draft: t('Draft'),
    passRate: t('Checks passed'),
    time: t('Time per task'),
    tokens: t('Tokens per task'),
    runs: t('Runs'),
    plusMinus: t('{0} ± {1} %'),
    seconds: t('{0} s'),
    difference: t('Difference'),
    interval: t('{0} points, {1} % interval {2} to {3}'),
    intervalPicture: t(
      'The interval of the difference, from −100 to +100 points; left of zero the draft is worse.',
    ),
    evalsOfDraft: t("Evals of the draft's skill: {0}"),
    evalsOfLocal: t('Evals of the current version, as the draft has none: {0}'),
    recorded: t('{0} recorded tasks'),
    model: t('Answered by {0}'),
  };
}
