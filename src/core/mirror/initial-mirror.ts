import { BeaverError, type Finding } from '../../base/errors.ts';
import type { JsonValue } from '../../base/json.ts';
import { auditStep } from '../learning/audit.ts';
import type { PluginManifest, PluginSkillBinding, PluginSkillDeclaration } from '../plugins/models.ts';
import type { Look } from '../ports.ts';
import { parseSkillDocument } from '../skill-document.ts';
import type { HashedTree } from '../skill-tree.ts';
import type { IndexBook } from '../skills/index-book.ts';
import type { SkillSpec, TreeFile, UpstreamMetadata } from '../skills/models.ts';
import { stepPath } from '../skills/transaction-steps.ts';
import type { Transaction } from '../skills/transaction.ts';
import {
  bytesOf,
  executableFiles,
  indexEntry,
  jsonFile,
  pointer,
  upstreamFiles,
  type VersionContent,
  versionFiles,
} from '../skills/version-plan.ts';
import { planPlacements, timestamp } from '../skills/version-writer.ts';
import type { MirrorDeps } from './mirror-deps.ts';

/** The first version that a mirrored skill gets. */
const FIRST_VERSION = 'v0001';

/** A declared skill that passed every check and can be mirrored. */
export interface MirrorableSkill {
  readonly manifest: PluginManifest;
  readonly declaration: PluginSkillDeclaration;
  readonly tree: HashedTree;
}

/**
 * Everything that may stop a mirror, before anything is staged.
 * @throws BeaverError `skill_name_taken`, `plugin_skill_blocked`, or what reading the tree throws.
 */
export async function checkMirrorable(
  deps: MirrorDeps,
  manifest: PluginManifest,
  declaration: PluginSkillDeclaration,
  look: Look,
): Promise<MirrorableSkill> {
  if (await deps.store.exists(declaration.name)) {
    throw new BeaverError(
      'skill_name_taken',
      `A managed skill "${declaration.name}" exists already and is not linked to this plugin.`,
      {
        nextStep: 'Rename or remove the other skill, or keep the plugin disabled. Nothing was changed.',
        field: '/skills',
        path: manifest.displayPath,
      },
    );
  }
  const tree = await deps.readTree(manifest, declaration, null, look);
  // Brings a large set of rules, which a sync that mirrors nothing does without.
  const { checkSafety } = await import('../learning/safety/check-safety.ts');
  const report = checkSafety({
    files: tree.files.map((file) => ({
      path: file.path,
      bytes: tree.bytes.get(file.path) ?? new Uint8Array(),
      executable: file.executable,
    })),
  });
  const critical = report.findings.find((finding) => finding.tier === 'critical');
  if (!report.passed) {
    throw new BeaverError(
      'plugin_skill_blocked',
      `The skill "${declaration.name}" has a pattern that blocks it: ${critical?.reason ?? 'see the log'}`,
      {
        nextStep: critical?.fix ?? 'Look at the skill before you use it.',
        path:
          critical === undefined
            ? manifest.displayPath
            : `${manifest.displayPath.replace(/[^/]+$/, '')}${declaration.relativePath}/${critical.path}`,
      },
    );
  }
  return { manifest, declaration, tree };
}

