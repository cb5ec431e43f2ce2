import assert from 'node:assert/strict';
import * as path from 'node:path';
import { WorkspaceLayout } from '../../../../src/core/layout.ts';
import type { FileSystem } from '../../../../src/core/ports.ts';
import type { CurrentPointer, TreeFile } from '../../../../src/core/skills/models.ts';
import {
  PlacementExecutor,
  planPlacement,
  planRemoval,
  readPlacements,
} from '../../../../src/core/skills/placement.ts';
import { TargetInspector } from '../../../../src/core/skills/runtime-targets.ts';
import { recoverTransactions } from '../../../../src/core/skills/redo.ts';
import type { TransactionDeps } from '../../../../src/core/skills/transaction-steps.ts';
import { Transaction } from '../../../../src/core/skills/transaction.ts';
import { FaultFileSystem, type FileCall, type FileMethod, isMutation } from '../../../support/fault-files.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';
import { fakePorts } from '../../../support/ports.ts';

const ROOT = path.resolve('/work');
const layout = new WorkspaceLayout(ROOT);
const TARGET = { name: '.agents/skills', folder: path.join(ROOT, '.agents', 'skills') };
const SKILL = path.join(TARGET.folder, 'draw');
const OLD = 'Draw lines.';
const NEW = 'Draw curves.';

const document = (text: string): string => `---\nname: draw\ndescription: Draws\n---\n\n${text}\n`;
const tree = (text: string): readonly TreeFile[] => [
  { path: 'SKILL.md', executable: false, content: { kind: 'bytes', bytes: Buffer.from(document(text)) } },
];

class Bench {
  readonly files: FileSystem;
  readonly inspector: TargetInspector;
  readonly deps: TransactionDeps;

  constructor(files: FileSystem) {
    const ports = fakePorts(files);
    this.files = files;
    this.inspector = new TargetInspector(files);
    const executor = new PlacementExecutor(files, layout, this.inspector, ports.log);
    this.deps = { ports, layout, applyPlacements: executor.apply };
  }

  async place(version: string, text: string, previous: CurrentPointer | undefined): Promise<CurrentPointer> {
    const current = await this.pointer(version, text);
    const transaction = Transaction.begin(this.deps);
    const placements = await readPlacements(this.files, layout);
    const inspected = await this.inspector.inspect(TARGET, previous ?? current, placements);
    const findings = await planPlacement(transaction, layout, inspected, current, tree(text));
    await transaction.commit('place');
    this.codes = findings.map(({ code }) => code);
    return current;
  }

  codes: readonly string[] = [];

  async takeOut(current: CurrentPointer): Promise<void> {
    const transaction = Transaction.begin(this.deps);
    const inspected = await this.inspector.inspect(TARGET, current, await readPlacements(this.files, layout));
    this.codes = planRemoval(transaction, layout, inspected, 'draw').map(({ code }) => code);
    await transaction.commit('take out');
  }

  async pointer(version: string, text: string): Promise<CurrentPointer> {
    const scratch = new MemoryFileSystem();
    await scratch.makeDirectory('/tree');
    await scratch.writeFile('/tree/SKILL.md', Buffer.from(document(text)));
    const { treeHash, contentHash } = await new TargetInspector(scratch).tree('/tree');
    return {
      schema_version: 1,
      skill_name: 'draw',
      version,
      tree_hash: treeHash,
      content_hash: contentHash,
      action: 'publish',
      previous_version: null,
      updated_at: '',
    };
  }

  async text(name = 'SKILL.md'): Promise<string | undefined> {
    const bytes = await this.files.readFile(path.join(SKILL, name));
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  }

  async placed(): Promise<string | undefined> {
    return (await readPlacements(this.files, layout)).targets[TARGET.name]?.['draw']?.version;
  }

  async edit(text: string, name = 'SKILL.md'): Promise<void> {
    await this.files.makeDirectory(SKILL);
    await this.files.writeFile(path.join(SKILL, name), Buffer.from(text));
  }
}

async function disk(
  exchange: boolean,
): Promise<{ readonly files: MemoryFileSystem; readonly v1: CurrentPointer }> {
  const files = new MemoryFileSystem({ exchange });
  await files.makeDirectory(ROOT);
  return { files, v1: await new Bench(files).place('v0001', OLD, undefined) };
}

/** `hook` runs before the first call of that method on a path that ends so. */
async function beforeCall(
  files: FileSystem,
  ends: string,
  method: FileMethod,
  hook: (call: FileCall) => void | Promise<void>,
): Promise<Bench> {
  let struck = false;
  const watched = new Proxy(files, {
    get(target, name: keyof FileSystem) {
      if (target[name] === undefined) return undefined;
      const original = target[name].bind(target) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]): Promise<unknown> => {
        const touches = args.some((arg) => typeof arg === 'string' && arg.endsWith(ends));
        if (name === method && touches && !struck) {
          struck = true;
          await hook({ number: 0, method, path: ends });
        }
        return original(...args);
      };
    },
  });
  return Promise.resolve(new Bench(watched));
}

