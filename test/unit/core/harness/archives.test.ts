import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { type MadeEntry, makeTarGz } from '../../../support/archives.ts';
import { HarnessClient } from '../../../support/harness-client.ts';
import { FakeClock } from '../../../support/ports.ts';
import { Publisher } from '../../../support/publisher.ts';
import { treeFingerprint } from '../../../support/tree-fingerprint.ts';

const PROGRAM: MadeEntry = { name: 'bin/acme', content: '#!/bin/sh\necho acme 1.1.0\n', mode: 0o755 };

/** Signed by the publisher: what a signature does not protect from is an archive that was made to break out. */
const ATTACKS: readonly (readonly [name: string, entries: readonly MadeEntry[]])[] = [
  ['a parent folder', [PROGRAM, { name: '../outside', content: 'x' }]],
  ['a parent folder in the middle', [PROGRAM, { name: 'bin/../../outside', content: 'x' }]],
  ['an absolute path', [PROGRAM, { name: '/tmp/beaver-outside', content: 'x' }]],
  ['a drive letter', [PROGRAM, { name: 'C:/outside', content: 'x' }]],
  ['a backslash', [PROGRAM, { name: '..\\outside', content: 'x' }]],
  ['a symbolic link', [PROGRAM, { name: 'link', type: '2', link: '/tmp' }]],
  [
    'a link and a file through it',
    [PROGRAM, { name: 'out', type: '2', link: '..' }, { name: 'out/outside', content: 'x' }],
  ],
  ['a link inside the archive', [PROGRAM, { name: 'link', type: '2', link: 'bin/acme' }]],
  ['a hard link outside', [PROGRAM, { name: 'hard', type: '1', link: '/etc/hostname' }]],
  ['a hard link inside', [PROGRAM, { name: 'hard', type: '1', link: 'bin/acme' }]],
  ['a device', [PROGRAM, { name: 'null', type: '3' }]],
  ['a named pipe', [PROGRAM, { name: 'pipe', type: '6' }]],
  ['names that differ in case only', [PROGRAM, { name: 'BIN/acme', content: 'x' }]],
  [
    'names that differ in their form only',
    [PROGRAM, { name: 'caf\u00e9', content: 'x' }, { name: 'cafe\u0301', content: 'y' }],
  ],
  ['a name with a dot at its end', [PROGRAM, { name: 'x.', content: 'x' }]],
  ['a name that Windows reserves', [PROGRAM, { name: 'nul', content: 'x' }]],
  ['one file twice', [PROGRAM, PROGRAM]],
  ['a file as a folder', [PROGRAM, { name: 'bin/acme/x', content: 'x' }]],
  ['the program in another place', [{ ...PROGRAM, name: 'acme-1.1.0/bin/acme' }]],
  ['a program that is a folder', [{ name: 'bin/acme/', type: '5' }]],
  ['a program that cannot be started', [{ ...PROGRAM, mode: 0o644 }]],
  ['nothing', []],
];

describe('A16: a release that is an archive', function () {
  this.timeout(60_000);
  const clock = new FakeClock(Date.UTC(2026, 10, 21));
  let publisher: Publisher;
  let client: HarnessClient;

  beforeEach(async () => {
    publisher = await Publisher.start(clock);
    client = new HarnessClient(clock);
    await publisher.publish('1.0.0');
    await client.add(publisher);
    await client.update();
  });
  afterEach(async () => {
    client.dispose();
    await publisher.stop();
  });
  const publish = (entries: readonly MadeEntry[] | Buffer): Promise<void> =>
    publisher.publish('1.1.0', {
      archive: Buffer.isBuffer(entries) ? entries : makeTarGz(entries),
      executable: 'bin/acme',
    });

  it('is unpacked whole, with its folders and what can be started', async () => {
    const module_ = { name: 'lib/node_modules/x/index.js', content: 'module.exports = 1;\n' };
    await publish([
      { name: 'bin/', type: '5' },
      PROGRAM,
      module_,
      { name: 'lib/large', content: 'x'.repeat(3_000_000) },
    ]);
    const updated = await client.update();
    assert.ok(updated.kind === 'activated');
    const tree = client.layout.tree(updated.version.directory);
    assert.equal(execFileSync(path.join(tree, 'bin', 'acme'), { encoding: 'utf8' }), 'acme 1.1.0\n');
    assert.equal(fs.readFileSync(path.join(tree, module_.name), 'utf8'), module_.content);
    assert.equal(fs.statSync(path.join(tree, 'lib', 'large')).size, 3_000_000);
  });

  for (const [name, entries] of ATTACKS) {
    it(`with ${name} is refused, ignored, and nothing of it is left`, async () => {
      await publish(entries);
      const outside = async (): Promise<readonly string[]> =>
        (await treeFingerprint(client.home)).filter(
          (line) =>
            !/^\.beaver\/harness\/acme\/(?:state|trust|downloads|staging|update)/.test(line) &&
            !/^\.beaver\/harness\/acme \d/.test(line),
        );
      const before = await outside();
      await assert.rejects(client.update(), (error) => isBeaverError(error, 'unsafe_archive'));
      assert.deepEqual(await outside(), before);
      assert.deepEqual(fs.readdirSync(client.layout.staging), []);
      const { state } = (await client.service.status('acme')).stored;
      assert.deepEqual(
        state.ignored.map(({ reason }) => reason),
        ['unsafe_archive'],
      );
      assert.equal(state.active?.version, '1.0.0');
      assert.equal((await client.update()).kind, 'kept');
    });
  }

  it('drops what would run with the rights of another user', async () => {
    await publish([{ ...PROGRAM, mode: 0o6755 }]);
    const updated = await client.update();
    assert.ok(updated.kind === 'activated');
    const mode = fs.statSync(client.layout.executable(updated.version.directory, 'bin/acme')).mode;
    assert.equal(mode & 0o7777, 0o755);
  });

  it('A10: that unpacks to far more than it is, or is damaged, is refused with bounded use of the disk', async () => {
    for (const [content, code] of [
      [makeTarGz([PROGRAM, { name: 'bomb', content: Buffer.alloc(64 * 1024 * 1024) }]), 'unsafe_archive'],
      [gzipSync(Buffer.from('not a tar'.repeat(1000))), 'unsafe_archive'],
      [makeTarGz([PROGRAM]).subarray(0, 60), undefined],
    ] as const) {
      await (code === undefined
        ? assert.rejects(publish(Buffer.from(content)))
        : publish(Buffer.from(content)));
      if (code === undefined) continue;
      await assert.rejects(client.update(), (error) => isBeaverError(error, code));
      assert.deepEqual(fs.readdirSync(client.layout.staging), []);
    }
  });

  it('a million entries are too many', async () => {
    const many = Array.from({ length: 200_100 }, (_, index) => ({ name: `f${index}` }));
    await publish([PROGRAM, ...many]);
    await assert.rejects(
      client.update(),
      (error) => isBeaverError(error, 'too_large') || isBeaverError(error, 'unsafe_archive'),
    );
    assert.deepEqual(fs.readdirSync(client.layout.staging), []);
  });
});
