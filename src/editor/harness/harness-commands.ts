import * as vscode from 'vscode';
import { BeaverError } from '../../base/errors.ts';
import { pickOne } from '../commands/pick.ts';
import { reporting, requireTrust } from '../commands/run.ts';
import { confirm } from '../messages.ts';
import type { HarnessCommandId } from '../model/command-ids.ts';
import {
  type HarnessAction,
  harnessChoices,
  ignorableChoices,
  ignoredChoices,
} from '../model/harness-choices.ts';
import { type ReadEntry, readEntry } from '../model/harness-snapshot.ts';
import { type HarnessTarget, readHarnessTarget } from '../model/harness-target.ts';
import type { HarnessPart } from './harness-part.ts';
import { harnessTerminal } from './harness-terminal.ts';
import { checkHarness, updateHarness } from './harness-updates.ts';

export type HarnessHandlers = Readonly<Record<HarnessCommandId, (argument: unknown) => Promise<void>>>;

/** What can be done with the harnesses of this machine, from the tree and from the palette. */
export function harnessCommands(part: HarnessPart): HarnessHandlers {
  const writing =
    (id: HarnessCommandId, body: (target: HarnessTarget) => Promise<string | undefined>) =>
    (argument: unknown): Promise<void> =>
      reporting(part.host, id, async () => {
        requireTrust();
        const outcome = await body(readHarnessTarget(argument));
        if (outcome !== undefined) part.host.activity.showOutcome(outcome);
      });
  return {
    'beaver.harness.check': writing('beaver.harness.check', (target) => check(part, target)),
    'beaver.harness.stage': writing('beaver.harness.stage', (target) => update(part, target, true)),
    'beaver.harness.update': writing('beaver.harness.update', (target) => update(part, target, false)),
    'beaver.harness.rollback': writing('beaver.harness.rollback', (target) => rollBack(part, target)),
    'beaver.harness.ignore': writing('beaver.harness.ignore', (target) => ignore(part, target)),
    'beaver.harness.unignore': writing('beaver.harness.unignore', (target) => stopIgnoring(part, target)),
    'beaver.harness.useLocal': writing('beaver.harness.useLocal', (target) => useLocal(part, target)),
    'beaver.harness.stopLocal': writing('beaver.harness.stopLocal', (target) => stopLocal(part, target)),
    'beaver.harness.delegate': writing('beaver.harness.delegate', (target) => delegate(part, target)),
    'beaver.harness.undelegate': writing('beaver.harness.undelegate', (target) => undelegate(part, target)),
    'beaver.harness.open': writing('beaver.harness.open', (target) => open(part, target)),
    'beaver.harness.refresh': () => part.refresh(),
  };
}

/** The harness that a command is about: the one it was given, else the one a person chooses. Undefined when they left it. */
async function choose(
  part: HarnessPart,
  { harness }: HarnessTarget,
  action: HarnessAction,
  title: string,
): Promise<ReadEntry | undefined> {
  const { snapshot } = part.session;
  const { t } = part.host;
  const choices = harnessChoices(snapshot, action, t);
  const [only] = choices;
  const chosen =
    harness ??
    (only !== undefined && choices.length === 1
      ? only.value
      : await pickOne(choices, title, t('There is no harness for which this makes sense.')));
  if (chosen === undefined) return undefined;
  const entry = readEntry(snapshot, chosen);
  if (entry !== undefined) return entry;
  throw new BeaverError('harness_unknown', `There is no source for the harness ${JSON.stringify(chosen)}.`, {
    nextStep: 'Add one with "beaver harness add".',
  });
}

async function open(part: HarnessPart, target: HarnessTarget): Promise<undefined> {
  const chosen = await chooseToOpen(part, target);
  if (chosen !== undefined) vscode.window.createTerminal(harnessTerminal(part, chosen)).show();
}

/** The harness to start in a terminal. Undefined when a person left the choice, or where there is none. */
export async function chooseToOpen(part: HarnessPart, target: HarnessTarget): Promise<string | undefined> {
  const entry = await choose(part, target, 'check', part.host.t('Open which harness in a terminal?'));
  return entry?.harness;
}

async function check(part: HarnessPart, target: HarnessTarget): Promise<string | undefined> {
  const entry = await choose(part, target, 'check', part.host.t('Check which harness for updates?'));
  return entry === undefined ? undefined : checkHarness(part, entry);
}

async function update(
  part: HarnessPart,
  target: HarnessTarget,
  stageOnly: boolean,
): Promise<string | undefined> {
  const entry = await choose(part, target, 'update', part.host.t('Update which harness?'));
  return entry === undefined ? undefined : updateHarness(part, entry, stageOnly);
}

