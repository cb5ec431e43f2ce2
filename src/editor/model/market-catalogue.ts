import type { MessageAction } from './error-catalogue.ts';
import type { Translate } from './translate.ts';

interface MarketWords {
  readonly message: (t: Translate) => string;
  readonly nextStep: (t: Translate) => string;
  readonly action?: (t: Translate) => MessageAction;
}

const refresh = (t: Translate): MessageAction => ({
  label: t('Refresh Marketplaces'),
  command: 'beaver.marketplaces.refresh',
  args: [],
});

/** The words of what goes wrong with marketplaces, sources and installations, by code. */
export const MARKET_CATALOGUE: Readonly<Record<string, MarketWords>> = {
  marketplace_unknown: {
    message: (t) => t('There is no such marketplace here any more.'),
    nextStep: (t) => t('Refresh and choose again.'),
  },
  marketplace_not_fetched: {
    message: (t) => t('The marketplace was not fetched yet.'),
    nextStep: (t) => t('Refresh it.'),
    action: refresh,
  },
  marketplace_unreadable: {
    message: (t) => t('The catalog of the marketplace cannot be read.'),
    nextStep: (t) => t('Ask whoever publishes it; the log says what is off.'),
  },
  marketplace_name_taken: {
    message: (t) => t('There is another marketplace of that name.'),
    nextStep: (t) => t('Remove that one first, or give this one another name.'),
  },
  marketplace_name_reserved: {
    message: (t) =>
      t('The marketplace calls itself like a well-known one but does not come from where that is published.'),
    nextStep: (t) => t('If it is a copy that you trust, give it a name of its own.'),
  },
  marketplace_untrusted: {
    message: (t) => t('The marketplace is not trusted yet.'),
    nextStep: (t) => t('Look at where it comes from, then trust it.'),
  },
  market_source_prefix: {
    message: (t) => t('The source of a plugin does not start with "./".'),
    nextStep: (t) => t('Nothing needs to be done; its author can correct the entry.'),
  },
  packages_unavailable: {
    message: (t) => t('Nothing can be fetched here.'),
    nextStep: (t) => t('Open the folder in an editor on this machine, or use the command line.'),
  },
  source_unreadable: {
    message: (t) => t('That is no source.'),
    nextStep: (t) => t('Write owner/repo, an https address, npm:NAME, or a folder that starts with "./".'),
  },
  source_refused: {
    message: (t) =>
      t('That source is not allowed: it holds credentials, is not encrypted, or leaves its place.'),
    nextStep: (t) => t('Give an https address without credentials, owner/repo, npm:NAME, or a folder.'),
  },
  source_not_found: {
    message: (t) => t('There is nothing at the source.'),
    nextStep: (t) => t('Check the address, the branch, the tag or the name of the package.'),
  },
  install_link_invalid: {
    message: (t) => t('The link to install a plugin is not valid.'),
    nextStep: (t) => t('Ask whoever gave you the link; nothing was installed.'),
  },
  git_missing: {
    message: (t) => t('The program git was not found.'),
    nextStep: (t) => t('Install git and put it on the PATH, then reload the window.'),
  },
  fetch_failed: {
    message: (t) => t('The source could not be fetched.'),
    nextStep: (t) => t('Check the address, the connection and whether you may read it, then try again.'),
  },
  fetch_offline: {
    message: (t) => t('The source cannot be reached without a network.'),
    nextStep: (t) => t('Try again when you are online.'),
  },
  fetch_timeout: {
    message: (t) => t('The source took too long to answer.'),
    nextStep: (t) => t('Check the connection, then try again.'),
  },
  fetch_cancelled: {
    message: (t) => t('The transfer was cancelled.'),
    nextStep: (t) => t('Nothing that was in use has changed. Start it again when you like.'),
  },
  fetch_too_large: {
    message: (t) => t('The package is larger than what may be fetched.'),
    nextStep: (t) => t('Ask its author for a smaller one.'),
  },
  package_integrity_mismatch: {
    message: (t) => t('What was fetched is not what was promised.'),
    nextStep: (t) => t('Do not use it before you know why; try again, and ask its author if it stays so.'),
  },
  package_unsafe: {
    message: (t) => t('The package holds entries that are not safe to unpack.'),
    nextStep: (t) => t('Do not use it; tell its author.'),
  },
  package_missing: {
    message: (t) => t('The folder of the package is gone.'),
    nextStep: (t) => t('Update the plugin, or install it again.'),
  },
  package_damaged: {
    message: (t) => t('Files of the package were changed after it was installed.'),
    nextStep: (t) => t('Choose another version, or install the plugin again.'),
  },
  package_modified: {
    message: (t) => t('Files of the package were changed after it was installed.'),
    nextStep: (t) => t('Choose another version, or install the plugin again.'),
  },
  package_ignored: {
    message: (t) =>
      t('This content is not installed again: it failed here before, or you went back from it.'),
    nextStep: (t) => t('Wait for a newer one, or uninstall the plugin and install it anew.'),
  },
  pin_invalid: {
    message: (t) => t('That is no version, range, tag, channel or commit.'),
    nextStep: (t) => t('Give a whole commit id, 1.2.3, ^1.2, tag:NAME, or channel:NAME.'),
  },
  pin_not_offered: {
    message: (t) => t('The source offers nothing that the pin allows.'),
    nextStep: (t) => t('Change the pin, or wait for such a version.'),
  },
  plugin_not_listed: {
    message: (t) => t('The marketplace has no such plugin.'),
    nextStep: (t) => t('Refresh the marketplace and look again.'),
    action: refresh,
  },
  plugin_not_installed: {
    message: (t) => t('The plugin is not installed any more.'),
    nextStep: (t) => t('Refresh and choose again.'),
  },
  plugin_needed: {
    message: (t) => t('Other plugins need this one.'),
    nextStep: (t) => t('Uninstall what needs it first.'),
  },
  plugin_incompatible: {
    message: (t) => t('The preflight refuses this plugin.'),
    nextStep: (t) => t('Look at what it found; choose another version or ask its author.'),
  },
  plugin_id_taken: {
    message: (t) => t('There is another plugin of that id already.'),
    nextStep: (t) => t('Remove one of the two first; nothing was changed.'),
  },
  plugin_id_changed: {
    message: (t) => t('The new version calls itself by another id.'),
    nextStep: (t) => t('Uninstall the plugin and install it anew if you want that one.'),
  },
  dependency_conflict: {
    message: (t) => t('No version of a plugin that it needs suits everyone.'),
    nextStep: (t) => t('Update the others first, or choose another version.'),
  },
  dependency_unresolved: {
    message: (t) => t('A plugin that it needs cannot be found.'),
    nextStep: (t) => t('Add the marketplace that has it, then try again.'),
  },
  dependency_not_allowed: {
    message: (t) => t('It needs a plugin of another marketplace, which its own marketplace does not allow.'),
    nextStep: (t) => t('Install that plugin by itself, if you trust it; then try again.'),
  },
  install_moved: {
    message: (t) => t('Another window or command changed the plugin in the meantime.'),
    nextStep: (t) => t('Look at what is there now, then try again.'),
  },
  install_unhealthy: {
    message: (t) => t('The package cannot be used here.'),
    nextStep: (t) => t('The log says what is missing; it is not installed again until there is a newer one.'),
  },
  install_cancelled: {
    message: (t) => t('The installation was cancelled.'),
    nextStep: (t) => t('Nothing that was in use has changed. Start it again when you like.'),
  },
  install_interrupted: {
    message: (t) => t('The installation was interrupted.'),
    nextStep: (t) => t('Nothing that was in use has changed. Start it again when you like.'),
  },
  phase_timeout: {
    message: (t) => t('The installation took too long.'),
    nextStep: (t) => t('Check the connection and the disk, then try again.'),
  },
  command_missing: {
    message: (t) => t('A program that one of its servers needs is not on this machine.'),
    nextStep: (t) => t('Install that program, then try again.'),
  },
  skill_not_visible: {
    message: (t) => t('A skill of the plugin is not where agents read.'),
    nextStep: (t) => t('Look at what is in its place, then try again.'),
  },
  rollback_target_missing: {
    message: (t) => t('There is no such earlier package.'),
    nextStep: (t) => t('Choose another version.'),
  },
  rollback_target_refused: {
    message: (t) => t('That package is not to be used.'),
    nextStep: (t) => t('Choose another version.'),
  },
  internal_error: {
    message: (t) => t('Something unexpected went wrong. Nothing that was published is lost.'),
    nextStep: (t) => t('See the log for the details.'),
  },
};
