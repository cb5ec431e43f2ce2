import * as path from 'node:path';
import picomatch from 'picomatch';
import { BeaverError, type Finding } from '../../base/errors.ts';
import { isInside, type WorkspaceLayout } from '../layout.ts';
import type { FileSystem } from '../ports.ts';
import { hashSkillTree, type HashedTree, TREE_METADATA } from '../skill-tree.ts';
import type { CurrentPointer, Placements } from './models.ts';

/** The folders that agents read, in the order in which they are looked at. */
export const KNOWN_TARGETS = ['.agents/skills', '.claude/skills', '.github/skills'] as const;

/** Files that agents and tools write beside a skill; they are no edits. */
export const IGNORED_TARGET_FILES = ['*.log', '__pycache__', '*.pyc', '.DS_Store', 'Thumbs.db'] as const;

export interface RuntimeTarget {
  /** POSIX, relative to the workspace: the real folder, links resolved. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
}

export interface RuntimeTargets {
  readonly targets: readonly RuntimeTarget[];
  readonly findings: readonly Finding[];
}

/**
 * The targets of a workspace: the configured ones, else those of {@link KNOWN_TARGETS} that exist, else the first.
 * Two names of one folder (a link to another target) count once; a target outside the workspace is a finding and not used.
 */
export async function resolveTargets(
  files: FileSystem,
  layout: WorkspaceLayout,
  configured: readonly string[] | undefined,
): Promise<RuntimeTargets> {
  const root = await files.realpath(layout.root);
  const targets = new Map<string, RuntimeTarget>();
  const findings: Finding[] = [];
  for (const name of configured ?? (await defaultTargets(files, layout))) {
    const folder = path.resolve(layout.root, name);
    const exists = (await files.lstat(folder)) !== undefined;
    const real = exists ? await files.realpath(folder) : folder;
    const relative = exists ? path.relative(root, real) : path.relative(layout.root, folder);
    if (!isInside(exists ? root : layout.root, real) || relative === '') {
      findings.push({
        code: 'target_outside_workspace',
        severity: 'warning',
        message: 'A runtime target lies outside the workspace and is not used.',
        next_step: 'Set beaver.runtimeTargets to folders below the workspace.',
        path: path.isAbsolute(name) ? layout.display(folder) : name,
      });
      continue;
    }
    const posix = relative.split(path.sep).join('/');
    targets.set(posix, { name: posix, folder: path.join(layout.root, relative) });
  }
  return { targets: [...targets.values()], findings };
}

async function defaultTargets(files: FileSystem, layout: WorkspaceLayout): Promise<readonly string[]> {
  const existing: string[] = [];
  for (const name of KNOWN_TARGETS) {
    if ((await files.lstat(path.join(layout.root, name))) !== undefined) existing.push(name);
  }
  return existing.length === 0 ? [KNOWN_TARGETS[0]] : existing;
}

export type TargetState = 'in_sync' | 'local_edits' | 'missing' | 'target_occupied' | 'outdated';

export interface InspectedTarget {
  readonly target: RuntimeTarget;
  /** Absolute path of the skill's folder in the target. */
  readonly folder: string;
  readonly state: TargetState;
  /** What was last placed there. */
  readonly placed: { readonly version: string; readonly tree_hash: string } | undefined;
  /** The tree as it is, without ignored files; undefined when there is none or it cannot be taken in. */
  readonly tree: HashedTree | undefined;
  /** Why the tree cannot be taken in: a link in it, say. */
  readonly problem: BeaverError | undefined;
}

/** Looks at skill folders in runtime targets. */
export class TargetInspector {
  readonly #files: FileSystem;
  readonly #ignored: (file: string) => boolean;

  constructor(files: FileSystem, ignoredGlobs: readonly string[] = IGNORED_TARGET_FILES) {
    this.#files = files;
    const matcher = (globs: readonly string[]): ((path: string) => boolean) =>
      picomatch([...globs], { dot: true });
    // A glob without a slash is about a name at any depth, one with a slash about a path in the skill; of a file or of a folder around it.
    const matchesName = matcher(ignoredGlobs.filter((glob) => !glob.includes('/')));
    const matchesPath = matcher(ignoredGlobs.filter((glob) => glob.includes('/')));
    this.#ignored = (file) => {
      const parts = file.split('/');
      return parts.some(
        (part, index) => matchesName(part) || matchesPath(parts.slice(0, index + 1).join('/')),
      );
    };
  }

  ignores(file: string): boolean {
    return this.#ignored(file);
  }

  /**
   * The tree of a skill folder in a target, without ignored files.
   * @throws BeaverError as `hashSkillTree` does, and `reserved_file_name` for a file that a version could not hold: nothing is passed over.
   */
  async tree(
    folder: string,
    recorded?: ReadonlyMap<string, boolean>,
    keepBytes = false,
  ): Promise<HashedTree> {
    for (const name of TREE_METADATA) {
      if ((await this.#files.lstat(path.join(folder, name))) === undefined) continue;
      throw new BeaverError(
        'reserved_file_name',
        `A file ${name} at the root of a skill has a name that the managed store needs.`,
        {
          nextStep: 'Rename the file.',
        },
      );
    }
    return hashSkillTree(this.#files, folder, {
      ignore: this.#ignored,
      keepBytes,
      ...(recorded === undefined ? {} : { recorded }),
    });
  }

  async inspect(
    target: RuntimeTarget,
    current: CurrentPointer,
    placements: Placements,
    recorded?: ReadonlyMap<string, boolean>,
  ): Promise<InspectedTarget> {
    const folder = path.join(target.folder, current.skill_name);
    const placed = placements.targets[target.name]?.[current.skill_name];
    const stat = await this.#files.lstat(folder);
    const result = (state: TargetState, tree?: HashedTree, problem?: BeaverError): InspectedTarget => ({
      target,
      folder,
      state,
      placed,
      tree,
      problem,
    });
    if (stat === undefined) return result('missing');
    if (stat.kind !== 'directory') return result('target_occupied');
    let tree: HashedTree;
    try {
      tree = await this.tree(folder, recorded, true);
    } catch (error) {
      if (!(error instanceof BeaverError)) throw error;
      return result(placed === undefined ? 'target_occupied' : 'local_edits', undefined, error);
    }
    if (tree.treeHash === current.tree_hash) return result('in_sync', tree);
    if (placed === undefined) return result('target_occupied', tree);
    if (tree.treeHash === placed.tree_hash) return result('outdated', tree);
    return result('local_edits', tree);
  }
}
