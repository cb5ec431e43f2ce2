import type { DraftPayload, ReplayPayload } from '../../app/payloads.ts';
import { oneLine, type Style } from '../style.ts';
import { renderTable } from '../table.ts';
import { findingText } from './findings-text.ts';

/** What a replay found: the arms side by side, the difference with its interval, and what the gate makes of it. */
export function replayText(
  style: Style,
  { draft, replay }: { readonly draft: DraftPayload; readonly replay: ReplayPayload },
): string {
  const { runs, spent, evals } = replay;
  const gate = draft.gates.find((candidate) => candidate.gate === 'replay');
  const cost = spent.cost === null ? '' : `, cost ${spent.cost}`;
  const parts = [
    `Replay of ${replay.draft_id} of ${style.strong(oneLine(replay.skill_name))}: ${outcome(style, replay)}\n` +
      `${runs.finished} of ${runs.planned} runs (${runs.kept} kept from earlier), ${evals.from_skill} evals of the skill${source(replay)}, ${evals.recorded} recorded tasks, model ${oneLine(replay.model ?? 'none')}\n`,
    armsText(style, replay),
    differenceText(replay),
    replay.findings.map((finding) => findingText(style, finding)).join(''),
    `Used ${spent.tokens} tokens${spent.tokens_estimated ? ' (estimated)' : ''} in ${spent.seconds} s${cost}.\n`,
    gate === undefined ? '' : `Gate replay: ${gate.status}, ${oneLine(gate.reason)}\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function outcome(style: Style, { status, verdict, reason, error_code }: ReplayPayload): string {
  if (verdict === null) {
    const why = [reason, error_code].filter((word) => word !== null).join(', ');
    return style.warning(`${status} (${why})`);
  }
  return verdict === 'worse'
    ? style.bad(verdict)
    : verdict === 'inconclusive'
      ? style.warning(verdict)
      : style.good(verdict);
}

function source({ evals }: ReplayPayload): string {
  return evals.source === null ? '' : ` (the ${evals.source === 'draft' ? "draft's" : "current version's"})`;
}

function armsText(style: Style, { arms }: ReplayPayload): string {
  if (arms === null) return '';
  const row = (name: string, arm: NonNullable<ReplayPayload['arms']>['baseline']): readonly string[] => [
    name,
    String(arm.runs),
    `${percent(arm.pass_rate.mean)} ± ${percent(arm.pass_rate.stddev)}`,
    `${arm.time_seconds.mean.toFixed(1)} s`,
    arm.tokens.mean.toFixed(0),
  ];
  return renderTable(
    style,
    ['ARM', 'RUNS', 'PASSED', 'TIME', 'TOKENS'],
    [row(`current ${arms.baseline.version ?? ''}`, arms.baseline), row('draft', arms.candidate)],
  );
}

function differenceText({ difference }: ReplayPayload): string {
  if (difference === null) return '';
  const { estimate, low, high, confidence, margin } = difference;
  return (
    `Difference of the pass rates: ${signed(estimate)}, ${percent(confidence)} bootstrap interval ${signed(low)} to ${signed(high)}; ` +
    `down to ${signed(-margin)} counts as no worse.\n`
  );
}

function percent(rate: number): string {
  return `${Math.round(rate * 100)} %`;
}

function signed(rate: number): string {
  const points = Math.round(rate * 100);
  return `${points > 0 ? '+' : ''}${points} points`;
}
