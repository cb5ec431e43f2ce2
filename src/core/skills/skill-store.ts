import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem } from '../ports.ts';
import { hashSkillTree, type SkillTreeDigest } from '../skill-tree.ts';
import { readStoredJson } from '../stored-json.ts';
import {
  type CurrentPointer,
  currentPointerSchema,
  type SkillIndex,
  skillIndexSchema,
  type SkillSpec,
  skillSpecSchema,
  type UpstreamMetadata,
  upstreamMetadataSchema,
  type VersionMetadata,
  versionMetadataSchema,
  versionNumber,
} from './models.ts';

export interface LoadedSkill {
  readonly spec: SkillSpec;
  readonly current: CurrentPointer;
}

/** Files of Beaver at the root of a version or snapshot folder; they are not part of the skill. */
export const VERSION_FILE = 'version.json';
export const UPSTREAM_FILE = 'upstream.json';

/** Reads the managed store. Never writes and takes no lock. A skill that cannot be read is an error of its own, not of the whole store. */
export class SkillStore {
  readonly #files: FileSystem;
  readonly #layout: WorkspaceLayout;

  constructor(files: FileSystem, layout: WorkspaceLayout) {
    this.#files = files;
    this.#layout = layout;
  }

  /** Names of all folders that hold a `skill.json`, sorted. */
  async names(): Promise<readonly string[]> {
    const entries = (await this.#files.readDirectory(this.#layout.skills)) ?? [];
    const names: string[] = [];
    for (const entry of entries) {
      if (entry.kind !== 'directory' || !/^[a-z0-9][a-z0-9_-]*$/.test(entry.name)) continue;
      if ((await this.#files.lstat(this.#layout.skillSpec(entry.name))) !== undefined) names.push(entry.name);
    }
    return names.sort();
  }

  /** True when the name is taken in the store by anything at all. */
  async exists(skillName: string): Promise<boolean> {
    return (await this.#files.lstat(this.#layout.skill(skillName))) !== undefined;
  }

  spec(skillName: string): Promise<SkillSpec | undefined> {
    const file = this.#layout.skillSpec(skillName);
    return readStoredJson(
      this.#files,
      file,
      () => this.#layout.display(file),
      { name: 'skill description', schemaVersion: 1 },
      skillSpecSchema,
    );
  }

  current(skillName: string): Promise<CurrentPointer | undefined> {
    const file = this.#layout.currentPointer(skillName);
    return readStoredJson(
      this.#files,
      file,
      () => this.#layout.display(file),
      { name: 'version pointer', schemaVersion: 1 },
      currentPointerSchema,
    );
  }

  /** @throws BeaverError `skill_unknown` when the skill is not in the store or was never published. */
  async load(skillName: string): Promise<LoadedSkill> {
    const [spec, current] = [await this.spec(skillName), await this.current(skillName)];
    if (spec === undefined || current === undefined) {
      throw new BeaverError('skill_unknown', `There is no managed skill "${skillName}".`, {
        nextStep: 'Use "beaver skills list" to see the managed skills.',
        field: 'skill_name',
      });
    }
    return { spec, current };
  }

  /** Version names, oldest first. */
  async versionNames(skillName: string): Promise<readonly string[]> {
    const entries = (await this.#files.readDirectory(this.#layout.versions(skillName))) ?? [];
    return entries
      .filter((entry) => entry.kind === 'directory' && /^v[0-9]{4,}$/.test(entry.name))
      .map((entry) => entry.name)
      .sort((a, b) => versionNumber(a) - versionNumber(b));
  }

  /** @throws BeaverError `version_unknown`. Hashes that older writers left out are derived from the tree. */
  async version(skillName: string, version: string): Promise<VersionMetadata> {
    const folder = this.#layout.version(skillName, version);
    const file = path.join(folder, VERSION_FILE);
    const kind = { name: 'version description', schemaVersion: 1 };
    const metadata = await readStoredJson(
      this.#files,
      file,
      () => this.#layout.display(file),
      kind,
      versionMetadataSchema,
    );
    if (metadata === undefined) {
      throw new BeaverError('version_unknown', `The skill "${skillName}" has no version ${version}.`, {
        nextStep: 'Use "beaver skills show" to see its versions.',
        field: 'version',
      });
    }
    if (metadata.tree_hash !== '' && metadata.content_hash !== '') return metadata;
    const digest = await hashSkillTree(this.#files, folder, {
      recorded: recordedBits(metadata.executable_files),
    });
    return { ...metadata, tree_hash: digest.treeHash, content_hash: digest.contentHash };
  }

  async versions(skillName: string): Promise<readonly VersionMetadata[]> {
    const versions: VersionMetadata[] = [];
    for (const name of await this.versionNames(skillName)) versions.push(await this.version(skillName, name));
    return versions;
  }

  /** The tree of a version, read and hashed; `version_damaged` when it is not what was published. */
  async versionTree(skillName: string, version: string): Promise<LoadedTree> {
    const metadata = await this.version(skillName, version);
    const folder = this.#layout.version(skillName, version);
    return this.#verified(folder, metadata.executable_files, metadata.tree_hash, 'version_damaged');
  }

  upstreamMetadata(
    skillName: string,
    sourceId: string,
    treeHash: string,
  ): Promise<UpstreamMetadata | undefined> {
    const file = path.join(this.#layout.upstream(skillName, sourceId, treeHash), UPSTREAM_FILE);
    const kind = { name: 'upstream description', schemaVersion: 1 };
    return readStoredJson(this.#files, file, this.#layout.display(file), kind, upstreamMetadataSchema);
  }

  /** The description of a snapshot. @throws BeaverError `upstream_missing`. */
  async upstream(skillName: string, sourceId: string, treeHash: string): Promise<UpstreamMetadata> {
    const metadata = await this.upstreamMetadata(skillName, sourceId, treeHash);
    const folder = this.#layout.upstream(skillName, sourceId, treeHash);
    if (metadata === undefined) {
      throw new BeaverError(
        'upstream_missing',
        `The upstream snapshot that "${skillName}" needs is not in the store.`,
        {
          nextStep:
            'Restore the folder from version control or a backup; a merge without it would lose edits.',
          path: this.#layout.display(folder),
        },
      );
    }
    return metadata;
  }

  /** @throws BeaverError `upstream_missing` or `upstream_damaged`: there is no two-way fallback. */
  async upstreamTree(skillName: string, sourceId: string, treeHash: string): Promise<LoadedTree> {
    const metadata = await this.upstream(skillName, sourceId, treeHash);
    const folder = this.#layout.upstream(skillName, sourceId, treeHash);
    return this.#verified(folder, metadata.executable_files, treeHash, 'upstream_damaged');
  }

  async index(): Promise<SkillIndex | undefined> {
    const file = this.#layout.skillIndex;
    return readStoredJson(
      this.#files,
      file,
      () => this.#layout.display(file),
      { name: 'skill index', schemaVersion: 1 },
      skillIndexSchema,
    );
  }

  async #verified(
    folder: string,
    executable: readonly string[],
    treeHash: string,
    code: string,
  ): Promise<LoadedTree> {
    const digest = await hashSkillTree(this.#files, folder, {
      recorded: recordedBits(executable),
      keepBytes: true,
    });
    if (digest.treeHash !== treeHash) {
      throw new BeaverError(code, 'A folder of the store was changed by something other than Beaver.', {
        nextStep: 'Run "beaver doctor"; restore the folder from version control or a backup.',
        path: this.#layout.display(folder),
      });
    }
    return { folder, digest, bytes: digest.bytes };
  }
}

export interface LoadedTree {
  /** Absolute. */
  readonly folder: string;
  readonly digest: SkillTreeDigest;
  /** By POSIX path; every file of the tree. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

/** The executable bits as a stored folder remembers them, for file systems that have none. */
export function recordedBits(executableFiles: readonly string[]): ReadonlyMap<string, boolean> {
  return new RecordedBits(executableFiles);
}

/** Says `false` for every path that was not recorded as executable: the folder's file list is complete. */
class RecordedBits extends Map<string, boolean> {
  constructor(executableFiles: readonly string[]) {
    super(executableFiles.map((file) => [file, true]));
  }

  override get(file: string): boolean {
    return super.get(file) ?? false;
  }
}
