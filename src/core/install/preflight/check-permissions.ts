import { shown } from '../../tree-names.ts';
import type { Started } from './components.ts';
import type { Draft, Range } from './finding.ts';
import { TextPositions } from './finding.ts';
import { type PluginSource, textOf } from './plugin-source.ts';
import type { Permissions } from './requirements.ts';

type Permission = keyof Permissions;

/** Something that a file of the plugin needs, and where. */
interface Need {
  readonly permission: Permission;
  readonly value: string;
  readonly file: string;
  readonly pointer?: string;
  readonly range: Range;
}

/** Where the permissions stand. */
export interface DeclaredAt {
  readonly file: string;
  readonly pointer: string;
  readonly rangeOf: (permission: Permission, index: number) => Range;
}

/**
 * What the plugin's files need against what its manifest declares. Only what is started or run is looked at: hooks, servers and scripts; what
 * a text tells an agent to do is a matter of the safety rules.
 */
export function checkPermissions(
  source: PluginSource,
  started: readonly Started[],
  declared: Permissions | undefined,
  at: DeclaredAt,
): readonly Draft[] {
  const needs = [...startedNeeds(started), ...scriptNeeds(source)];
  if (declared === undefined) return needs.length === 0 ? [] : [nothingDeclared(needs, at.file)];
  const missing = distinct(needs.filter((need) => !isCovered(need, declared[need.permission] ?? [])));
  return [
    ...missing.map(undeclared),
    ...PERMISSIONS.flatMap((permission) =>
      (declared[permission] ?? []).flatMap((entry, index): readonly Draft[] => {
        if (needs.some((need) => need.permission === permission && covers(permission, entry, need.value)))
          return [];
        return [
          {
            code: 'PF-PERM-UNUSED',
            file: at.file,
            pointer: `${at.pointer}/${permission}/${index}`,
            range: at.rangeOf(permission, index),
            message: `Nothing in the plugin needs ${WORDS[permission]} ${shown(entry)}.`,
          },
        ];
      }),
    ),
  ];
}

/** What hooks, servers and scripts need, each thing once: `commands git`, `network api.example.com`. Sorted. */
export function neededPermissions(
  source: PluginSource,
  started: readonly Started[],
): readonly { readonly permission: Permission; readonly value: string }[] {
  return distinct([...startedNeeds(started), ...scriptNeeds(source)])
    .map(({ permission, value }) => ({ permission, value }))
    .sort((a, b) => (`${a.permission} ${a.value}` < `${b.permission} ${b.value}` ? -1 : 1));
}

const PERMISSIONS: readonly Permission[] = ['network', 'commands', 'environment'];
const WORDS: Readonly<Record<Permission, string>> = {
  network: 'the host',
  commands: 'the command',
  environment: 'the environment variable',
};

function undeclared(need: Need): Draft {
  const { permission, value, file, pointer, range } = need;
  return {
    code: 'PF-PERM-UNDECLARED',
    file,
    range,
    ...(pointer === undefined ? {} : { pointer }),
    message: `The plugin needs ${WORDS[permission]} ${shown(value)} and does not declare it.`,
    nextStep: `Add ${JSON.stringify(value)} to "${permission}" of its permissions, or remove what needs it.`,
  };
}

function nothingDeclared(needs: readonly Need[], file: string): Draft {
  const kinds = PERMISSIONS.map(
    (permission) => needs.filter((need) => need.permission === permission).length,
  );
  const [network = 0, commands = 0, environment = 0] = kinds;
  const parts = [
    ...(commands > 0 ? ['runs programs'] : []),
    ...(network > 0 ? ['reaches hosts'] : []),
    ...(environment > 0 ? ['reads environment variables'] : []),
  ];
  const list =
    parts.length > 2 ? `${parts.slice(0, 2).join(', ')} and ${parts[2] ?? ''}` : parts.join(' and ');
  return { code: 'PF-PERM-NONE', file, message: `The plugin ${list} and declares no permissions.` };
}