/** Plans the exact mirror of one skill: snapshot, first version, description and pointer move into the store with one rename. */
export async function planInitialMirror(
  deps: MirrorDeps,
  transaction: Transaction,
  index: IndexBook,
  skill: MirrorableSkill,
): Promise<{ readonly binding: PluginSkillBinding; readonly findings: readonly Finding[] }> {
  const { manifest, declaration, tree } = skill;
  const at = timestamp(deps.ports);
  const files = bytesOf(tree, tree.bytes);
  const content: VersionContent = {
    skillName: declaration.name,
    files,
    digest: tree,
    baseVersion: null,
    reason: 'plugin_initial_mirror',
    createdBy: deps.actor,
    createdAt: at,
    provenance: {
      source_kind: 'plugin',
      proposal_kind: 'plugin_initial_mirror',
      plugin_id: manifest.pluginId,
      plugin_version: manifest.version,
      plugin_skill_path: declaration.relativePath,
      upstream_skill_content_hash: tree.contentHash,
      upstream_skill_tree_hash: tree.treeHash,
      merge_mode: 'initial_mirror',
    },
  };
  const spec: SkillSpec = {
    schema_version: 1,
    skill_name: declaration.name,
    status: 'active',
    source_kind: 'plugin',
    lineage: [`plugin:${manifest.pluginId}`],
    created_at: at,
    updated_at: at,
  };
  const current = pointer(content, FIRST_VERSION, 'mirror', null);
  const metadata = snapshotMetadata(manifest, declaration, tree, at);
  const staged = `skills/${declaration.name}`;
  await transaction.stageTree(staged, [
    ...below(`versions/${FIRST_VERSION}`, versionFiles(FIRST_VERSION, content)),
    ...below(`upstreams/${manifest.pluginId}/${tree.treeHash}`, upstreamFiles(files, metadata)),
    jsonFile('skill.json', spec as unknown as JsonValue),
    jsonFile('current.json', current as unknown as JsonValue),
  ]);
  transaction.add({
    kind: 'promote',
    from: staged,
    to: stepPath(deps.layout, deps.layout.skill(declaration.name)),
  });
  index.set(declaration.name, indexEntry(spec, current, metadata.frontmatter));
  const findings = await planPlacements(deps, transaction, current, current, files);
  transaction.add(
    auditStep(deps.layout, deps.ports.ids.transaction(), at, deps.actor, 'skill_mirrored', {
      plugin_id: manifest.pluginId,
      skill_name: declaration.name,
      detail: { version: FIRST_VERSION, tree_hash: tree.treeHash },
    }),
  );
  return { binding: linkedBinding(tree.treeHash), findings };
}

/** Plans that the plugin's current tree is kept as an immutable snapshot, unless it is there already. */
export async function planSnapshot(
  deps: MirrorDeps,
  transaction: Transaction,
  manifest: PluginManifest,
  declaration: PluginSkillDeclaration,
  tree: HashedTree,
): Promise<void> {
  const existing = await deps.store.upstreamMetadata(declaration.name, manifest.pluginId, tree.treeHash);
  if (existing !== undefined) {
    await deps.store.upstreamTree(declaration.name, manifest.pluginId, tree.treeHash);
    return;
  }
  const name = `upstreams/${declaration.name}/${tree.treeHash}`;
  const metadata = snapshotMetadata(manifest, declaration, tree, timestamp(deps.ports));
  await transaction.stageTree(name, upstreamFiles(bytesOf(tree, tree.bytes), metadata));
  const to = deps.layout.upstream(declaration.name, manifest.pluginId, tree.treeHash);
  transaction.add({ kind: 'promote', from: name, to: stepPath(deps.layout, to) });
}

function snapshotMetadata(
  manifest: PluginManifest,
  declaration: PluginSkillDeclaration,
  tree: HashedTree,
  at: string,
): UpstreamMetadata {
  const document = parseSkillDocument(
    Buffer.from(tree.bytes.get('SKILL.md') ?? new Uint8Array()).toString('utf8'),
  );
  return {
    schema_version: 1,
    skill_name: declaration.name,
    source_kind: 'plugin',
    source_id: manifest.pluginId,
    source_version: manifest.version,
    source_path: declaration.relativePath,
    skill_content_hash: tree.contentHash,
    skill_tree_hash: tree.treeHash,
    executable_files: executableFiles(tree),
    frontmatter: jsonSafe(document.frontmatter),
    created_at: at,
  };
}

function linkedBinding(treeHash: string): PluginSkillBinding {
  return {
    accepted_upstream_tree_hash: treeHash,
    observed_upstream_tree_hash: treeHash,
    accepted_beaver_version: FIRST_VERSION,
    current_beaver_version: FIRST_VERSION,
    pending_candidate_id: null,
    status: 'synced',
    last_error: null,
    last_error_code: null,
  };
}

function below(folder: string, files: readonly TreeFile[]): TreeFile[] {
  return files.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
}

/** YAML has dates, infinities and cycles that JSON has not: what does not survive a round trip is left out. */
function jsonSafe(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
