import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isBeaverError } from '../../../../src/base/errors.ts';
import type { InstalledPlugin } from '../../../../src/core/install/installed-plugin.ts';
import {
  checkLock,
  lockOf,
  type PackageOnDisk,
  planFrozenInstall,
} from '../../../../src/core/marketplaces/lock-check.ts';
import { type LockedPlugins, parseLock, serialiseLock } from '../../../../src/core/marketplaces/lock-file.ts';
import { parsePin } from '../../../../src/core/package-pin.ts';
import { aPackage, anInstalledPlugin, GIT_SOURCE } from '../../../support/installed-samples.ts';

const SKILL = 'd'.repeat(64);
const onDisk = (digit: string, over: Partial<PackageOnDisk> = {}): PackageOnDisk => ({
  present: true,
  treeHash: digit.repeat(64),
  skills: new Map([['notes', SKILL]]),
  ...over,
});
const none: LockedPlugins = new Map();
const installed = (...entries: readonly (readonly [string, InstalledPlugin])[]) => new Map(entries);
const KIT = anInstalledPlugin({ pin: parsePin('^1') });
const LOCK = lockOf(installed(['kit@team', KIT]), new Map([['kit@team', onDisk('1')]]), none);

describe('beaver.lock.json', () => {
  it('is read back as it was written, whatever is installed', () => {
    const digits = fc.constantFrom('1', '2', 'a', 'f');
    const ids = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}@[a-z]{1,6}$/);
    fc.assert(
      fc.property(fc.dictionary(ids, digits), (wanted) => {
        const entries = Object.entries(wanted);
        const plugins = new Map(
          entries.map(([id, digit]) => [id, anInstalledPlugin({ active: aPackage(digit) })]),
        );
        const lock = lockOf(plugins, new Map(entries.map(([id, digit]) => [id, onDisk(digit)])), none);
        assert.deepEqual(parseLock(serialiseLock(lock)), lock);
        assert.equal(serialiseLock(new Map([...lock].reverse())), serialiseLock(lock));
        assert.deepEqual(planFrozenInstall(lock, plugins).install, []);
      }),
    );
  });

  it('holds no time and no place of this machine', () => {
    const text = serialiseLock(LOCK);
    assert.doesNotMatch(text, /installed_at|\d{4}-\d\d-\d\d|\/home|\/tmp/);
    assert.equal(text.endsWith('}\n'), true);
  });

  it('merges line by line where two branches add different plugins', () => {
    const line = (text: string) => text.split('\n');
    const all = (ids: readonly string[]) =>
      serialiseLock(
        lockOf(new Map(ids.map((id) => [id, KIT])), new Map(ids.map((id) => [id, onDisk('1')])), none),
      );
    const [base, more] = [line(all(['b@t', 'y@t'])), line(all(['b@t', 'm@t', 'y@t']))];
    // What was there stays line for line: the new plugin is one block among the others.
    const start = more.findIndex((text, index) => text !== base[index]);
    const added = more.length - base.length;
    assert.deepEqual([...more.slice(0, start), ...more.slice(start + added)], base);
  });

  it('says that it has conflict markers in it', () => {
    const text = serialiseLock(LOCK).replace('"kit@team"', '\n<<<<<<< HEAD\n"kit@team"');
    assert.throws(
      () => parseLock(text),
      (error) => isBeaverError(error, 'lock_conflicted'),
    );
  });

  for (const [name, text, code] of [
    ['a newer schema', '{"schema_version":2,"plugins":{}}', 'schema_newer'],
    ['no JSON', '{', 'stored_file_unreadable'],
    [
      'an id that could leave its folder',
      '{"schema_version":1,"plugins":{"../x@y":{}}}',
      'stored_file_unreadable',
    ],
  ] as const)
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parseLock(text),
        (error) => isBeaverError(error, code),
      );
    });
});

