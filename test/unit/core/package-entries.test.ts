import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  enclosingFolder,
  isPlainPath,
  type PackageEntry,
  planPackage,
} from '../../../src/core/package-entries.ts';
import { isBeaverError } from '../../../src/base/errors.ts';

const file = (path: string, size = 1): PackageEntry => ({ path, kind: 'file', size, executable: false });
const folder = (path: string): PackageEntry => ({ path, kind: 'directory', size: 0, executable: false });
const link = (path: string, target: string): PackageEntry => ({ ...folder(path), kind: 'link', target });
const paths = (entries: readonly PackageEntry[], root = ''): readonly string[] =>
  planPackage(entries, root).map((planned) => planned.path);

describe('which files a package is made of', () => {
  it('is every regular file below its root, and nothing of git or npm', () => {
    const entries = [
      file('a/SKILL.md'),
      folder('a/empty'),
      file('a/.git/config'),
      file('a/node_modules/x.js'),
      file('b'),
    ];
    assert.deepEqual(paths(entries, 'a'), ['SKILL.md']);
    assert.deepEqual(paths(entries), ['a/SKILL.md', 'b']);
  });

  it('has the content that a link leads to, through other links, and below a linked folder', () => {
    const entries = [
      file('real/SKILL.md'),
      link('one', 'real'),
      link('two', './one'),
      link('f.md', 'two/SKILL.md'),
    ];
    assert.deepEqual(
      planPackage(entries, '').map(({ path, entry }) => `${path} ${entry}`),
      ['real/SKILL.md 0', 'one/SKILL.md 0', 'two/SKILL.md 0', 'f.md 0'],
    );
  });

  for (const [what, entries] of [
    ['a link out of it', [link('a', '../x')]],
    ['an absolute link', [link('a', '/x')]],
    ['a link to nothing', [link('a', 'x')]],
    ['links in a circle', [link('a', 'b'), link('b', 'a')]],
    ['a link to a folder around it', [file('d/f'), link('d/up', '..')]],
    ['a device', [{ ...file('d'), kind: 'other' }]],
    ['a file in place of a folder', [file('a'), file('a/b')]],
    ['a name with NUL', [file('a\0b')]],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => planPackage(entries, ''), { code: 'package_unsafe' });
    });
  }

  it('refuses more than a package may have, before anything is written', () => {
    const limits = { maxFiles: 2, maxBytes: 10 };
    assert.throws(() => planPackage([file('a'), file('b'), file('c')], '', limits), {
      code: 'fetch_too_large',
    });
    assert.throws(() => planPackage([file('a', 6), file('b', 6)], '', limits), { code: 'fetch_too_large' });
    // Content that links repeat counts as often as it would be written.
    assert.throws(() => planPackage([file('a', 6), link('b', 'a')], '', limits), { code: 'fetch_too_large' });
  });

  it('says when nothing is at its root', () => {
    assert.throws(() => planPackage([file('a')], 'none'), { code: 'source_not_found' });
    assert.throws(() => planPackage([file('a')], 'a'), { code: 'package_unsafe' });
  });

  it('leaves out one folder around everything, but none that a plugin has at its top', () => {
    assert.equal(enclosingFolder([folder('tools-1.0/'), file('tools-1.0/SKILL.md')]), 'tools-1.0');
    assert.equal(enclosingFolder([file('skills/a/SKILL.md')]), '');
    assert.equal(enclosingFolder([file('.claude-plugin/plugin.json')]), '');
    assert.equal(enclosingFolder([file('a/x'), file('b/x')]), '');
    assert.equal(enclosingFolder([file('SKILL.md')]), '');
  });

  it('never plans a path that leaves the root, whatever is listed', () => {
    const name = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        'a',
        'b',
        'A',
        '.git',
        'con',
        'a.',
        '/',
        '\\',
        'C:',
        '\0',
        'é',
        'e\u0301',
      ),
      fc.string({ maxLength: 4 }),
    );
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    const entry = fc.record({
      path,
      kind: fc.constantFrom('file', 'directory', 'link', 'other'),
      size: fc.nat(10),
      executable: fc.boolean(),
      target: path,
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
        let planned: readonly string[];
        try {
          planned = paths(entries);
        } catch (error) {
          return isBeaverError(error, 'package_unsafe');
        }
        const folded = new Set(planned.map((one) => one.normalize('NFC').toLowerCase()));
        return (
          folded.size === planned.length &&
          planned.every((one) => isPlainPath(one) && !one.split('/').includes('..'))
        );
      }),
      { numRuns: 2000 },
    );
  });
});
