import type { DirectoryEntry, FileStat, FileSystem } from '../../src/core/ports.ts';
import { systemError } from './system-error.ts';

export type FileMethod = keyof FileSystem;

export interface FileCall {
  /** From 1. */
  readonly number: number;
  readonly method: FileMethod;
  readonly path: string;
}

export type Fault =
  /**
   * The call does nothing and rejects with `code`. `persistent`: so does every later one that the plan counts.
   * `torn`: a write or an append gets half of its bytes to the disk first, as when the disk becomes full.
   */
  | { readonly kind: 'fail'; readonly code: string; readonly persistent?: boolean; readonly torn?: boolean }
  /** The process stops before the call, as one that is killed: neither this call nor any other one ever returns. */
  | { readonly kind: 'halt'; readonly reached: () => void }
  /** `hook` runs before or after the call; a hook may end the process. */
  | {
      readonly kind: 'hook';
      readonly when: 'before' | 'after';
      readonly hook: (call: FileCall) => void | Promise<void>;
    };

export interface FaultPlan {
  /** The number of the call to strike, from 1, among those that `counts` lets count. */
  readonly at: number;
  readonly fault: Fault;
  /** Default: every call counts. */
  readonly counts?: (method: FileMethod) => boolean;
}

const MUTATIONS: ReadonlySet<FileMethod> = new Set<FileMethod>([
  'writeFile',
  'appendFile',
  'copyFile',
  'makeDirectory',
  'rename',
  'exchange',
  'remove',
  'flush',
  'flushTrees',
]);

/** For `FaultPlan.counts`: only the calls that change the disk or wait for it. */
export function isMutation(method: FileMethod): boolean {
  return MUTATIONS.has(method);
}

/** A file system that strikes at one chosen call. Without a plan it only counts. */
export class FaultFileSystem implements FileSystem {
  readonly #inner: FileSystem;
  readonly #plan: FaultPlan | undefined;
  readonly #calls: FileCall[] = [];
  #halted = false;

  constructor(inner: FileSystem, plan?: FaultPlan) {
    this.#inner = inner;
    this.#plan = plan;
  }

  /** The calls that counted, in order. */
  get calls(): readonly FileCall[] {
    return this.#calls;
  }

  lstat(target: string): Promise<FileStat | undefined> {
    return this.#call('lstat', target, () => this.#inner.lstat(target));
  }

  realpath(target: string): Promise<string> {
    return this.#call('realpath', target, () => this.#inner.realpath(target));
  }

  readDirectory(target: string): Promise<readonly DirectoryEntry[] | undefined> {
    return this.#call('readDirectory', target, () => this.#inner.readDirectory(target));
  }

  readFile(target: string, maxBytes?: number): Promise<Uint8Array | undefined> {
    return this.#call('readFile', target, () => this.#inner.readFile(target, maxBytes));
  }

  writeFile(
    target: string,
    bytes: Uint8Array,
    options?: { executable?: boolean; exclusive?: boolean; private?: boolean },
  ): Promise<void> {
    return this.#call(
      'writeFile',
      target,
      () => this.#inner.writeFile(target, bytes, options),
      () => this.#inner.writeFile(target, firstHalf(bytes), options),
    );
  }

  appendFile(target: string, bytes: Uint8Array): Promise<void> {
    return this.#call(
      'appendFile',
      target,
      () => this.#inner.appendFile(target, bytes),
      () => this.#inner.appendFile(target, firstHalf(bytes)),
    );
  }

  copyFile(from: string, to: string, options?: { executable?: boolean }): Promise<void> {
    return this.#call('copyFile', to, () => this.#inner.copyFile(from, to, options));
  }

  makeDirectory(target: string): Promise<void> {
    return this.#call('makeDirectory', target, () => this.#inner.makeDirectory(target));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call('rename', to, () => this.#inner.rename(from, to));
  }

  exchange(a: string, b: string): Promise<boolean> {
    return this.#call('exchange', a, () => this.#inner.exchange(a, b));
  }

  remove(target: string): Promise<void> {
    return this.#call('remove', target, () => this.#inner.remove(target));
  }

  flush(paths: readonly string[]): Promise<void> {
    return this.#call('flush', paths[0] ?? '', () => this.#inner.flush(paths));
  }

  flushTrees(roots: readonly string[]): Promise<void> {
    return this.#call('flushTrees', roots[0] ?? '', () => this.#inner.flushTrees(roots));
  }

  async #call<T>(
    method: FileMethod,
    target: string,
    run: () => Promise<T>,
    tear?: () => Promise<void>,
  ): Promise<T> {
    const plan = this.#plan;
    if (this.#halted) return never();
    if (plan?.counts?.(method) === false) return await run();
    const call: FileCall = { number: this.#calls.length + 1, method, path: target };
    this.#calls.push(call);
    if (plan === undefined) return await run();
    const { fault } = plan;
    if (fault.kind === 'fail') {
      const strikes = call.number === plan.at || (fault.persistent === true && call.number > plan.at);
      if (!strikes) return await run();
      if (fault.torn === true) await tear?.();
      throw systemError(fault.code, method, target);
    }
    if (fault.kind === 'halt') {
      if (call.number !== plan.at) return await run();
      this.#halted = true;
      fault.reached();
      return never();
    }
    if (call.number === plan.at && fault.when === 'before') await fault.hook(call);
    const result = await run();
    if (call.number === plan.at && fault.when === 'after') await fault.hook(call);
    return result;
  }
}

function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}

function firstHalf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.byteLength >> 1);
}
