import assert from 'node:assert/strict';
import * as path from 'node:path';
import { BeaverError } from '../../../../src/base/errors.ts';
import { loadPluginManifest } from '../../../../src/core/plugins/manifest-loader.ts';
import type { PluginManifest } from '../../../../src/core/plugins/models.ts';
import {
  addFiles,
  DOCUMENT,
  MANIFEST,
  PLUGIN,
  pluginFiles,
  type PluginTree,
} from '../../../support/plugin-files.ts';

const DISPLAY = 'plugins/comic';
const GOOD: PluginTree = { 'beaver.plugin.json': MANIFEST, 'skills/comic/SKILL.md': DOCUMENT };

async function load(tree: PluginTree): Promise<PluginManifest> {
  return loadPluginManifest(await pluginFiles(tree), PLUGIN, { display: DISPLAY, documents: false });
}

function withSkills(...skills: readonly unknown[]): PluginTree {
  return { ...GOOD, 'beaver.plugin.json': { ...MANIFEST, skills } };
}

async function refuses(tree: PluginTree, code: string, field?: string): Promise<BeaverError> {
  try {
    await load(tree);
  } catch (error) {
    assert.ok(error instanceof BeaverError, String(error));
    assert.equal(error.code, code);
    assert.equal(error.path, `${DISPLAY}/beaver.plugin.json`);
    assert.equal(error.field, field);
    assert.ok(error.nextStep.length > 0 && !error.message.includes(PLUGIN));
    return error;
  }
  assert.fail(`expected ${code}`);
}

