import type { Translate } from './translate.ts';

/** A button of a message: a command that the editor runs, and its words. */
export interface MessageAction {
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface ErrorEntry {
  readonly message: (t: Translate) => string;
  /** In the editor's terms, where the error itself speaks of the command line. */
  readonly nextStep: (t: Translate) => string;
  readonly action?: (t: Translate) => MessageAction;
}

const openSetting =
  (setting: string) =>
  (t: Translate): MessageAction => ({
    label: t('Open Settings'),
    command: 'workbench.action.openSettings',
    args: [setting],
  });
const syncPlugins = (t: Translate): MessageAction => ({
  label: t('Sync Plugins'),
  command: 'beaver.plugins.sync',
  args: [],
});
const captureEdits = (t: Translate): MessageAction => ({
  label: t('Capture Local Edits'),
  command: 'beaver.skills.capture',
  args: [],
});
const manageTrust = (t: Translate): MessageAction => ({
  label: t('Manage Trust'),
  command: 'workbench.trust.manage',
  args: [],
});
const openFolder = (t: Translate): MessageAction => ({
  label: t('Open Folder'),
  command: 'vscode.openFolder',
  args: [],
});
const showExtension = (t: Translate): MessageAction => ({
  label: t('Show Extension'),
  command: 'extension.open',
  args: ['beaver-skills.beaver-skills'],
});

const reloadWindow = (t: Translate): MessageAction => ({
  label: t('Reload Window'),
  command: 'workbench.action.reloadWindow',
  args: [],
});

/** The words of the errors that people meet in the editor, by code. A code that is not here is shown in the error's own English words. */
export const ERROR_CATALOGUE: Readonly<Record<string, ErrorEntry>> = {
  plugin_write_busy: {
    message: (t) => t('Another window or process is writing to the skills of this workspace.'),
    nextStep: (t) => t('Wait until it is done, then try again.'),
  },
  lock_unavailable: {
    message: (t) => t('The native file lock cannot be loaded on this machine, so nothing is written.'),
    nextStep: (t) => t('Install the extension for this platform again.'),
    action: showExtension,
  },
  workspace_untrusted: {
    message: (t) => t('This workspace is not trusted, so Beaver only reads.'),
    nextStep: (t) => t('Trust the workspace to change skills and plugins.'),
    action: manageTrust,
  },
  no_workspace_folder: {
    message: (t) => t('No folder is open.'),
    nextStep: (t) => t('Open the folder that has your plugins.'),
    action: openFolder,
  },
  outside_workspace: {
    message: (t) => t('The file is outside of the workspace.'),
    nextStep: (t) => t('Open it from the folder that beaver.pluginSearchPaths names.'),
    action: openSetting('beaver.pluginSearchPaths'),
  },
  skills_directory_outside: {
    message: (t) => t('The skills directory is not inside the workspace.'),
    nextStep: (t) => t('Set beaver.skillsDirectory to a folder below the workspace.'),
    action: openSetting('beaver.skillsDirectory'),
  },
  target_occupied: {
    message: (t) => t('A folder that is not Beaver’s is where the skill would be placed.'),
    nextStep: (t) => t('Rename or move that folder, or change beaver.runtimeTargets.'),
    action: openSetting('beaver.runtimeTargets'),
  },
  local_edits_found: {
    message: (t) => t('The skill was edited where agents read it, so it was not replaced.'),
    nextStep: (t) => t('Capture the edits first.'),
    action: captureEdits,
  },
  schema_newer: {
    message: (t) => t('A file was written by a newer Beaver and was left untouched.'),
    nextStep: (t) => t('Update the extension.'),
    action: showExtension,
  },
  stored_file_unreadable: {
    message: (t) => t('A file that Beaver stored cannot be read and was left untouched.'),
    nextStep: (t) => t('Restore it from version control or a backup.'),
  },
  record_refused: {
    message: (t) => t('Beaver would have stored what it could not read again, and stored nothing.'),
    nextStep: (t) => t('Tell the author of the plugin what it is that you install.'),
  },
  plugin_unknown: {
    message: (t) => t('There is no such plugin any more.'),
    nextStep: (t) => t('Refresh and choose again.'),
  },
  plugin_missing: {
    message: (t) => t('The package of the plugin is not there.'),
    nextStep: (t) => t('Put the package back, then sync.'),
    action: syncPlugins,
  },
  plugin_not_enabled: {
    message: (t) => t('The plugin is not enabled.'),
    nextStep: (t) => t('Enable it first.'),
  },
  plugin_skill_blocked: {
    message: (t) => t('A skill of the plugin has a pattern that blocks it.'),
    nextStep: (t) => t('Look at the skill before you use it; the log names the place.'),
  },
  skill_unknown: {
    message: (t) => t('There is no such skill any more.'),
    nextStep: (t) => t('Refresh and choose again.'),
  },
  skill_missing: {
    message: (t) => t('The plugin no longer has this skill.'),
    nextStep: (t) => t('Adopt the skill to keep it as your own, or put it back into the package.'),
  },
  skill_name_taken: {
    message: (t) => t('A managed skill of the same name exists already and is not linked to this plugin.'),
    nextStep: (t) => t('Rename or remove the other skill, or leave the plugin disabled.'),
  },
  skill_not_linked: {
    message: (t) => t('The skill is not linked to this plugin.'),
    nextStep: (t) => t('Refresh and choose again.'),
  },
  skill_document_missing: {
    message: (t) => t('The skill has no SKILL.md.'),
    nextStep: (t) => t('Put the file back, or ask the author of the plugin.'),
  },
  version_unknown: {
    message: (t) => t('There is no such version of the skill.'),
    nextStep: (t) => t('Refresh and choose again.'),
  },
  version_current: {
    message: (t) => t('That version is the current one already.'),
    nextStep: (t) => t('Choose another version.'),
  },
  upstream_missing: {
    message: (t) => t('The upstream snapshot that the update needs is not in the store.'),
    nextStep: (t) =>
      t('Restore the folder from version control or a backup; a merge without it would lose edits.'),
  },
  candidate_unknown: {
    message: (t) => t('There is no such update any more.'),
    nextStep: (t) => t('Refresh and choose again.'),
  },
  candidate_closed: {
    message: (t) => t('The update was settled already.'),
    nextStep: (t) => t('Refresh and choose again.'),
  },
  review_unavailable: {
    message: (t) => t('The review could not be started.'),
    nextStep: (t) => t('Reload the window; the log has the reason.'),
    action: reloadWindow,
  },
  draft_unknown: {
    message: (t) => t('There is no such draft any more.'),
    nextStep: (t) => t('Refresh and choose again.'),
  },
  draft_closed: {
    message: (t) => t('The draft was settled already.'),
    nextStep: (t) => t('Refresh and choose again.'),
  },
  draft_stale: {
    message: (t) => t('The skill has changed since the draft was made.'),
    nextStep: (t) => t('Review the update again: it takes the newer version in.'),
  },
  draft_damaged: {
    message: (t) => t('A text that was saved with the draft is gone or was changed.'),
    nextStep: (t) => t('Reject the update and sync to prepare it again.'),
  },
  draft_not_ready: {
    message: (t) => t('The draft cannot be published yet.'),
    nextStep: (t) => t('Resolve what is open, then approve it.'),
  },
  draft_changed: {
    message: (t) => t('The draft was changed elsewhere while you looked at it.'),
    nextStep: (t) => t('Look at it again, then approve it.'),
  },
  document_missing: {
    message: (t) => t('The draft has no text of that path to review.'),
    nextStep: (t) => t('Choose another file.'),
  },
  draft_uri_invalid: {
    message: (t) => t('This is not a document of a draft.'),
    nextStep: (t) => t('Open it from the review.'),
  },
  manifest_invalid: {
    message: (t) => t('The manifest of the plugin is not valid.'),
    nextStep: (t) => t('Correct the field that the log names.'),
  },
  plugin_unreadable: {
    message: (t) => t('The folder of the plugin cannot be read.'),
    nextStep: (t) => t('Check its permissions and the disk.'),
  },
  acknowledgement_missing: {
    message: (t) => t('What the update adds waits for an acknowledgement.'),
    nextStep: (t) => t('Read what the update adds under Checks, then acknowledge it.'),
  },
  acknowledgement_unneeded: {
    message: (t) => t('The finding no longer waits for an acknowledgement.'),
    nextStep: (t) => t('Look at the draft again.'),
  },
  review_missing: {
    message: (t) => t('Nobody has approved exactly this content.'),
    nextStep: (t) => t('Review the update and approve it.'),
  },
  reason_missing: {
    message: (t) => t('A rejection needs a reason.'),
    nextStep: (t) => t('Say why the update is not wanted.'),
  },
  resolution_invalid: {
    message: (t) => t('That choice does not fit the draft.'),
    nextStep: (t) => t('Review the update again.'),
  },
  immutable_conflict: {
    message: (t) => t('A version or snapshot of that name exists with other content.'),
    nextStep: (t) => t('Move the folder away if it was edited by hand.'),
  },
  staging_lost: {
    message: (t) => t('A staged folder of an unfinished change is gone. What is published is not affected.'),
    nextStep: (t) => t('Sync to finish the change.'),
    action: syncPlugins,
  },
  publication_not_linked: {
    message: (t) => t('The published update belongs to another plugin.'),
    nextStep: (t) => t('See the log for the details.'),
  },
  too_many_files: {
    message: (t) => t('The skill has more files than is allowed.'),
    nextStep: (t) => t('Raise beaver.limits.maxFiles if you trust the skill.'),
    action: openSetting('beaver.limits'),
  },
  tree_too_large: {
    message: (t) => t('The skill is larger than is allowed.'),
    nextStep: (t) => t('Raise beaver.limits.maxBytes if you trust the skill.'),
    action: openSetting('beaver.limits'),
  },
  symlink_not_allowed: {
    message: (t) => t('The skill has a symbolic link, which could lead outside of it.'),
    nextStep: (t) => t('Replace the link by the file itself.'),
  },
  not_a_regular_file: {
    message: (t) => t('The skill has an entry that is neither a file nor a folder.'),
    nextStep: (t) => t('Remove it.'),
  },
  path_not_contained: {
    message: (t) => t('A path of the plugin leads outside of it.'),
    nextStep: (t) => t('Correct the path in the manifest.'),
  },
  name_not_portable: {
    message: (t) => t('A file has a name that does not work on every system.'),
    nextStep: (t) => t('Rename the file.'),
  },
  name_collision: {
    message: (t) => t('Two files have names that some systems cannot tell apart.'),
    nextStep: (t) => t('Rename one of them.'),
  },
  invalid_name: {
    message: (t) => t('The name cannot be part of a path.'),
    nextStep: (t) => t('Use letters, digits, dots, dashes and underscores only.'),
  },
  file_changed_while_reading: {
    message: (t) => t('A file changed while it was read.'),
    nextStep: (t) => t('Try again when nothing writes to it.'),
  },
  model_unavailable: {
    message: (t) => t('There is no language model to ask.'),
    nextStep: (t) =>
      t('Install or sign in to an extension that offers one, or change the setting beaver.model.'),
    action: openSetting('beaver.model'),
  },
  model_not_allowed: {
    message: (t) => t('Beaver may not ask this model.'),
    nextStep: (t) => t('Allow it when VS Code asks, or choose another model.'),
    action: openSetting('beaver.model'),
  },
  model_busy: {
    message: (t) => t('The model takes no more requests for now.'),
    nextStep: (t) => t('Ask again later.'),
  },
  model_timeout: {
    message: (t) => t('The model did not answer in time.'),
    nextStep: (t) => t('Ask again later.'),
  },
  model_failed: {
    message: (t) => t('The model failed to answer.'),
    nextStep: (t) => t('Ask again, or settle the conflicts yourself.'),
  },
  model_input_too_long: {
    message: (t) => t('The skill is longer than the model can read at once.'),
    nextStep: (t) => t('Choose a model that reads more, or settle the conflicts yourself.'),
    action: openSetting('beaver.model'),
  },
  model_cancelled: {
    message: (t) => t('The request to the model was stopped.'),
    nextStep: (t) => t('Ask again when you want to.'),
  },
  proposal_not_needed: {
    message: (t) => t('No conflict is open in SKILL.md, so no model was asked.'),
    nextStep: (t) => t('Review the update and publish it.'),
  },
  proposal_too_large: {
    message: (t) => t('The skill is too long to ask a model about it.'),
    nextStep: (t) => t('Settle the conflicts yourself.'),
  },
  disk_full: {
    message: (t) => t('There is no space left where Beaver writes.'),
    nextStep: (t) => t('Free some space on the disk and try again; nothing was published.'),
  },
  disk_error: {
    message: (t) => t('The disk reported an error.'),
    nextStep: (t) => t('Check the disk and its connection, then try again.'),
  },
  read_only: {
    message: (t) => t('The file system is mounted read-only.'),
    nextStep: (t) => t('Make the folder writable, or open a copy of the workspace on a writable disk.'),
  },
  permission_denied: {
    message: (t) => t('The system does not allow access to a file that Beaver needs.'),
    nextStep: (t) => t('Check who owns the workspace folder and its permissions, then try again.'),
  },
  busy: {
    message: (t) => t('Another program keeps a file that Beaver needs busy.'),
    nextStep: (t) => t('Close the program that uses the file and try again.'),
  },
  too_many_open_files: {
    message: (t) => t('The limit of open files is reached.'),
    nextStep: (t) => t('Close other programs or raise the limit of open files, then try again.'),
  },
  upstream_damaged: {
    message: (t) => t('The snapshot of an upstream release was changed by something other than Beaver.'),
    nextStep: (t) => t('Restore the folder from version control or a backup.'),
  },
  version_damaged: {
    message: (t) => t('A version of the skill was changed by something other than Beaver.'),
    nextStep: (t) => t('Restore the folder from version control or a backup.'),
  },
  reason_too_long: {
    message: (t) => t('The reason is too long.'),
    nextStep: (t) => t('Say it in fewer words.'),
  },
  skill_disabled: {
    message: (t) => t('The skill is disabled.'),
    nextStep: (t) => t('Enable its plugin first.'),
  },
};
