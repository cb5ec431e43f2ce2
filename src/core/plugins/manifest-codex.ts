import * as z from 'zod';
import { loadToolManifest, TOOL_KEYS, toolManifestSchema } from './manifest-tool.ts';
import type { PluginManifest } from './models.ts';
import type { PluginFolder } from './plugin-folder.ts';

export const CODEX_MANIFEST = '.codex-plugin/plugin.json';

const codexManifestSchema = toolManifestSchema.extend({
  interface: z.looseObject({ displayName: z.string().trim().min(1).optional() }).optional(),
});

const KNOWN: ReadonlySet<string> = new Set([...TOOL_KEYS, 'interface', 'apps']);

/** `.codex-plugin/plugin.json`: the name for people is below `interface`. */
export async function loadCodexManifest(folder: PluginFolder): Promise<PluginManifest> {
  return loadToolManifest(folder, {
    dialect: 'codex',
    path: CODEX_MANIFEST,
    schema: codexManifestSchema,
    known: KNOWN,
    shownName: (manifest) => manifest.interface?.displayName ?? manifest.name,
  });
}
