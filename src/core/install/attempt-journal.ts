import * as path from 'node:path';
import * as z from 'zod';
import { canonicalJson } from '../../base/json.ts';
import { makeDirectoryDurably, writeFileDurably } from '../durable.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem } from '../ports.ts';
import { stepPath, type TransactionStep } from '../skills/transaction-steps.ts';
import { readStoredJson, storable } from '../stored-json.ts';
import { installedPackageSchema, installedPluginSchema } from './installed-plugin.ts';
import { PHASES } from './phases.ts';

export const operations = ['install', 'update', 'rollback', 'uninstall'] as const;
export type Operation = (typeof operations)[number];

/**
 * `attempts/<correlation id>.json`: how far an attempt has come. `running`: nothing that is in use has changed. `activated`: the registry
 * names the new packages, and `members` what it named before. `done` and `rolled_back` are its ends; the file goes soon after. An uninstallation
 * has only the two ends `running` and `done`: it is completed, and not undone.
 */
export const attemptSchema = z.object({
  schema_version: z.literal(1),
  correlation_id: z.string(),
  operation: z.enum(operations),
  id: z.string(),
  actor: z.string().default(''),
  automatic: z.boolean().default(false),
  started_at: z.string(),
  phase: z.enum(PHASES),
  status: z.enum(['running', 'activated', 'done', 'rolled_back']),
  members: z
    .array(
      z.object({
        id: z.string(),
        plugin_id: z.string(),
        /** As the registry had it; null where the plugin was not installed. */
        before: installedPluginSchema.nullable(),
        package: installedPackageSchema,
        /** Its skills were not in use before and are taken out again when the attempt is rolled back. */
        enables: z.boolean(),
      }),
    )
    .default([]),
  /** Why it is to be rolled back, once that is known. */
  reason: z.object({ code: z.string(), message: z.string() }).nullable().default(null),
});
export type Attempt = z.infer<typeof attemptSchema>;
export type AttemptMember = Attempt['members'][number];

const KIND = { name: 'installation attempt', schemaVersion: 1 } as const;

/** Only whoever holds the attempt's own lock writes it outside of a transaction. */
export async function writeAttempt(
  files: FileSystem,
  layout: WorkspaceLayout,
  attempt: Attempt,
): Promise<void> {
  const file = layout.installAttempt(attempt.correlation_id);
  await makeDirectoryDurably(files, path.dirname(file));
  await writeFileDurably(files, file, Buffer.from(textOf(attempt), 'utf8'));
}

export function attemptStep(layout: WorkspaceLayout, attempt: Attempt): TransactionStep {
  const file = layout.installAttempt(attempt.correlation_id);
  return { kind: 'write', path: stepPath(layout, file), text: textOf(attempt) };
}

function textOf(attempt: Attempt): string {
  return canonicalJson(storable(attempt, KIND, attemptSchema));
}

/** Ids of the attempts whose journals are there, or were being written first of all; the oldest first. */
export async function attemptIds(files: FileSystem, layout: WorkspaceLayout): Promise<readonly string[]> {
  const entries = (await files.readDirectory(layout.installAttempts)) ?? [];
  const ids = entries.flatMap(({ name }) => /^(.+)[.]json(?:[.]tmp)?$/.exec(name)?.[1] ?? []);
  return [...new Set(ids)].sort();
}

/** Undefined for a journal that is gone, or was never whole. @throws BeaverError `schema_newer`, `stored_file_unreadable`. */
export function readAttempt(
  files: FileSystem,
  layout: WorkspaceLayout,
  correlationId: string,
): Promise<Attempt | undefined> {
  const file = layout.installAttempt(correlationId);
  return readStoredJson(files, file, layout.display(file), KIND, attemptSchema);
}

/** Staging first, for good: its journal is what tells whoever comes after a power cut that it is to be swept up. */
export async function forgetAttempt(files: FileSystem, layout: WorkspaceLayout, id: string): Promise<void> {
  const staging = path.join(layout.installStaging, id);
  if ((await files.lstat(staging)) !== undefined) {
    await files.remove(staging);
    await files.flush([layout.installStaging]);
  }
  await files.remove(layout.installAttempt(id));
  await files.remove(`${layout.installAttempt(id)}.tmp`);
  await files.flush([layout.installAttempts]);
}

/** The id never comes again, so that a second file of this name would lock nothing that matters. */
export async function forgetAttemptLock(
  files: FileSystem,
  layout: WorkspaceLayout,
  id: string,
): Promise<void> {
  await files.remove(layout.installAttemptLock(id));
}
