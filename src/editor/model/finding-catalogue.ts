import type { Translate } from './translate.ts';

export interface FindingWords {
  readonly message: (t: Translate) => string;
  readonly nextStep: (t: Translate) => string;
}

/** What discovery and a sync say of packages and skills, by code: what is off with files, where the errors of dialogues speak of a person's own. */
export const FINDING_CATALOGUE: Readonly<Record<string, FindingWords>> = {
  manifest_not_json: {
    message: (t) => t('The manifest is not valid JSON.'),
    nextStep: (t) => t('Correct the syntax.'),
  },
  manifest_not_object: {
    message: (t) => t('The manifest is not a JSON object.'),
    nextStep: (t) => t('Start it with a brace.'),
  },
  manifest_too_large: {
    message: (t) => t('The manifest is larger than 1 MiB.'),
    nextStep: (t) => t('Keep only what describes the plugin.'),
  },
  manifest_missing: {
    message: (t) => t('The manifest is not there.'),
    nextStep: (t) => t('Put it back, or remove the folder.'),
  },
  manifest_invalid: {
    message: (t) => t('A field of the manifest is not valid.'),
    nextStep: (t) => t('Correct that field.'),
  },
  manifest_unknown_key: {
    message: (t) => t('The manifest has a key that is not known.'),
    nextStep: (t) => t('Check its spelling, or leave it for the tool that reads it.'),
  },
  manifest_schema_unsupported: {
    message: (t) => t('The manifest is of a schema version that is not supported.'),
    nextStep: (t) => t('Set "schema_version" to 1, or update the extension.'),
  },
  invalid_plugin_id: {
    message: (t) => t('The id of the plugin is not valid.'),
    nextStep: (t) => t('Correct the id.'),
  },
  invalid_skill_name: {
    message: (t) => t('The name of a skill is not valid.'),
    nextStep: (t) => t('Correct the name.'),
  },
  plugin_id_normalised: {
    message: (t) => t('The name of the plugin is used in another spelling.'),
    nextStep: (t) =>
      t('Nothing needs to be done; lower-case letters, digits, dashes and underscores avoid it.'),
  },
  skill_name_normalised: {
    message: (t) => t('The name of a skill is used in another spelling.'),
    nextStep: (t) =>
      t('Nothing needs to be done; lower-case letters, digits, dashes and underscores avoid it.'),
  },
  install_rolled_back: {
    message: (t) => t('A plugin that could not be used was rolled back by itself.'),
    nextStep: (t) => t('Its history says why; tell its author, or install a newer version.'),
  },
  command_missing: {
    message: (t) => t('A server of a plugin needs a program that is not on this machine.'),
    nextStep: (t) => t('Install the program, then sync.'),
  },
  skill_not_visible: {
    message: (t) => t('A skill of a plugin is not where agents read it.'),
    nextStep: (t) => t('Look at what is in its place, then sync.'),
  },
  package_damaged: {
    message: (t) => t('Files of an installed plugin were changed after it was installed.'),
    nextStep: (t) => t('Install the plugin again; what was changed is moved aside.'),
  },
  skill_name_mismatch: {
    message: (t) => t('A skill calls itself by another name than that of its folder.'),
    nextStep: (t) =>
      t('Give the folder and the frontmatter the same name; some agents refuse a skill otherwise.'),
  },
  duplicate_plugin_id: {
    message: (t) => t('Another plugin has the same id; none of them is used.'),
    nextStep: (t) => t('Remove one of the folders, or give the plugin another id.'),
  },
  duplicate_skill_name: {
    message: (t) => t('Two skills of the plugin have the same name.'),
    nextStep: (t) => t('Give each skill a name of its own.'),
  },
  symlink_not_allowed: {
    message: (t) => t('A symbolic link is not followed.'),
    nextStep: (t) => t('Put the files themselves there.'),
  },
  not_a_regular_file: {
    message: (t) => t('Something that should be a file is none.'),
    nextStep: (t) => t('Put a file in its place.'),
  },
  search_path_missing: {
    message: (t) => t('A folder of beaver.pluginSearchPaths does not exist.'),
    nextStep: (t) => t('Create the folder, or correct the setting.'),
  },
  package_missing: {
    message: (t) => t('The folder of an installed plugin is gone.'),
    nextStep: (t) => t('Install the plugin again, or roll it back.'),
  },
  plugin_unreadable: {
    message: (t) => t('The plugin folder cannot be read.'),
    nextStep: (t) => t('Check its permissions and the disk.'),
  },
  plugin_missing: {
    message: (t) => t('There is no plugin package there.'),
    nextStep: (t) => t('Put the package back, then sync.'),
  },
  plugin_changing: {
    message: (t) => t('A skill of the plugin changed while it was synced.'),
    nextStep: (t) => t('Sync again when nothing writes to the plugin.'),
  },
  skill_missing: {
    message: (t) => t('The folder of a skill is not there.'),
    nextStep: (t) => t('Add the folder, or remove the entry.'),
  },
  skill_document_missing: {
    message: (t) => t('The skill has no SKILL.md.'),
    nextStep: (t) => t('Add a SKILL.md.'),
  },
  reserved_file_name: {
    message: (t) => t('The skill has a file whose name the managed store needs.'),
    nextStep: (t) => t('Rename the file in the plugin.'),
  },
  path_not_contained: {
    message: (t) => t('A path leads outside of the plugin.'),
    nextStep: (t) => t('Write a path relative to the plugin, with "/" and without "..".'),
  },
  name_not_portable: {
    message: (t) => t('A file has a name that does not work on every system.'),
    nextStep: (t) => t('Rename the file; a skill must be usable on every system.'),
  },
  name_collision: {
    message: (t) => t('Two files have names that some systems cannot tell apart.'),
    nextStep: (t) => t('Rename one of them.'),
  },
  nested_repository: {
    message: (t) => t('The skill holds a Git repository of its own.'),
    nextStep: (t) => t('Use a copy of the skill without its .git.'),
  },
  tree_too_large: {
    message: (t) => t('The skill is larger than is allowed.'),
    nextStep: (t) => t('Remove what does not belong to the skill, or raise beaver.limits.maxBytes.'),
  },
  too_many_files: {
    message: (t) => t('The skill has more files than is allowed.'),
    nextStep: (t) => t('Remove what does not belong to the skill, or raise beaver.limits.maxFiles.'),
  },
  file_changed_while_reading: {
    message: (t) => t('Files of the skill changed while they were read.'),
    nextStep: (t) => t('Wait until whatever writes them has finished, then try again.'),
  },
  tree_unreadable: {
    message: (t) => t('The system refused to read a file of the skill.'),
    nextStep: (t) => t('Check who owns the files of the skill and whether the disk is sound.'),
  },
  byte_order_mark: {
    message: (t) => t('The file starts with a byte order mark.'),
    nextStep: (t) => t('Save it as UTF-8 without a byte order mark.'),
  },
  carriage_returns: {
    message: (t) => t('The file has line ends other than LF.'),
    nextStep: (t) => t('Save it with LF line ends.'),
  },
  frontmatter_missing: {
    message: (t) => t('The skill has no frontmatter.'),
    nextStep: (t) => t('Add a name and a description between two lines of "---".'),
  },
  frontmatter_unclosed: {
    message: (t) => t('The frontmatter has no end.'),
    nextStep: (t) => t('Add a line of "---" after it.'),
  },
  frontmatter_too_long: {
    message: (t) => t('The frontmatter is too long and was not read.'),
    nextStep: (t) => t('Move the text into the body.'),
  },
  frontmatter_repaired: {
    message: (t) => t('A value of the frontmatter has a colon and no quotes.'),
    nextStep: (t) => t('Put the value in quotes.'),
  },
  frontmatter_unreadable: {
    message: (t) => t('The frontmatter is not valid YAML.'),
    nextStep: (t) => t('Correct the frontmatter.'),
  },
  frontmatter_not_a_map: {
    message: (t) => t('The frontmatter is not a list of keys and values.'),
    nextStep: (t) => t('Write it as "key: value" lines.'),
  },
  linked_skill_missing: {
    message: (t) => t('A linked skill is not in the managed store.'),
    nextStep: (t) => t('Restore its folder from version control or a backup, or adopt or disable it.'),
  },
  accepted_upstream_unknown: {
    message: (t) => t('It is not known which upstream the skill was built on.'),
    nextStep: (t) => t('Disable and enable the plugin again to mirror it anew.'),
  },
  target_outside_workspace: {
    message: (t) => t('A folder of beaver.runtimeTargets is outside of the workspace.'),
    nextStep: (t) => t('Name folders below the workspace.'),
  },
  placement_deferred: {
    message: (t) =>
      t('An agent is in the middle of a turn: the skill is placed where agents read when the turn is over.'),
    nextStep: (t) => t('Nothing to do: the first sync after the turn places it.'),
  },
};

