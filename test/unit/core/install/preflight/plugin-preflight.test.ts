import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import fc from 'fast-check';
import { beaverHost } from '../../../../../src/core/install/preflight/host-profile.ts';
import {
  preflightPlugin,
  type PluginPreflight,
} from '../../../../../src/core/install/preflight/plugin-preflight.ts';
import type { SourceLimits } from '../../../../../src/core/install/preflight/plugin-source.ts';
import type { FileSystem } from '../../../../../src/core/ports.ts';
import { NodeFileSystem } from '../../../../../src/node/node-files.ts';
import { PLUGIN, pluginFiles, type PluginTree } from '../../../../support/plugin-files.ts';
import { CLAUDE, GOOD, SKILL } from '../../../../support/preflight-cases.ts';
import { systemError } from '../../../../support/system-error.ts';

const host = beaverHost('0.1.0');

async function check(tree: PluginTree, limits: SourceLimits = {}): Promise<PluginPreflight> {
  return preflightPlugin(await pluginFiles(tree), PLUGIN, { host, limits });
}

const codes = ({ drafts }: PluginPreflight): readonly string[] => drafts.map(({ code }) => code);

describe('preflightPlugin', () => {
  it('takes what the system refuses to read as a finding', async () => {
    const files = await pluginFiles(GOOD);
    const refusing: FileSystem = Object.create(files, {
      readDirectory: { value: () => Promise.reject(systemError('EACCES', 'scandir', PLUGIN)) },
    }) as FileSystem;
    const result = await preflightPlugin(refusing, PLUGIN, { host });
    assert.deepEqual(codes(result), ['PF-PLUGIN-UNREADABLE']);
    assert.match(result.drafts[0]?.message ?? '', /EACCES/);
  });

  it('does not hide a defect of its own', async () => {
    const files = await pluginFiles(GOOD);
    const broken: FileSystem = Object.create(files, {
      readDirectory: { value: () => Promise.reject(new TypeError('a slip')) },
    }) as FileSystem;
    await assert.rejects(preflightPlugin(broken, PLUGIN, { host }), TypeError);
  });

  it('says where lists are nested too deep, and reads the rest', async () => {
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    assert.deepEqual(codes(await check({ ...GOOD, '.mcp.json': deep })), ['PF-COMPONENT-JSON']);
    const manifest = codes(
      await check({ ...GOOD, '.claude-plugin/plugin.json': `{"name":"kit","x":${deep}}` }),
    );
    assert.ok(manifest.includes('PF-SCHEMA-JSON'), manifest.join());
    const texts = JSON.stringify({
      mcpServers: { draw: { command: 'node', args: ['['.repeat(200), '\\"{'] } },
    });
    assert.ok(!codes(await check({ ...GOOD, '.mcp.json': texts })).includes('PF-COMPONENT-JSON'));
  });

  it('stops at the limits and says so', async () => {
    const tree = { ...GOOD, 'docs/a.md': 'a'.repeat(500), 'docs/b.md': 'b'.repeat(500) };
    assert.ok(codes(await check(tree, { maxFiles: 3 })).includes('PF-SIZE-FILES'));
    assert.ok(codes(await check(tree, { maxBytes: 900 })).includes('PF-SIZE-BYTES'));
    assert.deepEqual(codes(await check(tree, { maxFiles: 4, maxBytes: 5000 })), []);
  });

  it('finds a pipe without reading it', function () {
    if (process.platform === 'win32') return;
    const root = mkdtempSync(path.join(tmpdir(), 'beaver-preflight-'));
    return (async () => {
      try {
        execFileSync('mkfifo', [path.join(root, 'pipe')]);
        const result = await preflightPlugin(new NodeFileSystem(), root, { host });
        assert.ok(result.drafts.some(({ code, file }) => code === 'PF-PATH-SPECIAL' && file === 'pipe'));
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    })();
  });

  it('weighs links and names within a skill as errors: the store would refuse the skill', async () => {
    const { drafts } = await check({ ...GOOD, 'skills/comic/a?.md': 'x', 'docs/a?.md': 'x' });
    const weights = drafts
      .filter(({ code }) => code === 'PF-PATH-NAME')
      .map(({ file, severity }) => [file, severity]);
    assert.deepEqual(weights, [
      ['docs/a?.md', undefined],
      ['skills/comic/a?.md', 'error'],
    ]);
  });

  it('checks the skills of a plugin whose manifest is broken', async () => {
    const result = await check({ '.claude-plugin/plugin.json': '{', 'skills/comic/SKILL.md': '# Comic\n' });
    assert.deepEqual(codes(result), ['PF-SCHEMA-JSON', 'PF-SKILL-FRONTMATTER']);
  });

  it('leaves a plugin.json of another tool alone', async () => {
    const result = await check({ ...GOOD, 'plugin.json': '{"type":"panel","id":"x"}' });
    assert.deepEqual(codes(result), []);
  });

  it('checks every dialect that is in the folder', async () => {
    const agent = { $schema: 'https://agent-plugins.org/schemas/1.0.0/plugin.schema.json', name: 'Comics' };
    const { drafts } = await check({
      ...GOOD,
      'plugin.json': agent,
      '.codex-plugin/plugin.json': { name: 1 },
    });
    const places = drafts
      .filter(({ code }) => code === 'PF-SCHEMA-VALUE' || code === 'PF-SCHEMA-TYPE')
      .map(({ file, pointer }) => `${file}${pointer ?? ''}`);
    assert.deepEqual(places, ['plugin.json/name', '.codex-plugin/plugin.json/name']);
  });

  it('only warns of a default folder that is named and not there', async () => {
    const { drafts } = await check({
      ...GOOD,
      '.codex-plugin/plugin.json': { name: 'comics', skills: './agents/' },
    });
    assert.deepEqual(
      drafts.map(({ code, severity }) => [code, severity]),
      [['PF-PATH-MISSING', 'warning']],
    );
  });

  it('takes permissions that are declared, for hosts below one and for files of the plugin', async () => {
    const permissions = { network: ['*.comics.dev'], commands: ['./', 'node'], environment: ['COMICS_KEY'] };
    const result = await check({
      ...GOOD,
      '.claude-plugin/plugin.json': { ...CLAUDE, metadata: { beaver: { permissions } } },
      'scripts/fetch.py': '# https://docs.other.dev/\nget("https://cdn.comics.dev/a")\n',
      '.mcp.json': {
        mcpServers: {
          a: {
            command: 'node',
            args: ['${CLAUDE_PLUGIN_ROOT}/scripts/fetch.py'],
            env: { K: '${COMICS_KEY}' },
          },
          b: { command: '${CLAUDE_PLUGIN_ROOT}/scripts/fetch.py' },
          c: { url: 'https://api.comics.dev/mcp' },
        },
      },
    });
    assert.deepEqual(codes(result), ['PF-COMPONENT-EXECUTABLE']);
  });

  it('tells each missing permission once, at its first place', async () => {
    const { drafts } = await check({
      ...GOOD,
      '.claude-plugin/plugin.json': { ...CLAUDE, metadata: { beaver: { permissions: {} } } },
      'scripts/a.sh': 'curl https://api.comics.dev/a\ncurl https://api.comics.dev/b\n',
      'scripts/b.sh': 'curl https://api.comics.dev/c\n',
    });
    assert.deepEqual(
      drafts.map(({ code, file, range }) => [code, file, range?.start.line]),
      [['PF-PERM-UNDECLARED', 'scripts/a.sh', 1]],
    );
  });

  it('follows no link of a document that is an example', async () => {
    const text = `${SKILL}\n\`[a](b.md)\`\n\n\`\`\`md\n[a](b.md)\n\`\`\`\n\n[t]({{url}}) [w](https://x.dev/a) [h](#part) [r](/docs/a)\n`;
    assert.deepEqual(codes(await check({ ...GOOD, 'skills/comic/SKILL.md': text })), []);
  });

  it('finds links to files, folders, anchors in files and encoded names', async () => {
    const text = `${SKILL}\n[a](references/a%20b.md#part) [b](references) [c](./SKILL.md) ![d](<references/a b.md>)\n`;
    const tree = { ...GOOD, 'skills/comic/SKILL.md': text, 'skills/comic/references/a b.md': 'x' };
    assert.deepEqual(codes(await check(tree)), []);
  });

  it('only tells of a link to a neighbour that is there', async () => {
    const text = `${SKILL}\n[a](../other/SKILL.md) [b](../gone/SKILL.md)\n`;
    const other = SKILL.replace('name: comic', 'name: other');
    const { drafts } = await check({
      ...GOOD,
      'skills/comic/SKILL.md': text,
      'skills/other/SKILL.md': other,
    });
    assert.deepEqual(
      drafts.map(({ code, severity, message }) => [code, severity, message]),
      [
        ['PF-LINK-OUTSIDE', 'info', 'The link "../other/SKILL.md" leaves the skill.'],
        ['PF-LINK-OUTSIDE', undefined, 'The link "../gone/SKILL.md" leaves the skill.'],
      ],
    );
  });

  it('never rejects, whatever a manifest and a document hold', async () => {
    const anything = fc.oneof(fc.json(), fc.string());
    await fc.assert(
      fc.asyncProperty(anything, anything, fc.string(), async (manifest, hooks, document) => {
        const tree = {
          '.claude-plugin/plugin.json': manifest,
          'beaver.plugin.json': manifest,
          'hooks/hooks.json': hooks,
          '.mcp.json': hooks,
          'skills/comic/SKILL.md': `---\n${document}\n---\n${document}`,
        };
        const { drafts } = await check(tree);
        for (const { range } of drafts) assert.ok(range === undefined || range.start.line >= 1);
      }),
      { numRuns: 150 },
    );
  });
});

describe('fixes of the preflight', () => {
  async function fixed(code: string, file: string, text: string): Promise<string> {
    const { drafts } = await check({ ...GOOD, [file]: text });
    const fix = drafts.find((draft) => draft.code === code)?.fix;
    assert.ok(fix !== undefined, JSON.stringify(drafts));
    const lines = text.split('\n');
    const offset = ({ line, column }: { line: number; column: number }): number =>
      lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
    return fix.edits
      .toSorted((a, b) => offset(b.start) - offset(a.start))
      .reduce(
        (result, edit) => result.slice(0, offset(edit.start)) + edit.text + result.slice(offset(edit.end)),
        text,
      );
  }
  const DOCUMENT = 'skills/comic/SKILL.md';
  const MANIFEST = '.claude-plugin/plugin.json';

  for (const { name, code, file, before, after } of [
    {
      name: 'name a skill like its folder',
      code: 'PF-SKILL-NAME-FOLDER',
      file: DOCUMENT,
      before: SKILL.replace('name: comic', 'name: comics'),
      after: SKILL,
    },
    {
      name: 'replace a name that is not allowed',
      code: 'PF-SKILL-NAME-INVALID',
      file: DOCUMENT,
      before: SKILL.replace('name: comic', 'name: "My Comic"'),
      after: SKILL,
    },
    {
      name: 'add a missing name',
      code: 'PF-SKILL-NAME-MISSING',
      file: DOCUMENT,
      before: SKILL.replace('name: comic\n', ''),
      after: SKILL,
    },
    {
      name: 'quote a value with a colon',
      code: 'PF-SKILL-YAML-COLON',
      file: DOCUMENT,
      before: SKILL.replace('Draws comics', 'Draws: comics'),
      after: SKILL.replace('Draws comics when asked for one', '"Draws: comics when asked for one"'),
    },
    {
      name: 'put "./" in front of a path',
      code: 'PF-PATH-PREFIX',
      file: MANIFEST,
      before: '{"name": "comics", "skills": ["skills/comic"]}',
      after: '{"name": "comics", "skills": ["./skills/comic"]}',
    },
    {
      name: 'write a version as it should be',
      code: 'PF-SCHEMA-SEMVER',
      file: MANIFEST,
      before: '{"name": "comics", "version": "v1.2.0"}',
      after: '{"name": "comics", "version": "1.2.0"}',
    },
  ]) {
    it(`${name}, after which the finding is gone and no other has come`, async () => {
      assert.equal(await fixed(code, file, before), after);
      assert.deepEqual(codes(await check({ ...GOOD, [file]: after })), []);
    });
  }

  it('are not offered where quotes or a second line would be lost', async () => {
    for (const value of ['a "b": c', 'a: b\n  and on']) {
      const { drafts } = await check({
        ...GOOD,
        [DOCUMENT]: `---\nname: comic\ndescription: ${value}\n---\n\nText\n`,
      });
      const finding = drafts.find(({ code }) => code === 'PF-SKILL-YAML-COLON');
      assert.ok(finding !== undefined && finding.fix === undefined, value);
    }
  });
});
