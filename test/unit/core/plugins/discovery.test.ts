import assert from 'node:assert/strict';
import * as path from 'node:path';
import { discoverPlugins, type PluginDiscovery } from '../../../../src/core/plugins/discovery.ts';
import type { FileSystem } from '../../../../src/core/ports.ts';
import { FaultFileSystem } from '../../../support/fault-files.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';
import { addFiles, DOCUMENT, MANIFEST, pluginFiles, WORKSPACE } from '../../../support/plugin-files.ts';

function plugin(id: string): Record<string, unknown> {
  return { 'beaver.plugin.json': { ...MANIFEST, id }, 'skills/comic/SKILL.md': DOCUMENT };
}

/** Plugins by the path of their folder, relative to the workspace. */
async function workspace(
  plugins: Readonly<Record<string, Record<string, unknown>>>,
): Promise<MemoryFileSystem> {
  const files = await pluginFiles({}, WORKSPACE);
  for (const [folder, tree] of Object.entries(plugins))
    await addFiles(files, tree, path.resolve(WORKSPACE, folder));
  return files;
}

const discover = (files: FileSystem, ...searchPaths: readonly string[]): Promise<PluginDiscovery> =>
  discoverPlugins(files, { workspace: WORKSPACE, searchPaths });

const idsOf = ({ manifests }: PluginDiscovery): readonly string[] =>
  manifests.map((manifest) => manifest.pluginId);

const errorsOf = ({ errors }: PluginDiscovery): readonly (readonly [string, string])[] =>
  errors.map((error) => [error.code, error.path]);

