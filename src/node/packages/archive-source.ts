import * as fs from 'node:fs';
import { enclosingFolder, planPackage, unsafe } from '../../core/package-entries.ts';
import type {
  FetchOptions,
  MarketplaceRevision,
  PackageOffers,
  PackageSource,
} from '../../core/package-ports.ts';
import { mismatch } from './fetch-problems.ts';
import type { HttpDownloads } from './http-download.ts';
import { listTar, unpackTar } from './tar-archive.ts';
import { withZip } from './zip-archive.ts';

export type ArchivePackage = Extract<PackageSource, { kind: 'archive' }>;

/** Bytes, packed. */
const LARGEST_ARCHIVE = 256 * 1024 * 1024;
const LARGEST_CATALOG = 16 * 1024 * 1024;

/** Packages that are one file at an address: zip and tar.gz; and catalogs that are one file. */
export class ArchiveSource {
  readonly #downloads: HttpDownloads;

  constructor(downloads: HttpDownloads) {
    this.#downloads = downloads;
  }

  /** One whose digest is known is what it is: nothing is asked. */
  async offers({ url, sha256 }: ArchivePackage, options: FetchOptions): Promise<PackageOffers> {
    const digest =
      sha256 ??
      (await this.#downloads.use(url, null, LARGEST_ARCHIVE, options, (download) =>
        Promise.resolve(download.sha256),
      ));
    return { head: { identity: { kind: 'sha256', sha256: digest }, tags: [], version: null }, others: [] };
  }

  async marketplace(
    url: string,
    known: string | null,
    options: FetchOptions,
  ): Promise<MarketplaceRevision | 'unchanged'> {
    return this.#downloads.use(url, null, LARGEST_CATALOG, options, ({ file, sha256 }) =>
      Promise.resolve(
        sha256 === known
          ? 'unchanged'
          : {
              revision: sha256,
              file: new URL(url).pathname.split('/').at(-1) ?? '',
              bytes: fs.readFileSync(file),
            },
      ),
    );
  }

  /** @throws BeaverError `package_integrity_mismatch` when another content is at the address than the one that is wanted. */
  async fetch({ url }: ArchivePackage, sha256: string, into: string, options: FetchOptions): Promise<void> {
    await this.#downloads.use(url, sha256, LARGEST_ARCHIVE, options, async (download, signal) => {
      if (download.sha256 !== sha256) throw mismatch('The archive');
      await unpack(download.file, '', into, signal);
    });
  }
}

/** Unpacks a zip or a tar, told apart by how it begins. A single folder around everything is left out. */
export async function unpack(
  file: string,
  subpath: string,
  into: string,
  signal: AbortSignal,
): Promise<void> {
  if (isZip(file)) {
    await withZip(file, (zip) =>
      zip.unpack(planPackage(zip.entries, below(enclosingFolder(zip.entries), subpath)), into, signal),
    );
    return;
  }
  if (!isTar(file)) throw unsafe('The file is no archive that is read: zip and tar.gz are.');
  const entries = await listTar(file, signal);
  await unpackTar(file, planPackage(entries, below(enclosingFolder(entries), subpath)), into, signal);
}

function below(folder: string, subpath: string): string {
  return [folder, subpath].filter((part) => part !== '').join('/');
}

function isZip(file: string): boolean {
  const [a, b, c, d] = firstBytes(file);
  return a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6));
}

/** gzip, or a tar as it is. */
function isTar(file: string): boolean {
  const bytes = firstBytes(file);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return true;
  return bytes.toString('latin1', 257, 262) === 'ustar';
}

function firstBytes(file: string): Buffer {
  const fd = fs.openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(512);
    return bytes.subarray(0, fs.readSync(fd, bytes, 0, bytes.byteLength, 0));
  } finally {
    fs.closeSync(fd);
  }
}
