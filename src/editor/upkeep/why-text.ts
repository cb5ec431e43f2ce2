import type { WhyPayload } from '../../app/upkeep-payloads.ts';
import { autoUpdateLabel, contentLabel } from '../model/market-labels.ts';
import type { Translate } from '../model/translate.ts';
import { decisionWords } from './decision-catalogue.ts';

/** Why a plugin is installed as it is, and why it was or was not updated, as a document. */
export function whyText({ why }: WhyPayload, formatTime: (iso: string) => string, t: Translate): string {
  const last = lastDecision(why, formatTime, t);
  const alert = why.last?.alert ?? null;
  const lines = [
    why.id,
    '',
    last,
    ...(alert === null || alert.code === why.last?.reason.code ? [] : [decisionWords(alert, t)]),
    ...(why.staged === null ? [] : [t('Staged: {0}; it needs no network.', contentLabel(why.staged))]),
    why.next_check === null
      ? t('No look is planned.')
      : t('The next look is due: {0}', formatTime(why.next_check)),
    '',
    t('In use: {0}', contentLabel(why.current)),
    t('Source: {0}', why.source),
    why.marketplace === null
      ? t('It came from no marketplace.')
      : t('Marketplace: {0}', why.marketplace) +
        (why.mode === null ? '' : ` (${t('auto-update: {0}', autoUpdateLabel(why.mode, t))})`),
    why.pin === null ? t('It is not pinned.') : t('Pinned to {0}', why.pin),
    why.requested
      ? t('It is here because you installed it.')
      : t('It is here because {0} needs it.', why.needed_by.join(', ')),
    ...why.ignored.map((one) => t('Not installed again: {0} ({1})', contentLabel(one), one.reason)),
  ];
  const earlier = [...why.decisions]
    .reverse()
    .map(({ at, reason }) => `${formatTime(at)}  ${decisionWords(reason, t)}`);
  return [...lines, '', ...(earlier.length === 0 ? [] : [t('What was decided'), '', ...earlier, ''])].join(
    '\n',
  );
}

/** What waited for a person may have been put in use since. */
function lastDecision(
  { last, current }: WhyPayload['why'],
  formatTime: (iso: string) => string,
  t: Translate,
): string {
  if (last === null) return t('Auto-update has not looked yet.');
  const waited = last.action === 'notify' || last.action === 'stage';
  return waited && last.identity === current.identity
    ? t('{0} waited for you, and is in use now.', contentLabel(current))
    : `${decisionWords(last.reason, t)} (${formatTime(last.at)})`;
}
