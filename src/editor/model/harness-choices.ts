import type { Choice } from './choices.ts';
import type { HarnessSnapshot, ReadEntry } from './harness-snapshot.ts';
import { ignoreReason, installLabel } from './harness-words.ts';
import { joinParts } from './item-view.ts';
import type { Translate } from './translate.ts';

/** What a person can choose a harness for. */
export type HarnessAction =
  | 'check'
  | 'update'
  | 'rollback'
  | 'ignore'
  | 'unignore'
  | 'useLocal'
  | 'stopLocal'
  | 'delegate'
  | 'undelegate';

/** The harnesses for which `action` makes sense. */
export function harnessChoices(
  { entries }: HarnessSnapshot,
  action: HarnessAction,
  t: Translate,
): readonly Choice<string>[] {
  return entries
    .filter((entry) => entry.kind === 'read')
    .filter((entry) => makesSense(entry, action))
    .map(({ harness, status }) => {
      const { active, staged } = status.stored.state;
      const [first] = status.installs;
      const description = joinParts(
        active === null ? t('no version yet') : `v${active.version}`,
        staged === null ? undefined : t('v{0} staged', staged.version),
        first === undefined ? undefined : installLabel(first.install, t),
      );
      return { label: harness, description, value: harness };
    });
}

function makesSense({ status, updatable }: ReadEntry, action: HarnessAction): boolean {
  const { active, previous, ignored, local_override } = status.stored.state;
  switch (action) {
    case 'check':
      return true;
    case 'update':
      return updatable && local_override === null;
    case 'rollback':
      return active !== null && previous !== null;
    case 'ignore':
      return ignorable(status).length > 0;
    case 'unignore':
      return ignored.length > 0;
    case 'useLocal':
      return local_override === null;
    case 'stopLocal':
      return local_override !== null;
    case 'delegate':
      return !status.source.delegated;
    case 'undelegate':
      return status.source.delegated;
  }
}

/** The versions that a person could want to pass over: what is staged, what is offered, what a rollback would return to. */
export function ignorable({ stored, manifest }: ReadEntry['status']): readonly string[] {
  const { active, staged, ignored } = stored.state;
  const named = [staged?.version, manifest?.version].filter((version) => version !== undefined);
  const passed = new Set(ignored.map(({ version }) => version));
  return [...new Set(named)].filter((version) => version !== active?.version && !passed.has(version));
}

export function ignorableChoices({ status }: ReadEntry, t: Translate): readonly Choice<string>[] {
  const { staged } = status.stored.state;
  return ignorable(status).map((version) => ({
    label: `v${version}`,
    description: version === staged?.version ? t('staged') : t('offered'),
    value: version,
  }));
}

export function ignoredChoices({ status }: ReadEntry, t: Translate): readonly Choice<string>[] {
  return status.stored.state.ignored.toReversed().map(({ version, reason }) => ({
    label: `v${version}`,
    description: ignoreReason(reason, t),
    value: version,
  }));
}
