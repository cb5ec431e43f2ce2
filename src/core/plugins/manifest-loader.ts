import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import type { FileSystem } from '../ports.ts';
import {
  AGENT_PLUGINS_MANIFEST,
  claimsAgentPlugins,
  isSupportedAgentPlugin,
  loadAgentPluginManifest,
} from './manifest-agent-plugins.ts';
import { BEAVER_MANIFEST, loadBeaverManifest } from './manifest-beaver.ts';
import { CLAUDE_MANIFEST, loadClaudeManifest } from './manifest-claude.ts';
import { CODEX_MANIFEST, loadCodexManifest } from './manifest-codex.ts';
import { loadCollection } from './manifest-collection.ts';
import { type ManifestObject, readManifestObject, rejected } from './manifest-file.ts';
import type { PluginManifest } from './models.ts';
import { PluginFolder } from './plugin-folder.ts';
import { inspectDocuments } from './skill-folders.ts';

export interface LoadOptions {
  /** What may be shown of the plugin's folder. Default: `<external>/` and its name. */
  readonly display?: string;
  /** Reads each SKILL.md and reports what is off with it. Default true. */
  readonly documents?: boolean;
}

/**
 * The manifest of the plugin at `location`, which is the absolute path of its folder or of the manifest in it. Of several manifests in one
 * folder the preferred one counts (design: beaver, agent-plugins, claude, codex, none), whichever was given: identity is the place.
 * @throws BeaverError of the dialect's parser, with the display path of the manifest; `plugin_missing` when there is no plugin.
 */
export async function loadPluginManifest(
  files: FileSystem,
  location: string,
  options: LoadOptions = {},
): Promise<PluginManifest> {
  const root = pluginRoot(location);
  const display = options.display ?? `<external>/${path.basename(root)}`;
  const stat = await files.lstat(root);
  if (stat?.kind === 'symlink') {
    throw rejected(
      'symlink_not_allowed',
      'The folder of the plugin is a symbolic link or a junction.',
      'Put the folder itself there.',
      display,
    );
  }
  const manifest =
    stat?.kind === 'directory' ? await loadPlugin(new PluginFolder(files, root, display)) : undefined;
  if (manifest === undefined) {
    throw rejected(
      'plugin_missing',
      'There is no plugin in the folder.',
      'Add a manifest, or skills below skills/.',
      display,
    );
  }
  return options.documents === false
    ? manifest
    : withDocuments(new PluginFolder(files, root, display), manifest);
}

/**
 * The manifest of one plugin folder by the preference of dialects; undefined for a folder that is no plugin. A preferred manifest that is
 * broken rejects the plugin: falling back in silence would change what the plugin is.
 */
export async function loadPlugin(folder: PluginFolder): Promise<PluginManifest | undefined> {
  const root = await folder.entries('.');
  if (root.has(BEAVER_MANIFEST)) return loadBeaverManifest(folder);
  const standard = root.has(AGENT_PLUGINS_MANIFEST) ? await readAgentPlugin(folder) : undefined;
  if (standard !== undefined && isSupportedAgentPlugin(standard))
    return loadAgentPluginManifest(folder, standard);
  if (await isThere(folder, CLAUDE_MANIFEST)) return loadClaudeManifest(folder);
  if (await isThere(folder, CODEX_MANIFEST)) return loadCodexManifest(folder);
  // Only an unsupported version of the standard is left: that is said, and not passed over as a collection.
  if (standard !== undefined) return loadAgentPluginManifest(folder, standard);
  return root.has('skills') ? loadCollection(folder) : undefined;
}

export async function withDocuments(folder: PluginFolder, manifest: PluginManifest): Promise<PluginManifest> {
  const findings = await inspectDocuments(folder, manifest.skills);
  return findings.length === 0 ? manifest : { ...manifest, findings: [...manifest.findings, ...findings] };
}

/** Undefined for a `plugin.json` of another tool, readable or not: only one that claims the standard is ours to judge. */
async function readAgentPlugin(folder: PluginFolder): Promise<ManifestObject | undefined> {
  try {
    const raw = await readManifestObject(folder, AGENT_PLUGINS_MANIFEST);
    return claimsAgentPlugins(raw) ? raw : undefined;
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    const others = [CLAUDE_MANIFEST, CODEX_MANIFEST];
    for (const other of others) if (await isThere(folder, other)) return undefined;
    throw error;
  }
}

async function isThere(folder: PluginFolder, relative: string): Promise<boolean> {
  return (await folder.locate(relative)).kind !== 'missing';
}

function pluginRoot(location: string): string {
  for (const manifest of [CLAUDE_MANIFEST, CODEX_MANIFEST, BEAVER_MANIFEST, AGENT_PLUGINS_MANIFEST]) {
    const suffix = path.join(path.sep, ...manifest.split('/'));
    if (location.endsWith(suffix)) return location.slice(0, -suffix.length);
  }
  return location;
}
