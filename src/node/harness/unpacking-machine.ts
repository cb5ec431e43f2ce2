import { BeaverError, isBeaverError } from '../../base/errors.ts';
import type { HarnessMachine } from '../../core/harness-ports.ts';
import { refusal } from '../../core/harness-refusal.ts';
import { type PackageEntry, planPackage } from '../../core/package-entries.ts';
import { NodeMachine } from './node-machine.ts';

/** With the reader of archives that packages are read with: one set of rules for both. */
export class UnpackingMachine extends NodeMachine implements HarnessMachine {
  async unpack(
    archive: string,
    into: string,
    limits: { readonly bytes: number; readonly files: number },
  ): Promise<void> {
    const { listTar, unpackTar } = await import('../packages/tar-archive.ts');
    const bounds = { maxFiles: limits.files, maxBytes: limits.bytes };
    // The caller's own time is bounded by the size of what it downloaded.
    const { signal } = new AbortController();
    try {
      const entries = await listTar(archive, signal, bounds);
      for (const entry of entries) refuseLink(entry);
      await unpackTar(archive, planPackage(entries, '', bounds, 'everything'), into, signal);
    } catch (error) {
      throw asRefusal(error);
    }
  }
}

/** Packages may hold links to their own files. A program's release holds none: what one would write through, another reads. */
function refuseLink({ kind }: PackageEntry): void {
  if (kind === 'link' || kind === 'other') {
    throw refusal('unsafe_archive', 'The release holds a link or a device.');
  }
}

function asRefusal(error: unknown): unknown {
  if (!(error instanceof BeaverError)) return error;
  if (isBeaverError(error, 'package_unsafe'))
    return refusal('unsafe_archive', error.message, { cause: error });
  if (isBeaverError(error, 'fetch_too_large')) {
    return refusal('too_large', 'The release unpacks to more than was signed.', { cause: error });
  }
  return error;
}
