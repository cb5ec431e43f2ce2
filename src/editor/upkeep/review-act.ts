import type * as vscode from 'vscode';
import type { InstallOutcomePayload } from '../../app/install-payloads.ts';
import { BeaverError } from '../../base/errors.ts';
import { pickMany } from '../commands/pick.ts';
import { reporting, requireTrust } from '../commands/run.ts';
import type { EditorHost } from '../contribution.ts';
import { unlessCancelled, withTransfer } from '../marketplaces/transfer.ts';
import { confirm, showFailure } from '../messages.ts';
import type { CommandTarget } from '../model/command-target.ts';
import type { MarketSession } from '../model/market-session.ts';
import { phaseProgressText } from '../model/phase-text.ts';
import { consentText } from './consent-words.ts';
import { waitingReason } from './update-words.ts';
import { type WaitingUpdate, waitingUpdates } from './waiting-updates.ts';

const PATIENCE = 30_000;

interface Outcome {
  readonly update: WaitingUpdate;
  readonly outcome: InstallOutcomePayload;
}

/** Lets a person choose which updates are put in use. Whatever asks for consent among them is asked about together, once. */
export async function reviewUpdates(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await reporting(host, 'beaver.upkeep.review', async () => {
    requireTrust();
    await Promise.all(host.folders.markets.map((market) => market.firstRead()));
    const chosen = await pickMany(choices(host, target), t('Update Plugins'), t('No plugin update waits.'));
    if (chosen.length === 0) return;
    const first = await updateAll(host, chosen, () => undefined);
    if (first === undefined) return;
    const asked = first.filter(({ outcome }) => outcome.consent !== null);
    const accepted = asked.length > 0 && (await consent(host, asked)) ? asked : [];
    const digests = new Map(accepted.map(({ update, outcome }) => [update, outcome.consent?.digest]));
    const second =
      accepted.length === 0
        ? []
        : await updateAll(
            host,
            accepted.map(({ update }) => update),
            (update) => digests.get(update),
          );
    const done = [...first, ...(second ?? [])];
    await host.folders.refresh();
    const failed = done.find(({ outcome }) => outcome.status === 'failed' || outcome.status === 'skipped');
    if (failed !== undefined) void showFailure(host, 'beaver.upkeep.review', failureOf(failed.outcome));
    const updated = done.filter(({ outcome }) => outcome.status === 'updated').length;
    if (updated > 0)
      host.activity.showOutcome(updated === 1 ? t('1 plugin updated') : t('{0} plugins updated', updated));
  });
}

function choices(
  { folders, t }: EditorHost,
  target: CommandTarget,
): readonly (vscode.QuickPickItem & { readonly value: WaitingUpdate; readonly description: string })[] {
  return folders.marketSnapshots
    .filter(({ folder }) => target.folder === undefined || folder === target.folder)
    .flatMap(waitingUpdates)
    .map((update) => ({
      label: update.id,
      description: update.to === '' ? update.from : `${update.from} → ${update.to}`,
      detail: `$(${update.staged === undefined ? 'info' : 'cloud-download'}) ${waitingReason(update, t)}`,
      picked: update.record.action === 'stage',
      value: update,
    }));
}

/** One after the other, each by itself. Undefined when the person stopped it. */
async function updateAll(
  host: EditorHost,
  updates: readonly WaitingUpdate[],
  accept: (update: WaitingUpdate) => string | undefined,
): Promise<readonly Outcome[] | undefined> {
  const { t } = host;
  return unlessCancelled(host, () =>
    withTransfer(t('Updating plugins'), async (signal, tell) => {
      const outcomes: Outcome[] = [];
      for (const update of updates) {
        const market = host.folders.markets.find(({ folder }) => folder === update.folder);
        if (market === undefined) continue;
        try {
          const digest = accept(update);
          const request = {
            signal,
            ...(digest === undefined ? {} : { accept: digest }),
            onProgress: (progress: Parameters<MarketSession['progress']>[1]) => {
              market.progress(update.id, progress);
              if (progress !== undefined) tell(`${update.id}: ${phaseProgressText(progress, t)}`);
            },
          };
          const wait = { kind: 'bounded', timeout: PATIENCE } as const;
          const { installs, upkeep } = market.workspace;
          const { updates: ended } =
            update.staged === undefined
              ? await installs.update([update.id], request, wait)
              : await upkeep.applyStaged([update.id], request, wait);
          outcomes.push(...ended.map((outcome) => ({ update, outcome })));
        } finally {
          market.progress(update.id, undefined);
          await market.refresh();
        }
      }
      return outcomes;
    }),
  );
}

/** One question about everything that is new. */
async function consent({ t }: EditorHost, asked: readonly Outcome[]): Promise<boolean> {
  const changes = asked.map(({ update, outcome }) => ({
    id: update.id,
    changes: outcome.consent?.changes ?? [],
  }));
  const question =
    asked.length === 1
      ? t('{0} brings something new. Update it?', asked[0]?.update.id ?? '')
      : t('{0} plugins bring something new. Update them?', asked.length);
  return confirm(question, consentText(changes, t), t('Update'));
}

function failureOf({ reason, id }: InstallOutcomePayload): BeaverError {
  const {
    code,
    message,
    next_step: nextStep,
  } = reason ?? { code: 'internal_error', message: id, next_step: '' };
  return new BeaverError(code, message, { nextStep });
}