function startedNeeds(started: readonly Started[]): readonly Need[] {
  return started.flatMap(({ file, pointer, range, command, url, texts }) => {
    const place = { file, pointer, range };
    const host = url === undefined ? undefined : hostOf(url);
    const program = command === undefined ? undefined : programOf(command);
    const variables = texts.flatMap((text) => [...text.matchAll(VARIABLE)].map(([, name = '']) => name));
    return [
      ...(program === undefined ? [] : [{ ...place, permission: 'commands' as const, value: program }]),
      ...(host === undefined ? [] : [{ ...place, permission: 'network' as const, value: host }]),
      ...[...new Set(variables)]
        .filter((name) => !GIVEN.test(name))
        .map((value) => ({ ...place, permission: 'environment' as const, value })),
    ];
  });
}

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^}]*)?\}/g;
/** Set by the host itself, for every plugin. */
const GIVEN = /^(?:CLAUDE_)?(?:PLUGIN_(?:ROOT|DATA)|PROJECT_DIR)$|^(?:HOME|PATH|PWD)$|^user_config/;

const SCRIPT = /\.(?:sh|bash|zsh|py|js|mjs|cjs|ts|mts|rb|ps1)$/i;
const TEST = /(?:^|\/)(?:tests?|__tests__|spec|fixtures|examples?|node_modules)\//i;
const ADDRESS = /\b(?:https?|wss?):\/\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)/gi;
const COMMENT = /^\s*(?:#|\/\/|\*|\/\*|rem\b|"""|''')/i;
/** RFC 2606, RFC 6761 and namespaces that name things and are never reached. */
const NO_HOST =
  /(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid|localhost|local)$|^[\d.]+$|^www\.w3\.org$|^schemas\.|^json-schema\.org$/i;

function scriptNeeds(source: PluginSource): readonly Need[] {
  return [...source.files.values()].flatMap((file) => {
    if (!SCRIPT.test(file.path) || TEST.test(file.path)) return [];
    const text = textOf(file);
    if (text?.includes('://') !== true) return [];
    const positions = new TextPositions(text);
    const seen = new Set<string>();
    return [...text.matchAll(ADDRESS)].flatMap((match): readonly Need[] => {
      const host = (match[1] ?? '').toLowerCase();
      const lineStart = text.lastIndexOf('\n', match.index) + 1;
      if (seen.has(host) || !host.includes('.') || NO_HOST.test(host)) return [];
      if (COMMENT.test(text.slice(lineStart, match.index))) return [];
      seen.add(host);
      const range = positions.range(match.index, match.index + match[0].length);
      return [{ permission: 'network', value: host, file: file.path, range }];
    });
  });
}

/** The program that a command line starts; `./` for a file of the plugin. */
function programOf(command: string): string | undefined {
  const [first = ''] = command.trim().match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  const plain = first.replaceAll(/["']/g, '');
  if (plain === '') return undefined;
  if (/^\$\{?(?:CLAUDE_)?PLUGIN_ROOT\}?|^\.\//.test(plain)) return './';
  return plain.slice(plain.lastIndexOf('/') + 1);
}

function hostOf(url: string): string | undefined {
  const host = /^[a-z]+:\/\/([^/:?#\s$]+)/i.exec(url)?.[1]?.toLowerCase();
  return host === undefined || NO_HOST.test(host) ? undefined : host;
}

function isCovered(need: Need, entries: readonly string[]): boolean {
  return entries.some((entry) => covers(need.permission, entry, need.value));
}

function covers(permission: Permission, entry: string, value: string): boolean {
  if (entry === '*') return true;
  if (permission !== 'network') return entry === value;
  const wanted = entry.toLowerCase();
  return wanted.startsWith('*.') ? value.endsWith(wanted.slice(1)) : wanted === value;
}

/** Each missing permission once, at its first place. */
function distinct(needs: readonly Need[]): readonly Need[] {
  return [...Map.groupBy(needs, ({ permission, value }) => `${permission} ${value}`).values()].flatMap(
    ([first]) => first ?? [],
  );
}
