import type { OwnCode } from '../../core/install/preflight/codes.ts';
import type { Translate } from './translate.ts';

/** A code in the display language. */
export interface CodeText {
  readonly title: string;
  readonly remedy: string;
}

/** The words of every code, as `codes.ts` has them in English: a test holds the two in step. */
const CODE_TEXTS: Readonly<Record<OwnCode, (t: Translate) => CodeText>> = {
  'PF-PLUGIN-MISSING': (t) => ({
    title: t('There is no plugin in the folder.'),
    remedy: t('Name a folder with a manifest, or add one.'),
  }),
  'PF-PLUGIN-UNREADABLE': (t) => ({
    title: t('The plugin cannot be read.'),
    remedy: t('Check the permissions of the files, then run the preflight again.'),
  }),
  'PF-PLUGIN-ID': (t) => ({
    title: t('The id of the plugin cannot be used.'),
    remedy: t('Use lower-case letters, digits, dashes and underscores, and start with a letter or digit.'),
  }),
  'PF-PLUGIN-ID-CHANGED': (t) => ({
    title: t('The plugin is managed under another name than it has.'),
    remedy: t('Use lower-case letters, digits and dashes to keep the name as it is.'),
  }),
  'PF-PLUGIN-EMPTY': (t) => ({
    title: t('The plugin brings nothing.'),
    remedy: t('Put skills below skills/, or name their paths in the manifest.'),
  }),
  'PF-SCHEMA-JSON': (t) => ({
    title: t('The file is not valid JSON.'),
    remedy: t('Correct the syntax at that place.'),
  }),
  'PF-SCHEMA-ENCODING': (t) => ({
    title: t('The file is not UTF-8 text.'),
    remedy: t('Save the file as UTF-8.'),
  }),
  'PF-SCHEMA-SIZE': (t) => ({
    title: t('The manifest is larger than 1 MiB.'),
    remedy: t('Keep only what describes the plugin.'),
  }),
  'PF-SCHEMA-OBJECT': (t) => ({
    title: t('The file is not a JSON object.'),
    remedy: t('Start it with a brace.'),
  }),
  'PF-SCHEMA-VERSION': (t) => ({
    title: t('The manifest is of a schema version that is not supported.'),
    remedy: t('Use a supported version, or update Beaver.'),
  }),
  'PF-SCHEMA-REQUIRED': (t) => ({ title: t('A required field is missing.'), remedy: t('Add the field.') }),
  'PF-SCHEMA-TYPE': (t) => ({
    title: t('A field has a value of the wrong kind.'),
    remedy: t('Write the value as the dialect asks for it.'),
  }),
  'PF-SCHEMA-VALUE': (t) => ({
    title: t('A field has a value that is not allowed.'),
    remedy: t('Correct the value.'),
  }),
  'PF-SCHEMA-UNKNOWN-KEY': (t) => ({
    title: t('The manifest has a key that its dialect does not know.'),
    remedy: t('Check its spelling, or leave it for the tool that reads it.'),
  }),
  'PF-SCHEMA-DUPLICATE-KEY': (t) => ({
    title: t('A key stands twice in one object.'),
    remedy: t('Remove one of the two.'),
  }),
  'PF-SCHEMA-SEMVER': (t) => ({
    title: t('The version is not a semantic version.'),
    remedy: t('Write it as MAJOR.MINOR.PATCH, such as 1.2.0.'),
  }),
  'PF-SCHEMA-URL': (t) => ({
    title: t('A field that should hold a web address does not.'),
    remedy: t('Write an address that starts with https://.'),
  }),
  'PF-SCHEMA-DISAGREE': (t) => ({
    title: t('The manifests of the plugin disagree.'),
    remedy: t('Give all manifests of the plugin the same name and version.'),
  }),
  'PF-PATH-ESCAPE': (t) => ({
    title: t('A path leaves the plugin.'),
    remedy: t('Write a path relative to the plugin, with "/" and without "..".'),
  }),
  'PF-PATH-MISSING': (t) => ({
    title: t('A path of the manifest leads nowhere.'),
    remedy: t('Add the file or folder, or remove the entry.'),
  }),
  'PF-PATH-PREFIX': (t) => ({
    title: t('A path does not start with "./".'),
    remedy: t('Put "./" in front of it.'),
  }),
  'PF-PATH-SYMLINK': (t) => ({
    title: t('A symbolic link is not followed.'),
    remedy: t('Replace the link by the files themselves.'),
  }),
  'PF-PATH-NAME': (t) => ({
    title: t('The name of a file cannot exist on every system.'),
    remedy: t('Rename the file with letters, digits, dashes and dots.'),
  }),
  'PF-PATH-COLLISION': (t) => ({
    title: t('Two names are one name on some systems.'),
    remedy: t('Rename one of the two.'),
  }),
  'PF-PATH-SPECIAL': (t) => ({
    title: t('A pipe, a socket or a device lies in the plugin.'),
    remedy: t('Remove it.'),
  }),
  'PF-PATH-REPOSITORY': (t) => ({
    title: t('A skill holds a Git repository of its own.'),
    remedy: t('Remove the .git from the skill.'),
  }),
  'PF-PATH-RESERVED': (t) => ({
    title: t('A file of a skill has a name that the managed store needs.'),
    remedy: t('Rename the file.'),
  }),
  'PF-SKILL-MISSING': (t) => ({
    title: t('A declared skill is not there.'),
    remedy: t('Add the folder with its SKILL.md, or remove the entry.'),
  }),
  'PF-SKILL-DOCUMENT': (t) => ({
    title: t('A skill has no SKILL.md.'),
    remedy: t('Name the document SKILL.md.'),
  }),
  'PF-SKILL-DUPLICATE': (t) => ({
    title: t('Two skills of the plugin have one name.'),
    remedy: t('Rename one of the two.'),
  }),
  'PF-SKILL-NAME-CHANGED': (t) => ({
    title: t('The skill is managed under another name than its folder has.'),
    remedy: t('Use lower-case letters, digits and dashes for the folder.'),
  }),
  'PF-SKILL-ENCODING': (t) => ({
    title: t('SKILL.md is not UTF-8 text.'),
    remedy: t('Save the file as UTF-8.'),
  }),
  'PF-SKILL-FRONTMATTER': (t) => ({
    title: t('SKILL.md has no frontmatter.'),
    remedy: t('Start the file with a name and a description between two lines of "---".'),
  }),
  'PF-SKILL-YAML': (t) => ({
    title: t('The frontmatter cannot be read.'),
    remedy: t('Correct the frontmatter at that place.'),
  }),
  'PF-SKILL-YAML-COLON': (t) => ({
    title: t('A value of the frontmatter has a colon and no quotes.'),
    remedy: t('Put the value in quotes.'),
  }),
  'PF-SKILL-NAME-MISSING': (t) => ({
    title: t('The frontmatter has no name.'),
    remedy: t('Add "name:" with the name of the folder.'),
  }),
  'PF-SKILL-NAME-INVALID': (t) => ({
    title: t('The name of the skill is not allowed.'),
    remedy: t('Use lower-case letters, digits and single dashes, at most 64.'),
  }),
  'PF-SKILL-NAME-FOLDER': (t) => ({
    title: t('The name of the skill is not that of its folder.'),
    remedy: t('Give the folder and the frontmatter the same name.'),
  }),
  'PF-SKILL-DESCRIPTION-MISSING': (t) => ({
    title: t('The frontmatter has no description.'),
    remedy: t('Say in the description what the skill does and when to use it.'),
  }),
  'PF-SKILL-DESCRIPTION-LONG': (t) => ({
    title: t('The description is longer than 1,024 characters.'),
    remedy: t('Shorten the description and move the rest into the body.'),
  }),
  'PF-SKILL-FIELD-TYPE': (t) => ({
    title: t('A field of the frontmatter has a value of the wrong kind.'),
    remedy: t('Write the value as text, or metadata as keys and texts.'),
  }),
  'PF-SKILL-COMPATIBILITY': (t) => ({
    title: t('The field compatibility is not 1 to 500 characters long.'),
    remedy: t('Shorten it, or remove it when it is empty.'),
  }),
  'PF-SKILL-UNKNOWN-KEY': (t) => ({
    title: t('The frontmatter has a key that is not in the Agent Skills specification.'),
    remedy: t('Move it below metadata, unless an agent needs it where it is.'),
  }),
  'PF-SKILL-BODY-EMPTY': (t) => ({
    title: t('The skill says nothing.'),
    remedy: t('Write the instructions, or remove the skill.'),
  }),
  'PF-SKILL-BODY-LONG': (t) => ({
    title: t('SKILL.md has more than 500 lines.'),
    remedy: t('Move details into files that SKILL.md links to.'),
  }),
  'PF-SKILL-BOM': (t) => ({
    title: t('SKILL.md starts with a byte order mark.'),
    remedy: t('Save it as UTF-8 without a byte order mark.'),
  }),
  'PF-SKILL-LINE-ENDS': (t) => ({
    title: t('SKILL.md has line ends other than LF.'),
    remedy: t('Save it with LF line ends.'),
  }),
  'PF-LINK-BROKEN': (t) => ({
    title: t('A link leads nowhere.'),
    remedy: t('Correct the link, or add the file.'),
  }),
  'PF-LINK-CASE': (t) => ({
    title: t('A link is written in another case than the file.'),
    remedy: t('Write the link as the file is written.'),
  }),
  'PF-LINK-OUTSIDE': (t) => ({
    title: t('A link leaves the skill.'),
    remedy: t('Put the file into the skill.'),
  }),
  'PF-COMPONENT-JSON': (t) => ({
    title: t('A file of hooks or servers is not valid JSON.'),
    remedy: t('Correct the syntax at that place.'),
  }),
  'PF-COMPONENT-SCHEMA': (t) => ({
    title: t('A hook or a server is not declared as hosts expect it.'),
    remedy: t('Correct the declaration.'),
  }),
  'PF-COMPONENT-COMMAND': (t) => ({
    title: t('A hook or a server runs a file that is not in the plugin.'),
    remedy: t('Add the file, or correct the path.'),
  }),
  'PF-COMPONENT-EXECUTABLE': (t) => ({
    title: t('A file that is run directly is not executable.'),
    remedy: t('Set its executable bit, or run it by its interpreter.'),
  }),
  'PF-HOST-RANGE': (t) => ({
    title: t('The plugin does not support this version of the host.'),
    remedy: t('Use another release of the plugin or of the host, or widen the range.'),
  }),
  'PF-HOST-RANGE-INVALID': (t) => ({
    title: t('A range of host versions is not a semantic version range.'),
    remedy: t('Write a range such as ">=1.2.0 <2.0.0" or "^1.2.0".'),
  }),
  'PF-HOST-UNCHECKED': (t) => ({
    title: t('A range of host versions was not checked.'),
    remedy: t('Give it with --host NAME=VERSION.'),
  }),
  'PF-API-VERSION': (t) => ({
    title: t('The plugin needs another version of the API contract.'),
    remedy: t('Use a release of the plugin for this contract, or update the host.'),
  }),
  'PF-CAP-MISSING': (t) => ({
    title: t('The host lacks a capability that the plugin needs.'),
    remedy: t('Use a host that has it, or make it optional in the plugin.'),
  }),
  'PF-PERM-UNDECLARED': (t) => ({
    title: t('The plugin needs a permission that it does not declare.'),
    remedy: t('Declare the permission, or remove what needs it.'),
  }),
  'PF-PERM-UNUSED': (t) => ({
    title: t('The plugin declares a permission that nothing in it needs.'),
    remedy: t('Remove the permission.'),
  }),
  'PF-PERM-NONE': (t) => ({
    title: t('The plugin runs programs or reaches hosts and declares no permissions.'),
    remedy: t('Declare its permissions in the manifest.'),
  }),
  'PF-DEP-UNRESOLVED': (t) => ({
    title: t('A dependency cannot be found.'),
    remedy: t('Correct the name, or publish the dependency first.'),
  }),
  'PF-DEP-RANGE': (t) => ({
    title: t('No version of a dependency fits.'),
    remedy: t('Widen the range, or publish a version that fits.'),
  }),
  'PF-DEP-RANGE-INVALID': (t) => ({
    title: t('The range of a dependency is not a semantic version range.'),
    remedy: t('Write a range such as "^1.2.0".'),
  }),
  'PF-DEP-CYCLE': (t) => ({
    title: t('Plugins depend on each other in a circle.'),
    remedy: t('Remove one of the dependencies.'),
  }),
  'PF-DEP-MARKETPLACE': (t) => ({
    title: t('A dependency lies in a marketplace that this one does not allow.'),
    remedy: t('Add the other marketplace to allowCrossMarketplaceDependenciesOn.'),
  }),
  'PF-DEP-UNCHECKED': (t) => ({
    title: t('A dependency was not checked.'),
    remedy: t('Run the preflight in the marketplace’s folder, or give its file with --catalog.'),
  }),
  'PF-MARKET-DUPLICATE': (t) => ({
    title: t('Two entries of the marketplace have one name.'),
    remedy: t('Rename one of the entries.'),
  }),
  'PF-MARKET-SOURCE-MISSING': (t) => ({
    title: t('The source of an entry is not there.'),
    remedy: t('Correct the path, or remove the entry.'),
  }),
  'PF-MARKET-SOURCE-UNSAFE': (t) => ({
    title: t('The source of an entry is not safe.'),
    remedy: t('Use a relative path, a Git repository over https, npm, or an archive with its sha256.'),
  }),
  'PF-MARKET-SOURCE-UNKNOWN': (t) => ({
    title: t('The source of an entry is of an unknown kind.'),
    remedy: t('Use a kind that is documented, or leave it for the host that knows it.'),
  }),
  'PF-MARKET-PREFIX': (t) => ({
    title: t('A relative source does not start with "./".'),
    remedy: t('Put "./" in front of it.'),
  }),
  'PF-MARKET-DISAGREE': (t) => ({
    title: t('The marketplace and the plugin disagree.'),
    remedy: t('Give the entry and the manifest the same name and version.'),
  }),
  'PF-SIZE-FILES': (t) => ({
    title: t('The plugin has more files than Beaver installs.'),
    remedy: t('Remove what does not belong to the plugin.'),
  }),
  'PF-SIZE-BYTES': (t) => ({
    title: t('The plugin is larger than Beaver installs.'),
    remedy: t('Remove what does not belong to the plugin.'),
  }),
  'PF-SIZE-FILE': (t) => ({
    title: t('A file is larger than 5 MiB and was not searched.'),
    remedy: t('Remove it, or look at it yourself.'),
  }),
};

/** Rules of the safety check share their words: each says more in the English report. */
export function codeText(code: string, t: Translate): CodeText {
  const own = Object.entries(CODE_TEXTS).find(([name]) => name === code)?.[1];
  if (own !== undefined) return own(t);
  return {
    title: t('A pattern of the safety rules was found.'),
    remedy: t('Look at the place, and remove what is not needed.'),
  };
}

/** What the quick fix of a code does; undefined for codes without one. */
export function fixTitle(code: string, t: Translate): string | undefined {
  switch (code) {
    case 'PF-SKILL-NAME-FOLDER':
    case 'PF-SKILL-NAME-INVALID':
      return t('Use the folder’s name');
    case 'PF-SKILL-NAME-MISSING':
      return t('Add the name');
    case 'PF-SKILL-YAML-COLON':
      return t('Put the value in quotes');
    case 'PF-PATH-PREFIX':
      return t('Put "./" in front of the path');
    case 'PF-SCHEMA-SEMVER':
      return t('Write it as a semantic version');
    default:
      return undefined;
  }
}
