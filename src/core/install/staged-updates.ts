import * as path from 'node:path';
import * as z from 'zod';
import { canonicalJson, type JsonValue } from '../../base/json.ts';
import type { WorkspaceLayout } from '../layout.ts';
import { identityText, packageSourceSchema } from '../package-identity.ts';
import { packagePinSchema } from '../package-pin.ts';
import type { FileSystem } from '../ports.ts';
import { stepPath, type TransactionStep } from '../skills/transaction-steps.ts';
import { readStoredJson } from '../stored-json.ts';
import { consentKinds } from './consent.ts';
import { installedId, installedPackageSchema } from './installed-plugin.ts';

/** One package of a staged update: the plugin's own, or one that it needs. */
export const stagedMemberSchema = z.object({
  id: installedId,
  /** As the marketplace spells it. */
  name: z.string(),
  /** What was asked for it; a folder of this machine is relative to the workspace, POSIX. */
  source: packageSourceSchema,
  package: installedPackageSchema,
});
export type StagedMember = z.infer<typeof stagedMemberSchema>;

/** An update that is fetched, checked and has what it needs beside it: it can be put in use without a network. */
export const stagedUpdateSchema = z.object({
  staged_at: z.string(),
  /** What chose the content. Under another pin it is not what is wanted any more. */
  pin: packagePinSchema.nullable(),
  /** The plugin itself first. */
  members: z.array(stagedMemberSchema).min(1),
  /** What a person will be asked about before it is put in use; empty when nothing asks. */
  asks: z.array(z.object({ kind: z.enum(consentKinds), id: z.string(), value: z.string() })),
});
export type StagedUpdate = z.infer<typeof stagedUpdateSchema>;

/** `.beaver/installs/staged.json`. */
export const stagedUpdatesSchema = z.object({
  schema_version: z.literal(1),
  updates: z.record(installedId, stagedUpdateSchema),
});
const KIND = { name: 'record of staged updates', schemaVersion: 1 } as const;

/** By installed id. */
export type StagedUpdates = ReadonlyMap<string, StagedUpdate>;

/** Reading takes no lock. @throws BeaverError `schema_newer`, `stored_file_unreadable`. */
export async function readStagedUpdates(files: FileSystem, layout: WorkspaceLayout): Promise<StagedUpdates> {
  const file = layout.stagedUpdates;
  const stored = await readStoredJson(files, file, layout.display(file), KIND, stagedUpdatesSchema);
  return new Map(Object.entries(stored?.updates ?? {}));
}

export function stagedUpdatesStep(layout: WorkspaceLayout, updates: StagedUpdates): TransactionStep {
  const plain: JsonValue = z.json().parse(Object.fromEntries(updates));
  const text = canonicalJson({ schema_version: 1, updates: plain });
  return { kind: 'write', path: stepPath(layout, layout.stagedUpdates), text };
}

/** The content that is staged, as text. */
export function stagedIdentity({ members }: StagedUpdate): string {
  const [root] = members;
  return root === undefined ? '' : identityText(root.package.identity);
}

/** Whether every package of it is still there. What is in them is checked when they are used. */
export async function isThere(
  files: FileSystem,
  layout: WorkspaceLayout,
  { members }: StagedUpdate,
): Promise<boolean> {
  for (const member of members) {
    const folder = layout.stagedPackage(member.id, member.package.directory);
    if ((await files.lstat(folder))?.kind !== 'directory') return false;
  }
  return true;
}

/** Removes packages that no staged update names. Expects the write lock. */
export async function sweepStagedPackages(files: FileSystem, layout: WorkspaceLayout): Promise<void> {
  const named = new Set(
    [...(await readStagedUpdates(files, layout)).values()].flatMap(({ members }) =>
      members.map((member) => layout.stagedPackage(member.id, member.package.directory)),
    ),
  );
  const kept = new Set([...named].map((folder) => path.dirname(folder)));
  for (const { name } of (await files.readDirectory(layout.stagedPackages)) ?? []) {
    const folder = path.join(layout.stagedPackages, name);
    if (!kept.has(folder)) {
      await files.remove(folder);
      continue;
    }
    for (const entry of (await files.readDirectory(folder)) ?? [])
      if (!named.has(path.join(folder, entry.name))) await files.remove(path.join(folder, entry.name));
  }
}
