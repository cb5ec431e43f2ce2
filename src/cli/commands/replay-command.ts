import { DEFAULT_BUDGET } from '../../core/learning/replay/budget.ts';
import type { ReplayProgress } from '../../core/learning/replay/run-replay.ts';
import type { Action } from '../answer.ts';
import { EXIT, UsageError } from '../failure.ts';
import type { ReplayOptions } from '../replay-words.ts';
import { stopSignal } from '../stop-signal.ts';
import { oneLine } from '../style.ts';
import { replayText } from '../text/replay-text.ts';

/** `updates replay DRAFT`: 1 when the draft does worse, or is blocked. Ctrl+C ends it with what has finished kept. */
export function replayDraft(draftId: string, options: ReplayOptions): Action {
  return async (context) => {
    if (options.maxCost !== undefined && options.price === undefined) {
      throw new UsageError('--max-cost needs to know what tokens cost.', {
        nextStep: 'Give --price INPUT/OUTPUT, per million tokens.',
        field: 'price',
      });
    }
    const { runs, maxTokens, maxMinutes, maxCost, price } = options;
    const controller = new AbortController();
    const stop = stopSignal();
    void stop.asked.then(() => {
      controller.abort();
    });
    try {
      const payload = await (
        await context.workspace()
      ).updates.replay(
        draftId,
        {
          ...(runs === undefined ? {} : { runs }),
          budget: {
            ...DEFAULT_BUDGET,
            ...(maxTokens === undefined ? {} : { maxTokens }),
            ...(maxMinutes === undefined ? {} : { maxSeconds: maxMinutes * 60 }),
            ...(maxCost === undefined ? {} : { maxCost }),
            ...(price === undefined ? {} : { price }),
          },
          signal: controller.signal,
          onProgress: (progress) => {
            if (progress.phase === 'finished') context.tell(progressLine(progress));
          },
        },
        context.wait,
      );
      const found = payload.replay.verdict === 'worse' || payload.draft.status === 'blocked';
      return {
        payload,
        text: (style) => replayText(style, payload),
        exit: found ? EXIT.found : EXIT.done,
      };
    } finally {
      stop.dispose();
    }
  };
}

function progressLine({ finished, planned, evalName, arm, tokens }: ReplayProgress): string {
  return `Run ${finished} of ${planned}: ${oneLine(evalName)}, ${arm} (${tokens} tokens so far)`;
}
