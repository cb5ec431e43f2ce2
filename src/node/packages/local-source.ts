import * as fs from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { sha256 } from '../../base/digest.ts';
import { hasCode } from '../../base/system-errors.ts';
import {
  PACKAGE_LIMITS,
  type PackageEntry,
  planPackage,
  type PlannedFile,
  tooLarge,
} from '../../core/package-entries.ts';
import type { FetchOptions, MarketplaceRevision, PackageOffers } from '../../core/package-ports.ts';
import { packageTreeDigest } from '../../core/package-tree.ts';
import { compareUtf8 } from '../../core/tree-names.ts';
import { isExecutable, IS_WINDOWS, openForReading } from '../file-calls.ts';
import { assertGoingOn } from './deadline.ts';
import { mismatch, missing } from './fetch-problems.ts';
import { PackageWriter } from './package-writer.ts';

const LEFT_OUT: ReadonlySet<string> = new Set(['.git', 'node_modules']);
const LARGEST_CATALOG = 16 * 1024 * 1024;

/** Packages in folders of this machine. They are read and copied; links inside the folder become what they point to. */
export class LocalSource {
  async offers(folder: string, options: FetchOptions): Promise<PackageOffers> {
    const root = await rootOf(folder);
    const { plan } = await planOf(root, options);
    const hash = await hashOf(root, plan, options);
    return { head: { identity: { kind: 'tree', tree_hash: hash }, tags: [], version: null }, others: [] };
  }

  async marketplace(
    folder: string,
    candidates: readonly string[],
    known: string | null,
  ): Promise<MarketplaceRevision | 'unchanged'> {
    const root = await rootOf(folder);
    for (const candidate of candidates) {
      const bytes = readPlainFile(path.join(root, ...candidate.split('/')));
      if (bytes === undefined) continue;
      const revision = sha256(bytes);
      return revision === known ? 'unchanged' : { revision, file: candidate, bytes };
    }
    throw missing('A marketplace.json in the folder');
  }

  /** @throws BeaverError `package_integrity_mismatch` when the folder is not what it was when it was resolved. */
  async fetch(folder: string, treeHash: string, into: string, options: FetchOptions): Promise<void> {
    const root = await rootOf(folder);
    const { plan } = await planOf(root, options);
    const writer = new PackageWriter(into, plan);
    await writer.start();
    const hash = await hashOf(root, plan, options, (index, bytes) => {
      writer.write(index, bytes);
    });
    if (hash !== treeHash) throw mismatch('The folder');
  }
}

interface LocalPlan {
  readonly plan: readonly (PlannedFile & { readonly from: string })[];
}

async function rootOf(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
  }
  throw missing('The folder');
}

async function planOf(root: string, options: FetchOptions): Promise<LocalPlan> {
  const entries: PackageEntry[] = [];
  let bytes = 0;
  const walk = async (folder: string, below: string): Promise<void> => {
    assertGoingOn(options.signal);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (LEFT_OUT.has(entry.name)) continue;
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      const absolute = path.join(folder, entry.name);
      if (entry.isDirectory()) await walk(absolute, name);
      else if (entry.isSymbolicLink()) {
        const target = (await readlink(absolute)).split(path.sep).join('/');
        entries.push({ path: name, kind: 'link', size: 0, executable: false, target });
      } else if (entry.isFile()) {
        const { size, mode } = fs.lstatSync(absolute);
        bytes += size;
        entries.push({ path: name, kind: 'file', size, executable: !IS_WINDOWS && isExecutable(mode) });
      } else entries.push({ path: name, kind: 'other', size: 0, executable: false });
      if (entries.length > PACKAGE_LIMITS.maxFiles || bytes > PACKAGE_LIMITS.maxBytes)
        throw tooLarge(PACKAGE_LIMITS.maxBytes);
    }
  };
  await walk(root, '');
  const plan = planPackage(entries, '')
    .map((planned) => ({ ...planned, from: entries[planned.entry]?.path ?? '' }))
    .sort((a, b) => compareUtf8(a.path, b.path));
  return { plan };
}

async function hashOf(
  root: string,
  plan: LocalPlan['plan'],
  options: FetchOptions,
  take?: (index: number, bytes: Uint8Array) => void,
): Promise<string> {
  const total = plan.reduce((sum, { size }) => sum + size, 0);
  let received = 0;
  const digest = packageTreeDigest();
  for (const [index, planned] of plan.entries()) {
    // Lets go now and then: a folder may be large, and this may be the editor.
    if (index % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
    assertGoingOn(options.signal);
    const bytes = readPlainFile(path.join(root, ...planned.from.split('/')));
    if (bytes === undefined) throw mismatch('The folder');
    take?.(index, bytes);
    received += bytes.byteLength;
    options.onProgress?.(received, total);
    digest.field(planned.path).field(bytes);
  }
  return digest.hex();
}

/** Undefined where no regular file is; a link is none. */
function readPlainFile(file: string): Uint8Array | undefined {
  let fd: number;
  try {
    fd = openForReading(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR')) return undefined;
    throw error;
  }
  try {
    const { size } = fs.fstatSync(fd);
    if (!fs.fstatSync(fd).isFile()) return undefined;
    if (size > Math.max(LARGEST_CATALOG, PACKAGE_LIMITS.maxBytes)) throw tooLarge(PACKAGE_LIMITS.maxBytes);
    return fs.readFileSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
