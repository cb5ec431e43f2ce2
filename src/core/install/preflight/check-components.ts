import { shown } from '../../tree-names.ts';
import type { FoundManifest } from './check-manifests.ts';
import type { Started } from './components.ts';
import type { Draft, Fix } from './finding.ts';
import { pointerOf } from './json-text.ts';
import { pathInPlugin } from './plugin-path.ts';
import type { PluginSource } from './plugin-source.ts';
import { valueAt } from './schema-findings.ts';

/** Fields of a manifest that name files or folders of the plugin. `skills` is among them: what is in it is looked at elsewhere. */
const PATH_FIELDS = [
  'skills',
  'commands',
  'agents',
  'workflows',
  'outputStyles',
  'hooks',
  'mcpServers',
  'lspServers',
  'apps',
] as const;

const DEFAULT_FOLDERS: ReadonlySet<string> = new Set([
  'skills',
  'commands',
  'agents',
  'workflows',
  'output-styles',
]);

/** Paths of the manifests that leave the plugin or lead nowhere. */
export function checkPaths(source: PluginSource, manifests: readonly FoundManifest[]): readonly Draft[] {
  return manifests.flatMap(({ dialect, json }) => {
    if (dialect.dialect !== 'claude' && dialect.dialect !== 'codex') return [];
    return PATH_FIELDS.flatMap((key) => {
      const value = valueAt(json.value, [key]);
      const values: readonly (readonly [unknown, readonly (string | number)[]])[] = Array.isArray(value)
        ? value.map((one: unknown, index) => [one, [key, index]] as const)
        : [[value, [key]] as const];
      return values.flatMap(([written, path]): readonly Draft[] => {
        if (typeof written !== 'string') return [];
        const place = { file: dialect.file, pointer: pointerOf(path), range: json.rangeAt(path) };
        const relative = pathInPlugin(written);
        if (relative === undefined || written.split('/').includes('..')) {
          return [
            { ...place, code: 'PF-PATH-ESCAPE', message: `The path ${shown(written)} leaves the plugin.` },
          ];
        }
        if (!isThere(source, relative)) {
          return [
            {
              ...place,
              code: 'PF-PATH-MISSING',
              // To name a folder that is looked for anyhow, and has nothing in it, does no harm.
              ...(DEFAULT_FOLDERS.has(relative) ? { severity: 'warning' as const } : {}),
              message: `The path ${shown(written)} leads nowhere.`,
            },
          ];
        }
        if (dialect.dialect !== 'claude' || written.startsWith('./') || written === '.') return [];
        const fix: Fix = {
          title: 'Put "./" in front of the path',
          edits: [{ ...place.range, text: JSON.stringify(`./${written}`) }],
        };
        return [
          {
            ...place,
            code: 'PF-PATH-PREFIX',
            message: `The path ${shown(written)} does not start with "./".`,
            fix,
          },
        ];
      });
    });
  });
}

/** The folder of the plugin, as hosts put it into commands. */
const IN_PLUGIN = /\$\{?(?:CLAUDE_)?PLUGIN_ROOT\}?["']?[/\\]+([\w@.][\w@.+/\\-]*)/g;
const RUN_BY_ITSELF = /^\s*(?:(?:exec|command)\s+)?["']?\$\{?(?:CLAUDE_)?PLUGIN_ROOT\}?["']?[/\\]/;
/** Windows runs these by their name; elsewhere they are given to a shell. */
const NEEDS_NO_BIT = /\.(?:cmd|bat|exe|ps1)$/i;

/** Files that a hook or a server would start, and that are not there. */
export function checkCommands(source: PluginSource, started: readonly Started[]): readonly Draft[] {
  return started.flatMap(({ kind, file, pointer, range, command, args }) => {
    const place = { file, pointer, range };
    const findings: Draft[] = [];
    for (const text of [command ?? '', ...args]) {
      for (const [, written = ''] of text.matchAll(IN_PLUGIN)) {
        const relative = pathInPlugin(written.replaceAll('\\', '/').replace(/[.,;:]+$/, ''));
        if (relative === undefined || isThere(source, relative) || isMadeLater(relative)) continue;
        const message = `A ${kind} runs ${shown(relative)}, which is not in the plugin.`;
        findings.push({ ...place, code: 'PF-COMPONENT-COMMAND', message });
      }
    }
    const direct = RUN_BY_ITSELF.test(command ?? '')
      ? [...(command ?? '').matchAll(IN_PLUGIN)][0]?.[1]
      : undefined;
    const script = direct === undefined ? undefined : source.files.get(pathInPlugin(direct) ?? '');
    if (script?.executable === false && !NEEDS_NO_BIT.test(script.path)) {
      const message = `A ${kind} runs ${shown(script.path)}, which is not executable.`;
      findings.push({ ...place, code: 'PF-COMPONENT-EXECUTABLE', message });
    }
    return findings;
  });
}

/** Dependencies are installed on the user's machine; this is no place to judge how. */
function isMadeLater(path: string): boolean {
  return /(?:^|\/)(?:node_modules|\.venv|venv)(?:\/|$)/.test(path);
}

function isThere(source: PluginSource, path: string): boolean {
  return source.files.has(path) || source.folders.has(path) || source.links.has(path);
}
