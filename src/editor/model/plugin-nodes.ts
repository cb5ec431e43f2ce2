import type { PluginFailurePayload, PluginPayload, UpdatePayload } from '../../app/payloads.ts';
import { findingFromError, isBeaverError, type Finding } from '../../base/errors.ts';
import type { FolderSnapshot, TargetMark } from './snapshot.ts';
import { isToReview } from './update-nodes.ts';

export type PluginSkill = PluginPayload['skills'][number];

export interface FolderNode {
  readonly kind: 'folder';
  readonly folder: string;
  readonly name: string;
  readonly toReview: number;
}

export interface PluginNode {
  readonly kind: 'plugin';
  readonly folder: string;
  readonly pluginId: string;
  readonly plugin: PluginPayload;
  /** What discovery says about files of this plugin. */
  readonly findings: readonly Finding[];
  /** What its last sync failed with. */
  readonly failure: PluginFailurePayload | undefined;
  readonly skills: readonly SkillNode[];
}

export interface SkillNode {
  readonly kind: 'skill';
  readonly folder: string;
  readonly pluginId: string;
  readonly skillName: string;
  readonly skill: PluginSkill;
  readonly state: PluginState;
  /** The update that a person has still to decide about. */
  readonly update: UpdatePayload | undefined;
  readonly mark: TargetMark | undefined;
  /** What its last sync failed with. */
  readonly failure: PluginFailurePayload | undefined;
}

/** A package that could not be read as a plugin. */
export interface BrokenNode {
  readonly kind: 'broken';
  readonly folder: string;
  readonly finding: Finding;
}

/** What to do about a broken package, below it, so that nobody has to hover to find out. */
export interface NextStepNode {
  readonly kind: 'nextStep';
  readonly folder: string;
  readonly id: string;
  readonly finding: Finding;
}

export type PluginTreeNode = FolderNode | PluginNode | SkillNode | BrokenNode | NextStepNode;

/** How a plugin stands, from what needs a person most to what does not. */
export type PluginState =
  'error' | 'missing' | 'conflict' | 'available' | 'disabled' | 'paused' | 'updates' | 'synced';

export function pluginState(plugin: PluginPayload): PluginState {
  if (plugin.status === 'missing') return 'missing';
  if (plugin.status === 'error') return 'error';
  if (!plugin.enabled) return plugin.status === 'disabled' ? 'disabled' : 'available';
  if (plugin.skills.some(({ status }) => status === 'conflict')) return 'conflict';
  if (plugin.last_error !== null || plugin.skills.some(({ status }) => status === 'error')) return 'error';
  if (plugin.updates_paused) return 'paused';
  if (plugin.skills.some(({ pending_candidate_id: pending }) => pending !== null)) return 'updates';
  return 'synced';
}

/** The first level of the tree: the folders where there are several, else the plugins of the only one. */
export function pluginRoots(snapshots: readonly FolderSnapshot[]): readonly PluginTreeNode[] {
  const [first, second] = snapshots;
  if (first === undefined) return [];
  if (second === undefined) return pluginsOf(first);
  return snapshots.map((snapshot) => ({
    kind: 'folder',
    folder: snapshot.folder,
    name: snapshot.name,
    toReview: snapshot.updates.filter(isToReview).length,
  }));
}

/** The plugins of a folder in the order of the listing, then what could not be read: the folder as a whole, or single packages. */
export function pluginsOf(snapshot: FolderSnapshot): readonly PluginTreeNode[] {
  const owners = new Map(
    snapshot.plugins.flatMap((plugin) =>
      plugin.manifest_path === null ? [] : [[packageFolder(plugin.manifest_path), plugin.id] as const],
    ),
  );
  const own = new Map<string, Finding[]>();
  const broken: BrokenNode[] = isBeaverError(snapshot.failure)
    ? [{ kind: 'broken', folder: snapshot.folder, finding: findingFromError(snapshot.failure, '.') }]
    : [];
  for (const finding of snapshot.errors) {
    const owner = ownerOf(finding.path, owners);
    if (owner !== undefined) own.set(owner, [...(own.get(owner) ?? []), finding]);
    else if (finding.severity !== 'info') broken.push({ kind: 'broken', folder: snapshot.folder, finding });
  }
  const updates = new Map(
    snapshot.updates.filter(isToReview).map((update) => [update.candidate_id, update] as const),
  );
  const plugins = snapshot.plugins.map((plugin) =>
    pluginNode(snapshot, plugin, own.get(plugin.id) ?? [], updates),
  );
  return [...plugins, ...broken];
}

export function childrenOf(
  node: PluginTreeNode,
  snapshots: readonly FolderSnapshot[],
): readonly PluginTreeNode[] {
  switch (node.kind) {
    case 'folder': {
      const snapshot = snapshots.find(({ folder }) => folder === node.folder);
      return snapshot === undefined ? [] : pluginsOf(snapshot);
    }
    case 'plugin':
      return node.skills;
    case 'broken':
      return [
        {
          kind: 'nextStep',
          folder: node.folder,
          id: `${node.finding.code}:${node.finding.path}:${node.finding.field ?? ''}`,
          finding: node.finding,
        },
      ];
    case 'skill':
    case 'nextStep':
      return [];
  }
}

function pluginNode(
  snapshot: FolderSnapshot,
  plugin: PluginPayload,
  findings: readonly Finding[],
  updates: ReadonlyMap<string, UpdatePayload>,
): PluginNode {
  const state = pluginState(plugin);
  const failures = snapshot.failures.filter(({ plugin_id: id }) => id === plugin.id);
  const failureOf = (name: string | null): PluginFailurePayload | undefined =>
    failures.find(({ skill_name: skillName }) => skillName === name);
  return {
    kind: 'plugin',
    folder: snapshot.folder,
    pluginId: plugin.id,
    plugin,
    findings,
    failure: failureOf(null),
    skills: plugin.skills.map((skill) => ({
      kind: 'skill',
      folder: snapshot.folder,
      pluginId: plugin.id,
      skillName: skill.name,
      skill,
      state,
      update: skill.pending_candidate_id === null ? undefined : updates.get(skill.pending_candidate_id),
      mark: snapshot.marks.get(skill.name),
      failure: failureOf(skill.name),
    })),
  };
}

const MANIFEST = /\/(?:\.(?:claude|codex)-plugin\/)?[^/]*\.json$/;

/** The display path of the package that a manifest is in; a collection's path is the package itself. */
function packageFolder(manifestPath: string): string {
  return manifestPath.replace(MANIFEST, '');
}

/** The folder of a package as people call it, from the display path of a file in it. */
export function packageName(displayPath: string): string {
  const folder = packageFolder(displayPath);
  return folder.slice(folder.lastIndexOf('/') + 1);
}

function ownerOf(path: string, owners: ReadonlyMap<string, string>): string | undefined {
  for (let folder = path; folder !== ''; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const owner = owners.get(folder);
    if (owner !== undefined) return owner;
  }
  return undefined;
}
