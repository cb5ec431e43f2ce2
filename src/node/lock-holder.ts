import * as fs from 'node:fs';
import * as z from 'zod';
import { canonicalJson } from '../base/json.ts';
import type { LockHolder } from '../core/ports.ts';
import { hasCode } from '../base/system-errors.ts';

const HolderRecord = z.object({
  schema_version: z.literal(1),
  pid: z.int().positive(),
  acquired_at: z.iso.datetime(),
  purpose: z.string().max(200),
});

/**
 * Who holds a lock is written beside it, for messages only: the kernel alone decides who holds it. All of this is best effort,
 * so a full disk or a torn record costs a name in a message and nothing else.
 */
export function recordHolder(lockPath: string, holder: LockHolder): void {
  const record = holderRecord(lockPath);
  try {
    const json = canonicalJson({
      schema_version: 1,
      pid: holder.pid,
      acquired_at: new Date(holder.acquiredAt).toISOString(),
      purpose: holder.purpose.slice(0, 200),
    });
    // Through a rename, so that a waiting process never reads half a record.
    const temporary = `${record}.tmp`;
    fs.writeFileSync(temporary, json);
    fs.renameSync(temporary, record);
  } catch {
    forgetHolder(lockPath);
  }
}

/** Undefined when nothing readable is recorded, or what is recorded was left behind by a process that has died. */
export function readHolder(lockPath: string): LockHolder | undefined {
  try {
    const record = HolderRecord.parse(JSON.parse(fs.readFileSync(holderRecord(lockPath), 'utf8')));
    if (!isAlive(record.pid)) return undefined;
    return { pid: record.pid, acquiredAt: Date.parse(record.acquired_at), purpose: record.purpose };
  } catch {
    return undefined;
  }
}

export function forgetHolder(lockPath: string): void {
  try {
    fs.rmSync(holderRecord(lockPath), { force: true });
  } catch {
    // A stale record is harmless: the next holder replaces it.
  }
}

function holderRecord(lockPath: string): string {
  return `${lockPath}.holder.json`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}
