import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import { makeDirectoryDurably } from '../durable.ts';
import type { HarnessMachine, Transfer, TransferOptions } from '../harness-ports.ts';
import { refusal } from '../harness-refusal.ts';
import type { FileSystem, Logger } from '../ports.ts';
import type { HarnessLayout } from './layout.ts';
import type { HarnessAsset } from './manifest.ts';

/** Bytes that are gathered before they are written. */
const WRITTEN_AT_ONCE = 1024 * 1024;

export interface DownloadDeps {
  readonly files: FileSystem;
  readonly transfer: Transfer;
  readonly machine: Pick<HarnessMachine, 'digestFile'>;
  readonly log: Logger;
}

/**
 * Has the file of an asset at its place, exactly as it was signed. What was there from an earlier attempt is continued; memory and disk are
 * bounded by the signed size. Mirrors are asked in turn.
 * @returns the file. @throws BeaverError `hash_mismatch`, `too_large`, `mismatch`, `timeout`, `source_unreachable`, `fetch_cancelled`.
 */
export async function downloadAsset(
  deps: DownloadDeps,
  layout: HarnessLayout,
  mirrors: readonly string[],
  asset: HarnessAsset,
  options: TransferOptions = {},
): Promise<string> {
  const target = layout.download(asset.sha256);
  await makeDirectoryDurably(deps.files, path.dirname(target));
  let failure: BeaverError = refusal('source_unreachable', 'The source names no mirror.');
  for (const [index, mirror] of mirrors.entries()) {
    try {
      await downloadFrom(deps, target, `${mirror}${asset.path}`, asset, options);
      return target;
    } catch (error) {
      if (!(error instanceof BeaverError) || error.code === 'fetch_cancelled') throw error;
      deps.log.log('warn', 'A mirror did not give the file.', { mirror: index + 1, code: error.code });
      failure = error;
    }
  }
  throw failure;
}

async function downloadFrom(
  deps: DownloadDeps,
  target: string,
  url: string,
  asset: HarnessAsset,
  options: TransferOptions,
): Promise<void> {
  for (;;) {
    const kept = await keptBytes(deps, target, asset);
    if (kept === asset.size) return;
    const { offset, chunks } = await deps.transfer.download(url, kept, asset.size, options);
    if (offset !== kept || kept === 0) await deps.files.writeFile(target, new Uint8Array());
    await append(deps.files, target, chunks);
    const found = await deps.machine.digestFile(target);
    if (found?.sha256 === asset.sha256 && found.size === asset.size) return;
    // Never to be continued, and not in anybody's way.
    await deps.files.remove(target);
    // What was continued may have been spoilt by another mirror: once more, from the start.
    if (offset > 0) continue;
    throw refusal('hash_mismatch', 'What was downloaded is not what was signed.');
  }
}

/** How much of the file is there. Whatever cannot be the beginning of it is removed. */
async function keptBytes(deps: DownloadDeps, target: string, asset: HarnessAsset): Promise<number> {
  const stat = await deps.files.lstat(target);
  if (stat === undefined) return 0;
  if (stat.kind === 'file' && stat.size < asset.size) return stat.size;
  if (stat.kind === 'file' && stat.size === asset.size) {
    const found = await deps.machine.digestFile(target);
    if (found?.sha256 === asset.sha256) return asset.size;
  }
  await deps.files.remove(target);
  return 0;
}

async function append(files: FileSystem, target: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  const write = async (): Promise<void> => {
    if (bytes > 0) await files.appendFile(target, Buffer.concat(gathered));
    gathered = [];
    bytes = 0;
  };
  try {
    for await (const chunk of chunks) {
      gathered.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= WRITTEN_AT_ONCE) await write();
    }
  } finally {
    // What came before the connection broke is where the next attempt goes on.
    await write();
  }
}
