import { buffer } from 'node:stream/consumers';
import type { Entry, ZipFile } from 'yauzl';
import { BeaverError } from '../../base/errors.ts';
import { systemCode } from '../../base/system-errors.ts';
import {
  type PackageEntry,
  PACKAGE_LIMITS,
  type PlannedFile,
  tooLarge,
  unsafe,
} from '../../core/package-entries.ts';
import { PackageWriter } from './package-writer.ts';

const LONGEST_LINK = 4096;
const LARGEST_RATIO = 200;
const HARMLESS_BYTES = 16 * 1024 * 1024;
/** Kinds of files as Unix has them, in the upper half of the attributes. */
const KIND = 0o170000;
const LINK = 0o120000;
const FOLDER = 0o040000;
const FILE = 0o100000;
const UNIX = 3;

/** A zip that was listed: what it has, and the entries to read it by. */
export interface OpenZip {
  readonly entries: readonly PackageEntry[];
  /** Writes the files of a plan that was made from `entries`. */
  unpack(plan: readonly PlannedFile[], into: string, signal: AbortSignal): Promise<void>;
}

/** Runs `body` with what a zip lists. Sizes are checked against what comes out; names and encryption before anything is read. */
export async function withZip<T>(file: string, body: (zip: OpenZip) => Promise<T>): Promise<T> {
  const { openZip } = await import('./package-libraries.ts');
  let zip: ZipFile | undefined;
  try {
    zip = await openZip(file, {
      autoClose: false,
      lazyEntries: true,
      strictFileNames: true,
      validateEntrySizes: true,
    });
    if (zip.entryCount > PACKAGE_LIMITS.maxFiles * 2) throw tooLarge(PACKAGE_LIMITS.maxBytes);
    const raw: Entry[] = [];
    const entries: PackageEntry[] = [];
    let [unpacked, packed] = [0, 0];
    for await (const entry of zip.eachEntry()) {
      unpacked += entry.uncompressedSize;
      packed += entry.compressedSize;
      if (unpacked > PACKAGE_LIMITS.maxBytes) throw tooLarge(PACKAGE_LIMITS.maxBytes);
      if (unpacked > HARMLESS_BYTES && unpacked > packed * LARGEST_RATIO)
        throw unsafe('The archive grows far more than text does when it is unpacked.');
      if (entry.isEncrypted()) throw unsafe('The archive is encrypted.');
      if (!entry.canDecodeFileData()) throw unsafe('The archive is packed in a way that is not read.');
      raw.push(entry);
      entries.push(await listed(zip, entry));
    }
    const opened = zip;
    return await body({
      entries,
      unpack: async (plan, into, signal) => {
        const writer = new PackageWriter(into, plan);
        await writer.start();
        for (const [index, planned] of plan.entries()) {
          signal.throwIfAborted();
          const entry = raw[planned.entry];
          if (entry !== undefined) writer.write(index, await contentOf(opened, entry));
        }
      },
    });
  } catch (error) {
    throw inWords(error);
  } finally {
    zip?.close();
  }
}

async function listed(zip: ZipFile, entry: Entry): Promise<PackageEntry> {
  const { fileName: path, externalFileAttributes, versionMadeBy, uncompressedSize: size } = entry;
  const mode = versionMadeBy >>> 8 === UNIX ? externalFileAttributes >>> 16 : 0;
  const common = { path, size: 0, executable: (mode & 0o100) !== 0 };
  switch (mode & KIND) {
    case LINK: {
      if (size > LONGEST_LINK) throw unsafe('A link in the archive is too long.');
      return { ...common, kind: 'link', target: (await contentOf(zip, entry)).toString('utf8') };
    }
    case FOLDER:
      return { ...common, kind: 'directory' };
    case 0:
    case FILE:
      return path.endsWith('/') ? { ...common, kind: 'directory' } : { ...common, kind: 'file', size };
    default:
      return { ...common, kind: 'other' };
  }
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  return buffer(await zip.openReadStreamPromise(entry));
}

/** What the library complains about is what the archive is like: names that lead out, sizes that do not agree, no zip at all. */
function inWords(error: unknown): unknown {
  if (error instanceof BeaverError || !(error instanceof Error)) return error;
  const code = systemCode(error);
  if (code !== undefined && !code.startsWith('Z_') && !code.startsWith('ERR_')) return error;
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return error;
  const leads = /relative path|absolute path|invalid characters/i.test(error.message);
  const problem = unsafe(leads ? 'A name in the archive leads out of it.' : 'The archive cannot be read.');
  problem.cause = error;
  return problem;
}
