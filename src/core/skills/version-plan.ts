import * as path from 'node:path';
import { canonicalJson, type JsonValue } from '../../base/json.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { SkillTreeDigest } from '../skill-tree.ts';
import type {
  CurrentPointer,
  PointerAction,
  SkillIndex,
  SkillIndexEntry,
  SkillSpec,
  TreeFile,
  UpstreamMetadata,
  VersionMetadata,
} from './models.ts';
import { UPSTREAM_FILE, VERSION_FILE } from './skill-store.ts';
import { stepPath, type TransactionStep } from './transaction-steps.ts';

/** What a new version is made of, before it has a number. */
export interface VersionContent {
  readonly skillName: string;
  readonly files: readonly TreeFile[];
  readonly digest: SkillTreeDigest;
  readonly baseVersion: string | null;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly provenance: Readonly<Record<string, unknown>>;
}

export function versionMetadata(version: string, content: VersionContent): VersionMetadata {
  return {
    schema_version: 1,
    skill_name: content.skillName,
    version,
    base_version: content.baseVersion,
    content_hash: content.digest.contentHash,
    tree_hash: content.digest.treeHash,
    executable_files: executableFiles(content.digest),
    change_reason: content.reason,
    created_at: content.createdAt,
    created_by: content.createdBy,
    provenance: content.provenance,
  };
}

/** The files of a version folder: the tree and its description. */
export function versionFiles(version: string, content: VersionContent): readonly TreeFile[] {
  return [
    ...content.files,
    jsonFile(VERSION_FILE, versionMetadata(version, content) as unknown as JsonValue),
  ];
}

export function upstreamFiles(files: readonly TreeFile[], metadata: UpstreamMetadata): readonly TreeFile[] {
  return [...files, jsonFile(UPSTREAM_FILE, metadata as unknown as JsonValue)];
}

export function executableFiles(digest: SkillTreeDigest): string[] {
  return digest.files.filter((file) => file.executable).map((file) => file.path);
}

export function pointer(
  content: Pick<VersionContent, 'skillName' | 'createdAt'> & {
    readonly digest: Pick<SkillTreeDigest, 'treeHash' | 'contentHash'>;
  },
  version: string,
  action: PointerAction,
  previous: string | null,
): CurrentPointer {
  return {
    schema_version: 1,
    skill_name: content.skillName,
    version,
    tree_hash: content.digest.treeHash,
    content_hash: content.digest.contentHash,
    action,
    previous_version: previous,
    updated_at: content.createdAt,
  };
}

export function jsonFile(name: string, value: JsonValue): TreeFile {
  return {
    path: name,
    executable: false,
    content: { kind: 'bytes', bytes: Buffer.from(canonicalJson(value), 'utf8') },
  };
}

export function writeStep(layout: WorkspaceLayout, file: string, value: JsonValue): TransactionStep {
  return { kind: 'write', path: stepPath(layout, file), text: canonicalJson(value) };
}

export function specStep(layout: WorkspaceLayout, spec: SkillSpec): TransactionStep {
  return writeStep(layout, layout.skillSpec(spec.skill_name), spec as unknown as JsonValue);
}

export function pointerStep(layout: WorkspaceLayout, current: CurrentPointer): TransactionStep {
  return writeStep(layout, layout.currentPointer(current.skill_name), current as unknown as JsonValue);
}

export function indexStep(layout: WorkspaceLayout, index: SkillIndex): TransactionStep {
  return writeStep(layout, layout.skillIndex, index as unknown as JsonValue);
}

/** `frontmatter` is that of the current SKILL.md. */
export function indexEntry(
  spec: SkillSpec,
  current: CurrentPointer,
  frontmatter: Readonly<Record<string, unknown>>,
): SkillIndexEntry {
  const { description } = frontmatter;
  return {
    status: spec.status,
    source_kind: spec.source_kind,
    current_version: current.version,
    tree_hash: current.tree_hash,
    description: typeof description === 'string' ? description : '',
  };
}

/** `files` of a digest whose bytes lie in `folder`, to be copied. */
export function copiesOf(folder: string, digest: SkillTreeDigest): readonly TreeFile[] {
  return digest.files.map((file) => ({
    path: file.path,
    executable: file.executable,
    content: { kind: 'copy', from: path.join(folder, ...file.path.split('/')) },
  }));
}

/** `files` of a digest whose bytes are in memory. */
export function bytesOf(
  digest: SkillTreeDigest,
  bytes: ReadonlyMap<string, Uint8Array>,
): readonly TreeFile[] {
  return digest.files.map((file) => ({
    path: file.path,
    executable: file.executable,
    content: { kind: 'bytes', bytes: bytes.get(file.path) ?? new Uint8Array() },
  }));
}