describe('planFrozenInstall', () => {
  it('installs what is missing or other, by its exact content', () => {
    const { install, keep, problems } = planFrozenInstall(
      LOCK,
      installed(['kit@team', anInstalledPlugin({ active: aPackage('2') })]),
    );
    assert.deepEqual([keep, problems], [[], []]);
    assert.deepEqual(
      install.map(({ id, resolved }) => [id, resolved]),
      [['kit@team', { source: GIT_SOURCE, identity: aPackage('1').identity, version: '1.0.0' }]],
    );
  });

  it('installs what has the locked identity and other files', () => {
    const plugins = installed(['kit@team', { ...KIT, active: { ...KIT.active, tree_hash: '9'.repeat(64) } }]);
    assert.deepEqual(
      planFrozenInstall(LOCK, plugins).install.map(({ id }) => id),
      ['kit@team'],
    );
  });

  it('does nothing where something is installed that the lock does not know', () => {
    const { problems } = planFrozenInstall(LOCK, installed(['kit@team', KIT], ['more@team', KIT]));
    assert.deepEqual(
      problems.map(({ code, field }) => [code, field]),
      [['lock_incomplete', '/plugins/more@team']],
    );
  });
});

describe('checkLock', () => {
  const check = (plugin: InstalledPlugin | undefined, disk: PackageOnDisk | undefined): readonly string[] =>
    checkLock(
      LOCK,
      plugin === undefined ? new Map() : installed(['kit@team', plugin]),
      new Map(disk === undefined ? [] : [['kit@team', disk]]),
    ).map(({ code }) => code);

  for (const [name, plugin, disk, expected] of [
    ['what is as it was locked', KIT, onDisk('1'), []],
    ['a plugin that is not installed', undefined, undefined, ['lock_not_installed']],
    ['other content', { ...KIT, active: aPackage('2') }, onDisk('2'), ['lock_content_differs']],
    ['another pin', { ...KIT, pin: null }, onDisk('1'), ['lock_pin_differs']],
    [
      'another place',
      { ...KIT, source: { ...GIT_SOURCE, url: 'https://other.test/kit.git' } },
      onDisk('1'),
      ['lock_source_differs'],
    ],
    [
      'a marketplace that moved on without the plugin',
      { ...KIT, source: { ...GIT_SOURCE, commit: '9'.repeat(40) } },
      onDisk('1'),
      [],
    ],
    [
      'other files under the same identity',
      { ...KIT, active: { ...KIT.active, tree_hash: '9'.repeat(64) } },
      onDisk('9'),
      ['lock_content_differs'],
    ],
    ['a package that is gone', KIT, undefined, ['package_missing']],
    ['a package that cannot be read', KIT, onDisk('1', { treeHash: null }), ['package_missing']],
    ['a package with edited files', KIT, onDisk('9'), ['package_modified']],
    ['a skill that is gone', KIT, onDisk('1', { skills: new Map() }), ['lock_skill_differs']],
    [
      'a skill with other content',
      KIT,
      onDisk('1', { skills: new Map([['notes', 'e'.repeat(64)]]) }),
      ['lock_skill_differs'],
    ],
  ] as const)
    it(`tells of ${name}: ${expected.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(check(plugin, disk), expected);
    });

  it('tells of a plugin that is not in the lock', () => {
    const codes = checkLock(none, installed(['kit@team', KIT]), new Map([['kit@team', onDisk('1')]]));
    assert.deepEqual(
      codes.map(({ code }) => code),
      ['lock_incomplete'],
    );
  });
});

describe('lockOf', () => {
  it('keeps what was locked where the package is not what was installed', () => {
    const plugins = installed(['kit@team', { ...KIT, active: aPackage('2') }]);
    assert.deepEqual(lockOf(plugins, new Map([['kit@team', onDisk('9')]]), LOCK), LOCK);
    assert.deepEqual(lockOf(plugins, new Map(), none), none);
  });

  it('keeps what is not installed here, unless it is to be dropped', () => {
    const tasks = installed(['tasks@team', { ...KIT, active: aPackage('2') }]);
    const disk = new Map([['tasks@team', onDisk('2')]]);
    const both = lockOf(tasks, disk, LOCK);
    assert.deepEqual([...both.keys()], ['kit@team', 'tasks@team']);
    assert.deepEqual(both.get('kit@team'), LOCK.get('kit@team'));
    assert.deepEqual([...lockOf(tasks, disk, LOCK, (id) => id === 'kit@team').keys()], ['tasks@team']);
    assert.deepEqual([...lockOf(tasks, disk, both, () => true).keys()], ['tasks@team']);
  });
});
