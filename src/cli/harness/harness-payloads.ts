import * as path from 'node:path';
import * as z from 'zod';
import { HarnessLayout } from '../../core/harness/layout.ts';
import type { FoundInstall, HarnessStatus } from '../../core/harness/harness-service.ts';
import { INSTALL_CLASSES, updateCommand } from '../../core/harness/install-class.ts';
import { noticesOf } from '../../core/harness/notices.ts';
import { ignoredVersionSchema, type InstalledVersion, lastCheckSchema } from '../../core/harness/state.ts';

const versionPayload = z.object({
  version: z.string(),
  /** Relative to `BEAVER_HOME`, POSIX. */
  executable: z.string(),
  counter: z.int(),
});

const installPayload = z.object({
  class: z.enum(INSTALL_CLASSES),
  manager: z.string().nullable(),
  package: z.string().nullable(),
  evidence: z.string(),
  update_command: z.string().nullable(),
});

export const harnessPayload = z.object({
  harness: z.string(),
  product: z.string(),
  channel: z.string(),
  command: z.string(),
  delegated: z.boolean(),
  mirrors: z.array(z.string()),
  root_version: z.int(),
  active: versionPayload.nullable(),
  staged: versionPayload.nullable(),
  previous: versionPayload.nullable(),
  ignored: z.array(
    ignoredVersionSchema.pick({ version: true, reason: true, detail: true, at: true }).strip(),
  ),
  /** A build of this machine that starts instead: the name of its program. */
  local_build: z.object({ program: z.string(), since: z.string() }).nullable(),
  /** What the channel offered when it was last looked at. */
  latest: z.object({ version: z.string(), published_at: z.string(), expires_at: z.string() }).nullable(),
  last_check: lastCheckSchema.strip().nullable(),
  installs: z.array(installPayload),
  notices: z.array(z.object({ code: z.string(), message: z.string() })),
});
export type HarnessPayload = z.infer<typeof harnessPayload>;

export const harnessListPayload = z.object({ harnesses: z.array(harnessPayload) });
export const harnessAnswer = z.object({ harness: harnessPayload });
export const harnessAutoPayload = z.object({
  harness: z.string(),
  automatic: z.object({
    update: z.boolean(),
    restart: z.boolean(),
    /** Who decided about restarts. */
    by: z.enum(['default', 'policy', 'variable', 'dogfood', 'ci']),
  }),
});
export const harnessCheckPayload = harnessAnswer.extend({
  check: z.object({
    /** What an update would do. */
    outcome: z.enum([
      'current',
      'staged_already',
      'ignored',
      'older',
      'stage',
      'nothing_for_this_machine',
      'not_ours',
    ]),
    /** What the channel offers; null where it was not asked. */
    version: z.string().nullable(),
    reason: z.string().nullable(),
  }),
});
export type HarnessCheckPayload = z.infer<typeof harnessCheckPayload>;
export const harnessUpdatePayload = harnessAnswer.extend({
  update: z.object({
    outcome: z.enum([
      'activated',
      'staged',
      'current',
      'staged_already',
      'ignored',
      'older',
      'stage',
      'not_ours',
    ]),
    version: z.string().nullable(),
    reason: z.string().nullable(),
  }),
});
export type HarnessUpdatePayload = z.infer<typeof harnessUpdatePayload>;

/** `now`: milliseconds since the epoch. No absolute path is in the answer. */
export function toHarnessPayload(harness: string, status: HarnessStatus, now: number): HarnessPayload {
  const { source, stored, manifest, root, installs } = status;
  const { active, staged, previous, ignored, local_override, last_check } = stored.state;
  return harnessPayload.parse({
    harness,
    product: source.product,
    channel: source.channel,
    command: source.command,
    delegated: source.delegated,
    mirrors: source.mirrors,
    root_version: root,
    active: toVersion(harness, active),
    staged: toVersion(harness, staged),
    previous: toVersion(harness, previous),
    ignored,
    local_build:
      local_override === null
        ? null
        : { program: path.basename(local_override.path), since: local_override.since },
    latest: manifest,
    last_check,
    installs: installs.map(toInstall),
    notices: noticesOf(status, now),
  });
}

function toVersion(harness: string, one: InstalledVersion | null): z.infer<typeof versionPayload> | null {
  if (one === null) return null;
  // From a home of no length, the layout gives what is below it.
  const absolute = new HarnessLayout('/', harness).executable(one.directory, one.executable);
  return {
    version: one.version,
    counter: one.counter,
    executable: absolute.split(/[\\/]/).slice(1).join('/'),
  };
}

function toInstall({ install }: FoundInstall): z.infer<typeof installPayload> {
  return {
    class: install.name,
    manager: install.manager,
    package: install.package,
    evidence: install.evidence,
    update_command: updateCommand(install),
  };
}
