import * as vscode from 'vscode';
import { isBeaverError } from '../../base/errors.ts';
import type { CheckOutcome, FoundInstall, UpdateOutcome } from '../../core/harness/harness-service.ts';
import { updateCommand } from '../../core/harness/install-class.ts';
import type { LockWait } from '../../core/ports.ts';
import type { ReadEntry } from '../model/harness-snapshot.ts';
import { ignoreReason, installExplanation } from '../model/harness-words.ts';
import { codedMessage } from '../model/finding-text.ts';
import type { HarnessPart } from './harness-part.ts';

/** Looks for a release and installs nothing. Resolves with what to show for a moment. */
export async function checkHarness(part: HarnessPart, { harness }: ReadEntry): Promise<string | undefined> {
  const { t } = part.host;
  const { service } = part.opened;
  const outcome = await cancellable(part, t('Looking for updates of {0}', harness), (wait, signal) =>
    service.check(harness, { wait, signal }),
  );
  if (outcome === undefined) return undefined;
  if (!('plan' in outcome)) {
    tellNotOurs(part, harness, outcome.installs);
    return undefined;
  }
  const { plan, manifest } = outcome;
  if (plan.kind === 'stage') {
    offer(part, harness, manifest.version);
    return undefined;
  }
  return planText(part, harness, manifest.version, plan);
}

/** Downloads, verifies and tries the newest release; it is staged, or starts from then on. */
export async function updateHarness(
  part: HarnessPart,
  { harness }: ReadEntry,
  stageOnly: boolean,
): Promise<string | undefined> {
  const { t } = part.host;
  const { service } = part.opened;
  const outcome = await cancellable(
    part,
    t('Downloading the newest release of {0}', harness),
    (wait, signal) => service.update(harness, { wait, signal, stageOnly }),
  );
  if (outcome === undefined) return t('Cancelled. What was downloaded is kept.');
  switch (outcome.kind) {
    case 'not_ours':
      tellNotOurs(part, harness, outcome.installs);
      return undefined;
    case 'kept':
      return planText(part, harness, outcome.version, outcome.plan);
    case 'staged':
      return t('{0} v{1} is staged', harness, outcome.version.version);
    case 'activated':
      return t('{0} v{1} starts from now on', harness, outcome.version.version);
  }
}

/** With a progress notification whose button ends the transfer: undefined then. What was downloaded is kept for the next attempt. */
function cancellable<T>(
  part: HarnessPart,
  title: string,
  body: (wait: LockWait, signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const location = vscode.ProgressLocation.Notification;
  return part.write((wait) =>
    Promise.resolve(
      vscode.window.withProgress({ location, title, cancellable: true }, (_progress, token) => {
        const aborted = new AbortController();
        const subscription = token.onCancellationRequested(() => {
          aborted.abort();
        });
        return body(wait, aborted.signal)
          .catch((error: unknown) => {
            if (isBeaverError(error, 'fetch_cancelled')) return undefined;
            throw error;
          })
          .finally(() => {
            subscription.dispose();
          });
      }),
    ),
  );
}

function planText(
  { host: { t } }: HarnessPart,
  harness: string,
  version: string,
  plan: CheckOutcome['plan'] | Extract<UpdateOutcome, { kind: 'kept' }>['plan'],
): string {
  switch (plan.kind) {
    case 'current':
      return t('{0} v{1} is the newest release', harness, version);
    case 'staged_already':
      return t('{0} v{1} is staged', harness, version);
    case 'ignored':
      return t('{0} v{1} is ignored: {2}', harness, version, ignoreReason(plan.ignored.reason, t));
    case 'older':
      return t('The channel offers {0} v{1}, which is older than what runs', harness, version);
    case 'stage':
      return t('{0} v{1} can be installed', harness, version);
    case 'nothing_for_this_machine':
      return codedMessage(plan.code, t('{0} v{1} is not for this machine', harness, version), t);
  }
}

/** Not awaited: the message stays until a person answers it. */
function offer({ host: { t } }: HarnessPart, harness: string, version: string): void {
  const stage = t('Download and Stage');
  const message = t('{0} v{1} can be installed.', harness, version);
  void vscode.window.showInformationMessage(message, stage).then((answer) => {
    if (answer === stage) void vscode.commands.executeCommand('beaver.harness.stage', { harness });
  });
}

function tellNotOurs({ host: { t } }: HarnessPart, harness: string, installs: readonly FoundInstall[]): void {
  const foreign = installs.map(({ install }) => install).find(({ name }) => name !== 'direct');
  const command = foreign === undefined ? null : updateCommand(foreign);
  const copy = t('Copy Command');
  const delegate = t('Delegate to Beaver…');
  const actions = [
    ...(command === null ? [] : [copy]),
    ...(foreign?.name === 'development' ? [] : [delegate]),
  ];
  const words = foreign === undefined ? t('Beaver leaves it alone.') : installExplanation(foreign, false, t);
  void vscode.window.showInformationMessage(`${harness}: ${words}`, ...actions).then((answer) => {
    if (answer === copy && command !== null) void vscode.env.clipboard.writeText(command);
    if (answer === delegate) void vscode.commands.executeCommand('beaver.harness.delegate', { harness });
  });
}
