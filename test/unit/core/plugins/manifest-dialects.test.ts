import assert from 'node:assert/strict';
import * as path from 'node:path';
import { AGENT_PLUGINS_SCHEMA } from '../../../../src/core/plugins/manifest-agent-plugins.ts';
import { loadPluginManifest } from '../../../../src/core/plugins/manifest-loader.ts';
import type { PluginManifest } from '../../../../src/core/plugins/models.ts';
import { DOCUMENT, MANIFEST, PLUGIN, pluginFiles, type PluginTree } from '../../../support/plugin-files.ts';

const STANDARD = { $schema: AGENT_PLUGINS_SCHEMA, name: 'comic-tools' };
const CLAUDE = '.claude-plugin/plugin.json';
const CODEX = '.codex-plugin/plugin.json';

async function load(tree: PluginTree, documents = false): Promise<PluginManifest> {
  return loadPluginManifest(await pluginFiles(tree), PLUGIN, { display: 'plugins/comic', documents });
}

const skillsOf = (manifest: PluginManifest): readonly (readonly [string, string])[] =>
  manifest.skills.map((skill) => [skill.name, skill.relativePath]);

const codesOf = (manifest: PluginManifest): readonly string[] =>
  manifest.findings.map((finding) => finding.code);

describe('The manifest dialects', () => {
  it('are preferred in one order, whatever else the folder carries', async () => {
    const tree: Record<string, unknown> = { 'skills/comic/SKILL.md': DOCUMENT };
    const add = async (name: string, content: unknown): Promise<string> => {
      tree[name] = content;
      return (await load(tree)).dialect;
    };
    assert.equal((await load(tree)).dialect, 'collection');
    assert.equal(await add(CODEX, { name: 'codex' }), 'codex');
    assert.equal(await add(CLAUDE, { name: 'claude' }), 'claude');
    assert.equal(await add('plugin.json', STANDARD), 'agent-plugins');
    assert.equal(await add('beaver.plugin.json', MANIFEST), 'beaver');
  });

  it('do not fall back when the preferred manifest is broken', async () => {
    const tree = { 'skills/comic/SKILL.md': DOCUMENT, [CODEX]: { name: 'codex' } };
    await assert.rejects(load({ ...tree, [CLAUDE]: '{' }), {
      code: 'manifest_not_json',
      path: `plugins/comic/${CLAUDE}`,
    });
    await assert.rejects(load({ ...tree, 'beaver.plugin.json': '{' }), { code: 'manifest_not_json' });
  });

  describe('agent-plugins', () => {
    it('takes the immediate children of skills/ and nothing deeper', async () => {
      const manifest = await load({
        'plugin.json': {
          ...STANDARD,
          version: '2.0.0',
          author: { name: 'A', email: 'a@example.org' },
          keywords: ['comic'],
          extensions: { 'org.example': {} },
        },
        'skills/b/SKILL.md': DOCUMENT,
        'skills/a/SKILL.md': DOCUMENT,
        'skills/group/deep/SKILL.md': DOCUMENT,
        'skills/.hidden/SKILL.md': DOCUMENT,
        'skills/README.md': '',
        'SKILL.md': DOCUMENT,
      });
      assert.deepEqual(skillsOf(manifest), [
        ['a', 'skills/a'],
        ['b', 'skills/b'],
      ]);
      assert.deepEqual(
        [manifest.pluginId, manifest.version, manifest.displayPath],
        ['comic-tools', '2.0.0', 'plugins/comic/plugin.json'],
      );
      assert.deepEqual(manifest.findings, []);
    });

    it('reports an unknown key of the closed schema and ignores it', async () => {
      const manifest = await load({
        'plugin.json': { ...STANDARD, skills: './elsewhere' },
        'elsewhere/a/SKILL.md': DOCUMENT,
      });
      assert.deepEqual([skillsOf(manifest), codesOf(manifest)], [[], ['manifest_unknown_key']]);
    });

    it('refuses a known key with a wrong value', async () => {
      for (const [field, value] of [
        ['name', 'Upper'],
        ['name', 'a--b'],
        ['name', 'a..b'],
        ['name', '-a'],
        ['name', 'a'.repeat(65)],
        ['name', undefined],
        ['version', 1],
        ['author', 'somebody'],
        ['keywords', 'one'],
        ['extensions', { 'org.example': 1 }],
      ] as const) {
        await assert.rejects(load({ 'plugin.json': { ...STANDARD, [field]: value } }), (error: unknown) => {
          assert.ok(error instanceof Error && 'code' in error && 'field' in error);
          assert.equal(error.code, 'manifest_invalid');
          assert.ok(String(error.field).startsWith(`/${field}`));
          return true;
        });
      }
    });

    it('turns a name with dots into an id, and says so', async () => {
      const manifest = await load({ 'plugin.json': { ...STANDARD, name: 'org.example.comic' } });
      assert.deepEqual(
        [manifest.pluginId, manifest.name, codesOf(manifest)],
        ['org-example-comic', 'org.example.comic', ['plugin_id_normalised']],
      );
    });

    it('refuses another version of the standard, unless another manifest is there', async () => {
      const newer = { ...STANDARD, $schema: AGENT_PLUGINS_SCHEMA.replace('1.0.0', '2.0.0') };
      const tree = { 'plugin.json': newer, 'skills/comic/SKILL.md': DOCUMENT };
      await assert.rejects(load(tree), { code: 'manifest_schema_unsupported', field: '/$schema' });
      assert.equal((await load({ ...tree, [CLAUDE]: { name: 'claude' } })).dialect, 'claude');
    });

    it('leaves a plugin.json of another tool to that tool', async () => {
      const tree = { 'plugin.json': { name: 'other' }, 'skills/comic/SKILL.md': DOCUMENT };
      assert.equal((await load(tree)).dialect, 'collection');
      assert.equal(
        (await load({ ...tree, 'plugin.json': '{', [CODEX]: { name: 'codex' } })).dialect,
        'codex',
      );
      await assert.rejects(load({ ...tree, 'plugin.json': '{' }), { code: 'manifest_not_json' });
    });
  });

  for (const [dialect, file] of [
    ['claude', CLAUDE],
    ['codex', CODEX],
  ] as const) {
    describe(dialect, () => {
      it('needs no more than a name', async () => {
        const manifest = await load({
          [file]: { name: 'comic' },
          'skills/b/SKILL.md': DOCUMENT,
          'skills/a/SKILL.md': DOCUMENT,
        });
        assert.deepEqual([manifest.dialect, manifest.pluginId, manifest.version], [dialect, 'comic', null]);
        assert.equal(manifest.displayPath, `plugins/comic/${file}`);
        assert.equal(manifest.manifestPath, path.join(PLUGIN, ...file.split('/')));
        assert.deepEqual(skillsOf(manifest), [
          ['a', 'skills/a'],
          ['b', 'skills/b'],
        ]);
        await assert.rejects(load({ [file]: { version: '1.0.0' } }), {
          code: 'manifest_invalid',
          field: '/name',
        });
        await assert.rejects(load({ [file]: { name: 'a', skills: [1] } }), { code: 'manifest_invalid' });
      });

      it('adds declared skills and folders of skills to the scan', async () => {
        const tree = {
          'skills/a/SKILL.md': DOCUMENT,
          'more/b/SKILL.md': DOCUMENT,
          'more/c/SKILL.md': DOCUMENT,
          'one/SKILL.md': DOCUMENT,
        };
        const manifest = await load({
          [file]: { name: 'comic', skills: ['./skills/', './more', './one/', './more/b'] },
          ...tree,
        });
        assert.deepEqual(skillsOf(manifest), [
          ['a', 'skills/a'],
          ['b', 'more/b'],
          ['c', 'more/c'],
          ['one', 'one'],
        ]);
        assert.deepEqual(skillsOf(await load({ [file]: { name: 'comic', skills: './one' }, ...tree })), [
          ['a', 'skills/a'],
          ['one', 'one'],
        ]);
      });

      it('takes a root SKILL.md without skills/ for the only skill, under the name of the plugin', async () => {
        const single = { [file]: { name: 'comic' }, 'SKILL.md': DOCUMENT, 'references/a.md': '' };
        assert.deepEqual(skillsOf(await load(single)), [['comic', '.']]);
        assert.deepEqual(skillsOf(await load({ ...single, 'skills/a/SKILL.md': DOCUMENT })), [
          ['a', 'skills/a'],
        ]);
        assert.deepEqual(skillsOf(await load({ ...single, [file]: { name: 'comic', skills: '.' } })), [
          ['comic', '.'],
        ]);
      });

      it('refuses a declared path that leaves the plugin', async () => {
        for (const skills of ['../outside', ['./skills', '/etc'], 'a\\b']) {
          await assert.rejects(load({ [file]: { name: 'comic', skills } }), {
            code: 'path_not_contained',
            message: /contained/,
          });
        }
      });

      it('loses only the skill that is off, and says why', async () => {
        const manifest = await load({
          [file]: { name: 'comic', skills: ['./gone', './empty'] },
          'skills/good/SKILL.md': DOCUMENT,
          'skills/taken/SKILL.md': DOCUMENT,
          'skills/taken/version.json': {},
          'skills/odd/SKILL.md/x': '',
          'skills/shared/helper.py': '',
          'empty/notes.md': '',
        });
        assert.deepEqual(skillsOf(manifest), [['good', 'skills/good']]);
        assert.deepEqual(
          manifest.findings.map(({ code, severity, path: at, field }) => [code, severity, at, field]),
          [
            ['skill_document_missing', 'error', 'plugins/comic/skills/odd', undefined],
            ['reserved_file_name', 'error', 'plugins/comic/skills/taken', undefined],
            ['skill_missing', 'error', `plugins/comic/${file}`, '/skills/0'],
            ['skill_document_missing', 'error', `plugins/comic/${file}`, '/skills/1'],
          ],
        );
      });

      it('makes names usable, the same way each time, and uses neither of two that would be one', async () => {
        const manifest = await load({
          [file]: { name: 'Über Comic!' },
          'skills/Panel Layout/SKILL.md': DOCUMENT,
          'skills/漫画/SKILL.md': DOCUMENT,
          'skills/con/SKILL.md': DOCUMENT,
          'skills/A.B/SKILL.md': DOCUMENT,
          'skills/a b/SKILL.md': DOCUMENT,
        });
        assert.equal(manifest.pluginId, 'uber-comic');
        assert.deepEqual(skillsOf(manifest), [
          ['con-1143da2b', 'skills/con'],
          ['name-8447fb05', 'skills/漫画'],
          ['panel-layout', 'skills/Panel Layout'],
        ]);
        assert.deepEqual(
          codesOf(manifest).filter((code) => code !== 'skill_name_normalised'),
          ['plugin_id_normalised', 'duplicate_skill_name'],
        );
      });

      it('does not look behind links', async () => {
        const files = await pluginFiles({ [file]: { name: 'comic' }, 'skills/a/SKILL.md': DOCUMENT });
        files.symlink(path.resolve('/elsewhere'), path.join(PLUGIN, 'skills', 'b'));
        const manifest = await loadPluginManifest(files, PLUGIN, { display: 'plugins/comic' });
        assert.deepEqual(skillsOf(manifest), [['a', 'skills/a']]);
        assert.deepEqual(
          manifest.findings
            .filter(({ severity }) => severity !== 'info')
            .map(({ code, path: at }) => [code, at]),
          [['symlink_not_allowed', 'plugins/comic/skills/b']],
        );

        const linked = await pluginFiles({ 'skills/a/SKILL.md': DOCUMENT });
        linked.symlink(path.resolve('/elsewhere'), path.join(PLUGIN, path.dirname(file)));
        await assert.rejects(loadPluginManifest(linked, PLUGIN), { code: 'symlink_not_allowed' });
      });
    });
  }

  it('give a Codex plugin the name that people see', async () => {
    const manifest = await load({ [CODEX]: { name: 'comic', interface: { displayName: 'Comic Studio' } } });
    assert.deepEqual([manifest.pluginId, manifest.name], ['comic', 'Comic Studio']);
  });

  it('offer a folder of skills without a manifest under its own name', async () => {
    const manifest = await load({ 'skills/a/SKILL.md': DOCUMENT });
    assert.deepEqual(
      [manifest.pluginId, manifest.name, manifest.version, manifest.displayPath],
      ['comic', 'comic', null, 'plugins/comic'],
    );
    assert.equal(manifest.manifestPath, PLUGIN);
    await assert.rejects(load({ 'SKILL.md': DOCUMENT }), { code: 'plugin_missing' });
    await assert.rejects(load({ 'skills/notes/README.md': '' }), { code: 'plugin_missing' });
  });

  it('report what is off with a document when asked to', async () => {
    const tree = {
      [CLAUDE]: { name: 'comic' },
      'skills/comic/SKILL.md': DOCUMENT,
      'skills/other/SKILL.md': DOCUMENT,
      'skills/broken/SKILL.md': '\ufeff---\r\nname: [\r\n---\r\n',
    };
    assert.deepEqual((await load(tree, false)).findings, []);
    assert.deepEqual(
      (await load(tree, true)).findings.map(({ code, severity, path: at }) => [code, severity, at]),
      [
        ['byte_order_mark', 'info', 'plugins/comic/skills/broken/SKILL.md'],
        ['carriage_returns', 'info', 'plugins/comic/skills/broken/SKILL.md'],
        ['frontmatter_unreadable', 'warning', 'plugins/comic/skills/broken/SKILL.md'],
        ['skill_name_mismatch', 'info', 'plugins/comic/skills/other/SKILL.md'],
      ],
    );
  });
});
