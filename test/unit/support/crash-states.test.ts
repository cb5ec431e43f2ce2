import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { FileSystem } from '../../../src/core/ports.ts';
import { type CrashState, crashStates, materialise, toMemoryFiles } from '../../support/crash-states.ts';
import { MemoryFileSystem } from '../../support/memory-files.ts';
import { RecordingFileSystem } from '../../support/recording-files.ts';

const ROOT = path.resolve('/disk');
const at = (...names: string[]): string => path.join(ROOT, ...names);
const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (state: CrashState, name: string): string | undefined => {
  const content = state.files.get(name);
  return content === undefined ? undefined : Buffer.from(content).toString('utf8');
};

/** A disk with `seed`, recorded while `protocol` runs. */
async function record(
  seed: Readonly<Record<string, string>>,
  protocol: (files: FileSystem) => Promise<void>,
): Promise<RecordingFileSystem> {
  const memory = new MemoryFileSystem();
  await memory.makeDirectory(ROOT);
  for (const [name, content] of Object.entries(seed)) {
    await memory.makeDirectory(path.dirname(at(name)));
    await memory.writeFile(at(name), bytes(content));
  }
  const recorder = await RecordingFileSystem.start(memory, ROOT);
  await protocol(recorder);
  return recorder;
}

/** How many states break what an atomic replacement of `pointer` promises: old or new at all times, new at the end. */
async function violations(protocol: (files: FileSystem) => Promise<void>): Promise<number> {
  const recorder = await record({ pointer: 'old' }, protocol);
  let broken = 0;
  for (const state of crashStates(recorder.recording())) {
    const content = text(state, 'pointer');
    const allowed = state.afterOperation === recorder.length ? ['new'] : ['old', 'new'];
    if (content === undefined || !allowed.includes(content)) broken += 1;
  }
  return broken;
}

const PROTOCOLS: Readonly<
  Record<string, { readonly safe: boolean; readonly run: (files: FileSystem) => Promise<void> }>
> = {
  'write, flush, rename, flush the folder': {
    safe: true,
    async run(files) {
      await files.writeFile(at('pointer.tmp'), bytes('new'));
      await files.flush([at('pointer.tmp')]);
      await files.rename(at('pointer.tmp'), at('pointer'));
      await files.flush([ROOT]);
    },
  },
  'writing in place': {
    safe: false,
    async run(files) {
      await files.writeFile(at('pointer'), bytes('new'));
      await files.flush([at('pointer')]);
    },
  },
  'renaming what was not flushed': {
    safe: false,
    async run(files) {
      await files.writeFile(at('pointer.tmp'), bytes('new'));
      await files.rename(at('pointer.tmp'), at('pointer'));
      await files.flush([ROOT]);
    },
  },
  'leaving out the flush of the folder': {
    safe: false,
    async run(files) {
      await files.writeFile(at('pointer.tmp'), bytes('new'));
      await files.flush([at('pointer.tmp')]);
      await files.rename(at('pointer.tmp'), at('pointer'));
    },
  },
  'removing before renaming': {
    safe: false,
    async run(files) {
      await files.writeFile(at('pointer.tmp'), bytes('new'));
      await files.flush([at('pointer.tmp')]);
      await files.remove(at('pointer'));
      await files.rename(at('pointer.tmp'), at('pointer'));
      await files.flush([ROOT]);
    },
  },
  'flushing the folder too early': {
    safe: false,
    async run(files) {
      await files.writeFile(at('pointer.tmp'), bytes('new'));
      await files.flush([at('pointer.tmp'), ROOT]);
      await files.rename(at('pointer.tmp'), at('pointer'));
    },
  },
};

