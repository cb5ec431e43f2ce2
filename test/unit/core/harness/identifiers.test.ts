import assert from 'node:assert/strict';
import * as path from 'node:path';
import * as fc from 'fast-check';
import {
  harnessIdSchema,
  platformSchema,
  relativePathSchema,
  versionSchema,
} from '../../../../src/core/harness/identifiers.ts';
import { HarnessLayout } from '../../../../src/core/harness/layout.ts';
import { harnessSourceSchema, mirrorSchema } from '../../../../src/core/harness/source.ts';
import { harnessStateSchema, emptyState } from '../../../../src/core/harness/state.ts';

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown): boolean =>
  schema.safeParse(value).success;

describe('Names in the harness contract', () => {
  it('A20: a name that looks like another in another script or case is none', () => {
    assert.ok(['claude', 'codex', 'code', 'my-agent-2'].every((id) => accepts(harnessIdSchema, id)));
    const refused = [
      'сlaude',
      'Claude',
      'claude ',
      'clau​de',
      'claude-',
      '-x',
      'a--b',
      '2x',
      '',
      '..',
      'a/b',
      'a'.repeat(41),
    ];
    assert.deepEqual(
      refused.filter((id) => accepts(harnessIdSchema, id)),
      [],
    );
  });

  it('A18: a path that leaves its folder, or that a system reads in its own way, is none', () => {
    assert.ok(['bin/claude', 'a.b/c+d_e@1', 'x'].every((value) => accepts(relativePathSchema, value)));
    const refused = [
      ...[
        '../x',
        'a/../b',
        './a',
        '/a',
        'a//b',
        'a/',
        '',
        '.',
        '..',
        'C:/x',
        'C:x',
        'a\\b',
        'a\0b',
        'a b',
        'ä',
      ],
      ...['nul', 'bin/CON', 'aux.txt', 'com1', 'a./b', 'a.', 'x'.repeat(201), '~/x', 'a:b', '\u202eexe'],
    ];
    assert.deepEqual(
      refused.filter((value) => accepts(relativePathSchema, value)),
      [],
    );
  });

  it('whatever passes for a path stays below the folder that it is joined to', () => {
    const part = fc.constantFrom('..', '.', 'a', 'B-1', '', '...', 'x.y', '\\', 'a\\..', '%2e%2e');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const value = parts.join('/');
        if (!accepts(relativePathSchema, value)) return;
        for (const flavour of [path.posix, path.win32]) {
          const root = flavour.resolve('/root');
          assert.ok(flavour.resolve(root, value).startsWith(`${root}${flavour.sep}`), value);
        }
      }),
      { seed: 3 },
    );
  });

  it('a pointer that names a program outside of its version is not read', () => {
    const active = {
      version: '1.0.0',
      directory: '1.0.0-aaaa',
      executable: 'bin/acme',
      counter: 1,
      asset_sha256: 'a'.repeat(64),
      tree_sha256: 'b'.repeat(64),
    };
    assert.ok(accepts(harnessStateSchema, { ...emptyState('acme'), active }));
    for (const bad of [
      { executable: '../../../bin/sh' },
      { executable: '/bin/sh' },
      { directory: '..' },
      { directory: '../other/versions/1.0.0-aaaa' },
      { directory: 'a/b' },
    ]) {
      assert.ok(!accepts(harnessStateSchema, { ...emptyState('acme'), active: { ...active, ...bad } }));
    }
    const layout = new HarnessLayout('/home/.beaver', 'acme');
    assert.throws(() => layout.executable('1.0.0-aaaa', '../../../bin/sh'));
    assert.throws(() => layout.tree('..'));
    assert.throws(() => new HarnessLayout('/home/.beaver', '../x'));
  });

  it('a mirror is https, or http on this machine, and carries nothing else', () => {
    const taken = [
      'https://a.example/x/',
      'https://a.example:8443/',
      'http://127.0.0.1:80801/',
      'http://localhost:8080/x/',
    ];
    assert.deepEqual(
      taken.map((url) => accepts(mirrorSchema, url)),
      [true, true, false, true],
    );
    const refused = [
      ...[
        'http://a.example/',
        'https://a.example/x',
        'https://u:p@a.example/',
        'https://a.example/?x/',
        'file:///x/',
      ],
      ...[
        'https://a.example/#/',
        'ftp://a.example/',
        'x',
        'https://a.example/../x/',
        'http://127.0.0.1.evil.example/',
      ],
    ];
    assert.deepEqual(
      refused.filter((url) => accepts(mirrorSchema, url)),
      [],
    );
  });

  it('versions and platforms have one spelling', () => {
    assert.ok(['0.0.1', '1.2.3-rc.1', '10.20.30+build.5'].every((value) => accepts(versionSchema, value)));
    const refused = ['1.2', 'v1.2.3', '01.2.3', '1.2.3 ', '1.2.3.4', '99999999999.0.0', ''];
    assert.deepEqual(
      refused.filter((value) => accepts(versionSchema, value)),
      [],
    );
    assert.ok(
      ['linux-x64', 'linux-arm64-musl', 'win32-x64'].every((value) => accepts(platformSchema, value)),
    );
    assert.ok(!accepts(platformSchema, 'linux'));
  });

  it('a source keeps what a later version wrote into it', () => {
    const source = {
      schema_version: 1,
      harness: 'acme',
      product: 'acme',
      channel: 'stable',
      mirrors: ['https://a.example/'],
      command: 'acme',
      delegated: false,
      added_at: '2026-11-21T00:00:00Z',
      later: { key: 1 },
    };
    assert.deepEqual(harnessSourceSchema.parse(source), source);
    assert.ok(!accepts(harnessSourceSchema, { ...source, command: '../sh' }));
  });
});
