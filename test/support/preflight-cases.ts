import type { OwnCode } from '../../src/core/install/preflight/codes.ts';
import type { PluginTree } from './plugin-files.ts';

/** A folder in which one code is found, and where: `file:line:column pointer`, the pointer only where there is one. */
export interface PreflightCase {
  readonly tree: PluginTree;
  readonly at: string;
  /** Paths that are symbolic links, by what they point to. */
  readonly links?: Readonly<Record<string, string>>;
}

export const SKILL = '---\nname: comic\ndescription: Draws comics when asked for one\n---\n\n# Comic\n';
export const CLAUDE = { name: 'comics', version: '1.0.0', description: 'Comics' };
export const GOOD: PluginTree = { '.claude-plugin/plugin.json': CLAUDE, 'skills/comic/SKILL.md': SKILL };

const MANIFEST = '.claude-plugin/plugin.json';
const DOCUMENT = 'skills/comic/SKILL.md';

/** Manifests are written with an indent of two, so that lines can be read off. */
function claude(extra: Readonly<Record<string, unknown>>, more: PluginTree = {}): PluginTree {
  return { ...GOOD, [MANIFEST]: JSON.stringify({ ...CLAUDE, ...extra }, undefined, 2), ...more };
}

function beaver(extra: Readonly<Record<string, unknown>>, more: PluginTree = {}): PluginTree {
  const manifest = {
    schema_version: 1,
    id: 'comics',
    name: 'Comics',
    version: '1.0.0',
    skills: [{ name: 'comic', path: 'skills/comic' }],
    ...extra,
  };
  return { 'beaver.plugin.json': JSON.stringify(manifest, undefined, 2), [DOCUMENT]: SKILL, ...more };
}

function skill(text: string, more: PluginTree = {}): PluginTree {
  return { ...GOOD, [DOCUMENT]: text, ...more };
}

function market(plugins: readonly unknown[], more: PluginTree = {}): PluginTree {
  const file = { name: 'shelf', owner: { name: 'A' }, plugins };
  const inside = Object.fromEntries(
    Object.entries(GOOD).map(([name, text]) => [`plugins/comics/${name}`, text]),
  );
  return { ...inside, '.claude-plugin/marketplace.json': JSON.stringify(file, undefined, 2), ...more };
}

const HOOKS = 'hooks/hooks.json';
function hook(command: string): string {
  return JSON.stringify({ hooks: { Stop: [{ hooks: [{ type: 'command', command }] }] } });
}
const ENTRY = { name: 'comics', source: './plugins/comics' };