describe('crashStates', () => {
  for (const [name, { safe, run }] of Object.entries(PROTOCOLS)) {
    it(safe ? `finds no fault with: ${name}` : `catches: ${name}`, async () => {
      const broken = await violations(run);
      assert.equal(broken === 0, safe, `${broken} states`);
    });
  }

  it('needs a tree flushed before it is renamed into place, and both folders after', async () => {
    const publish = async (
      files: FileSystem,
      flushTree: boolean,
      flushParents: readonly string[],
    ): Promise<number> => {
      const broken: CrashState[] = [];
      const recorder = await RecordingFileSystem.start(files, ROOT);
      await recorder.makeDirectory(at('staging', 't1', 'scripts'));
      await recorder.writeFile(at('staging', 't1', 'SKILL.md'), bytes('text'));
      await recorder.writeFile(at('staging', 't1', 'scripts', 'run'), bytes('#!'), { executable: true });
      if (flushTree) await recorder.flushTrees([at('staging', 't1')]);
      await recorder.rename(at('staging', 't1'), at('versions', 'v0001'));
      await recorder.flush(flushParents);
      const end = recorder.length;
      for (const state of crashStates(recorder.recording())) {
        const visible = state.directories.has('versions/v0001');
        const whole =
          text(state, 'versions/v0001/SKILL.md') === 'text' &&
          text(state, 'versions/v0001/scripts/run') === '#!';
        if ((visible && !whole) || (!visible && state.afterOperation === end)) broken.push(state);
      }
      return broken.length;
    };
    const disk = async (): Promise<MemoryFileSystem> => {
      const memory = new MemoryFileSystem();
      await memory.makeDirectory(at('versions'));
      return memory;
    };
    const both = [at('staging'), at('versions'), ROOT];
    assert.equal(await publish(await disk(), true, both), 0);
    assert.notEqual(await publish(await disk(), false, both), 0);
    assert.notEqual(await publish(await disk(), true, [at('staging')]), 0);
  });

  it('counts an exchange as one step: never one of the two without the other', async () => {
    const recorder = await record({ 'a/file': 'A', 'b/file': 'B' }, async (files) => {
      assert.equal(await files.exchange(at('a'), at('b')), true);
      await files.flush([ROOT]);
    });
    const pairs = new Set<string>();
    for (const state of crashStates(recorder.recording())) {
      pairs.add(`${text(state, 'a/file') ?? ''}${text(state, 'b/file') ?? ''}`);
      if (state.afterOperation === recorder.length) assert.equal(text(state, 'a/file'), 'B');
    }
    assert.deepEqual([...pairs].sort(), ['AB', 'BA']);
  });

  it('tears an append that was not flushed, and nothing that was', async () => {
    const recorder = await record({ log: 'one\n' }, async (files) => {
      await files.appendFile(at('log'), bytes('two\n'));
    });
    const contents = new Set([...crashStates(recorder.recording())].map((state) => text(state, 'log')));
    assert.deepEqual([...contents].sort(), ['one\n', 'one\n\0\0\0\0', 'one\ntw', 'one\ntwo\n']);
  });

  it('gives every combination where they are few, and each once', async () => {
    const recorder = await record({}, async (files) => {
      for (const name of ['a', 'b', 'c']) await files.writeFile(at(name), new Uint8Array());
    });
    const last = [...crashStates(recorder.recording())].filter(
      (state) => state.afterOperation === recorder.length,
    );
    assert.equal(last.length, 8);
    assert.equal(new Set(last.map((state) => state.fingerprint)).size, 8);
    const ordered = [...crashStates(recorder.recording(), { surviving: 'prefix' })];
    assert.equal(ordered.filter((state) => state.afterOperation === recorder.length).length, 4);
  });

  it('always gives the prefixes, all but one, and each alone, where combinations are many', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `f${String(index).padStart(2, '0')}`);
    const recorder = await record({}, async (files) => {
      for (const name of names) await files.writeFile(at(name), new Uint8Array());
    });
    const found = new Set(
      [...crashStates(recorder.recording(), { limit: 10 })]
        .filter((state) => state.afterOperation === recorder.length)
        .map((state) => [...state.files.keys()].join()),
    );
    names.forEach((name, index) => {
      assert.ok(found.has(names.slice(0, index).join()));
      assert.ok(found.has(names.filter((other) => other !== name).join()));
      assert.ok(found.has(name));
    });
    assert.ok(found.size <= 41 + 80 + 10);
  });

  it('draws the same states for the same seed, and others for another', async () => {
    const recorder = await record({}, async (files) => {
      for (let index = 0; index < 12; index += 1) await files.writeFile(at(`f${index}`), bytes('content'));
    });
    const draw = (seed: number): string =>
      [...crashStates(recorder.recording(), { limit: 20, seed })]
        .map((state) => state.fingerprint)
        .join('\n\n');
    assert.equal(draw(1), draw(1));
    assert.notEqual(draw(1), draw(2));
  });

  it('stays bounded when hundreds of files are written before the first flush', async () => {
    const recorder = await record({ kept: 'old' }, async (files) => {
      await files.makeDirectory(at('staging'));
      for (let index = 0; index < 60; index += 1)
        await files.writeFile(at('staging', `f${index}`), bytes('x'));
      await files.flushTrees([at('staging')]);
      await files.flush([ROOT]);
      await files.remove(at('staging'));
    });
    let count = 0;
    for (const state of crashStates(recorder.recording(), { limit: 16 })) {
      count += 1;
      assert.equal(text(state, 'kept'), 'old');
    }
    assert.ok(count > 1_000 && count < 80_000, `${count} states`);
  });

  it('puts a state on a real disk and into memory, modes included', async () => {
    const recorder = await record({ 'skills/a/SKILL.md': 'text' }, async (files) => {
      await files.writeFile(at('skills', 'a', 'run'), bytes('#!'), { executable: true });
      await files.flush([at('skills', 'a', 'run'), at('skills', 'a')]);
    });
    const state = [...crashStates(recorder.recording())].at(-1);
    assert.ok(state);
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'beaver-crash-'));
    try {
      materialise(state, path.join(directory, 'disk'));
      assert.equal(fs.readFileSync(path.join(directory, 'disk', 'skills', 'a', 'SKILL.md'), 'utf8'), 'text');
      const isExecutable =
        (fs.statSync(path.join(directory, 'disk', 'skills', 'a', 'run')).mode & 0o100) !== 0;
      assert.equal(isExecutable, process.platform !== 'win32');
    } finally {
      fs.rmSync(directory, { recursive: true, force: true });
    }
    const memory = await toMemoryFiles(state, path.resolve('/again'));
    assert.equal((await memory.lstat(path.resolve('/again/skills/a/run')))?.executable, true);
    assert.equal((await memory.lstat(path.resolve('/again/skills/a/SKILL.md')))?.executable, false);
  });

  it('refuses to record what it cannot see', async () => {
    const memory = new MemoryFileSystem();
    await memory.makeDirectory(ROOT);
    const recorder = await RecordingFileSystem.start(memory, ROOT);
    await assert.rejects(recorder.makeDirectory(path.resolve('/elsewhere')), /outside/);
    memory.symlink('nowhere', at('link'));
    await assert.rejects(RecordingFileSystem.start(memory, ROOT), /symlink/);
  });
});