for (const exchange of [true, false]) {
  describe(
    exchange ? 'Placing where folders can be exchanged' : 'Placing where folders cannot be exchanged',
    () => {
      const swap: FileMethod = exchange ? 'exchange' : 'rename';

      it('puts the new tree in the place of the old one and records it', async () => {
        const { files, v1 } = await disk(exchange);
        const bench = new Bench(files);
        await bench.place('v0002', NEW, v1);
        assert.deepEqual(
          [await bench.text(), await bench.placed(), bench.codes],
          [document(NEW), 'v0002', []],
        );
      });

      it('carries logs and caches along', async () => {
        const { files, v1 } = await disk(exchange);
        const bench = new Bench(files);
        await bench.edit('noise', 'run.log');
        await files.makeDirectory(path.join(SKILL, '__pycache__'));
        await bench.edit('cache', '__pycache__/draw.pyc');
        await bench.place('v0002', NEW, v1);
        assert.deepEqual(
          [await bench.text(), await bench.text('run.log'), await bench.text('__pycache__/draw.pyc')],
          [document(NEW), 'noise', 'cache'],
        );
      });

      it('leaves an edit where it is and says so', async () => {
        const { files, v1 } = await disk(exchange);
        const bench = new Bench(files);
        await bench.edit('mine');
        await bench.place('v0002', NEW, v1);
        assert.deepEqual([await bench.text(), bench.codes], ['mine', ['local_edits_found']]);
        await bench.takeOut(v1);
        assert.deepEqual([await bench.text(), bench.codes], ['mine', ['local_edits_found']]);
      });

      it('leaves a folder alone that it did not place', async () => {
        const files = new MemoryFileSystem({ exchange });
        const bench = new Bench(files);
        await bench.edit('theirs');
        const v1 = await bench.place('v0001', OLD, undefined);
        assert.deepEqual(
          [await bench.text(), await bench.placed(), bench.codes],
          ['theirs', undefined, ['target_occupied']],
        );
        await bench.takeOut(v1);
        assert.equal(await bench.text(), 'theirs');
      });

      it('leaves an edit alone that arrives after the plan', async () => {
        const { files, v1 } = await disk(exchange);
        const bench = await beforeCall(files, 'commit.json', 'rename', () => new Bench(files).edit('mine'));
        await bench.place('v0002', NEW, v1);
        assert.deepEqual([await bench.text(), await bench.placed()], ['mine', 'v0001']);
      });

      it('swaps an edit back that arrives between the look and the swap', async () => {
        const { files, v1 } = await disk(exchange);
        const bench = await beforeCall(files, path.join('skills', 'draw'), swap, () =>
          new Bench(files).edit('mine'),
        );
        await bench.place('v0002', NEW, v1);
        assert.deepEqual([await bench.text(), await bench.placed()], ['mine', 'v0001']);
      });

      it('puts an edit back that arrives between the look and the taking out', async () => {
        const { files, v1 } = await disk(exchange);
        const bench = await beforeCall(files, path.join('skills', 'draw'), 'rename', () =>
          new Bench(files).edit('mine'),
        );
        await bench.takeOut(v1);
        assert.deepEqual([await bench.text(), await bench.placed()], ['mine', 'v0001']);
      });

      it('takes a skill out and forgets it', async () => {
        const { files, v1 } = await disk(exchange);
        const bench = new Bench(files);
        await bench.takeOut(v1);
        assert.deepEqual([await files.lstat(SKILL), await bench.placed()], [undefined, undefined]);
      });

      const changes = {
        'a placement': (bench: Bench, v1: CurrentPointer) => bench.place('v0002', NEW, v1),
        'a removal': (bench: Bench, v1: CurrentPointer) => bench.takeOut(v1),
      };
      for (const [name, change] of Object.entries(changes)) {
        for (const edited of [false, true]) {
          const promise = edited ? 'loses no edit that arrived during' : 'completes';
          it(`${promise} ${name}, whichever call fails`, async () => {
            for (let at = 1; ; at += 1) {
              const { files, v1 } = await disk(exchange);
              const arriving = edited
                ? (
                    await beforeCall(
                      files,
                      path.join('skills', 'draw'),
                      name === 'a removal' ? 'rename' : swap,
                      () => new Bench(files).edit('mine'),
                    )
                  ).files
                : files;
              const fault = { kind: 'fail', code: 'EIO', persistent: true } as const;
              const faulty = new FaultFileSystem(arriving, { at, fault, counts: isMutation });
              const failed = await change(new Bench(faulty), v1).then(
                () => false,
                () => true,
              );
              const bench = new Bench(files);
              await recoverTransactions(bench.deps);
              const [text, placed] = [await bench.text(), await bench.placed()];
              const seen = JSON.stringify([text, placed]);
              const whole = [
                [document(OLD), 'v0001'],
                name === 'a removal' ? [undefined, undefined] : [document(NEW), 'v0002'],
                ...(edited ? [['mine', 'v0001']] : []),
              ].map((state) => JSON.stringify(state));
              assert.ok(whole.includes(seen), `${seen} after call ${at}`);
              if (!failed) {
                assert.equal(seen, edited ? whole[2] : whole[1]);
                break;
              }
            }
          });
        }
      }
    },
  );
}