/** What is off with the evals of a skill, by code. */
export const EVAL_CATALOGUE: Readonly<Record<string, FindingWords>> = {
  evals_unreadable: {
    message: (t) => t('The evals cannot be read: the file is not JSON, or has no list "evals".'),
    nextStep: (t) => t('Write the evals as {"skill_name": …, "evals": [{"id", "prompt", "expectations"}]}.'),
  },
  evals_too_many: {
    message: (t) => t('Only the first evals are used: the file has too many.'),
    nextStep: (t) => t('Keep fewer.'),
  },
  eval_unreadable: {
    message: (t) => t('An eval is not what it should be and is left out.'),
    nextStep: (t) => t('Give it an id, a prompt and expectations.'),
  },
  eval_not_replayed: {
    message: (t) => t('An eval asks whether the skill stays out of a task: a replay always uses the skill.'),
    nextStep: (t) => t('Nothing; it is left out here.'),
  },
  check_unreadable: {
    message: (t) => t('A check is neither a sentence nor an object with a "type".'),
    nextStep: (t) => t('Write it as a sentence.'),
  },
  check_not_supported: {
    message: (t) => t('A check is of a type that needs what a replay does not have; it counts neither way.'),
    nextStep: (t) => t('Use a sentence, or contains, regex or json.'),
  },
};
