import type { FindingSeverity } from '../../../base/errors.ts';

/** What a preflight code stands for, in words of its own: `docs/preflight-codes.md` is written from this. */
export interface CodeEntry {
  /** Where nothing about the place makes it weigh more or less. `error` blocks. */
  readonly severity: FindingSeverity;
  /** One sentence: what is off. */
  readonly title: string;
  /** Why it matters. */
  readonly cause: string;
  /** What to do about it: one imperative sentence. */
  readonly remedy: string;
}

/**
 * Every code of the preflight's own checks; the safety rules add `PF-SAFE-…`. A code keeps its meaning for ever: baselines, ignore lists and
 * documents refer to it. `error` is kept for what a host refuses, what cannot work, and what is not safe.
 */
export const PREFLIGHT_CODES = {
  'PF-PLUGIN-MISSING': {
    severity: 'error',
    title: 'There is no plugin in the folder.',
    cause: 'The folder has neither a manifest nor skills/<name>/SKILL.md.',
    remedy: 'Name a folder with a manifest, or add one.',
  },
  'PF-PLUGIN-UNREADABLE': {
    severity: 'error',
    title: 'The plugin cannot be read.',
    cause: 'The system refused to read a file, or files changed while they were read.',
    remedy: 'Check the permissions of the files, then run the preflight again.',
  },
  'PF-PLUGIN-ID': {
    severity: 'error',
    title: 'The id of the plugin cannot be used.',
    cause: 'Ids become names of folders on every system.',
    remedy: 'Use lower-case letters, digits, dashes and underscores, and start with a letter or digit.',
  },
  'PF-PLUGIN-ID-CHANGED': {
    severity: 'info',
    title: 'The plugin is managed under another name than it has.',
    cause: 'Its name has characters that a folder of the store cannot have.',
    remedy: 'Use lower-case letters, digits and dashes to keep the name as it is.',
  },
  'PF-PLUGIN-EMPTY': {
    severity: 'warning',
    title: 'The plugin brings nothing.',
    cause: 'No skill, command, agent, hook or server was found where hosts look for them.',
    remedy: 'Put skills below skills/, or name their paths in the manifest.',
  },
  'PF-SCHEMA-JSON': {
    severity: 'error',
    title: 'The file is not valid JSON.',
    cause:
      'Every host refuses a manifest that it cannot parse; comments and trailing commas are not allowed.',
    remedy: 'Correct the syntax at that place.',
  },
  'PF-SCHEMA-ENCODING': {
    severity: 'error',
    title: 'The file is not UTF-8 text.',
    cause: 'JSON is exchanged as UTF-8.',
    remedy: 'Save the file as UTF-8.',
  },
  'PF-SCHEMA-SIZE': {
    severity: 'error',
    title: 'The manifest is larger than 1 MiB.',
    cause: 'A manifest of that size is not read.',
    remedy: 'Keep only what describes the plugin.',
  },
  'PF-SCHEMA-OBJECT': {
    severity: 'error',
    title: 'The file is not a JSON object.',
    cause: 'Its outermost value has to be written in braces.',
    remedy: 'Start it with a brace.',
  },
  'PF-SCHEMA-VERSION': {
    severity: 'error',
    title: 'The manifest is of a schema version that is not supported.',
    cause: 'What a newer schema means cannot be guessed.',
    remedy: 'Use a supported version, or update Beaver.',
  },
  'PF-SCHEMA-REQUIRED': {
    severity: 'error',
    title: 'A required field is missing.',
    cause: 'Hosts refuse the manifest without it.',
    remedy: 'Add the field.',
  },
  'PF-SCHEMA-TYPE': {
    severity: 'error',
    title: 'A field has a value of the wrong kind.',
    cause: 'Hosts refuse a manifest whose fields have other types than its dialect says.',
    remedy: 'Write the value as the dialect asks for it.',
  },
  'PF-SCHEMA-VALUE': {
    severity: 'error',
    title: 'A field has a value that is not allowed.',
    cause: 'Hosts refuse a manifest with such a value.',
    remedy: 'Correct the value.',
  },
  'PF-SCHEMA-UNKNOWN-KEY': {
    severity: 'info',
    title: 'The manifest has a key that its dialect does not know.',
    cause: 'Hosts ignore it: often it is a slip of the pen.',
    remedy: 'Check its spelling, or leave it for the tool that reads it.',
  },
  'PF-SCHEMA-DUPLICATE-KEY': {
    severity: 'warning',
    title: 'A key stands twice in one object.',
    cause: 'Only the last one counts, and not for every parser.',
    remedy: 'Remove one of the two.',
  },
  'PF-SCHEMA-SEMVER': {
    severity: 'warning',
    title: 'The version is not a semantic version.',
    cause: 'Ranges, pins and update checks cannot compare it.',
    remedy: 'Write it as MAJOR.MINOR.PATCH, such as 1.2.0.',
  },
  'PF-SCHEMA-URL': {
    severity: 'warning',
    title: 'A field that should hold a web address does not.',
    cause: 'Hosts show it as a link.',
    remedy: 'Write an address that starts with https://.',
  },
  'PF-SCHEMA-DISAGREE': {
    severity: 'warning',
    title: 'The manifests of the plugin disagree.',
    cause: 'Which name or version users see depends on their host.',
    remedy: 'Give all manifests of the plugin the same name and version.',
  },
  'PF-PATH-ESCAPE': {
    severity: 'error',
    title: 'A path leaves the plugin.',
    cause: 'After the installation nothing is there, or something that is not the plugin’s.',
    remedy: 'Write a path relative to the plugin, with "/" and without "..".',
  },
  'PF-PATH-MISSING': {
    severity: 'error',
    title: 'A path of the manifest leads nowhere.',
    cause: 'The component that it names will not load.',
    remedy: 'Add the file or folder, or remove the entry.',
  },
  'PF-PATH-PREFIX': {
    severity: 'error',
    title: 'A path does not start with "./".',
    cause: 'Claude Code refuses a manifest with other paths.',
    remedy: 'Put "./" in front of it.',
  },
  'PF-PATH-SYMLINK': {
    severity: 'warning',
    title: 'A symbolic link is not followed.',
    cause: 'Links do not survive every way of installing, and may point out of the plugin.',
    remedy: 'Replace the link by the files themselves.',
  },
  'PF-PATH-NAME': {
    severity: 'warning',
    title: 'The name of a file cannot exist on every system.',
    cause: 'The plugin cannot be installed as a whole on Windows or macOS.',
    remedy: 'Rename the file with letters, digits, dashes and dots.',
  },
  'PF-PATH-COLLISION': {
    severity: 'warning',
    title: 'Two names are one name on some systems.',
    cause: 'On a file system that ignores case one of the two files replaces the other.',
    remedy: 'Rename one of the two.',
  },
  'PF-PATH-SPECIAL': {
    severity: 'error',
    title: 'A pipe, a socket or a device lies in the plugin.',
    cause: 'It cannot be copied, and reading it may never end.',
    remedy: 'Remove it.',
  },
  'PF-PATH-REPOSITORY': {
    severity: 'error',
    title: 'A skill holds a Git repository of its own.',
    cause: 'Its hooks and settings would come with the skill.',
    remedy: 'Remove the .git from the skill.',
  },
  'PF-PATH-RESERVED': {
    severity: 'error',
    title: 'A file of a skill has a name that the managed store needs.',
    cause: 'version.json and upstream.json at the root of a skill are written by Beaver.',
    remedy: 'Rename the file.',
  },
  'PF-SKILL-MISSING': {
    severity: 'error',
    title: 'A declared skill is not there.',
    cause: 'Hosts skip it or refuse the plugin.',
    remedy: 'Add the folder with its SKILL.md, or remove the entry.',
  },
  'PF-SKILL-DOCUMENT': {
    severity: 'error',
    title: 'A skill has no SKILL.md.',
    cause: 'The name is compared exactly on most systems.',
    remedy: 'Name the document SKILL.md.',
  },
  'PF-SKILL-DUPLICATE': {
    severity: 'error',
    title: 'Two skills of the plugin have one name.',
    cause: 'Which one wins would depend on the order of folders, so neither is used.',
    remedy: 'Rename one of the two.',
  },
  'PF-SKILL-NAME-CHANGED': {
    severity: 'info',
    title: 'The skill is managed under another name than its folder has.',
    cause: 'The folder’s name has characters that the store cannot have.',
    remedy: 'Use lower-case letters, digits and dashes for the folder.',
  },
  'PF-SKILL-ENCODING': {
    severity: 'error',
    title: 'SKILL.md is not UTF-8 text.',
    cause: 'Agents read something else than what was written.',
    remedy: 'Save the file as UTF-8.',
  },
  'PF-SKILL-FRONTMATTER': {
    severity: 'error',
    title: 'SKILL.md has no frontmatter.',
    cause: 'Without a name and a description agents do not offer the skill.',
    remedy: 'Start the file with a name and a description between two lines of "---".',
  },
  'PF-SKILL-YAML': {
    severity: 'error',
    title: 'The frontmatter cannot be read.',
    cause: 'It is not valid YAML, or no list of keys and values: agents skip the skill.',
    remedy: 'Correct the frontmatter at that place.',
  },
  'PF-SKILL-YAML-COLON': {
    severity: 'warning',
    title: 'A value of the frontmatter has a colon and no quotes.',
    cause: 'That is not valid YAML: some agents repair it, others skip the skill.',
    remedy: 'Put the value in quotes.',
  },
  'PF-SKILL-NAME-MISSING': {
    severity: 'error',
    title: 'The frontmatter has no name.',
    cause: 'The Agent Skills specification requires it; some agents skip the skill.',
    remedy: 'Add "name:" with the name of the folder.',
  },
  'PF-SKILL-NAME-INVALID': {
    severity: 'error',
    title: 'The name of the skill is not allowed.',
    cause:
      'Agent Skills allows 1 to 64 lower-case letters, digits and single dashes; VS Code silently skips other names.',
    remedy: 'Use lower-case letters, digits and single dashes, at most 64.',
  },
  'PF-SKILL-NAME-FOLDER': {
    severity: 'warning',
    title: 'The name of the skill is not that of its folder.',
    cause: 'Agent Skills asks for the same name; some agents skip the skill.',
    remedy: 'Give the folder and the frontmatter the same name.',
  },
  'PF-SKILL-DESCRIPTION-MISSING': {
    severity: 'error',
    title: 'The frontmatter has no description.',
    cause: 'The description is how an agent decides to use a skill; most skip one without.',
    remedy: 'Say in the description what the skill does and when to use it.',
  },
  'PF-SKILL-DESCRIPTION-LONG': {
    severity: 'warning',
    title: 'The description is longer than 1,024 characters.',
    cause: 'Agents cut it or refuse the skill.',
    remedy: 'Shorten the description and move the rest into the body.',
  },
  'PF-SKILL-FIELD-TYPE': {
    severity: 'warning',
    title: 'A field of the frontmatter has a value of the wrong kind.',
    cause: 'Agent Skills asks for another kind; strict agents refuse the skill.',
    remedy: 'Write the value as text, or metadata as keys and texts.',
  },
  'PF-SKILL-COMPATIBILITY': {
    severity: 'warning',
    title: 'The field compatibility is not 1 to 500 characters long.',
    cause: 'Agent Skills allows no more.',
    remedy: 'Shorten it, or remove it when it is empty.',
  },
  'PF-SKILL-UNKNOWN-KEY': {
    severity: 'info',
    title: 'The frontmatter has a key that is not in the Agent Skills specification.',
    cause: 'Some agents read it, strict validators refuse it.',
    remedy: 'Move it below metadata, unless an agent needs it where it is.',
  },
  'PF-SKILL-BODY-EMPTY': {
    severity: 'warning',
    title: 'The skill says nothing.',
    cause: 'There is no text after the frontmatter.',
    remedy: 'Write the instructions, or remove the skill.',
  },
  'PF-SKILL-BODY-LONG': {
    severity: 'info',
    title: 'SKILL.md has more than 500 lines.',
    cause: 'All of it is read whenever the skill is used.',
    remedy: 'Move details into files that SKILL.md links to.',
  },
  'PF-SKILL-BOM': {
    severity: 'warning',
    title: 'SKILL.md starts with a byte order mark.',
    cause: 'Some agents do not see the frontmatter behind it.',
    remedy: 'Save it as UTF-8 without a byte order mark.',
  },
  'PF-SKILL-LINE-ENDS': {
    severity: 'info',
    title: 'SKILL.md has line ends other than LF.',
    cause: 'Merges and scripts see other lines on other systems.',
    remedy: 'Save it with LF line ends.',
  },
  'PF-LINK-BROKEN': {
    severity: 'warning',
    title: 'A link leads nowhere.',
    cause: 'An agent that follows it finds nothing.',
    remedy: 'Correct the link, or add the file.',
  },
  'PF-LINK-CASE': {
    severity: 'warning',
    title: 'A link is written in another case than the file.',
    cause: 'It works on Windows and macOS and nowhere else.',
    remedy: 'Write the link as the file is written.',
  },
  'PF-LINK-OUTSIDE': {
    severity: 'warning',
    title: 'A link leaves the skill.',
    cause: 'A skill is installed by itself: what lies beside it may not be there.',
    remedy: 'Put the file into the skill.',
  },
  'PF-COMPONENT-JSON': {
    severity: 'error',
    title: 'A file of hooks or servers is not valid JSON.',
    cause: 'The host loads none of what it declares.',
    remedy: 'Correct the syntax at that place.',
  },
  'PF-COMPONENT-SCHEMA': {
    severity: 'error',
    title: 'A hook or a server is not declared as hosts expect it.',
    cause: 'The host does not load it.',
    remedy: 'Correct the declaration.',
  },
  'PF-COMPONENT-COMMAND': {
    severity: 'error',
    title: 'A hook or a server runs a file that is not in the plugin.',
    cause: 'It fails every time it is started.',
    remedy: 'Add the file, or correct the path.',
  },
  'PF-COMPONENT-EXECUTABLE': {
    severity: 'warning',
    title: 'A file that is run directly is not executable.',
    cause: 'On macOS and Linux the system refuses to run it.',
    remedy: 'Set its executable bit, or run it by its interpreter.',
  },
  'PF-HOST-RANGE': {
    severity: 'error',
    title: 'The plugin does not support this version of the host.',
    cause: 'The version of the host is outside the range that the plugin gives.',
    remedy: 'Use another release of the plugin or of the host, or widen the range.',
  },
  'PF-HOST-RANGE-INVALID': {
    severity: 'error',
    title: 'A range of host versions is not a semantic version range.',
    cause: 'It cannot be compared with any version.',
    remedy: 'Write a range such as ">=1.2.0 <2.0.0" or "^1.2.0".',
  },
  'PF-HOST-UNCHECKED': {
    severity: 'info',
    title: 'A range of host versions was not checked.',
    cause: 'The version of that host is not known here.',
    remedy: 'Give it with --host NAME=VERSION.',
  },
  'PF-API-VERSION': {
    severity: 'error',
    title: 'The plugin needs another version of the API contract.',
    cause: 'It was written for a contract that this host does not offer.',
    remedy: 'Use a release of the plugin for this contract, or update the host.',
  },
  'PF-CAP-MISSING': {
    severity: 'error',
    title: 'The host lacks a capability that the plugin needs.',
    cause: 'The plugin says that it cannot work without it.',
    remedy: 'Use a host that has it, or make it optional in the plugin.',
  },
  'PF-PERM-UNDECLARED': {
    severity: 'error',
    title: 'The plugin needs a permission that it does not declare.',
    cause: 'What its files do goes beyond what the user is asked to agree to.',
    remedy: 'Declare the permission, or remove what needs it.',
  },
  'PF-PERM-UNUSED': {
    severity: 'warning',
    title: 'The plugin declares a permission that nothing in it needs.',
    cause: 'The user is asked for more than necessary.',
    remedy: 'Remove the permission.',
  },
  'PF-PERM-NONE': {
    severity: 'info',
    title: 'The plugin runs programs or reaches hosts and declares no permissions.',
    cause: 'The user cannot see beforehand what it will do.',
    remedy: 'Declare its permissions in the manifest.',
  },
  'PF-DEP-UNRESOLVED': {
    severity: 'error',
    title: 'A dependency cannot be found.',
    cause: 'No plugin of that name is in the marketplace.',
    remedy: 'Correct the name, or publish the dependency first.',
  },
  'PF-DEP-RANGE': {
    severity: 'error',
    title: 'No version of a dependency fits.',
    cause: 'The version that the marketplace has is outside the range.',
    remedy: 'Widen the range, or publish a version that fits.',
  },
  'PF-DEP-RANGE-INVALID': {
    severity: 'error',
    title: 'The range of a dependency is not a semantic version range.',
    cause: 'It cannot be compared with any version.',
    remedy: 'Write a range such as "^1.2.0".',
  },
  'PF-DEP-CYCLE': {
    severity: 'error',
    title: 'Plugins depend on each other in a circle.',
    cause: 'None of them can be installed first.',
    remedy: 'Remove one of the dependencies.',
  },
  'PF-DEP-MARKETPLACE': {
    severity: 'error',
    title: 'A dependency lies in a marketplace that this one does not allow.',
    cause: 'Hosts refuse dependencies across marketplaces unless the marketplace lists the other one.',
    remedy: 'Add the other marketplace to allowCrossMarketplaceDependenciesOn.',
  },
  'PF-DEP-UNCHECKED': {
    severity: 'warning',
    title: 'A dependency was not checked.',
    cause: 'No catalog that could have it is at hand.',
    remedy: 'Run the preflight in the marketplace’s folder, or give its file with --catalog.',
  },
  'PF-MARKET-DUPLICATE': {
    severity: 'error',
    title: 'Two entries of the marketplace have one name.',
    cause: 'Only one of them can be installed.',
    remedy: 'Rename one of the entries.',
  },
  'PF-MARKET-SOURCE-MISSING': {
    severity: 'error',
    title: 'The source of an entry is not there.',
    cause: 'The plugin cannot be installed.',
    remedy: 'Correct the path, or remove the entry.',
  },
  'PF-MARKET-SOURCE-UNSAFE': {
    severity: 'error',
    title: 'The source of an entry is not safe.',
    cause: 'It runs a command, leaves the marketplace, holds credentials or is not encrypted.',
    remedy: 'Use a relative path, a Git repository over https, npm, or an archive with its sha256.',
  },
  'PF-MARKET-SOURCE-UNKNOWN': {
    severity: 'warning',
    title: 'The source of an entry is of an unknown kind.',
    cause: 'Hosts that do not know it skip the entry.',
    remedy: 'Use a kind that is documented, or leave it for the host that knows it.',
  },
  'PF-MARKET-PREFIX': {
    severity: 'info',
    title: 'A relative source does not start with "./".',
    cause: 'Claude Code takes such paths only below metadata.pluginRoot.',
    remedy: 'Put "./" in front of it.',
  },
  'PF-MARKET-DISAGREE': {
    severity: 'warning',
    title: 'The marketplace and the plugin disagree.',
    cause: 'Users see one name or version and get another.',
    remedy: 'Give the entry and the manifest the same name and version.',
  },
  'PF-SIZE-FILES': {
    severity: 'error',
    title: 'The plugin has more files than Beaver installs.',
    cause: 'Most often dependencies or build products were left in.',
    remedy: 'Remove what does not belong to the plugin.',
  },
  'PF-SIZE-BYTES': {
    severity: 'error',
    title: 'The plugin is larger than Beaver installs.',
    cause: 'Most often dependencies or build products were left in.',
    remedy: 'Remove what does not belong to the plugin.',
  },
  'PF-SIZE-FILE': {
    severity: 'warning',
    title: 'A file is larger than 5 MiB and was not searched.',
    cause: 'The safety rules do not say anything about it.',
    remedy: 'Remove it, or look at it yourself.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type OwnCode = keyof typeof PREFLIGHT_CODES;
/** `PF-SAFE-020` is the safety rule SAFE020. */
export type PreflightCode = OwnCode | `PF-SAFE-${string}`;

/** Undefined for codes of safety rules. */
export function codeEntry(code: string): CodeEntry | undefined {
  return Object.hasOwn(PREFLIGHT_CODES, code) ? PREFLIGHT_CODES[code as OwnCode] : undefined;
}
