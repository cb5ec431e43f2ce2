import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Look, Scan } from '../../../src/core/ports.ts';
import { DiskWorkers } from '../../../src/node/disk-workers.ts';
import { NodeFileSystem } from '../../../src/node/node-files.ts';
import { scanWith } from '../../../src/node/scan.ts';
import { FaultFileSystem } from '../../support/fault-files.ts';

const PLUGINS = 40;

describe('scanWith', () => {
  let root: string;
  const files = new NodeFileSystem();
  const workers = new DiskWorkers();

  after(() => workers.dispose());

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'beaver-scan-'));
    for (let index = 0; index < PLUGINS; index++) {
      const skill = path.join(root, `p${index}`, 'skills', 's');
      mkdirSync(skill, { recursive: true });
      writeFileSync(path.join(skill, 'SKILL.md'), `${index}\n`);
      writeFileSync(path.join(skill, 'run.sh'), '#!/bin/sh\n');
      chmodSync(path.join(skill, 'run.sh'), 0o755);
    }
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const scanned = async (disk: Look, roots: readonly string[], threads = workers): Promise<Scan> => {
    const scan = await scanWith(threads, disk, true, roots);
    assert.ok(scan !== undefined);
    return scan;
  };

  const everything = async (look: Look, folder: string): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    for (const entry of (await look.readDirectory(folder)) ?? []) {
      const child = path.join(folder, entry.name);
      found.push([child, entry.kind, await look.lstat(child)]);
      if (entry.kind === 'directory') found.push(...(await everything(look, child)));
    }
    return found.sort((a, b) => (String(a) < String(b) ? -1 : 1));
  };

  it('finds exactly what the disk says, without asking it again', async () => {
    mkdirSync(path.join(root, 'p0', 'empty'));
    symlinkSync('SKILL.md', path.join(root, 'p1', 'skills', 's', 'link'));
    mkdirSync(path.join(root, 'p2', '.claude-plugin'));
    writeFileSync(path.join(root, 'p2', '.claude-plugin', 'plugin.json'), '{}');
    const counted = new FaultFileSystem(files);
    const look = await scanned(counted, [root]);
    const asked = counted.calls.length;
    const below = async (from: Look): Promise<unknown> =>
      Promise.all(
        Array.from({ length: PLUGINS }, (_, index) => everything(from, path.join(root, `p${index}`))),
      );
    assert.deepEqual(await below(look), await below(files));
    assert.equal(counted.calls.length, asked);
  });

  it('asks the disk for what lies elsewhere, and for folders that may be large', async () => {
    mkdirSync(path.join(root, 'p3', 'node_modules', 'left'), { recursive: true });
    mkdirSync(path.join(root, 'p3', '.git', 'objects'), { recursive: true });
    const look = await scanned(files, [root]);
    assert.deepEqual(await look.readDirectory(path.join(root, 'p3', 'node_modules')), [
      { name: 'left', kind: 'directory' },
    ]);
    assert.deepEqual(await look.readDirectory(path.join(root, 'p3', '.git')), [
      { name: 'objects', kind: 'directory' },
    ]);
    assert.equal((await look.lstat(root))?.kind, 'directory');
    assert.equal(await look.readDirectory(path.join(root, 'none')), undefined);
  });

  it('keeps to what it saw', async () => {
    const look = await scanned(files, [root]);
    const skill = path.join(root, 'p0', 'skills', 's');
    const before = await look.lstat(path.join(skill, 'SKILL.md'));
    utimesSync(path.join(skill, 'SKILL.md'), 1, 1);
    writeFileSync(path.join(skill, 'new.md'), 'new\n');
    assert.deepEqual(await look.lstat(path.join(skill, 'SKILL.md')), before);
    assert.equal((await look.readDirectory(skill))?.length, 2);
  });

  it('has one fingerprint until anything below changes, and knows the newest stamp', async () => {
    const before = await scanned(files, [root]);
    assert.equal((await scanned(files, [root])).fingerprint, before.fingerprint);
    const document = path.join(root, 'p7', 'skills', 's', 'SKILL.md');
    const later = new Date(Date.now() + 60_000);
    utimesSync(document, later, later);
    const after = await scanned(files, [root]);
    assert.notEqual(after.fingerprint, before.fingerprint);
    assert.ok(before.newestNs < after.newestNs);
    assert.equal(after.newestNs, (await files.lstat(document))?.mtimeNs);
    chmodSync(document, 0o755);
    assert.notEqual((await scanned(files, [root])).fingerprint, after.fingerprint);
  });

  it('tells what it holds itself from what it asks the disk for', async () => {
    mkdirSync(path.join(root, 'p3', 'node_modules', 'left'), { recursive: true });
    const look = await scanned(files, [root]);
    const [plugin, aside] = [path.join(root, 'p3'), path.join(root, 'p3', 'node_modules')];
    assert.deepEqual([look.holdsFolder(plugin), look.holdsEntry(aside)], [true, true]);
    assert.deepEqual([look.holdsFolder(aside), look.holdsEntry(path.join(aside, 'left'))], [false, false]);
    assert.deepEqual([look.holdsFolder(root), look.holdsEntry(plugin)], [false, false]);
  });

  it('is not done for a few folders', async () => {
    assert.equal(await scanWith(workers, files, true, [path.join(root, 'p0')]), undefined);
  });

  it('works in the calling thread where no thread can be started', async () => {
    const stuck = new DiskWorkers(path.join(root, 'no-such-worker.cjs'));
    const look = await scanned(files, [root], stuck);
    const skill = path.join(root, 'p0', 'skills', 's');
    assert.deepEqual(await everything(look, skill), await everything(files, skill));
  });
});