describe('discoverPlugins', () => {
  it('finds the direct children of plugins/ and of every search path, sorted by id', async () => {
    const files = await workspace({
      'plugins/z': plugin('a'),
      'plugins/group/deep': plugin('deep'),
      'vendor/b': plugin('b'),
      '../outside/c': plugin('c'),
      'plugins/.hidden': plugin('hidden'),
      'plugins/notes': { 'README.md': '' },
    });
    await files.writeFile(path.join(WORKSPACE, 'plugins', 'README.md'), Buffer.from(''));
    const found = await discover(files, 'vendor', path.resolve('/outside'));
    assert.deepEqual(
      found.manifests.map((manifest) => [manifest.pluginId, manifest.displayPath]),
      [
        ['a', 'plugins/z/beaver.plugin.json'],
        ['b', 'vendor/b/beaver.plugin.json'],
        ['c', '<external>/c/beaver.plugin.json'],
      ],
    );
    assert.deepEqual(found.errors, []);
  });

  it('finds nothing, without an error, in a workspace without plugins', async () => {
    const { manifests, errors } = await discover(await workspace({}));
    assert.deepEqual([manifests, errors], [[], []]);
  });

  it('says that a search path is not there', async () => {
    const found = await discover(
      await workspace({ 'plugins/a': plugin('a') }),
      'vendor',
      path.resolve('/secret/place'),
    );
    assert.deepEqual(idsOf(found), ['a']);
    assert.deepEqual(errorsOf(found), [
      ['search_path_missing', '<external>'],
      ['search_path_missing', 'vendor'],
    ]);
    assert.doesNotMatch(JSON.stringify(found.errors), /secret/);
  });

  it('looks once at a folder that is named twice', async () => {
    const files = await workspace({ 'plugins/a': plugin('a') });
    files.symlink(path.join(WORKSPACE, 'plugins'), path.join(WORKSPACE, 'again'));
    const found = await discover(files, 'plugins', './plugins/', path.join(WORKSPACE, 'plugins'), 'again');
    assert.deepEqual([idsOf(found), errorsOf(found)], [['a'], []]);
  });

  it('reports each bad plugin and keeps the good ones', async () => {
    const found = await discover(
      await workspace({
        'plugins/bad-json': { 'beaver.plugin.json': '{' },
        'plugins/bad-skill': { 'beaver.plugin.json': MANIFEST },
        'plugins/good': plugin('good'),
      }),
    );
    assert.deepEqual(idsOf(found), ['good']);
    assert.deepEqual(errorsOf(found), [
      ['manifest_not_json', 'plugins/bad-json/beaver.plugin.json'],
      ['skill_missing', 'plugins/bad-skill/beaver.plugin.json'],
    ]);
    for (const error of found.errors) {
      assert.deepEqual([error.severity, error.next_step.length > 0], ['error', true]);
      assert.doesNotMatch(JSON.stringify(error), /workspace/);
    }
    assert.equal(found.errors[1]?.field, '/skills/0/path');
  });

  it('activates neither of two plugins of one id, and names both', async () => {
    const found = await discover(
      await workspace({
        'plugins/one': plugin('twin'),
        'vendor/two': { '.claude-plugin/plugin.json': { name: 'twin' }, 'skills/a/SKILL.md': DOCUMENT },
        'plugins/good': plugin('good'),
      }),
      'vendor',
    );
    assert.deepEqual(idsOf(found), ['good']);
    assert.deepEqual(
      found.errors.map(({ code, path: at, field }) => [code, at, field]),
      [
        ['duplicate_plugin_id', 'plugins/one/beaver.plugin.json', '/id'],
        ['duplicate_plugin_id', 'vendor/two/.claude-plugin/plugin.json', '/name'],
      ],
    );
    assert.match(
      found.errors[0]?.message ?? '',
      /"twin" is used by vendor\/two\/\.claude-plugin\/plugin\.json/,
    );
    assert.match(found.errors[1]?.message ?? '', /plugins\/one\/beaver\.plugin\.json/);
  });

  it('does not follow plugin folders that are links', async () => {
    const files = await workspace({ 'elsewhere/a': plugin('a'), 'plugins/b': plugin('b') });
    files.symlink(path.join(WORKSPACE, 'elsewhere', 'a'), path.join(WORKSPACE, 'plugins', 'a'));
    const found = await discover(files);
    assert.deepEqual([idsOf(found), errorsOf(found)], [['b'], [['symlink_not_allowed', 'plugins/a']]]);
  });

  it('offers a collection and says nothing about what is merely worth knowing', async () => {
    const found = await discover(await workspace({ 'plugins/Notes': { 'skills/x y/SKILL.md': DOCUMENT } }));
    const [manifest] = found.manifests;
    assert.deepEqual(
      [manifest?.dialect, manifest?.pluginId, manifest?.skills.map((skill) => skill.name)],
      ['collection', 'notes', ['x-y']],
    );
    assert.deepEqual(
      manifest?.findings.map((finding) => finding.code),
      ['plugin_id_normalised', 'skill_name_normalised'],
    );
    assert.deepEqual(found.errors, []);
  });

  it('lists what is off with single skills among the errors', async () => {
    const found = await discover(
      await workspace({
        'plugins/c': {
          'skills/a/SKILL.md': DOCUMENT,
          'skills/b/SKILL.md': DOCUMENT,
          'skills/b/version.json': {},
        },
      }),
    );
    assert.deepEqual(
      [idsOf(found), errorsOf(found)],
      [['c'], [['reserved_file_name', 'plugins/c/skills/b']]],
    );
  });

  it('reads documents only when asked to', async () => {
    const files = await workspace({ 'plugins/a': plugin('a') });
    const quick = new FaultFileSystem(files);
    const { manifests } = await discover(quick);
    assert.deepEqual(manifests[0]?.findings, []);
    assert.ok(!quick.calls.some((call) => call.path.endsWith('SKILL.md')));
    const full = await discoverPlugins(files, { workspace: WORKSPACE, documents: true });
    assert.deepEqual(
      full.manifests[0]?.findings.map((finding) => finding.code),
      ['skill_name_mismatch'],
    );
  });

  it('answers the same whatever the order of the entries', async () => {
    const [one, two] = [plugin('one'), plugin('two')];
    const forwards = await discover(
      await workspace({ 'plugins/a': one, 'plugins/b': two, 'plugins/c': one }),
    );
    const backwards = await discover(
      await workspace({ 'plugins/c': one, 'plugins/b': two, 'plugins/a': one }),
    );
    assert.deepEqual(forwards, backwards);
  });

  it('turns every refusal of the system into a finding, wherever it strikes', async () => {
    const plain = await workspace({
      'plugins/a': plugin('a'),
      'plugins/b': plugin('b'),
      'vendor/c': plugin('c'),
    });
    const counted = new FaultFileSystem(plain);
    const whole = await discover(counted, 'vendor');
    assert.deepEqual(idsOf(whole), ['a', 'b', 'c']);
    for (let at = 1; at <= counted.calls.length; at++) {
      const found = await discover(
        new FaultFileSystem(plain, { at, fault: { kind: 'fail', code: 'EACCES' } }),
        'vendor',
      );
      assert.equal(found.errors.length, 1, `call ${at}`);
      assert.equal(found.errors[0]?.code, 'plugin_unreadable');
      assert.ok(found.manifests.length >= 1);
    }
  });

  it('does not hide a defect as a finding', async () => {
    class Broken extends MemoryFileSystem {
      override readFile(): Promise<never> {
        return Promise.reject(new TypeError('defect'));
      }
    }
    const files = new Broken();
    await addFiles(files, plugin('a'), path.join(WORKSPACE, 'plugins', 'a'));
    await assert.rejects(discover(files), TypeError);
  });
});
