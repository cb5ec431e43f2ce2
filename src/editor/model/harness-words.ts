import { type InstallClass, updateCommand } from '../../core/harness/install-class.ts';
import type { HarnessNotice } from '../../core/harness/notices.ts';
import type { IgnoredVersion } from '../../core/harness/state.ts';
import type { HarnessEntry } from './harness-snapshot.ts';
import type { Translate } from './translate.ts';

/** Whose the program on the PATH is, in a few words. */
export function installLabel({ name, manager }: InstallClass, t: Translate): string {
  switch (name) {
    case 'direct':
      return t('kept by Beaver');
    case 'npm':
    case 'pnpm':
    case 'bun':
    case 'yarn':
      return t('global package of {0}', name);
    case 'project_local':
      return t('package of a project');
    case 'temporary_run':
      return t('cache of a single run');
    case 'homebrew_formula':
      return t('Homebrew formula');
    case 'homebrew_cask':
      return t('Homebrew cask');
    case 'other_manager':
      return t('installed by {0}', manager ?? '?');
    case 'development':
      return t('development build');
    case 'bundled':
      return t('part of an extension');
    case 'user_launcher':
      return t('your own script or link');
    case 'unknown':
      return t('of unknown origin');
  }
}

/** What Beaver does with such an installation, and what the person can do. */
export function installExplanation(install: InstallClass, delegated: boolean, t: Translate): string {
  const command = updateCommand(install);
  if (install.name === 'direct') return t('Beaver updates it with signed releases.');
  if (install.name === 'development')
    return t('A build of this machine: no release is looked for, and nothing asks a release host.');
  if (delegated)
    return t(
      'Beaver leaves it as it is, and keeps versions of its own beside it because you asked for that.',
    );
  if (command !== null) return t('Beaver leaves it alone. Update it with: {0}', command);
  if (install.name === 'unknown')
    return t('Nothing shows who installed it, so Beaver changes nothing about it.');
  return t('Beaver leaves it alone.');
}

/** Why a version is passed over. */
export function ignoreReason(reason: IgnoredVersion['reason'], t: Translate): string {
  switch (reason) {
    case 'smoke_test_failed':
      return t('did not start when it was tried');
    case 'unsafe_archive':
      return t('its archive is not safe');
    case 'crash_loop':
      return t('crashed again and again');
    case 'rolled_back':
      return t('rolled back');
    case 'revoked':
      return t('withdrawn by its publisher');
    case 'by_hand':
      return t('ignored by you');
  }
}

/** What a person should know of a harness. `time` writes an ISO time as people here do. */
export function noticeText(
  { code, message }: HarnessNotice,
  entry: HarnessEntry,
  time: (iso: string) => string,
  t: Translate,
): string {
  if (entry.kind === 'failed') return message;
  const { source, stored, installs, manifest } = entry.status;
  const { active, last_check } = stored.state;
  switch (code) {
    case 'active_revoked':
      return t('Version {0} was withdrawn by its publisher', active?.version ?? '');
    case 'state_recovered':
      return t('What says which version starts was damaged; the newest whole version counts');
    case 'several_installs':
      return t('“{0}” is found {1} times; the first one runs', source.command, installs.length);
    case 'not_ours':
      return t('“{0}” was installed by something else; Beaver leaves it alone', source.command);
    case 'last_check_failed':
      return t('The last look for an update failed: {0}', last_check?.outcome ?? '');
    case 'check_is_old':
      return t('No look for an update succeeded since {0}', time(last_check?.succeeded_at ?? ''));
    case 'release_is_old':
      return t('Nothing was published since {0}', time(manifest?.published_at ?? ''));
  }
}
