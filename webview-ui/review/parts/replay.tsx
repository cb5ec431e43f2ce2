import type { JSX } from 'preact';
import type { ReplayStrings, ViewReplay, ViewReplayArm } from '../../../src/protocol/replay-view.ts';
import { format } from '../format.ts';
import type { ReviewStore } from '../review-store.ts';

/** Both arms of the last replay side by side, and how sure the difference is. Nothing where none was run on this content. */
export function Replay({ store }: { readonly store: ReviewStore }): JSX.Element | null {
  const { replay, baseVersion } = store.draft.value;
  const words = store.strings.replay;
  if (replay === null) return null;
  const { arms, difference, model } = replay;
  return (
    <section class="replay" aria-label={words.title}>
      <h2 class="section-title">{words.title}</h2>
      <p class={`replay-verdict replay-${replay.verdict ?? 'open'}`}>{verdictWords(words, replay)}</p>
      {arms === null ? null : (
        <table class="replay-arms">
          <thead>
            <tr>
              <td />
              <th scope="col">{format(words.current, baseVersion)}</th>
              <th scope="col">{words.draft}</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{words.passRate}</th>
              <td>
                <PassRate arm={arms.baseline} words={words} />
              </td>
              <td>
                <PassRate arm={arms.candidate} words={words} />
              </td>
            </tr>
            <Row
              label={words.time}
              arms={arms}
              value={({ seconds }) => format(words.seconds, seconds.toFixed(1))}
            />
            <Row
              label={words.tokens}
              arms={arms}
              value={({ tokens }) => Math.round(tokens).toLocaleString(store.locale)}
            />
            <Row label={words.runs} arms={arms} value={({ runs }) => String(runs)} />
          </tbody>
        </table>
      )}
      {difference === null ? null : <Difference difference={difference} words={words} />}
      <p class="hint">
        {[evalWords(words, replay), model === null ? '' : format(words.model, model)]
          .filter((part) => part !== '')
          .join(' · ')}
      </p>
    </section>
  );
}

function Row({
  label,
  arms,
  value,
}: {
  readonly label: string;
  readonly arms: NonNullable<ViewReplay['arms']>;
  readonly value: (arm: ViewReplayArm) => string;
}): JSX.Element {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>{value(arms.baseline)}</td>
      <td>{value(arms.candidate)}</td>
    </tr>
  );
}

/** The bar is 100 units long. */
function PassRate({
  arm,
  words,
}: {
  readonly arm: ViewReplayArm;
  readonly words: ReplayStrings;
}): JSX.Element {
  const { mean, stddev } = arm.passRate;
  const percent = Math.round(mean * 100);
  return (
    <>
      {format(words.plusMinus, percent, Math.round(stddev * 100))}
      <svg class="replay-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="replay-bar-whole" width="100" height="6" />
        <rect class="replay-bar-passed" width={percent} height="6" />
      </svg>
    </>
  );
}

/** From −100 to +100 points: the interval as a line, the estimate as a mark, zero and the margin behind them. */
function Difference({
  difference,
  words,
}: {
  readonly difference: NonNullable<ViewReplay['difference']>;
  readonly words: ReplayStrings;
}): JSX.Element {
  const { estimate, low, high, confidence, margin } = difference;
  const at = (rate: number): number => 100 + rate * 100;
  const [from, to] = [at(low), at(high)];
  return (
    <div class="replay-difference">
      <span class="replay-label">{words.difference}</span>{' '}
      {format(words.interval, points(estimate), Math.round(confidence * 100), points(low), points(high))}
      <svg class="replay-interval" viewBox="0 0 200 16" role="img" aria-label={words.intervalPicture}>
        <rect class="replay-margin" x={at(-margin)} width={margin * 100} y="2" height="12" />
        <line class="replay-axis" x1="0" x2="200" y1="8" y2="8" />
        <line class="replay-zero" x1="100" x2="100" y1="1" y2="15" />
        <line class="replay-range" x1={from} x2={Math.max(to, from + 1)} y1="8" y2="8" />
        <line class="replay-end" x1={from} x2={from} y1="5" y2="11" />
        <line class="replay-end" x1={to} x2={to} y1="5" y2="11" />
        <circle class="replay-estimate" cx={at(estimate)} cy="8" r="3" />
      </svg>
    </div>
  );
}

function verdictWords(words: ReplayStrings, { verdict, finished, planned }: ViewReplay): string {
  switch (verdict) {
    case 'improved':
      return words.improved;
    case 'no_worse':
      return words.noWorse;
    case 'worse':
      return words.worse;
    case 'inconclusive':
      return words.inconclusive;
    case null:
      return format(words.noVerdict, finished, planned);
  }
}

function evalWords(words: ReplayStrings, { evalsFrom, evals, recorded }: ViewReplay): string {
  const own =
    evalsFrom === null ? '' : format(evalsFrom === 'draft' ? words.evalsOfDraft : words.evalsOfLocal, evals);
  return [own, recorded === 0 ? '' : format(words.recorded, recorded)]
    .filter((part) => part !== '')
    .join(' · ');
}

function points(rate: number): string {
  const rounded = Math.round(rate * 100);
  return rounded > 0 ? `+${rounded}` : rounded < 0 ? `−${-rounded}` : '0';
}
