import * as path from 'node:path';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import type { FileSystem, Ports } from '../../src/core/ports.ts';
import { NodeFileSystem } from '../../src/node/node-files.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { TransactionIds } from '../../src/node/transaction-ids.ts';
import { FaultFileSystem, type FileMethod, isMutation } from '../support/fault-files.ts';
import { systemError } from '../support/system-error.ts';
import { type Stage, TARGETS } from './life.ts';

/** The real disk without waiting for it: a killed process loses nothing that it gave to the system. */
export class UnflushedFiles extends NodeFileSystem {
  override flush(): Promise<void> {
    return Promise.resolve();
  }

  override flushTrees(): Promise<void> {
    return Promise.resolve();
  }
}

/** Real ports at a time that stands, so that the same commands leave the same bytes. */
export function standingPorts(files: FileSystem): Ports {
  const clock = { now: (): number => Date.UTC(2026, 10, 20) };
  return { ...nodePorts(), files, clock, ids: new TransactionIds(clock) };
}

export function openLife(ports: Ports, root: string): BeaverWorkspace {
  return createWorkspace(ports, { root, actor: 'tester', runtimeTargets: TARGETS });
}

/** The workspace as a stage meets it: with the model that is asked there, and on a disk that refuses what is refused there. */
export function openStage(stage: Stage, ports: Ports, root: string): BeaverWorkspace {
  if (stage.refused === undefined) return openStageAgain(stage, ports, root);
  return openStageAgain(stage, { ...ports, files: new RefusingFiles(ports.files, stage.refused) }, root);
}

/** The same for who comes later, on a disk that works. */
export function openStageAgain(stage: Stage, ports: Ports, root: string): BeaverWorkspace {
  const models = stage.models === undefined ? {} : { models: stage.models() };
  return openLife({ ...ports, ...models }, root);
}

/**
 * Takes what is one call of the port and several of the system apart, so that a crash can fall in between: a file is there and empty
 * before it has its bytes, and a folder comes and goes entry by entry. What changes nothing is not passed on.
 */
export class SmallSteps implements FileSystem {
  readonly #inner: FileSystem;
  readonly lstat: FileSystem['lstat'];
  readonly realpath: FileSystem['realpath'];
  readonly readDirectory: FileSystem['readDirectory'];
  readonly readFile: FileSystem['readFile'];
  readonly appendFile: FileSystem['appendFile'];
  readonly copyFile: FileSystem['copyFile'];
  readonly rename: FileSystem['rename'];
  readonly exchange: FileSystem['exchange'];
  readonly flush: FileSystem['flush'];
  readonly flushTrees: FileSystem['flushTrees'];

  constructor(inner: FileSystem) {
    this.#inner = inner;
    this.lstat = inner.lstat.bind(inner);
    this.realpath = inner.realpath.bind(inner);
    this.readDirectory = inner.readDirectory.bind(inner);
    this.readFile = inner.readFile.bind(inner);
    this.appendFile = inner.appendFile.bind(inner);
    this.copyFile = inner.copyFile.bind(inner);
    this.rename = inner.rename.bind(inner);
    this.exchange = inner.exchange.bind(inner);
    this.flush = inner.flush.bind(inner);
    this.flushTrees = inner.flushTrees.bind(inner);
  }

  async writeFile(
    target: string,
    bytes: Uint8Array,
    options?: { executable?: boolean; exclusive?: boolean },
  ): Promise<void> {
    await this.#inner.writeFile(target, new Uint8Array(), options);
    await this.#inner.appendFile(target, bytes);
  }

  async makeDirectory(target: string): Promise<void> {
    if ((await this.#inner.lstat(target)) !== undefined) return;
    await this.makeDirectory(path.dirname(target));
    await this.#inner.makeDirectory(target);
  }

  async remove(target: string): Promise<void> {
    const stat = await this.#inner.lstat(target);
    if (stat === undefined) return;
    if (stat.kind === 'directory') {
      for (const entry of (await this.#inner.readDirectory(target)) ?? [])
        await this.remove(path.join(target, entry.name));
    }
    await this.#inner.remove(target);
  }
}

/** A disk on which the transaction of one purpose never comes to be. */
class RefusingFiles extends FaultFileSystem {
  readonly #purpose: string;

  constructor(inner: FileSystem, purpose: string) {
    super(inner);
    this.#purpose = purpose;
  }

  override writeFile(
    target: string,
    bytes: Uint8Array,
    options?: { executable?: boolean; exclusive?: boolean },
  ): Promise<void> {
    const journal = path.basename(target).startsWith('commit.json');
    if (journal && Buffer.from(bytes).toString('utf8').includes(`"${this.#purpose}"`))
      return Promise.reject(systemError('ENOSPC', 'writeFile', target));
    return super.writeFile(target, bytes, options);
  }
}

/** For `FaultPlan.counts`: between two of these calls the disk is the same to whoever comes after a killed process. */
export function changesDisk(method: FileMethod): boolean {
  return isMutation(method) && method !== 'flush' && method !== 'flushTrees';
}
