import assert from 'node:assert/strict';
import * as path from 'node:path';
import {
  appendLineDurably,
  appendLinesDurably,
  makeDirectoryDurably,
  writeFileDurably,
} from '../../../src/core/durable.ts';
import type { FileSystem } from '../../../src/core/ports.ts';
import { type CrashState, crashStates, toMemoryFiles } from '../../support/crash-states.ts';
import { FaultFileSystem } from '../../support/fault-files.ts';
import { MemoryFileSystem } from '../../support/memory-files.ts';
import { RecordingFileSystem } from '../../support/recording-files.ts';

const ROOT = path.resolve('/disk');
const FILE = path.join(ROOT, 'state.json');
const LOG = path.join(ROOT, 'log.jsonl');
const bytes = (text: string): Uint8Array => Buffer.from(text);

async function disk(seed: Readonly<Record<string, string>> = {}): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem();
  await files.makeDirectory(ROOT);
  for (const [name, content] of Object.entries(seed))
    await files.writeFile(path.join(ROOT, name), bytes(content));
  return files;
}

async function read(files: FileSystem, target: string): Promise<string | undefined> {
  const content = await files.readFile(target);
  return content === undefined ? undefined : Buffer.from(content).toString('utf8');
}

function contentOf(state: CrashState, name: string): string | undefined {
  const content = state.files.get(name);
  return content === undefined ? undefined : Buffer.from(content).toString('utf8');
}

describe('writeFileDurably', () => {
  it('replaces the file and leaves no temporary, also over one that a crash left', async () => {
    const files = await disk({ 'state.json': 'old', 'state.json.tmp': 'torn' });
    await writeFileDurably(files, FILE, bytes('new'));
    assert.equal(await read(files, FILE), 'new');
    assert.deepEqual(
      (await files.readDirectory(ROOT))?.map((entry) => entry.name),
      ['state.json'],
    );
  });

  it('does not write through a link that lies in place of the temporary', async () => {
    const files = await disk({ victim: 'kept' });
    files.symlink('victim', `${FILE}.tmp`);
    await writeFileDurably(files, FILE, bytes('new'));
    assert.equal(await read(files, path.join(ROOT, 'victim')), 'kept');
    assert.equal((await files.lstat(FILE))?.kind, 'file');
  });

  for (const [code, torn] of [
    ['ENOSPC', true],
    ['ENOSPC', false],
    ['EIO', false],
    ['EPERM', false],
    ['EBUSY', false],
  ] as const) {
    it(`keeps the old or the new file whole when a call fails with ${code}${torn ? ' half-way' : ''}, and tidies up`, async () => {
      const counting = new FaultFileSystem(await disk({ 'state.json': 'old' }));
      await writeFileDurably(counting, FILE, bytes('new'));
      for (let call = 1; call <= counting.calls.length; call += 1) {
        const memory = await disk({ 'state.json': 'old' });
        const files = new FaultFileSystem(memory, { at: call, fault: { kind: 'fail', code, torn } });
        await assert.rejects(writeFileDurably(files, FILE, bytes('new')), { code });
        assert.equal(await read(memory, FILE), call < counting.calls.length ? 'old' : 'new');
        assert.equal(await memory.lstat(`${FILE}.tmp`), undefined);
      }
    });
  }

  it('reports the first failure of a disk that stays full', async () => {
    const memory = await disk({ 'state.json': 'old' });
    const files = new FaultFileSystem(memory, {
      at: 2,
      fault: { kind: 'fail', code: 'ENOSPC', persistent: true },
    });
    await assert.rejects(writeFileDurably(files, FILE, bytes('new')), { code: 'ENOSPC', syscall: 'flush' });
    assert.equal(await read(memory, FILE), 'old');
  });

  it('survives a power cut at every point with the old or the new content, and with the new once it has returned', async () => {
    const recorder = await RecordingFileSystem.start(await disk({ 'state.json': 'old' }), ROOT);
    await writeFileDurably(recorder, FILE, bytes('new'));
    for (const state of crashStates(recorder.recording(), { limit: 4_096 })) {
      const content = contentOf(state, 'state.json');
      assert.ok(content === 'new' || (content === 'old' && state.afterOperation < recorder.length));
    }
  });

  it('makes missing folders so that they survive too', async () => {
    const recorder = await RecordingFileSystem.start(await disk(), ROOT);
    await writeFileDurably(recorder, path.join(ROOT, 'a', 'b', 'state.json'), bytes('new'));
    for (const state of crashStates(recorder.recording(), { limit: 4_096 })) {
      const content = contentOf(state, 'a/b/state.json');
      assert.ok(content === 'new' || (content === undefined && state.afterOperation < recorder.length));
    }
  });
});