/** One example of every code: the test of the codes runs them, and fails for a code that has none. */
export const CASES: Readonly<Record<OwnCode, PreflightCase>> = {
  'PF-PLUGIN-MISSING': { tree: { 'notes.txt': 'nothing' }, at: '.:1:1' },
  // Made by a file system that refuses; see plugin-preflight.test.ts.
  'PF-PLUGIN-UNREADABLE': { tree: { 'unreadable.txt': '' }, at: '.:1:1' },
  'PF-PLUGIN-ID': { tree: beaver({ id: 'Not Good' }), at: 'beaver.plugin.json:3:9 /id' },
  'PF-PLUGIN-ID-CHANGED': { tree: claude({ name: 'My Comics' }), at: `${MANIFEST}:2:11 /name` },
  'PF-PLUGIN-EMPTY': { tree: { [MANIFEST]: CLAUDE, 'README.md': 'x' }, at: `${MANIFEST}:1:1` },
  'PF-SCHEMA-JSON': { tree: { ...GOOD, [MANIFEST]: '{\n  "name": "comics",\n}\n' }, at: `${MANIFEST}:3:1` },
  'PF-SCHEMA-ENCODING': { tree: { ...GOOD, [MANIFEST]: '{"name":"a\0"}' }, at: `${MANIFEST}:1:1` },
  'PF-SCHEMA-SIZE': {
    tree: { ...GOOD, [MANIFEST]: `{"name":"a","description":"${'x'.repeat(1 << 20)}"}` },
    at: `${MANIFEST}:1:1`,
  },
  'PF-SCHEMA-OBJECT': { tree: { ...GOOD, [MANIFEST]: '["comics"]' }, at: `${MANIFEST}:1:1` },
  'PF-SCHEMA-VERSION': {
    tree: beaver({ schema_version: 2 }),
    at: 'beaver.plugin.json:2:21 /schema_version',
  },
  'PF-SCHEMA-REQUIRED': {
    tree: { ...GOOD, [MANIFEST]: '{\n  "version": "1.0.0"\n}\n' },
    at: `${MANIFEST}:1:1 /name`,
  },
  'PF-SCHEMA-TYPE': { tree: claude({ author: 'A' }), at: `${MANIFEST}:5:13 /author` },
  'PF-SCHEMA-VALUE': { tree: claude({ name: ' ' }), at: `${MANIFEST}:2:11 /name` },
  'PF-SCHEMA-UNKNOWN-KEY': { tree: claude({ keyword: [] }), at: `${MANIFEST}:5:3 /keyword` },
  'PF-SCHEMA-DUPLICATE-KEY': {
    tree: { ...GOOD, [MANIFEST]: '{\n  "name": "a",\n  "name": "comics"\n}\n' },
    at: `${MANIFEST}:3:3 /name`,
  },
  'PF-SCHEMA-SEMVER': { tree: claude({ version: 'v1.0.0' }), at: `${MANIFEST}:3:14 /version` },
  'PF-SCHEMA-URL': { tree: claude({ homepage: 'our page' }), at: `${MANIFEST}:5:15 /homepage` },
  'PF-SCHEMA-DISAGREE': {
    tree: { ...GOOD, '.codex-plugin/plugin.json': '{"name": "comics", "version": "1.1.0"}' },
    at: '.codex-plugin/plugin.json:1:31 /version',
  },
  'PF-PATH-ESCAPE': { tree: claude({ commands: ['./../x.md'] }), at: `${MANIFEST}:6:5 /commands/0` },
  'PF-PATH-MISSING': { tree: claude({ agents: './team' }), at: `${MANIFEST}:5:13 /agents` },
  'PF-PATH-PREFIX': { tree: claude({ skills: ['skills/comic'] }), at: `${MANIFEST}:6:5 /skills/0` },
  'PF-PATH-SYMLINK': { tree: GOOD, links: { 'docs/link.md': 'elsewhere' }, at: 'docs/link.md:1:1' },
  'PF-PATH-NAME': { tree: { ...GOOD, 'docs/a?.md': 'x' }, at: 'docs/a?.md:1:1' },
  'PF-PATH-COLLISION': { tree: { ...GOOD, 'docs/A.md': 'x', 'docs/a.md': 'x' }, at: 'docs/a.md:1:1' },
  // A device cannot be made in memory; see plugin-preflight.test.ts.
  'PF-PATH-SPECIAL': { tree: GOOD, at: 'pipe:1:1' },
  'PF-PATH-REPOSITORY': { tree: { ...GOOD, 'skills/comic/.git/HEAD': 'x' }, at: 'skills/comic/.git:1:1' },
  'PF-PATH-RESERVED': { tree: { ...GOOD, 'skills/comic/version.json': '{}' }, at: 'skills/comic:1:1' },
  'PF-SKILL-MISSING': {
    tree: beaver({ skills: [{ name: 'a', path: 'skills/a' }] }),
    at: 'beaver.plugin.json:9:15 /skills/0/path',
  },
  'PF-SKILL-DOCUMENT': {
    tree: beaver({}, { [DOCUMENT]: undefined, 'skills/comic/skill.md': SKILL }),
    at: 'beaver.plugin.json:9:15 /skills/0/path',
  },
  'PF-SKILL-DUPLICATE': {
    tree: { ...GOOD, [MANIFEST]: { ...CLAUDE, skills: ['./more/comic'] }, 'more/comic/SKILL.md': SKILL },
    at: '.:1:1',
  },
  'PF-SKILL-NAME-CHANGED': {
    tree: { [MANIFEST]: CLAUDE, 'skills/My Comic/SKILL.md': SKILL },
    at: 'skills/My Comic:1:1',
  },
  'PF-SKILL-ENCODING': { tree: skill('---\nname: comic\0\n---\n'), at: `${DOCUMENT}:1:1` },
  'PF-SKILL-FRONTMATTER': { tree: skill('# Comic\n'), at: `${DOCUMENT}:1:1` },
  'PF-SKILL-YAML': {
    tree: skill('---\nname: comic\ndescription: "open\n---\n\nText\n'),
    at: `${DOCUMENT}:4:1 /description`,
  },
  'PF-SKILL-YAML-COLON': {
    tree: skill('---\nname: comic\ndescription: Draws: comics\n---\n\nText\n'),
    at: `${DOCUMENT}:3:14 /description`,
  },
  'PF-SKILL-NAME-MISSING': {
    tree: skill('---\ndescription: Draws\n---\n\nText\n'),
    at: `${DOCUMENT}:1:1 /name`,
  },
  'PF-SKILL-NAME-INVALID': {
    tree: skill('---\nname: My Comic\ndescription: Draws\n---\n\nText\n'),
    at: `${DOCUMENT}:2:7 /name`,
  },
  'PF-SKILL-NAME-FOLDER': {
    tree: skill('---\nname: comics\ndescription: Draws\n---\n\nText\n'),
    at: `${DOCUMENT}:2:7 /name`,
  },
  'PF-SKILL-DESCRIPTION-MISSING': {
    tree: skill('---\nname: comic\ndescription:\n---\n\nText\n'),
    at: `${DOCUMENT}:3:1 /description`,
  },
  'PF-SKILL-DESCRIPTION-LONG': {
    tree: skill(`---\nname: comic\ndescription: ${'é'.repeat(1025)}\n---\n\nText\n`),
    at: `${DOCUMENT}:3:1 /description`,
  },
  'PF-SKILL-FIELD-TYPE': {
    tree: skill('---\nname: comic\ndescription: Draws\nlicense: [MIT]\n---\n\nText\n'),
    at: `${DOCUMENT}:4:1 /license`,
  },
  'PF-SKILL-COMPATIBILITY': {
    tree: skill(`---\nname: comic\ndescription: Draws\ncompatibility: ${'x'.repeat(501)}\n---\n\nText\n`),
    at: `${DOCUMENT}:4:1 /compatibility`,
  },
  'PF-SKILL-UNKNOWN-KEY': {
    tree: skill('---\nname: comic\ndescription: Draws\norigin: here\n---\n\nText\n'),
    at: `${DOCUMENT}:4:1 /origin`,
  },
  'PF-SKILL-BODY-EMPTY': {
    tree: skill('---\nname: comic\ndescription: Draws\n---\n'),
    at: `${DOCUMENT}:1:1`,
  },
  'PF-SKILL-BODY-LONG': { tree: skill(`${SKILL}${'line\n'.repeat(501)}`), at: `${DOCUMENT}:1:1` },
  'PF-SKILL-BOM': { tree: skill(`\ufeff${SKILL}`), at: `${DOCUMENT}:1:1` },
  'PF-SKILL-LINE-ENDS': { tree: skill(SKILL.replaceAll('\n', '\r\n')), at: `${DOCUMENT}:1:1` },
  'PF-LINK-BROKEN': { tree: skill(`${SKILL}\nSee [it](references/a.md).\n`), at: `${DOCUMENT}:8:5` },
  'PF-LINK-CASE': {
    tree: skill(`${SKILL}\nSee [it](references/A.md).\n`, { 'skills/comic/references/a.md': 'x' }),
    at: `${DOCUMENT}:8:5`,
  },
  'PF-LINK-OUTSIDE': { tree: skill(`${SKILL}\nSee [it](../other/a.md).\n`), at: `${DOCUMENT}:8:5` },
  'PF-COMPONENT-JSON': { tree: { ...GOOD, [HOOKS]: '{"hooks": {' }, at: `${HOOKS}:1:12` },
  'PF-COMPONENT-SCHEMA': { tree: { ...GOOD, [HOOKS]: '{"hooks": []}' }, at: `${HOOKS}:1:2 /hooks` },
  'PF-COMPONENT-COMMAND': {
    tree: { ...GOOD, [HOOKS]: hook('sh "${CLAUDE_PLUGIN_ROOT}/run.sh"') },
    at: `${HOOKS}:1:57 /hooks/Stop/0/hooks/0/command`,
  },
  'PF-COMPONENT-EXECUTABLE': {
    tree: { ...GOOD, [HOOKS]: hook('${CLAUDE_PLUGIN_ROOT}/run.sh'), 'run.sh': '#!/bin/sh\n' },
    at: `${HOOKS}:1:57 /hooks/Stop/0/hooks/0/command`,
  },
  'PF-HOST-RANGE': {
    tree: beaver({ engines: { beaver: '>=2' } }),
    at: 'beaver.plugin.json:13:15 /engines/beaver',
  },
  'PF-HOST-RANGE-INVALID': {
    tree: beaver({ engines: { beaver: 'newest' } }),
    at: 'beaver.plugin.json:13:15 /engines/beaver',
  },
  'PF-HOST-UNCHECKED': {
    tree: claude({ metadata: { beaver: { engines: { codex: '^1' } } } }),
    at: `${MANIFEST}:8:18 /metadata/beaver/engines/codex`,
  },
  'PF-API-VERSION': { tree: beaver({ api_version: [2, 3] }), at: 'beaver.plugin.json:12:18 /api_version' },
  'PF-CAP-MISSING': {
    tree: beaver({ capabilities: ['skills', 'telepathy'] }),
    at: 'beaver.plugin.json:14:5 /capabilities/1',
  },
  'PF-PERM-UNDECLARED': {
    tree: beaver(
      { permissions: {} },
      { '.mcp.json': '{"mcpServers":{"a":{"url":"https://api.comics.dev/x"}}}' },
    ),
    at: '.mcp.json:1:16 /mcpServers/a',
  },
  'PF-PERM-UNUSED': {
    tree: beaver({ permissions: { network: ['api.comics.dev'] } }),
    at: 'beaver.plugin.json:14:7 /permissions/network/0',
  },
  'PF-PERM-NONE': { tree: { ...GOOD, [HOOKS]: hook('echo done') }, at: `${MANIFEST}:1:1` },
  'PF-DEP-UNRESOLVED': {
    tree: market([ENTRY], {
      'plugins/comics/.claude-plugin/plugin.json': { ...CLAUDE, dependencies: ['ink'] },
    }),
    at: `plugins/comics/${MANIFEST}:1:75 /dependencies/0`,
  },
  'PF-DEP-RANGE': {
    tree: market([ENTRY, { name: 'ink', version: '1.4.0', source: { source: 'github', repo: 'a/ink' } }], {
      'plugins/comics/.claude-plugin/plugin.json': {
        ...CLAUDE,
        dependencies: [{ name: 'ink', version: '^2' }],
      },
    }),
    at: `plugins/comics/${MANIFEST}:1:75 /dependencies/0`,
  },
  'PF-DEP-RANGE-INVALID': {
    tree: claude({ dependencies: [{ name: 'ink', version: 'newest' }] }),
    at: `${MANIFEST}:6:5 /dependencies/0`,
  },
  'PF-DEP-CYCLE': {
    tree: market([ENTRY, { name: 'ink', source: './plugins/ink', dependencies: ['comics'] }], {
      'plugins/comics/.claude-plugin/plugin.json': { ...CLAUDE, dependencies: ['ink'] },
      'plugins/ink/.claude-plugin/plugin.json': { name: 'ink' },
    }),
    at: `plugins/comics/${MANIFEST}:1:75 /dependencies/0`,
  },
  'PF-DEP-MARKETPLACE': {
    tree: market([ENTRY], {
      'plugins/comics/.claude-plugin/plugin.json': {
        ...CLAUDE,
        dependencies: [{ name: 'ink', marketplace: 'other' }],
      },
    }),
    at: `plugins/comics/${MANIFEST}:1:75 /dependencies/0`,
  },
  'PF-DEP-UNCHECKED': { tree: claude({ dependencies: ['ink'] }), at: `${MANIFEST}:6:5 /dependencies/0` },
  'PF-MARKET-DUPLICATE': {
    tree: market([ENTRY, ENTRY]),
    at: '.claude-plugin/marketplace.json:12:15 /plugins/1',
  },
  'PF-MARKET-SOURCE-MISSING': {
    tree: market([{ name: 'comics', source: './gone' }]),
    at: '.claude-plugin/marketplace.json:9:17 /plugins/0/source',
  },
  'PF-MARKET-SOURCE-UNSAFE': {
    tree: market([ENTRY, { name: 'b', source: { source: 'command', command: 'fetch' } }]),
    at: '.claude-plugin/marketplace.json:13:17 /plugins/1/source',
  },
  'PF-MARKET-SOURCE-UNKNOWN': {
    tree: market([ENTRY, { name: 'b', source: { source: 'pigeon' } }]),
    at: '.claude-plugin/marketplace.json:13:17 /plugins/1/source',
  },
  'PF-MARKET-PREFIX': {
    tree: market([{ ...ENTRY, source: 'plugins/comics' }]),
    at: '.claude-plugin/marketplace.json:9:17 /plugins/0/source',
  },
  'PF-MARKET-DISAGREE': {
    tree: market([{ ...ENTRY, version: '2.0.0' }]),
    at: `plugins/comics/${MANIFEST}:1:1 /version`,
  },
  // With limits that a test can reach; see plugin-preflight.test.ts.
  'PF-SIZE-FILES': { tree: { ...GOOD, 'docs/a.md': 'a', 'docs/b.md': 'b' }, at: '.:1:1' },
  'PF-SIZE-BYTES': { tree: { ...GOOD, 'docs/a.md': 'a'.repeat(900) }, at: '.:1:1' },
  'PF-SIZE-FILE': { tree: { ...GOOD, 'docs/a.txt': 'a'.repeat(5 * 1024 * 1024 + 1) }, at: 'docs/a.txt:1:1' },
};
