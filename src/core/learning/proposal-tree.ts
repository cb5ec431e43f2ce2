import { BeaverError } from '../../base/errors.ts';
import { digestSkillFiles, SKILL_DOCUMENT, type SkillFile, TREE_METADATA } from '../skill-tree.ts';
import type { LoadedTree } from '../skills/skill-store.ts';
import { MAX_BYTES, MAX_FILES, type TreeLimits } from '../tree-listing.ts';
import { compareUtf8, foldName, nameProblem, shown } from '../tree-names.ts';
import { decodeText } from './decoded-text.ts';
import type { SkillTreeDigest } from '../skill-tree.ts';

/** A file as somebody proposes it. */
export interface ProposedFile {
  /** POSIX, relative to the skill folder. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Undefined leaves the bit as the base has it; a new file has it when it starts with `#!`. */
  readonly executable?: boolean;
}

/** What is proposed: changes on top of the base version, or the whole skill. */
export type ProposedContent =
  | { readonly kind: 'changes'; readonly put: readonly ProposedFile[]; readonly remove: readonly string[] }
  | { readonly kind: 'tree'; readonly files: readonly ProposedFile[] };

export interface ProposedTree {
  /** Sorted by the UTF-8 bytes of their paths. */
  readonly files: readonly SkillFile[];
  readonly digest: SkillTreeDigest;
}

/**
 * The whole tree that a proposal stands for. Pure: whatever comes from an agent is checked here, before anything is written.
 * @throws BeaverError `path_not_contained`, `name_not_portable`, `name_collision`, `nested_repository`, `reserved_file_name`,
 * `file_unknown` (removed and not there), `skill_document_missing`, `not_text`, `too_many_files`, `tree_too_large`.
 */
export function proposedTree(
  base: LoadedTree,
  content: ProposedContent,
  limits: TreeLimits = {},
): ProposedTree {
  const known = new Map(base.digest.files.map((file) => [file.path, file.executable]));
  const tree = new Map<string, SkillFile>();
  if (content.kind === 'changes') {
    for (const [path, executable] of known)
      tree.set(path, { path, bytes: base.bytes.get(path) ?? new Uint8Array(), executable });
    for (const path of content.remove) {
      if (!tree.delete(path)) throw unknownFile(path);
    }
  }
  const named = new Set<string>();
  for (const { path, bytes, executable } of content.kind === 'changes' ? content.put : content.files) {
    checkPath(path);
    if (named.has(path)) throw collision(path, path);
    named.add(path);
    tree.set(path, { path, bytes, executable: executable ?? known.get(path) ?? hasInterpreter(bytes) });
  }
  const files = [...tree.values()].sort((a, b) => compareUtf8(a.path, b.path));
  checkNames(files);
  checkLimits(files, limits);
  checkDocument(tree.get(SKILL_DOCUMENT));
  return { files, digest: digestSkillFiles(files) };
}

function checkPath(path: string): void {
  const names = path.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..') || path.includes('\\')) {
    throw new BeaverError('path_not_contained', `The path ${shown(path)} is not one below the skill.`, {
      nextStep: 'Give paths relative to the skill folder, with "/" between names and without "." and "..".',
      field: 'path',
    });
  }
  for (const name of names) {
    const problem = nameProblem(name);
    if (problem !== undefined)
      throw new BeaverError(problem.code, problem.message, { nextStep: problem.nextStep, field: 'path' });
    if (foldName(name) === '.git') {
      throw new BeaverError('nested_repository', 'A skill cannot hold a Git repository of its own.', {
        nextStep: 'Leave ".git" out.',
        field: 'path',
      });
    }
  }
  if (TREE_METADATA.has(foldName(path))) {
    throw new BeaverError('reserved_file_name', `The name ${shown(path)} is one of Beaver's own files.`, {
      nextStep: 'Use another name for the file.',
      field: 'path',
    });
  }
}

/** No two paths may be one on some system, and none may be a file for one and a folder for another. */
function checkNames(files: readonly SkillFile[]): void {
  const seen = new Map<string, { readonly path: string; readonly file: boolean }>();
  for (const { path } of files) {
    const names = path.split('/');
    for (let length = 1; length <= names.length; length++) {
      const part = names.slice(0, length).join('/');
      const file = length === names.length;
      const other = seen.get(foldName(part));
      if (other !== undefined && (other.path !== part || other.file || file))
        throw collision(other.path, part);
      seen.set(foldName(part), { path: part, file });
    }
  }
}

function checkLimits(files: readonly SkillFile[], limits: TreeLimits): void {
  const maxFiles = limits.maxFiles ?? MAX_FILES;
  const maxBytes = limits.maxBytes ?? MAX_BYTES;
  if (files.length > maxFiles) {
    throw new BeaverError('too_many_files', `The proposed skill has more than ${maxFiles} files.`, {
      nextStep: 'Remove what does not belong to the skill, or raise beaver.limits.maxFiles.',
      field: 'files',
    });
  }
  if (files.reduce((sum, file) => sum + file.bytes.byteLength, 0) > maxBytes) {
    throw new BeaverError(
      'tree_too_large',
      `The proposed skill has more than ${Math.ceil(maxBytes / (1024 * 1024))} MiB of files.`,
      {
        nextStep: 'Remove what does not belong to the skill, or raise beaver.limits.maxBytes.',
        field: 'files',
      },
    );
  }
}

function checkDocument(document: SkillFile | undefined): void {
  if (document === undefined) {
    throw new BeaverError('skill_document_missing', 'The proposed skill has no SKILL.md.', {
      nextStep: 'Add a SKILL.md at the root of the skill.',
      field: 'files',
    });
  }
  if (decodeText(document.bytes) === undefined) {
    throw new BeaverError('not_text', 'The proposed SKILL.md is not UTF-8 text.', {
      nextStep: 'Save it as UTF-8.',
      field: 'files',
    });
  }
}

function hasInterpreter(bytes: Uint8Array): boolean {
  return bytes[0] === 0x23 && bytes[1] === 0x21;
}

function collision(one: string, other: string): BeaverError {
  return new BeaverError(
    'name_collision',
    `The paths ${shown(one)} and ${shown(other)} cannot both be in one skill.`,
    { nextStep: 'Rename one of the two, or name it once.', field: 'path' },
  );
}

function unknownFile(path: string): BeaverError {
  return new BeaverError('file_unknown', `The base version has no file ${shown(path)} to remove.`, {
    nextStep: 'Name files that the base version has.',
    field: 'remove',
  });
}