async function rollBack(part: HarnessPart, target: HarnessTarget): Promise<string | undefined> {
  const { t } = part.host;
  const entry = await choose(part, target, 'rollback', t('Roll back which harness?'));
  if (entry === undefined) return undefined;
  const { harness, status } = entry;
  const { active, previous } = status.stored.state;
  if (active !== null && previous !== null) {
    const agreed = await confirm(
      t('Roll {0} back to v{1}?', harness, previous.version),
      t(
        'v{0} is ignored from then on, so that no update brings it back. Sessions that run go on running.',
        active.version,
      ),
      t('Roll Back'),
    );
    if (!agreed) return undefined;
  }
  const { service } = part.opened;
  const state = await part.write((wait) => service.rollback(harness, 'rolled back by hand', wait));
  return t('{0} is back at v{1}', harness, state.active?.version ?? '');
}

async function ignore(part: HarnessPart, target: HarnessTarget): Promise<string | undefined> {
  const { t } = part.host;
  const entry = await choose(part, target, 'ignore', t('Ignore a version of which harness?'));
  if (entry === undefined) return undefined;
  const { harness, status } = entry;
  const version =
    target.version ??
    (await pickOne(
      ignorableChoices(entry, t),
      t('Ignore which version of {0}?', harness),
      t('No version is staged or offered that could be ignored.'),
    ));
  if (version === undefined) return undefined;
  if (status.stored.state.staged?.version === version) {
    const agreed = await confirm(
      t('Ignore v{0} of {1}?', version, harness),
      t('It is staged, and will not start. Updates pass over it until you stop ignoring it.'),
      t('Ignore'),
    );
    if (!agreed) return undefined;
  }
  await part.write((wait) => part.opened.choices.ignore(harness, version, '', wait));
  return t('v{0} of {1} is ignored', version, harness);
}

async function stopIgnoring(part: HarnessPart, target: HarnessTarget): Promise<string | undefined> {
  const { t } = part.host;
  const entry = await choose(part, target, 'unignore', t('Stop ignoring a version of which harness?'));
  if (entry === undefined) return undefined;
  const { harness } = entry;
  const version =
    target.version ??
    (await pickOne(
      ignoredChoices(entry, t),
      t('Stop ignoring which version of {0}?', harness),
      t('No version is ignored.'),
    ));
  if (version === undefined) return undefined;
  await part.write((wait) => part.opened.choices.stopIgnoring(harness, version, wait));
  return t('v{0} of {1} is no longer ignored', version, harness);
}

async function useLocal(part: HarnessPart, target: HarnessTarget): Promise<string | undefined> {
  const { t } = part.host;
  const entry = await choose(part, target, 'useLocal', t('Use a local build of which harness?'));
  if (entry === undefined) return undefined;
  const { harness } = entry;
  const [file] =
    (await vscode.window.showOpenDialog({
      title: t('The program that your build of {0} makes', harness),
      openLabel: t('Use Build'),
    })) ?? [];
  if (file === undefined) return undefined;
  await part.write((wait) => part.opened.choices.useLocalBuild(harness, file.fsPath, wait));
  return t('{0} starts your build from now on', harness);
}

async function stopLocal(part: HarnessPart, target: HarnessTarget): Promise<string | undefined> {
  const { t } = part.host;
  const entry = await choose(part, target, 'stopLocal', t('Stop using the local build of which harness?'));
  if (entry === undefined) return undefined;
  const { harness } = entry;
  await part.write((wait) => part.opened.choices.useLocalBuild(harness, null, wait));
  return t('{0} starts its releases again', harness);
}

async function delegate(part: HarnessPart, target: HarnessTarget): Promise<string | undefined> {
  const { t } = part.host;
  const entry = await choose(part, target, 'delegate', t('Delegate which harness to Beaver?'));
  if (entry === undefined) return undefined;
  const { harness, status } = entry;
  const agreed = await confirm(
    t('Delegate {0} to Beaver?', harness),
    t(
      'Beaver then keeps signed versions in a cache of its own and starts those. What installed “{0}” keeps its files; nothing is written there.',
      status.source.command,
    ),
    t('Delegate'),
  );
  if (!agreed) return undefined;
  await part.write((wait) => part.opened.choices.delegate(harness, true, wait));
  return t('{0} is delegated to Beaver', harness);
}

async function undelegate(part: HarnessPart, target: HarnessTarget): Promise<string | undefined> {
  const { t } = part.host;
  const entry = await choose(part, target, 'undelegate', t('Stop delegating which harness?'));
  if (entry === undefined) return undefined;
  const { harness, status } = entry;
  const agreed = await confirm(
    t('Stop delegating {0}?', harness),
    t(
      'Beaver looks for no more releases as long as something else has installed “{0}”.',
      status.source.command,
    ),
    t('Stop Delegating'),
  );
  if (!agreed) return undefined;
  await part.write((wait) => part.opened.choices.delegate(harness, false, wait));
  return t('{0} is left to what installed it', harness);
}