describe('makeDirectoryDurably', () => {
  it('is content with an existing directory and flushes nothing then', async () => {
    const files = new FaultFileSystem(await disk());
    await makeDirectoryDurably(files, ROOT);
    assert.ok(files.calls.every((call) => call.method !== 'flush'));
  });
});

describe('appendLineDurably', () => {
  it('creates the file and adds to it', async () => {
    const files = await disk();
    await appendLineDurably(files, LOG, '{"n":1}');
    await appendLineDurably(files, LOG, '{"n":2}');
    assert.equal(await read(files, LOG), '{"n":1}\n{"n":2}\n');
  });

  for (const [what, torn, repaired] of [
    ['a line without its end', 'one\ntw', 'one\nnew\n'],
    ['zeros where data never arrived', 'one\n\0\0\0\0', 'one\nnew\n'],
    ['zeros before an end that did arrive', 'one\n\0\0\0}\n', 'one\nnew\n'],
    ['nothing but a torn first line', 'on', 'new\n'],
    ['an empty file', '', 'new\n'],
    ['an empty line, which is not torn', 'one\n\n', 'one\n\nnew\n'],
  ] as const) {
    it(`repairs ${what}`, async () => {
      const files = await disk({ 'log.jsonl': torn });
      await appendLineDurably(files, LOG, 'new');
      assert.equal(await read(files, LOG), repaired);
    });
  }

  it('repairs after a disk that became full in the middle of a line', async () => {
    const memory = await disk({ 'log.jsonl': 'one\n' });
    const full = { kind: 'fail', code: 'ENOSPC', torn: true } as const;
    const files = new FaultFileSystem(memory, { at: 2, fault: full });
    await assert.rejects(appendLineDurably(files, LOG, 'two'), { code: 'ENOSPC', syscall: 'appendFile' });
    assert.equal(await read(memory, LOG), 'one\ntw');
    await appendLineDurably(files, LOG, 'three');
    assert.equal(await read(memory, LOG), 'one\nthree\n');
  });

  it('keeps every acknowledged line whole through a power cut and the next append', async () => {
    const recorder = await RecordingFileSystem.start(await disk(), ROOT);
    const acknowledged: number[] = [];
    for (const line of ['one', 'two', 'three']) {
      await appendLineDurably(recorder, LOG, line);
      acknowledged.push(recorder.length);
    }
    for (const state of crashStates(recorder.recording(), { limit: 512 })) {
      const kept = acknowledged.filter((length) => length <= state.afterOperation).length;
      const files = await toMemoryFiles(state, ROOT);
      await appendLineDurably(files, LOG, 'next');
      const lines = (await read(files, LOG))?.split('\n').slice(0, -1) ?? [];
      assert.deepEqual(lines.slice(0, kept), ['one', 'two', 'three'].slice(0, kept));
      assert.equal(lines.at(-1), 'next');
      assert.ok(lines.every((line) => ['one', 'two', 'three', 'next'].includes(line)));
    }
  });
});

describe('appendLinesDurably', () => {
  it('adds all lines or none through a power cut, after repairing a torn one', async () => {
    const recorder = await RecordingFileSystem.start(await disk({ 'log.jsonl': 'one\ntorn' }), ROOT);
    await appendLinesDurably(recorder, LOG, ['two', 'three']);
    await appendLinesDurably(recorder, LOG, []);
    for (const state of crashStates(recorder.recording(), { limit: 4_096 })) {
      const content = contentOf(state, 'log.jsonl');
      const isNew = content === 'one\ntwo\nthree\n';
      assert.ok(isNew || (content === 'one\ntorn' && state.afterOperation < recorder.length));
    }
  });
});
