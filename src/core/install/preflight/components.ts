import * as z from 'zod';
import { shown } from '../../tree-names.ts';
import type { FoundManifest } from './check-manifests.ts';
import type { OwnCode } from './codes.ts';
import type { Draft, Range } from './finding.ts';
import { type JsonText, pointerOf, readJson } from './json-text.ts';
import { pathInPlugin } from './plugin-path.ts';
import { type PluginSource, textOf } from './plugin-source.ts';
import { valueAt } from './schema-findings.ts';

/** Something that a host starts or connects to on the plugin's behalf. */
export interface Started {
  readonly kind: 'hook' | 'server';
  readonly file: string;
  readonly pointer: string;
  readonly range: Range;
  /** As it stands, with its arguments; undefined where nothing is started on this machine. */
  readonly command: string | undefined;
  readonly args: readonly string[];
  readonly url: string | undefined;
  /** Variables and headers that it is given; what is no text is written as JSON. */
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  /** Everything in the declaration that a host fills in from the environment. */
  readonly texts: readonly string[];
}

export interface Components {
  readonly started: readonly Started[];
  readonly findings: readonly Draft[];
}

type Path = readonly (string | number)[];

/** A place that holds declarations: a file of its own, or a part of a manifest. */
interface Holder {
  readonly file: string;
  readonly json: JsonText;
  readonly path: Path;
}

const hookSchema = z.looseObject({ type: z.string(), command: z.string().optional() });
const serverSchema = z.looseObject({
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.unknown()).optional(),
  url: z.string().optional(),
  headers: z.record(z.string(), z.unknown()).optional(),
});

/** Hooks and servers of a plugin: those of the default files, of the files that a manifest names, and inline ones. */
export function readComponents(source: PluginSource, manifests: readonly FoundManifest[]): Components {
  const findings: Draft[] = [];
  const open = (file: string): Holder | undefined => openJson(source, file, findings);
  const holders = (key: string, defaults: readonly string[]): readonly Holder[] => {
    const named = manifests.flatMap(({ dialect, json }) => {
      const value = valueAt(json.value, [key]);
      const values = Array.isArray(value) ? value : [value];
      return values.flatMap((one, index): readonly (Holder | string)[] => {
        if (typeof one === 'string') return [pathInPlugin(one) ?? ''];
        if (typeof one !== 'object' || one === null) return [];
        return [{ file: dialect.file, json, path: Array.isArray(value) ? [key, index] : [key] }];
      });
    });
    const files = new Set([...defaults, ...named.filter((one) => typeof one === 'string')]);
    return [
      ...[...files].flatMap((file) => (source.files.has(file) ? (open(file) ?? []) : [])),
      ...named.filter((one) => typeof one !== 'string'),
    ];
  };
  const started = [
    ...holders('hooks', ['hooks/hooks.json']).flatMap((holder) => hooksOf(holder, findings)),
    ...holders('mcpServers', ['.mcp.json', 'mcp.json']).flatMap((holder) => serversOf(holder, findings)),
  ];
  return { started, findings };
}

function openJson(source: PluginSource, file: string, findings: Draft[]): Holder | undefined {
  const text = textOf(source.files.get(file));
  // Code that registers hooks, as some hosts have it, is not JSON and not looked at.
  if (!file.endsWith('.json')) return undefined;
  if (text === undefined) {
    findings.push({ code: 'PF-SCHEMA-ENCODING', file });
    return undefined;
  }
  const json = readJson(text);
  for (const problem of json.problems) {
    const code: OwnCode = problem.code === 'PF-SCHEMA-JSON' ? 'PF-COMPONENT-JSON' : 'PF-SCHEMA-DUPLICATE-KEY';
    findings.push({ ...problem, code, file });
  }
  return json.valid ? { file, json, path: [] } : undefined;
}

