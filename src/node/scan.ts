import * as path from 'node:path';
import type { Look, Scan } from '../core/ports.ts';
import type { DiskWorkers } from './disk-workers.ts';
import { ScannedLook } from './tree-scan.ts';

/** Pieces per thread: folders differ in size, and a thread that is done early takes the next piece. */
const PIECES = 4;
/** With fewer folders than these a thread costs more than it saves. */
const FEW = 32;

/** Looks at everything below `roots`, their direct children shared out among the threads. @returns undefined for a few folders. */
export async function scanWith(
  workers: DiskWorkers,
  files: Look,
  executableBit: boolean,
  roots: readonly string[],
): Promise<Scan | undefined> {
  const folders: string[] = [];
  for (const root of roots) {
    // A root that cannot be read is met again, and told, by whoever asks for it.
    const entries = await files.readDirectory(root).catch(() => undefined);
    for (const entry of entries ?? []) {
      if (entry.kind === 'directory' && !entry.name.startsWith('.'))
        folders.push(path.join(root, entry.name));
    }
  }
  if (folders.length < FEW) return undefined;
  const look = new ScannedLook(files, executableBit);
  const size = Math.ceil(folders.length / (workers.width * PIECES));
  const pieces = Array.from({ length: Math.ceil(folders.length / size) }, (_, index) =>
    folders.slice(index * size, (index + 1) * size),
  );
  for (const scanned of await Promise.all(pieces.map((piece) => workers.scan(piece))))
    if (scanned !== undefined) look.add(scanned);
  return look;
}