describe('loadBeaverManifest', () => {
  it('accepts a declared skill', async () => {
    const manifest = await load(GOOD);
    assert.deepEqual(manifest, {
      schemaVersion: 1,
      pluginId: 'baoyu-comic',
      name: 'Baoyu Comic',
      version: '1.2.0',
      dialect: 'beaver',
      root: PLUGIN,
      manifestPath: path.join(PLUGIN, 'beaver.plugin.json'),
      displayPath: 'plugins/comic/beaver.plugin.json',
      skills: [
        { name: 'baoyu-comic', relativePath: 'skills/comic', root: path.join(PLUGIN, 'skills', 'comic') },
      ],
      findings: [],
    });
  });

  it('takes the path of the manifest as well as that of its folder', async () => {
    const files = await pluginFiles(GOOD);
    const manifest = await loadPluginManifest(files, path.join(PLUGIN, 'beaver.plugin.json'));
    assert.deepEqual([manifest.root, manifest.displayPath], [PLUGIN, '<external>/comic/beaver.plugin.json']);
  });

  it('brings paths into one form, and lets the plugin itself be the skill', async () => {
    const manifest = await load({
      'beaver.plugin.json': {
        ...MANIFEST,
        skills: [
          { name: 'b', path: './skills//comic/' },
          { name: 'a', path: '.' },
        ],
      },
      'skills/comic/SKILL.md': DOCUMENT,
      'SKILL.md': DOCUMENT,
    });
    assert.deepEqual(
      manifest.skills.map((skill) => [skill.name, skill.relativePath]),
      [
        ['a', '.'],
        ['b', 'skills/comic'],
      ],
    );
    assert.equal(manifest.skills[0]?.root, PLUGIN);
  });

  it('keeps going over unknown keys and reports them', async () => {
    const { findings } = await load({
      ...GOOD,
      'beaver.plugin.json': { ...MANIFEST, 'x/~y': 1, description: 'known' },
    });
    assert.deepEqual(
      findings.map(({ code, severity, field, path: at }) => [code, severity, field, at]),
      [['manifest_unknown_key', 'info', '/x~1~0y', 'plugins/comic/beaver.plugin.json']],
    );
  });

  it('reads a manifest with a byte order mark', async () => {
    const manifest = await load({ ...GOOD, 'beaver.plugin.json': `\ufeff${JSON.stringify(MANIFEST)}` });
    assert.equal(manifest.pluginId, 'baoyu-comic');
  });

  for (const value of [
    '../outside',
    '/absolute',
    'skills/../../outside',
    'skills/..',
    'C:\\outside',
    'c:/outside',
    '\\\\host\\share',
    '..\\outside',
    'skills\\comic',
    '',
  ]) {
    it(`refuses a path that is not plainly below the plugin: ${JSON.stringify(value)}`, async () => {
      const error = await refuses(
        withSkills({ name: 'unsafe', path: value }),
        'path_not_contained',
        '/skills/0/path',
      );
      assert.match(error.message, /contained/);
    });
  }

  it('refuses paths with control characters and names that Windows reserves', async () => {
    for (const value of ['skills/a\u0000b', 'skills/a\nb', 'skills/nul', 'skills/a:b']) {
      await refuses(withSkills({ name: 'a', path: value }), 'name_not_portable', '/skills/0/path');
    }
  });

  it('refuses ids that cannot be the name of a folder', async () => {
    for (const id of [
      '',
      'Upper',
      '-dash',
      '_under',
      'a.b',
      'a b',
      '../x',
      'ü',
      'con',
      'lpt1',
      'a'.repeat(129),
    ]) {
      await refuses({ ...GOOD, 'beaver.plugin.json': { ...MANIFEST, id } }, 'invalid_plugin_id', '/id');
    }
    await refuses(withSkills({ name: 'No', path: 'skills/comic' }), 'invalid_skill_name', '/skills/0/name');
  });

  it('refuses two skills of one name', async () => {
    const twice = { name: 'comic', path: 'skills/comic' };
    await refuses(withSkills(twice, twice), 'duplicate_skill_name', '/skills/1/name');
  });

  it('refuses every schema version but 1', async () => {
    for (const version of [0, 2, '1', null, 1.5]) {
      await refuses(
        { ...GOOD, 'beaver.plugin.json': { ...MANIFEST, schema_version: version } },
        'manifest_schema_unsupported',
        '/schema_version',
      );
    }
    await refuses(
      { ...GOOD, 'beaver.plugin.json': { ...MANIFEST, schema_version: undefined } },
      'manifest_schema_unsupported',
      '/schema_version',
    );
  });

  it('refuses a missing or wrong field, and names it', async () => {
    await refuses({ ...GOOD, 'beaver.plugin.json': { ...MANIFEST, name: ' ' } }, 'manifest_invalid', '/name');
    await refuses(
      { ...GOOD, 'beaver.plugin.json': { ...MANIFEST, version: 1 } },
      'manifest_invalid',
      '/version',
    );
    await refuses(
      { ...GOOD, 'beaver.plugin.json': { ...MANIFEST, skills: {} } },
      'manifest_invalid',
      '/skills',
    );
    await refuses(withSkills({ name: 'a' }), 'manifest_invalid', '/skills/0/path');
    await refuses(withSkills('skills/comic'), 'manifest_invalid', '/skills/0');
  });

  it('refuses what is not a JSON object, without quoting it', async () => {
    await refuses({ ...GOOD, 'beaver.plugin.json': '[]' }, 'manifest_not_object');
    await refuses({ ...GOOD, 'beaver.plugin.json': '' }, 'manifest_not_json');
    const error = await refuses(
      { ...GOOD, 'beaver.plugin.json': '{\n "token": "secret"\n "id": 1 }' },
      'manifest_not_json',
    );
    assert.match(error.message, /line 3 column/);
    assert.doesNotMatch(error.message, /secret/);
  });

  it('refuses a manifest that is not UTF-8', async () => {
    const files = await pluginFiles(GOOD);
    await files.writeFile(path.join(PLUGIN, 'beaver.plugin.json'), Buffer.of(0x7b, 0xff, 0x7d));
    await assert.rejects(loadPluginManifest(files, PLUGIN), { code: 'manifest_not_json' });
  });

  it('refuses a manifest over 1 MiB and takes one of exactly that', async () => {
    const text = JSON.stringify(MANIFEST);
    const limit = 1024 * 1024;
    await load({ ...GOOD, 'beaver.plugin.json': text.padEnd(limit) });
    await refuses({ ...GOOD, 'beaver.plugin.json': text.padEnd(limit + 1) }, 'manifest_too_large');
  });

  it('refuses a skill that is not there, or has no regular SKILL.md', async () => {
    await refuses({ 'beaver.plugin.json': MANIFEST }, 'skill_missing', '/skills/0/path');
    await refuses(
      { 'beaver.plugin.json': MANIFEST, 'skills/comic': 'a file' },
      'skill_missing',
      '/skills/0/path',
    );
    await refuses(
      { 'beaver.plugin.json': MANIFEST, 'skills/comic/notes.md': '' },
      'skill_document_missing',
      '/skills/0/path',
    );
    await refuses(
      { 'beaver.plugin.json': MANIFEST, 'skills/comic/SKILL.md/x': '' },
      'skill_document_missing',
      '/skills/0/path',
    );
    const other = await refuses(
      { 'beaver.plugin.json': MANIFEST, 'skills/comic/Skill.md': '' },
      'skill_document_missing',
      '/skills/0/path',
    );
    assert.match(other.message, /"Skill\.md"/);
  });

  it('refuses a skill whose path differs in case on a file system that ignores it', async () => {
    const tree = { 'beaver.plugin.json': MANIFEST, 'Skills/Comic/SKILL.md': DOCUMENT };
    const files = await pluginFiles(tree, PLUGIN, { caseInsensitive: true });
    await assert.rejects(loadPluginManifest(files, PLUGIN), { code: 'skill_missing' });
  });

  it('refuses a link anywhere from the plugin down to SKILL.md', async () => {
    const outside = path.resolve('/elsewhere');
    for (const [at, target, rest] of [
      ['skills', outside, {}],
      ['skills/comic', path.join(outside, 'comic'), { 'skills/other/SKILL.md': DOCUMENT }],
      ['skills/comic/SKILL.md', path.join(outside, 'comic', 'SKILL.md'), { 'skills/comic/notes.md': '' }],
      ['beaver.plugin.json', path.join(outside, 'beaver.plugin.json'), {}],
    ] as const) {
      const files = await pluginFiles(
        { 'comic/SKILL.md': DOCUMENT, 'beaver.plugin.json': MANIFEST },
        outside,
      );
      await addFiles(files, at === 'beaver.plugin.json' ? {} : { 'beaver.plugin.json': MANIFEST, ...rest });
      files.symlink(target, path.join(PLUGIN, ...at.split('/')));
      await assert.rejects(loadPluginManifest(files, PLUGIN), { code: 'symlink_not_allowed' }, at);
    }
    const files = await pluginFiles(GOOD);
    const link = path.resolve('/workspace/plugins/link');
    files.symlink(PLUGIN, link);
    await assert.rejects(loadPluginManifest(files, link), { code: 'symlink_not_allowed' });
  });

  it('refuses a manifest that is not a regular file', async () => {
    await refuses({ 'beaver.plugin.json/x': '' }, 'not_a_regular_file');
  });

  it('refuses a skill with a file that Beaver writes beside it', async () => {
    for (const name of ['version.json', 'upstream.json', 'Version.JSON']) {
      await refuses({ ...GOOD, [`skills/comic/${name}`]: {} }, 'reserved_file_name', '/skills/0/path');
    }
    await load({ ...GOOD, 'skills/comic/references/version.json': {} });
  });

  it('refuses a folder that is no plugin', async () => {
    await assert.rejects(load({ 'README.md': '' }), { code: 'plugin_missing' });
    await assert.rejects(loadPluginManifest(await pluginFiles(GOOD), path.resolve('/nowhere')), {
      code: 'plugin_missing',
    });
  });
});