function hooksOf(holder: Holder, findings: Draft[]): readonly Started[] {
  const wrapped = valueAt(holder.json.value, [...holder.path, 'hooks']);
  const path = wrapped === undefined ? holder.path : [...holder.path, 'hooks'];
  const events = valueAt(holder.json.value, path);
  if (!isObject(events))
    return tell(findings, holder, path, 'Hooks have to be an object with a list for each event.');
  return Object.entries(events).flatMap(([event, groups]) => {
    if (wrapped === undefined && !Array.isArray(groups)) return [];
    const at = [...path, event];
    if (!Array.isArray(groups))
      return tell(findings, holder, at, `The hooks of ${shown(event)} are not a list.`);
    return groups.flatMap((group: unknown, index) => {
      const hooks = isObject(group) ? group['hooks'] : undefined;
      // Cursor and Codex also write the hook itself where Claude Code has a group of them.
      if (isObject(group) && hooks === undefined && typeof group['command'] === 'string') {
        return [commandOf(holder, [...at, index], group['command'])];
      }
      if (!Array.isArray(hooks)) {
        return tell(findings, holder, [...at, index], `An entry of ${shown(event)} has no list "hooks".`);
      }
      return hooks.flatMap((hook: unknown, place) =>
        hookOf(holder, [...at, index, 'hooks', place], hook, findings),
      );
    });
  });
}

function hookOf(holder: Holder, path: Path, hook: unknown, findings: Draft[]): readonly Started[] {
  const parsed = hookSchema.safeParse(hook);
  if (!parsed.success)
    return tell(findings, holder, path, 'A hook has no type, or a command that is no text.');
  if (parsed.data.type !== 'command') return [];
  const { command } = parsed.data;
  if (command === undefined)
    return tell(findings, holder, path, 'A hook of the type "command" has no command.');
  return [commandOf(holder, path, command)];
}

function commandOf(holder: Holder, path: Path, command: string): Started {
  const at = [...path, 'command'];
  return {
    kind: 'hook',
    file: holder.file,
    pointer: pointerOf(at),
    range: holder.json.rangeAt(at),
    command,
    args: [],
    url: undefined,
    settings: [],
    texts: [],
  };
}

function serversOf(holder: Holder, findings: Draft[]): readonly Started[] {
  const wrapped = valueAt(holder.json.value, [...holder.path, 'mcpServers']);
  const path = wrapped === undefined ? holder.path : [...holder.path, 'mcpServers'];
  const servers = valueAt(holder.json.value, path);
  if (!isObject(servers)) return tell(findings, holder, path, 'Servers have to be an object by their names.');
  return Object.entries(servers).flatMap(([name, server]): readonly Started[] => {
    if (name.startsWith('$')) return [];
    const at = [...path, name];
    const parsed = serverSchema.safeParse(server);
    if (!parsed.success)
      return tell(findings, holder, at, `The server ${shown(name)} is not declared as expected.`);
    const { command, args = [], url, env = {}, headers = {} } = parsed.data;
    if (command === undefined && url === undefined) {
      return tell(findings, holder, at, `The server ${shown(name)} has neither a command nor a url.`);
    }
    const values = [...Object.values(env), ...Object.values(headers)].filter(
      (value) => typeof value === 'string',
    );
    return [
      {
        kind: 'server',
        file: holder.file,
        pointer: pointerOf(at),
        range: holder.json.keyRangeAt(at),
        command,
        args,
        url,
        settings: [...Object.entries(env), ...Object.entries(headers)].map(([name, value]) => ({
          name,
          value: typeof value === 'string' ? value : JSON.stringify(value),
        })),
        texts: [...args, ...values, ...(url === undefined ? [] : [url])],
      },
    ];
  });
}

function tell(findings: Draft[], holder: Holder, path: Path, message: string): readonly [] {
  findings.push({
    code: 'PF-COMPONENT-SCHEMA',
    file: holder.file,
    pointer: pointerOf(path),
    range: holder.json.keyRangeAt(path),
    message,
  });
  return [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
