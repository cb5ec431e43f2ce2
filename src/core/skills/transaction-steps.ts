import * as path from 'node:path';
import * as z from 'zod';
import { BeaverError } from '../../base/errors.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem, Ports } from '../ports.ts';

const placeStepSchema = z.object({
  kind: z.literal('place'),
  /** The folder that agents read, `.agents/skills` say. */
  target: z.string(),
  skill_name: z.string(),
  version: z.string(),
  /** Of the new tree; null takes the skill out of the target. */
  tree_hash: z.string().nullable(),
  /** The staged new tree; null when it is taken out. */
  staged: z.string().nullable(),
  /** The tree hash that was found there when the change was planned: anything else is somebody's edit and stays. Null: nothing was there. */
  expected: z.string().nullable(),
});
export type PlaceStep = z.infer<typeof placeStepSchema>;

const stepSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('promote'), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('write'), path: z.string(), text: z.string() }),
  z.object({ kind: z.literal('append'), path: z.string(), line: z.string() }),
  placeStepSchema,
]);
export type TransactionStep = z.infer<typeof stepSchema>;

/**
 * One change of the workspace as a redo log. Everything new is staged below `.beaver/staging/plugin-skills/<id>/` and made durable; then
 * `commit.json` is written, which is the moment the change happens; then its steps are applied, in order, each idempotent.
 * A crash before the commit leaves the old state; one after it is completed by `redo.ts` at the next start (invariant 4).
 * Steps are plain data with POSIX paths relative to the workspace (or to the transaction, for `from` and `staged`).
 */
export const commitSchema = z.object({
  schema_version: z.literal(1),
  purpose: z.string(),
  steps: z.array(stepSchema),
});
export const commitKind = { name: 'transaction journal', schemaVersion: 1 } as const;

/** Applies the `place` steps of one transaction, in order, and keeps the record of what is placed where. */
export type ApplyPlacements = (steps: readonly PlaceStep[], folder: string) => Promise<void>;

export interface TransactionDeps {
  readonly ports: Ports;
  readonly layout: WorkspaceLayout;
  readonly applyPlacements: ApplyPlacements;
}

/** Whether the change has happened, applied or not. */
export async function isCommitted(files: FileSystem, folder: string): Promise<boolean> {
  return (await files.lstat(journal(folder))) !== undefined;
}

/** Of the transaction in `folder`, an absolute path. */
export function journal(folder: string): string {
  return path.join(folder, 'commit.json');
}

/** Absolute path of what a step names. @throws BeaverError `path_not_contained`. */
export function absolute(layout: WorkspaceLayout, relative: string): string {
  return inside(layout.root, relative);
}

/** @throws BeaverError `path_not_contained`. */
export function inside(root: string, relative: string): string {
  const parts = relative.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new BeaverError('path_not_contained', 'A path of the change is not contained in its folder.', {
      nextStep: 'Report this with the log; nothing was written.',
    });
  }
  return path.join(root, ...parts);
}

/** POSIX path of `absolutePath` relative to the workspace, as steps name it. */
export function stepPath(layout: WorkspaceLayout, absolutePath: string): string {
  return path.relative(layout.root, absolutePath).split(path.sep).join('/');
}
