import assert from 'node:assert/strict';
import {
  parseMarketplaceSource,
  parsePackageSource,
  writtenSource,
} from '../../../../src/core/marketplaces/written-source.ts';

const FROM = { directory: '/home/ann/notes', home: '/home/ann' };
const SHA = 'a'.repeat(40);
const git = (url: string, changes: object = {}) => ({
  kind: 'git',
  url,
  subpath: '',
  ref: null,
  commit: null,
  ...changes,
});
const npm = (name: string, range: string | null = null) => ({
  kind: 'npm',
  name,
  range,
  registry: null,
  subpath: '',
});

describe('a source as a person writes it', () => {
  for (const [written, source] of [
    ['owner/repo', git('https://github.com/owner/repo.git')],
    ['owner/repo.git', git('https://github.com/owner/repo.git')],
    ['owner/repo#next', git('https://github.com/owner/repo.git', { ref: 'next' })],
    [`owner/repo#${SHA}`, git('https://github.com/owner/repo.git', { commit: SHA })],
    ['https://github.com/owner/repo', git('https://github.com/owner/repo.git')],
    [
      'https://github.com/owner/repo/tree/v2/plugins/a',
      git('https://github.com/owner/repo.git', { ref: 'v2', subpath: 'plugins/a' }),
    ],
    ['https://example.org/team/repo.git#v1', git('https://example.org/team/repo.git', { ref: 'v1' })],
    ['git@github.com:owner/repo.git', git('ssh://git@github.com/owner/repo.git')],
    ['ssh://git@example.org/repo.git', git('ssh://git@example.org/repo.git')],
    ['file:///srv/repo', git('/srv/repo')],
    ['https://example.org/marketplace.json', { kind: 'url', url: 'https://example.org/marketplace.json' }],
    ['npm:kit', npm('kit')],
    ['npm:@team/kit@^1.2', npm('@team/kit', '^1.2')],
    ['./plugins', { kind: 'local', path: '/home/ann/notes/plugins' }],
    ['~/plugins', { kind: 'local', path: '/home/ann/plugins' }],
    ['/srv/plugins', { kind: 'local', path: '/srv/plugins' }],
  ] as const) {
    it(`reads ${written}`, () => {
      assert.deepEqual(parseMarketplaceSource(written, FROM), source);
    });
  }

  it('reads archives and folders of repositories where a plugin is wanted', () => {
    const sha256 = 'b'.repeat(64);
    assert.deepEqual(parsePackageSource(`https://example.org/kit.zip#sha256=${sha256}`, FROM), {
      ...{ kind: 'archive', url: 'https://example.org/kit.zip', sha256 },
    });
    assert.deepEqual(parsePackageSource('https://example.org/kit.tar.gz', FROM), {
      ...{ kind: 'archive', url: 'https://example.org/kit.tar.gz', sha256: null },
    });
    assert.deepEqual(
      parsePackageSource('owner/repo/plugins/kit#v1', FROM),
      git('https://github.com/owner/repo.git', { subpath: 'plugins/kit', ref: 'v1' }),
    );
  });

  for (const written of [
    'https://user:token@example.org/repo.git',
    'https://token@github.com/owner/repo',
    'http://example.org/repo.git',
    'owner/repo#--upload-pack=x',
    'owner/repo#../x',
    'npm:kit@file:../x',
    'https://example.org/a b.git',
  ]) {
    it(`refuses ${written}`, () => {
      assert.throws(() => parseMarketplaceSource(written, FROM), /Error/);
    });
  }

  it('asks for more where there is too little', () => {
    for (const written of ['', 'repo', 'ftp://example.org/x'])
      assert.throws(() => parseMarketplaceSource(written, FROM), { code: 'source_unreadable' }, written);
  });

  it('shows no folder of this machine', () => {
    assert.equal(writtenSource({ kind: 'local', path: '/home/ann/secret/plugins' }), '<local>/plugins');
    assert.equal(
      writtenSource({ kind: 'git', url: '/home/ann/repo', subpath: '', ref: null, commit: null }),
      '<local>/repo',
    );
    assert.equal(writtenSource(parseMarketplaceSource('owner/repo#next', FROM)), 'owner/repo#next');
  });
});
