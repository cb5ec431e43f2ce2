import * as path from 'node:path';
import * as z from 'zod';
import { isBeaverError } from '../../base/errors.ts';
import type { HarnessMachine } from '../harness-ports.ts';
import type { FileSystem } from '../ports.ts';
import { isInside } from '../layout.ts';
import type { InstallEvidence } from './install-class.ts';
import type { HarnessLayout } from './layout.ts';
import { readReceipt } from './receipt.ts';

const PACKAGE_FILE_BYTES = 1024 * 1024;
const BUILD_FILES = [
  'Cargo.toml',
  'package.json',
  'go.mod',
  'pyproject.toml',
  'CMakeLists.txt',
  'build.zig',
  'BUILD.bazel',
  'WORKSPACE',
];
const namedSchema = z.looseObject({ name: z.string().max(214) });

export interface EvidenceDeps {
  readonly files: FileSystem;
  readonly machine: Pick<HarnessMachine, 'systemPackage'>;
}

/**
 * Every file that a command could be on a PATH: in its order, each real file once. Relative and empty entries are passed over: what they
 * mean depends on where one stands.
 */
export async function findCommand(
  files: FileSystem,
  command: string,
  searched: readonly string[],
  suffixes: readonly string[],
): Promise<readonly { readonly found: string; readonly real: string }[]> {
  const places = new Map<string, { readonly found: string; readonly real: string }>();
  for (const folder of searched) {
    if (!path.isAbsolute(folder)) continue;
    for (const suffix of suffixes) {
      const found = path.join(folder, `${command}${suffix}`);
      const real = await files.realpath(found).catch(() => undefined);
      if (real === undefined || places.has(real)) continue;
      const stat = await files.lstat(real);
      if (stat?.kind === 'file' && stat.executable !== false) places.set(real, { found, real });
    }
  }
  return [...places.values()];
}

/** Looks around a program. Reads only, and never runs the program. `layout`: of the harness that it may be. */
export async function gatherEvidence(
  { files, machine }: EvidenceDeps,
  layout: HarnessLayout,
  { found, real }: { readonly found: string; readonly real: string },
): Promise<InstallEvidence> {
  const folders = foldersAbove(real);
  const workTree = await innermost(
    folders,
    async (folder) => (await files.lstat(path.join(folder, '.git'))) !== undefined,
  );
  const head = await headOf(files, real);
  return {
    found: posix(found),
    real: posix(real),
    own: await isOwn(files, layout, real),
    packages: await packagesAround(files, folders),
    markers: await markersOf(files, real),
    workTree: workTree === undefined ? null : posix(workTree),
    buildRoot: workTree !== undefined && (await anyIn(files, workTree, BUILD_FILES)),
    head,
    systemPackage: await machine.systemPackage(real),
  };
}

/** From the outside in. */
function foldersAbove(file: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    folders.unshift(folder);
    if (path.dirname(folder) === folder) return folders;
  }
}

async function innermost(
  folders: readonly string[],
  test: (folder: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const folder of [...folders].reverse()) if (await test(folder)) return folder;
  return undefined;
}

async function packagesAround(
  files: FileSystem,
  folders: readonly string[],
): Promise<InstallEvidence['packages']> {
  const packages: { readonly folder: string; readonly name: string | null }[] = [];
  for (const folder of folders) {
    const bytes = await files
      .readFile(path.join(folder, 'package.json'), PACKAGE_FILE_BYTES)
      .catch(() => undefined);
    if (bytes !== undefined) packages.push({ folder: posix(folder), name: nameIn(bytes) });
  }
  return packages;
}

function nameIn(bytes: Uint8Array): string | null {
  try {
    return namedSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).name;
  } catch {
    return null;
  }
}

async function markersOf(files: FileSystem, real: string): Promise<InstallEvidence['markers']> {
  const markers = new Set<'brew_receipt' | 'cask_metadata'>();
  const formula = /^(.*\/Cellar\/[^/]+\/[^/]+)\//.exec(posix(real))?.[1];
  if (formula !== undefined && (await anyIn(files, formula, ['INSTALL_RECEIPT.json'])))
    markers.add('brew_receipt');
  const cask = /^(.*\/Caskroom\/[^/]+)\/[^/]+\//.exec(posix(real))?.[1];
  if (cask !== undefined && (await anyIn(files, cask, ['.metadata']))) markers.add('cask_metadata');
  return markers;
}

async function anyIn(files: FileSystem, folder: string, names: readonly string[]): Promise<boolean> {
  for (const name of names) if ((await files.lstat(path.join(folder, name))) !== undefined) return true;
  return false;
}

async function headOf(files: FileSystem, real: string): Promise<InstallEvidence['head']> {
  const bytes = await files.readFile(real, 1).catch(() => undefined);
  if (bytes === undefined) return 'unreadable';
  return Buffer.from(bytes).toString('latin1') === '#!' ? 'script' : 'binary';
}

/** In the versions of this very cache, as the receipt beside it says: a copy of such a folder elsewhere is not ours. */
async function isOwn(files: FileSystem, layout: HarnessLayout, real: string): Promise<boolean> {
  const versions = await files.realpath(layout.versions).catch(() => undefined);
  if (versions === undefined || !isInside(versions, real)) return false;
  const [directory = '', tree, ...rest] = path.relative(versions, real).split(path.sep);
  try {
    const receipt = await readReceipt(files, layout, directory);
    return tree === 'tree' && receipt?.installed.executable === rest.join('/');
  } catch (error) {
    if (isBeaverError(error) || error instanceof z.ZodError) return false;
    throw error;
  }
}

function posix(native: string): string {
  return native.split(path.sep).join('/');
}
