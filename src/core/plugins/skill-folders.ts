import { BeaverError, type Finding, findingFromError } from '../../base/errors.ts';
import { parseSkillDocument } from '../skill-document.ts';
import { SKILL_DOCUMENT, TREE_METADATA } from '../skill-tree.ts';
import { nameProblem, shown } from '../tree-names.ts';
import { managedName } from './identifiers.ts';
import { rejected } from './manifest-file.ts';
import type { PluginSkillDeclaration } from './models.ts';
import { childOf, type PluginFolder } from './plugin-folder.ts';

/** Skills as they were found, and what is off. */
export interface FoundSkills {
  readonly skills: readonly PluginSkillDeclaration[];
  readonly findings: readonly Finding[];
}

/** Where a path was written: what an error about it names. */
export interface PathSource {
  /** Display path of the manifest. */
  readonly display: string;
  /** JSON pointer; none where nothing was written and the folder was scanned. */
  readonly field?: string;
}

/**
 * A path that a manifest gives, in its plain form: `.` or POSIX without `./`, empty parts or a slash at the end.
 * @throws BeaverError `path_not_contained` for whatever could leave the plugin, `name_not_portable`.
 */
export function containedPath(value: string, source: PathSource): string {
  const parts = value.split('/').filter((part) => part !== '' && part !== '.');
  const absolute = value.startsWith('/') || /^[A-Za-z]:/.test(value) || value.includes('\\');
  if (absolute || parts.includes('..') || value === '') {
    throw rejected(
      'path_not_contained',
      `The path ${shown(value)} is not contained in the plugin.`,
      'Write a path relative to the plugin, with "/" and without "..".',
      source.display,
      source.field,
    );
  }
  for (const part of parts) {
    const problem = nameProblem(part);
    if (problem !== undefined) {
      throw rejected(problem.code, problem.message, problem.nextStep, source.display, source.field);
    }
  }
  return parts.length === 0 ? '.' : parts.join('/');
}

/**
 * Checks that `relative`, a plain path, is a skill: reached without a link, with a regular SKILL.md and no file named like Beaver's own.
 * @throws BeaverError `skill_missing`, `symlink_not_allowed`, `skill_document_missing`, `reserved_file_name`.
 */
export async function checkSkillFolder(
  folder: PluginFolder,
  relative: string,
  source: PathSource,
): Promise<void> {
  const { display, field } = source;
  const { kind, at } = await folder.locate(relative);
  if (kind === 'symlink') {
    throw rejected(
      'symlink_not_allowed',
      `${shown(at)} is a symbolic link or a junction.`,
      'Put the folder itself into the plugin.',
      display,
      field,
    );
  }
  if (kind !== 'directory') {
    throw rejected(
      'skill_missing',
      `The skill folder ${shown(relative)} is not there.`,
      'Add the folder, or remove the entry.',
      display,
      field,
    );
  }
  const entries = await folder.entries(relative);
  const document = entries.get(SKILL_DOCUMENT);
  if (document === 'symlink') {
    const link = childOf(relative, SKILL_DOCUMENT);
    throw rejected(
      'symlink_not_allowed',
      `${shown(link)} is a symbolic link.`,
      'Replace the link by the file.',
      display,
      field,
    );
  }
  if (document !== 'file') {
    const other = [...entries.keys()].find((name) => name.toLowerCase() === SKILL_DOCUMENT.toLowerCase());
    const found = other === undefined || document !== undefined ? '' : `, but a file ${shown(other)}`;
    throw rejected(
      'skill_document_missing',
      `The folder ${shown(relative)} has no regular SKILL.md${found}.`,
      found === '' ? 'Add a SKILL.md.' : 'Rename it to SKILL.md.',
      display,
      field,
    );
  }
  const reserved = [...entries.keys()].find((name) => TREE_METADATA.has(name.toLowerCase()));
  if (reserved !== undefined) {
    throw rejected(
      'reserved_file_name',
      `The skill has ${shown(childOf(relative, reserved))}, a name that the managed store needs.`,
      'Rename the file in the plugin.',
      display,
      field,
    );
  }
}

