import * as fs from 'node:fs';
import * as path from 'node:path';
import { DiskModel, type Inode } from './disk-model.ts';
import { contentVersions, type ContentVersions } from './file-versions.ts';
import { MemoryFileSystem, type MemoryFilesOptions } from './memory-files.ts';
import { isNameOperation, type NameOperation, type Recording } from './recording-files.ts';
import { SeededRandom } from './seeded-random.ts';

export interface CrashStateOptions {
  /** Combinations per crash point up to which all are taken; above it, this many are drawn beside those always taken. Default 64. */
  readonly limit?: number;
  /** Default 1. */
  readonly seed?: number;
  /** `any` subset of unflushed name operations may survive (the default), or only the first of them in order (`prefix`). */
  readonly surviving?: 'any' | 'prefix';
}

/** A disk as a power cut after `afterOperation` operations may leave it. Paths are POSIX, relative to the recorded root. */
export interface CrashState {
  readonly afterOperation: number;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly directories: ReadonlySet<string>;
  readonly executables: ReadonlySet<string>;
  /** Equal for equal disks of one recording: a check that does not look at `afterOperation` can skip those it has seen. */
  readonly fingerprint: string;
}

/**
 * The disks that a power cut may leave. What a file contains is certain up to its last flush; a change of names is certain once all
 * directories it touches have been flushed after it. Of the rest, anything may be missing, and content may be old, empty, half, zeros or new.
 *
 * Each crash point gives: all prefixes of the uncertain name operations, all with one left out, each one alone; for each of these the
 * newest and the oldest content; for all name operations kept, each file at each of its contents; and seeded draws. Points whose
 * combinations number at most `limit` are enumerated whole. No state is given twice for one point.
 */
export function* crashStates(recording: Recording, options: CrashStateOptions = {}): Generator<CrashState> {
  const limit = options.limit ?? 64;
  for (let point = 0; point <= recording.operations.length; point += 1) {
    const versions = contentVersions(recording, point);
    const names = new NameHistory(recording, point);
    const random = new SeededRandom((options.seed ?? 1) * 1_000_003 + point);
    const seen = new Set<string>();
    for (const choice of choices(
      names.uncertain.length,
      versions,
      limit,
      random,
      options.surviving ?? 'any',
    )) {
      const model = names.replay(choice.keeps);
      const state = stateOf(recording, point, model, versions, choice.version);
      if (seen.has(state.fingerprint)) continue;
      seen.add(state.fingerprint);
      yield state;
    }
  }
}

interface Choice {
  /** Whether the uncertain name operation of this index survives. */
  readonly keeps: (index: number) => boolean;
  readonly version: (inode: Inode, count: number) => number;
}

const newest = (_inode: Inode, count: number): number => count - 1;
const oldest = (): number => 0;
const all = (): boolean => true;

function* choices(
  uncertain: number,
  versions: ContentVersions,
  limit: number,
  random: SeededRandom,
  surviving: 'any' | 'prefix',
): Generator<Choice> {
  const loose = [...versions].filter(([, contents]) => contents.length > 1);
  const subsets = surviving === 'prefix' ? uncertain + 1 : 2 ** uncertain;
  const combinations = loose.reduce((product, [, contents]) => product * contents.length, subsets);
  if (combinations <= limit) {
    for (let number = 0; number < combinations; number += 1) {
      const subset = number % subsets;
      const keeps =
        surviving === 'prefix'
          ? (index: number): boolean => index < subset
          : (index: number): boolean => Math.floor(subset / 2 ** index) % 2 === 1;
      yield { keeps, version: mixedRadix(Math.floor(number / subsets), loose) };
    }
    return;
  }
  for (const keeps of always(uncertain, surviving)) {
    yield { keeps, version: newest };
    yield { keeps, version: oldest };
  }
  for (const [inode, contents] of loose) {
    for (let version = 0; version < contents.length; version += 1) {
      yield { keeps: all, version: (other, count) => (other === inode ? version : count - 1) };
    }
  }
  for (let draw = 0; draw < limit; draw += 1) {
    const kept = Array.from({ length: uncertain }, () => random.below(2) === 1);
    const prefix = random.below(uncertain + 1);
    const drawn = new Map(loose.map(([inode, contents]) => [inode, random.below(contents.length)]));
    yield {
      keeps: surviving === 'prefix' ? (index) => index < prefix : (index) => kept[index] === true,
      version: (inode) => drawn.get(inode) ?? 0,
    };
  }
}

