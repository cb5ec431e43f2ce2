import type { Inode } from './disk-model.ts';
import type { Recording } from './recording-files.ts';

/** What one file may contain after a power cut; `mark` tells it from the others of the same file. */
export interface FileVersion {
  readonly bytes: Uint8Array;
  readonly mark: string;
}

/** By inode, the oldest possible content first, the newest last. */
export type ContentVersions = ReadonlyMap<Inode, readonly FileVersion[]>;

const EMPTY: FileVersion = { bytes: new Uint8Array(), mark: 'empty' };

/**
 * What the files may contain when the power is cut after `point` operations: the content of the last flush is certain, and every write
 * since may have reached the disk not at all, as a truncation, by half, as zeros of its length, or whole.
 */
export function contentVersions(recording: Recording, point: number): ContentVersions {
  const versions = new Map<Inode, FileVersion[]>();
  for (const [inode, bytes] of recording.seed.files) versions.set(inode, [{ bytes, mark: 'seed' }]);
  recording.operations.slice(0, point).forEach((operation, index) => {
    switch (operation.kind) {
      case 'create':
        if (operation.node === 'file') versions.set(operation.inode, [EMPTY]);
        break;
      case 'write':
        versions.get(operation.inode)?.push(EMPTY, ...written(new Uint8Array(), operation.bytes, index));
        break;
      case 'append': {
        const before = versions.get(operation.inode) ?? [];
        before.push(...written(before.at(-1)?.bytes ?? new Uint8Array(), operation.bytes, index));
        break;
      }
      case 'flush':
        for (const inode of operation.inodes) {
          const newest = versions.get(inode)?.at(-1);
          if (newest !== undefined) versions.set(inode, [newest]);
        }
        break;
      case 'unlink':
      case 'rename':
      case 'exchange':
        break;
    }
  });
  return new Map([...versions].map(([inode, list]) => [inode, withoutRepeats(list)]));
}

function written(before: Uint8Array, added: Uint8Array, index: number): FileVersion[] {
  if (added.byteLength === 0) return [{ bytes: before, mark: `${index}:whole` }];
  const half = added.subarray(0, added.byteLength >> 1);
  return [
    { bytes: Buffer.concat([before, half]), mark: `${index}:half` },
    { bytes: Buffer.concat([before, new Uint8Array(added.byteLength)]), mark: `${index}:zeros` },
    { bytes: Buffer.concat([before, added]), mark: `${index}:whole` },
  ];
}

/** The last of equal contents stays, so that the newest stays last. */
function withoutRepeats(list: readonly FileVersion[]): FileVersion[] {
  return list.filter((version, index) =>
    list.slice(index + 1).every((later) => Buffer.compare(later.bytes, version.bytes) !== 0),
  );
}