/** The immediate children of `parent` that hold a SKILL.md, by the names of their folders. One that cannot be used is a finding. */
export async function scanSkillFolders(folder: PluginFolder, parent: string): Promise<FoundSkills> {
  const skills: PluginSkillDeclaration[] = [];
  const findings: Finding[] = [];
  const { kind, at } = await folder.locate(parent);
  if (kind === 'symlink') return { skills, findings: [linkFinding(folder.shown(at))] };
  if (kind !== 'directory') return { skills, findings };
  const children = [...(await folder.entries(parent))].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, childKind] of children) {
    if (name.startsWith('.')) continue;
    const relative = childOf(parent, name);
    const display = folder.shown(relative);
    if (childKind === 'symlink') findings.push(linkFinding(display));
    // A folder without SKILL.md holds what skills share.
    if (childKind !== 'directory' || !(await folder.entries(relative)).has(SKILL_DOCUMENT)) continue;
    const found = await namedSkill(folder, relative, name, { display });
    skills.push(...found.skills);
    findings.push(...found.findings);
  }
  return { skills, findings };
}

/** One skill folder under a name that may have to be made usable; what stops it is a finding. */
export async function namedSkill(
  folder: PluginFolder,
  relative: string,
  name: string,
  source: PathSource,
): Promise<FoundSkills> {
  try {
    await checkSkillFolder(folder, relative, source);
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    return { skills: [], findings: [findingFromError(error, source.display)] };
  }
  const managed = managedName(name, 'skill_name_normalised', source.display, source.field);
  return { skills: [declare(folder, managed.name, relative)], findings: managed.findings };
}

export function declare(folder: PluginFolder, name: string, relativePath: string): PluginSkillDeclaration {
  return { name, relativePath, root: folder.absolute(relativePath) };
}

/** Skills sorted by name. Of two folders that would get one name neither is used: it would depend on their order which one wins. */
export function withoutDuplicates(folder: PluginFolder, found: FoundSkills): FoundSkills {
  const byName = new Map<string, PluginSkillDeclaration[]>();
  for (const skill of found.skills) {
    const same = byName.get(skill.name) ?? [];
    if (!same.some((other) => other.relativePath === skill.relativePath)) same.push(skill);
    byName.set(skill.name, same);
  }
  const skills: PluginSkillDeclaration[] = [];
  const findings = [...found.findings];
  for (const [name, same] of [...byName].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [first] = same;
    if (first !== undefined && same.length === 1) skills.push(first);
    else {
      const folders = same.map((skill) => shown(skill.relativePath)).join(' and ');
      findings.push({
        code: 'duplicate_skill_name',
        severity: 'error',
        message: `The folders ${folders} would both be the skill "${name}"; neither is used.`,
        next_step: 'Rename one of the folders.',
        path: folder.display,
      });
    }
  }
  return { skills, findings };
}

/** What is off with the documents of the skills: their frontmatter, their names. Reads each SKILL.md. */
export async function inspectDocuments(
  folder: PluginFolder,
  skills: readonly PluginSkillDeclaration[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name, relativePath } of skills) {
    const relative = childOf(relativePath, SKILL_DOCUMENT);
    const path = folder.shown(relative);
    const bytes = await folder.files.readFile(folder.absolute(relative), MAX_DOCUMENT_BYTES);
    if (bytes === undefined) continue;
    const document = parseSkillDocument(Buffer.from(bytes).toString('utf8'), path);
    findings.push(...document.findings);
    const ownName = document.frontmatter['name'];
    if (typeof ownName !== 'string' || ownName === name) continue;
    findings.push({
      code: 'skill_name_mismatch',
      severity: 'info',
      message: `The skill calls itself ${shown(ownName)} and is managed as "${name}".`,
      next_step: 'Give the folder and the frontmatter the same name; some agents refuse a skill otherwise.',
      path,
      field: 'name',
    });
  }
  return findings;
}

/** Enough for the frontmatter of any document. */
const MAX_DOCUMENT_BYTES = 256 * 1024;

function linkFinding(path: string): Finding {
  return {
    code: 'symlink_not_allowed',
    severity: 'warning',
    message: 'A symbolic link or a junction is not followed.',
    next_step: 'Put the folder itself into the plugin.',
    path,
  };
}
