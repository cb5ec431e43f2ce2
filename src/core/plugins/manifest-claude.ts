import { loadToolManifest, TOOL_KEYS, toolManifestSchema } from './manifest-tool.ts';
import type { PluginManifest } from './models.ts';
import type { PluginFolder } from './plugin-folder.ts';

export const CLAUDE_MANIFEST = '.claude-plugin/plugin.json';

const KNOWN: ReadonlySet<string> = new Set([
  ...TOOL_KEYS,
  'displayName',
  'metadata',
  'defaultEnabled',
  'commands',
  'agents',
  'workflows',
  'outputStyles',
  'lspServers',
  'experimental',
  'userConfig',
  'channels',
  'dependencies',
]);

/** `.claude-plugin/plugin.json`. */
export async function loadClaudeManifest(folder: PluginFolder): Promise<PluginManifest> {
  return loadToolManifest(folder, {
    dialect: 'claude',
    path: CLAUDE_MANIFEST,
    schema: toolManifestSchema,
    known: KNOWN,
    shownName: (manifest) => manifest.name,
  });
}
