import assert from 'node:assert/strict';
import * as path from 'node:path';
import { FaultFileSystem, isMutation } from '../../support/fault-files.ts';
import { MemoryFileSystem } from '../../support/memory-files.ts';

const at = (name: string): string => path.resolve('/', name);
const data = Buffer.from('x');

describe('FaultFileSystem', () => {
  it('counts every call, or only those that it is asked to count', async () => {
    const everything = new FaultFileSystem(new MemoryFileSystem());
    await everything.writeFile(at('a'), data);
    await everything.lstat(at('a'));
    assert.deepEqual(
      everything.calls.map((call) => [call.number, call.method]),
      [
        [1, 'writeFile'],
        [2, 'lstat'],
      ],
    );
    const changes = new FaultFileSystem(new MemoryFileSystem(), {
      at: 2,
      fault: { kind: 'fail', code: 'EIO' },
      counts: isMutation,
    });
    await changes.writeFile(at('a'), data);
    await changes.readFile(at('a'));
    await assert.rejects(changes.remove(at('a')), { code: 'EIO', syscall: 'remove' });
    assert.equal((await changes.lstat(at('a')))?.kind, 'file');
  });

  it('fails once, or from then on', async () => {
    const once = new FaultFileSystem(new MemoryFileSystem(), {
      at: 1,
      fault: { kind: 'fail', code: 'ENOSPC' },
    });
    await assert.rejects(once.writeFile(at('a'), data), { code: 'ENOSPC' });
    await once.writeFile(at('a'), data);
    const full = new FaultFileSystem(new MemoryFileSystem(), {
      at: 2,
      fault: { kind: 'fail', code: 'ENOSPC', persistent: true },
    });
    await full.writeFile(at('a'), data);
    await assert.rejects(full.writeFile(at('b'), data), { code: 'ENOSPC' });
    await assert.rejects(full.writeFile(at('c'), data), { code: 'ENOSPC' });
  });

  it('tears a write and an append where it is asked to', async () => {
    const memory = new MemoryFileSystem();
    await memory.writeFile(at('log'), Buffer.from('one\n'));
    const fault = { kind: 'fail', code: 'ENOSPC', persistent: true, torn: true } as const;
    const files = new FaultFileSystem(memory, { at: 1, fault });
    await assert.rejects(files.appendFile(at('log'), Buffer.from('four')), { code: 'ENOSPC' });
    await assert.rejects(files.writeFile(at('new'), Buffer.from('text')), { code: 'ENOSPC' });
    assert.equal(Buffer.from((await memory.readFile(at('log'))) ?? []).toString(), 'one\nfo');
    assert.equal(Buffer.from((await memory.readFile(at('new'))) ?? []).toString(), 'te');
  });

  for (const when of ['before', 'after'] as const) {
    it(`runs its hook ${when} the chosen call, once`, async () => {
      const memory = new MemoryFileSystem();
      const seen: (string | undefined)[] = [];
      const files = new FaultFileSystem(memory, {
        at: 2,
        fault: {
          kind: 'hook',
          when,
          hook: async (call) => {
            seen.push(`${call.number} ${call.method} ${(await memory.lstat(at('b')))?.kind ?? 'missing'}`);
          },
        },
      });
      for (const name of ['a', 'b', 'c']) await files.writeFile(at(name), data);
      assert.deepEqual(seen, [`2 writeFile ${when === 'before' ? 'missing' : 'file'}`]);
    });
  }
});
