import * as path from 'node:path';
import { makeDirectoryDurably } from '../durable.ts';
import type { FileSystem, NewTree } from '../ports.ts';
import { writeStoredJson } from '../stored-json.ts';
import type { TreeFile } from './models.ts';
import { PendingWrites } from './pending-writes.ts';
import { complete } from './redo.ts';
import {
  inside,
  isCommitted,
  journal,
  type TransactionDeps,
  type TransactionStep,
} from './transaction-steps.ts';

/** A change of the workspace that is being put together: its steps, and what they will move into place. */
export class Transaction {
  readonly folder: string;
  readonly #deps: TransactionDeps;
  readonly #steps: TransactionStep[] = [];
  readonly #read = new Map<string, Promise<unknown>>();
  readonly #writes = new PendingWrites();
  #made: Promise<void> | undefined;
  #staged = false;

  private constructor(deps: TransactionDeps, folder: string) {
    this.#deps = deps;
    this.folder = folder;
  }

  /** Creates nothing on disk until something is staged or committed. Call it under the write lock only. */
  static begin(deps: TransactionDeps): Transaction {
    return new Transaction(deps, path.join(deps.layout.staging, deps.ports.ids.transaction()));
  }

  /** What this change reads once, however many skills it is about. */
  once<T>(what: string, read: () => Promise<T>): Promise<T> {
    const known = this.#read.get(what);
    if (known !== undefined) return known as Promise<T>;
    const reading = read();
    this.#read.set(what, reading);
    return reading;
  }

  get empty(): boolean {
    return this.#steps.length === 0;
  }

  add(...steps: readonly TransactionStep[]): void {
    this.#steps.push(...steps);
  }

  /**
   * Writes a tree of regular files below the transaction. `name` is a POSIX path that becomes `from` of a promotion. The tree may still be
   * on its way to the disk when this resolves; `commit` waits for it, and rejects when it did not arrive.
   */
  async stageTree(name: string, tree: readonly TreeFile[]): Promise<string> {
    const root = inside(this.folder, name);
    this.#staged = true;
    // The journal will lie in this folder: it must not be possible that what is flushed below it hangs on a name that is not.
    this.#made ??= makeDirectoryDurably(this.#deps.ports.files, this.folder);
    await this.#made;
    const { files } = this.#deps.ports;
    const loaded = files.writeTrees === undefined ? undefined : newTree(root, tree);
    if (loaded === undefined) await writeTree(files, root, tree);
    else await this.#writes.add(bytesIn(loaded), async () => files.writeTrees?.([loaded]));
    return root;
  }

  /** Makes what was staged durable, commits, applies and cleans up. With no steps it only cleans up. */
  async commit(purpose: string): Promise<void> {
    const { ports } = this.#deps;
    if (this.#steps.length === 0) {
      await this.discard();
      return;
    }
    await makeDirectoryDurably(ports.files, this.folder);
    await this.#writes.settled();
    if (this.#staged) await ports.files.flushTrees([this.folder]);
    await writeStoredJson(ports.files, journal(this.folder), {
      schema_version: 1,
      purpose,
      steps: this.#steps,
    });
    await complete(this.#deps, this.folder, this.#steps);
  }

  /** Removes what was staged; what was committed stays committed. */
  async discard(): Promise<void> {
    if (!this.#staged) return;
    await this.#writes.settled().catch(() => undefined);
    await this.#deps.ports.files.remove(this.folder);
    this.#staged = false;
  }
}

/** Runs `body` with a new transaction and discards what it staged when it fails before the commit. */
export async function withTransaction<T>(
  deps: TransactionDeps,
  body: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const transaction = Transaction.begin(deps);
  try {
    return await body(transaction);
  } catch (error) {
    if (!(await isCommitted(deps.ports.files, transaction.folder)))
      await transaction.discard().catch(() => undefined);
    throw error;
  }
}

/** Undefined when a file would have to be read first. */
function newTree(root: string, tree: readonly TreeFile[]): NewTree | undefined {
  const files: NewTree['files'][number][] = [];
  for (const file of tree) {
    if (file.content.kind !== 'bytes') return undefined;
    inside(root, file.path);
    files.push({ path: file.path, bytes: file.content.bytes, executable: file.executable });
  }
  return { root, files };
}

function bytesIn(tree: NewTree): number {
  return tree.files.reduce((sum, file) => sum + file.bytes.byteLength, 0);
}

/** Writes regular files only; every path is relative, POSIX, without empty, `.` or `..` segments. Not durable by itself. */
export async function writeTree(files: FileSystem, root: string, tree: readonly TreeFile[]): Promise<void> {
  const made = new Set<string>();
  for (const file of tree) {
    const target = inside(root, file.path);
    const folder = path.dirname(target);
    if (!made.has(folder)) {
      await files.makeDirectory(folder);
      made.add(folder);
    }
    if (file.content.kind === 'bytes') {
      await files.writeFile(target, file.content.bytes, { executable: file.executable, exclusive: true });
    } else {
      await files.copyFile(file.content.from, target, { executable: file.executable });
    }
  }
}
