import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import fc from 'fast-check';
import type { FileSystem } from '../../../src/core/ports.ts';
import { NodeFileSystem } from '../../../src/node/node-files.ts';
import { systemCode } from '../../../src/base/system-errors.ts';
import { MemoryFileSystem } from '../../support/memory-files.ts';

type Step = (files: FileSystem, root: string) => Promise<unknown>;

const name = fc.constantFrom('a', 'b', 'a/c', 'a/d', 'b/c', 'a/c/e', 'b/c/e');
const content = fc.constantFrom('', 'x', 'longer');

const at = (root: string, relative: string): string => path.join(root, ...relative.split('/'));

const step: fc.Arbitrary<{ readonly what: string; readonly run: Step }> = fc.oneof(
  fc.tuple(name, content, fc.boolean(), fc.boolean()).map(([target, text, executable, exclusive]) => ({
    what: `write ${target}`,
    run: (files: FileSystem, root: string) =>
      files.writeFile(at(root, target), Buffer.from(text), { executable, exclusive }),
  })),
  fc.tuple(name, content).map(([target, text]) => ({
    what: `append ${target}`,
    run: (files: FileSystem, root: string) => files.appendFile(at(root, target), Buffer.from(text)),
  })),
  fc.tuple(name, name).map(([from, to]) => ({
    what: `copy ${from} to ${to}`,
    // A file copied onto itself is emptied by one and kept by the other; nobody asks for it.
    run: (files: FileSystem, root: string) =>
      from === to ? Promise.resolve() : files.copyFile(at(root, from), at(root, to)),
  })),
  name.map((target) => ({
    what: `mkdir ${target}`,
    run: (files: FileSystem, root: string) => files.makeDirectory(at(root, target)),
  })),
  fc.tuple(name, name).map(([from, to]) => ({
    what: `rename ${from} to ${to}`,
    run: async (files: FileSystem, root: string) => {
      // POSIX lets a directory replace an empty one; the port promises less.
      if ((await files.readDirectory(at(root, to)).catch(() => []))?.length === 0) return;
      await files.rename(at(root, from), at(root, to));
    },
  })),
  fc.tuple(name, name).map(([a, b]) => ({
    what: `exchange ${a} and ${b}`,
    run: (files: FileSystem, root: string) => files.exchange(at(root, a), at(root, b)),
  })),
  name.map((target) => ({
    what: `remove ${target}`,
    run: (files: FileSystem, root: string) => files.remove(at(root, target)),
  })),
);

async function outcome(run: Step, files: FileSystem, root: string): Promise<string> {
  try {
    return String(await run(files, root));
  } catch (error) {
    return systemCode(error) ?? 'a failure without a code';
  }
}

async function snapshot(files: FileSystem, directory: string): Promise<unknown> {
  const entries = [...((await files.readDirectory(directory)) ?? [])].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  return await Promise.all(
    entries.map(async (entry) => {
      const child = path.join(directory, entry.name);
      if (entry.kind === 'directory') return [entry.name, await snapshot(files, child)];
      const bytes = (await files.readFile(child)) ?? new Uint8Array();
      return [entry.name, Buffer.from(bytes).toString('utf8'), (await files.lstat(child))?.executable];
    }),
  );
}

// Other systems refuse the same things with other codes; what all of them hold is the contract.
if (process.platform === 'linux') {
  describe('MemoryFileSystem beside NodeFileSystem', () => {
    it('ends every step as the real one does: same answers, same codes, same tree', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
          const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'beaver-parity-')));
          try {
            const real = new NodeFileSystem();
            const memory = new MemoryFileSystem();
            await memory.makeDirectory(root);
            for (const { what, run } of steps) {
              assert.equal(await outcome(run, memory, root), await outcome(run, real, root), what);
            }
            assert.deepEqual(await snapshot(memory, root), await snapshot(real, root));
          } finally {
            fs.rmSync(root, { recursive: true, force: true });
          }
        }),
        { numRuns: 300 },
      );
    });
  });
}
