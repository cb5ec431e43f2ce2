import * as path from 'node:path';
import * as z from 'zod';
import { makeDirectoryDurably } from '../durable.ts';
import type { HarnessMachine, ProgramRun } from '../harness-ports.ts';
import { refusal } from '../harness-refusal.ts';
import type { Clock, FileSystem, Ids } from '../ports.ts';
import { writeStoredJson } from '../stored-json.ts';
import type { HarnessLayout } from './layout.ts';
import type { HarnessAsset, HarnessManifest } from './manifest.ts';
import { readReceipt } from './receipt.ts';
import type { InstalledVersion, Receipt } from './state.ts';
import { digestTree, MOST_FILES, type TreeDeps } from './version-tree.ts';

/** A first start may be looked at by a virus scanner for long. Milliseconds. */
const SMOKE_TIMEOUT = 60_000;

export interface StagingDeps {
  readonly files: FileSystem;
  readonly machine: HarnessMachine;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface Release {
  readonly manifest: HarnessManifest;
  readonly asset: HarnessAsset;
}

/**
 * Makes a version of a downloaded, verified file: unpacked, tried, durable, and then there by one rename. Whatever fails or crashes before
 * the rename leaves nothing but a folder in `staging/`. The caller holds the update lock.
 * @throws BeaverError `unsafe_archive`, `too_large`, `hash_mismatch`, `smoke_test_failed`, or the system's error.
 */
export async function stageRelease(
  deps: StagingDeps,
  layout: HarnessLayout,
  release: Release,
  file: string,
): Promise<InstalledVersion> {
  const directory = directoryOf(release);
  const there = await verifiedVersion(deps, layout, directory);
  if (there !== undefined) return there;
  const staging = path.join(layout.staging, deps.ids.transaction());
  try {
    const installed = await prepare(deps, layout, release, file, staging);
    await putInPlace(deps, layout, staging, directory);
    return installed;
  } catch (error) {
    // The first failure is the one to report; what is left is swept up by the next update.
    await deps.files.remove(staging).catch(() => undefined);
    throw error;
  }
}

/** One name for one content: two builds of a version lie beside each other. */
export function directoryOf({ manifest, asset }: Release): string {
  return `${manifest.version}-${asset.sha256.slice(0, 16)}`;
}

/** The version in a folder, when its receipt is there and every file is what the receipt says. */
export async function verifiedVersion(
  deps: TreeDeps,
  layout: HarnessLayout,
  directory: string,
): Promise<InstalledVersion | undefined> {
  const receipt = await readReceipt(deps.files, layout, directory).catch(() => undefined);
  if (receipt === undefined) return undefined;
  const tree = await digestTree(deps, layout.tree(directory)).catch(() => undefined);
  return tree?.sha256 === receipt.installed.tree_sha256 ? receipt.installed : undefined;
}

async function prepare(
  deps: StagingDeps,
  layout: HarnessLayout,
  release: Release,
  file: string,
  staging: string,
): Promise<InstalledVersion> {
  const { manifest, asset } = release;
  const tree = path.join(staging, 'tree');
  await makeDirectoryDurably(deps.files, staging);
  await fill(deps, asset, file, tree);
  const before = await digestTree(deps, tree);
  if (before.size > asset.unpacked_size) {
    throw refusal('too_large', 'The version is larger than was signed.');
  }
  const installed: InstalledVersion = {
    version: manifest.version,
    directory: directoryOf(release),
    executable: asset.executable,
    counter: manifest.counter,
    asset_sha256: asset.sha256,
    tree_sha256: before.sha256,
  };
  const receipt: Receipt = {
    schema_version: 1,
    harness: path.basename(layout.root),
    installed,
    channel: manifest.channel,
    platform: deps.machine.platform,
    git_sha: manifest.build.git_sha,
    installed_at: new Date(deps.clock.now()).toISOString(),
  };
  await writeStoredJson(deps.files, path.join(staging, 'receipt.json'), z.json().parse(receipt));
  await tryOut(deps, release, tree, path.join(staging, 'home'));
  // A program that changes its own files when it starts could not be told from one that somebody else changed.
  if ((await digestTree(deps, tree)).sha256 !== before.sha256) {
    throw refusal('smoke_test_failed', 'The new version changed its own files when it was started.');
  }
  return installed;
}

async function fill(deps: StagingDeps, asset: HarnessAsset, file: string, tree: string): Promise<void> {
  const program = path.join(tree, ...asset.executable.split('/'));
  switch (asset.format) {
    case 'executable':
      await deps.files.makeDirectory(path.dirname(program));
      await deps.files.copyFile(file, program, { executable: true });
      break;
    case 'tar.gz':
      await deps.machine.unpack(file, tree, { bytes: asset.unpacked_size, files: MOST_FILES });
      break;
  }
  // What was read is what was verified, and not what somebody put in its place in between (A12).
  const read = asset.format === 'executable' ? program : file;
  if ((await deps.machine.digestFile(read))?.sha256 !== asset.sha256) {
    throw refusal('hash_mismatch', 'The download changed while it was unpacked.');
  }
  const stat = await deps.files.lstat(program);
  if (stat?.kind !== 'file' || stat.executable === false) {
    throw refusal('unsafe_archive', 'The release does not hold the program that it names.');
  }
}

/** Starts the program once, in a folder of its own, and wants to hear its version. */
async function tryOut(
  { files, machine }: StagingDeps,
  { manifest, asset }: Release,
  tree: string,
  home: string,
): Promise<void> {
  await files.makeDirectory(home);
  let run: ProgramRun;
  try {
    run = await machine.run(
      path.join(tree, ...asset.executable.split('/')),
      asset.smoke_arguments,
      home,
      SMOKE_TIMEOUT,
    );
  } catch (cause) {
    throw refusal('smoke_test_failed', 'The new version cannot be started on this machine.', { cause });
  } finally {
    await files.remove(home);
  }
  if (run.timedOut) throw refusal('smoke_test_failed', 'The new version did not answer within a minute.');
  if (run.exitCode !== 0) {
    throw refusal(
      'smoke_test_failed',
      `The new version ended with ${run.exitCode ?? 'a signal'} when it was tried.`,
    );
  }
  const escaped = manifest.version.replaceAll(/[.+]/g, '\\$&');
  if (!new RegExp(`(?<![0-9A-Za-z.])${escaped}(?![0-9A-Za-z]|\\.\\d)`).test(run.output)) {
    throw refusal(
      'smoke_test_failed',
      'The new version does not say that it is the version that was signed.',
    );
  }
}

async function putInPlace(
  { files }: StagingDeps,
  layout: HarnessLayout,
  staging: string,
  directory: string,
): Promise<void> {
  const target = layout.version(directory);
  await makeDirectoryDurably(files, layout.versions);
  // Damaged, or it would have been used: moved out of the way first, since a folder is never written into.
  if ((await files.lstat(target)) !== undefined) {
    await files.rename(target, `${staging}-damaged`);
    await files.flush([layout.versions]);
  }
  await files.flushTrees([staging]);
  await files.rename(staging, target);
  await files.flush([layout.versions, layout.staging]);
}