function* always(uncertain: number, surviving: 'any' | 'prefix'): Generator<(index: number) => boolean> {
  for (let end = 0; end <= uncertain; end += 1) yield (index) => index < end;
  if (surviving === 'prefix') return;
  for (let one = 0; one < uncertain; one += 1) {
    yield (index) => index !== one;
    yield (index) => index === one;
  }
}

/** Reads `number` as one digit per inode, each in the base of its number of contents. */
function mixedRadix(
  number: number,
  loose: readonly (readonly [Inode, readonly unknown[]])[],
): (inode: Inode) => number {
  const digits = new Map<Inode, number>();
  let rest = number;
  for (const [inode, contents] of loose) {
    digits.set(inode, rest % contents.length);
    rest = Math.floor(rest / contents.length);
  }
  return (inode) => digits.get(inode) ?? 0;
}

/** The name operations before a point, parted into those certain to survive and the uncertain ones. */
class NameHistory {
  readonly #recording: Recording;
  readonly #operations: readonly NameOperation[];
  readonly #indexes: ReadonlyMap<NameOperation, number>;
  readonly uncertain: readonly NameOperation[];

  constructor(recording: Recording, point: number) {
    this.#recording = recording;
    const flushedLater = new Set<Inode>();
    const gone = new Set<Inode>();
    const operations: NameOperation[] = [];
    const uncertain: NameOperation[] = [];
    for (const operation of recording.operations.slice(0, point).reverse()) {
      if (operation.kind === 'flush') for (const inode of operation.inodes) flushedLater.add(inode);
      if (!isNameOperation(operation)) continue;
      operations.push(operation);
      // What happened in a directory that is certainly gone shows nowhere.
      const certain = directoriesOf(operation).every((inode) => flushedLater.has(inode) || gone.has(inode));
      if (!certain) uncertain.push(operation);
      else if (operation.kind === 'unlink') gone.add(operation.inode);
    }
    this.#operations = operations.reverse();
    this.uncertain = uncertain.reverse();
    this.#indexes = new Map(this.uncertain.map((operation, index) => [operation, index]));
  }

  replay(keeps: (index: number) => boolean): DiskModel {
    const model = new DiskModel(this.#recording.seed);
    for (const operation of this.#operations) {
      const index = this.#indexes.get(operation);
      if (index === undefined || keeps(index)) model.apply(operation);
    }
    return model;
  }
}

function directoriesOf(operation: NameOperation): readonly Inode[] {
  switch (operation.kind) {
    case 'create':
    case 'unlink':
      return [operation.at.directory];
    case 'rename':
      return [operation.from.directory, operation.to.directory];
    case 'exchange':
      return [operation.a.directory, operation.b.directory];
  }
}

function stateOf(
  recording: Recording,
  afterOperation: number,
  model: DiskModel,
  versions: ContentVersions,
  version: Choice['version'],
): CrashState {
  const { files: inodes, directories } = model.paths();
  const files = new Map<string, Uint8Array>();
  const executables = new Set<string>();
  const marks: string[] = [...directories];
  for (const [at, inode] of inodes) {
    const contents = versions.get(inode) ?? [];
    const content = contents[version(inode, contents.length)];
    files.set(at, content?.bytes ?? new Uint8Array());
    if (recording.executables.has(inode)) executables.add(at);
    marks.push(`${at}\0${inode}\0${content?.mark ?? ''}`);
  }
  return {
    afterOperation,
    files,
    directories: new Set(directories),
    executables,
    fingerprint: marks.join('\n'),
  };
}

/** Puts the state into an empty or missing directory of the real disk. */
export function materialise(state: CrashState, directory: string): void {
  fs.mkdirSync(directory, { recursive: true });
  for (const name of state.directories) fs.mkdirSync(path.join(directory, name));
  for (const [name, bytes] of state.files) {
    fs.writeFileSync(path.join(directory, name), bytes, {
      mode: state.executables.has(name) ? 0o755 : 0o644,
    });
  }
}

/** The state below `root` of a file system in memory. */
export async function toMemoryFiles(
  state: CrashState,
  root: string,
  options: MemoryFilesOptions = {},
): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem(options);
  await files.makeDirectory(root);
  for (const name of state.directories) await files.makeDirectory(path.join(root, name));
  for (const [name, bytes] of state.files) {
    await files.writeFile(path.join(root, name), bytes, { executable: state.executables.has(name) });
  }
  return files;
}
