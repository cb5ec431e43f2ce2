import assert from 'node:assert/strict';
import { readInstallLink } from '../../../../src/editor/model/install-link.ts';

const query = (values: Readonly<Record<string, string>>): string => new URLSearchParams(values).toString();

describe('A link to install a plugin', () => {
  it('names a plugin of a marketplace, or a plugin by itself', () => {
    assert.deepEqual(readInstallLink('/install', query({ source: 'owner/repo', plugin: 'notes' })), {
      source: 'owner/repo',
      plugin: 'notes',
    });
    for (const source of ['https://example.com/kit.git', 'npm:@team/kit@^1', 'https://example.com/kit.zip'])
      assert.deepEqual(readInstallLink('/install', query({ source })), { source, plugin: undefined });
  });

  const refusals: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ['credentials', { source: 'https://me:secret@example.com/kit.git' }, 'source_refused'],
    ['a token for a user', { source: 'https://token@example.com/kit.git', plugin: 'kit' }, 'source_refused'],
    ['an address without encryption', { source: 'http://example.com/kit.git' }, 'source_refused'],
    ['something on this machine', { source: 'http://127.0.0.1:8080/kit.git' }, 'source_refused'],
    ['ssh, which would use your keys', { source: 'git@example.com:team/kit.git' }, 'source_refused'],
    ['a folder', { source: './kit' }, 'source_refused'],
    ['a folder as an address', { source: 'file:///etc', plugin: 'kit' }, 'source_refused'],
    ['your home', { source: '~/kit' }, 'source_refused'],
    ['a command', { source: 'command:rm -rf .' }, 'source_refused'],
    ['a script', { source: 'javascript:alert(1)' }, 'source_unreadable'],
    ['no source', { plugin: 'kit' }, 'install_link_invalid'],
    ['a plugin that is a path', { source: 'owner/repo', plugin: '../kit' }, 'install_link_invalid'],
    ['an answer in advance', { source: 'owner/repo', accept: 'yes' }, 'install_link_invalid'],
    [
      'a source without an end',
      { source: `https://example.com/${'a'.repeat(2000)}` },
      'install_link_invalid',
    ],
  ];
  for (const [what, values, code] of refusals) {
    it(`is refused with ${code} when it brings ${what}`, () => {
      assert.throws(() => readInstallLink('/install', query(values)), { code });
    });
  }

  it('is refused when it says something twice, or asks for something else', () => {
    const twice = 'source=owner%2Frepo&source=other%2Frepo';
    assert.throws(() => readInstallLink('/install', twice), { code: 'install_link_invalid' });
    assert.throws(() => readInstallLink('/run', query({ source: 'owner/repo' })), {
      code: 'install_link_invalid',
    });
  });
});
