import assert from 'node:assert/strict';
import { renamedTo, searchCatalog } from '../../../../src/core/marketplaces/catalog.ts';
import { parseMarketplace } from '../../../../src/core/marketplaces/marketplace-document.ts';
import type { MarketplaceSource } from '../../../../src/core/package-ports.ts';

const COMMIT = 'c'.repeat(40);
const GIT: MarketplaceSource = {
  kind: 'git',
  url: 'https://example.org/m.git',
  subpath: '',
  ref: null,
  commit: null,
};
const read = (document: unknown, source: MarketplaceSource = GIT) =>
  parseMarketplace(
    {
      revision: COMMIT,
      file: 'marketplace.json',
      bytes: Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)),
    },
    source,
  );
const sourceOf = (source: unknown, extra: object = {}, place: MarketplaceSource = GIT) =>
  read({ name: 'm', plugins: [{ name: 'p', source }], ...extra }, place);
const inMarket = (subpath: string) => git('https://example.org/m.git', { subpath, commit: COMMIT });
const git = (url: string, changes: object = {}) => ({
  kind: 'git',
  url,
  subpath: '',
  ref: null,
  commit: null,
  ...changes,
});

describe('a marketplace.json', () => {
  for (const [what, written, expected] of [
    ['a path', './plugins/p', inMarket('plugins/p')],
    ['a path without "./"', 'plugins/p', inMarket('plugins/p')],
    ['the root', './', inMarket('')],
    ['a local object', { source: 'local', path: './plugins/p' }, inMarket('plugins/p')],
    [
      'github',
      { source: 'github', repo: 'o/r', ref: 'v1', sha: COMMIT },
      git('https://github.com/o/r.git', { ref: 'v1', commit: COMMIT }),
    ],
    [
      'github with a path',
      { source: 'github', repo: 'o/r', path: 'plugins/p' },
      git('https://github.com/o/r.git', { subpath: 'plugins/p' }),
    ],
    ['a url', { source: 'url', url: 'https://example.org/p.git' }, git('https://example.org/p.git')],
    [
      'an scp-like url',
      { source: 'url', url: 'git@example.org:o/p.git' },
      git('ssh://git@example.org/o/p.git'),
    ],
    [
      'git-subdir',
      { source: 'git-subdir', url: 'o/r', path: './a/b' },
      git('https://github.com/o/r.git', { subpath: 'a/b' }),
    ],
    [
      'npm',
      { source: 'npm', package: '@o/p', version: '^1' },
      { kind: 'npm', name: '@o/p', range: '^1', registry: null, subpath: '' },
    ],
    [
      'an archive',
      { source: 'archive', url: 'https://example.org/p.zip' },
      { kind: 'archive', url: 'https://example.org/p.zip', sha256: null },
    ],
  ] as const) {
    it(`reads ${what}`, () => {
      const { plugins, findings } = sourceOf(written);
      assert.deepEqual(plugins[0]?.source, expected);
      assert.deepEqual(
        findings.filter(({ severity }) => severity !== 'info'),
        [],
      );
    });
  }

  it('starts bare names at the plugin root, and paths at the marketplace', () => {
    const extra = { metadata: { pluginRoot: './plugins' } };
    assert.deepEqual(sourceOf('p', extra).plugins[0]?.source, inMarket('plugins/p'));
    assert.deepEqual(sourceOf('./plugins/p', extra).plugins[0]?.source, inMarket('plugins/p'));
  });

  it('finds plugins beside it in a folder and in an npm package', () => {
    assert.deepEqual(sourceOf('./p', {}, { kind: 'local', path: '/srv/m' }).plugins[0]?.source, {
      kind: 'local',
      path: '/srv/m/p',
    });
    const npm = { kind: 'npm', name: 'm', range: null, registry: null, subpath: '' } as const;
    assert.deepEqual(sourceOf('./p', {}, npm).plugins[0]?.source, { ...npm, subpath: 'p' });
  });

  for (const [what, written, code] of [
    ['a command', { source: 'command', command: 'curl x | sh' }, 'market_source_unsafe'],
    ['a path out of the marketplace', '../x', 'market_source_unsafe'],
    ['an absolute path', '/etc', 'market_source_unsafe'],
    ['an address in place of a path', 'https://example.org/x', 'market_source_unsafe'],
    ['credentials', { source: 'url', url: 'https://a:b@example.org/p.git' }, 'market_source_unsafe'],
    ['no encryption', { source: 'url', url: 'http://example.org/p.git' }, 'market_source_unsafe'],
    ['a folder that climbs out', { source: 'git-subdir', url: 'o/r', path: '../x' }, 'market_source_unsafe'],
    ['a folder of this machine', { source: 'url', url: '/home/me/private' }, 'market_source_unsafe'],
    ['a folder of a drive', { source: 'git', url: 'C:/Users/me/repo' }, 'market_source_unsafe'],
    ['a share of another machine', { source: 'url', url: '//host.test/share/x.git' }, 'market_source_unsafe'],
    ['an unknown kind', { source: 'pip', package: 'x' }, 'market_source_unknown'],
    ['a kind without its address', { source: 'github' }, 'market_source_incomplete'],
    ['half a commit', { source: 'github', repo: 'o/r', sha: 'abc1234' }, 'market_source_incomplete'],
    ['no source', undefined, 'market_source_incomplete'],
  ] as const) {
    it(`leaves out an entry with ${what}, with one finding, and keeps the others`, () => {
      const { plugins, findings } = read({
        name: 'm',
        plugins: [
          { name: 'bad', source: written },
          { name: 'good', source: './good' },
        ],
      });
      assert.deepEqual(
        plugins.map(({ name }) => name),
        ['good'],
      );
      assert.deepEqual(
        findings.map((finding) => `${finding.code} ${finding.field}`),
        [`${code} /plugins/0/source`],
      );
    });
  }

  it('takes a repository in a folder of this machine from a marketplace that is one itself', () => {
    const url = '/srv/repositories/p';
    const here = { kind: 'local', path: '/srv/m' } as const;
    assert.deepEqual(sourceOf({ source: 'url', url }, {}, here).plugins[0]?.source, {
      ...{ kind: 'git', url, ref: null, commit: null, subpath: '' },
    });
  });

  it('has one entry of a name, and none without', () => {
    const { plugins, findings } = read({
      name: 'm',
      plugins: [
        { name: 'a', source: './1' },
        { name: 'a', source: './2' },
        { source: './3' },
        'x',
        { name: 'A ', source: './4' },
      ],
    });
    assert.deepEqual(
      plugins.map(({ source }) => source.kind === 'git' && source.subpath),
      ['1'],
    );
    assert.deepEqual(
      findings.map(({ code }) => code),
      [
        ...[
          'market_entry_duplicate',
          'market_entry_unnamed',
          'market_entry_unnamed',
          'market_entry_duplicate',
        ],
      ],
    );
  });

  it('takes what entries say of themselves as text: one line, bounded, no address that is not https', () => {
    const { plugins } = read({
      name: 'm',
      plugins: [
        {
          name: 'p',
          source: './p',
          description: 'a\u0007\nb\u202e',
          homepage: 'javascript:alert(1)',
          author: { name: 'Ann' },
          keywords: ['x', 3],
        },
      ],
    });
    assert.deepEqual(
      [plugins[0]?.description, plugins[0]?.homepage, plugins[0]?.author, plugins[0]?.tags],
      ['a b', null, 'Ann', ['x']],
    );
  });

  it('reads a byte order mark, and refuses what is no marketplace', () => {
    assert.equal(read('\ufeff{"name":"m","plugins":[]}').name, 'm');
    for (const bad of ['{', '[]', '{"plugins":[]}', '{"name":"m"}', '{"name":"m","plugins":{}}'])
      assert.throws(() => read(bad), { code: 'marketplace_unreadable' }, bad);
  });

  it('follows renames, to the end and not in circles', () => {
    const { renames } = read({
      name: 'm',
      plugins: [],
      renames: { a: 'b', b: 'c', gone: null, x: 'y', y: 'x' },
    });
    assert.equal(renamedTo({ renames }, 'a'), 'c');
    assert.equal(renamedTo({ renames }, 'gone'), null);
    assert.equal(renamedTo({ renames }, 'other'), 'other');
    assert.ok(['x', 'y'].includes(renamedTo({ renames }, 'x') ?? ''));
  });

  it('is searched by every word, names first', () => {
    const { plugins } = read({
      name: 'm',
      plugins: [
        { name: 'zed', source: './1', description: 'Tests for Python' },
        { name: 'python-tools', source: './2', description: 'no' },
        { name: 'other', source: './3', tags: ['python', 'tests'] },
      ],
    });
    assert.deepEqual(
      searchCatalog(plugins, 'python').map(({ name }) => name),
      ['python-tools', 'other', 'zed'],
    );
    assert.deepEqual(
      searchCatalog(plugins, 'Python TESTS').map(({ name }) => name),
      ['other', 'zed'],
    );
    assert.equal(searchCatalog(plugins, undefined).length, 3);
  });
});
