import * as z from 'zod';
import { consentKinds } from '../core/install/consent.ts';
import { installEventNames } from '../core/install/install-events.ts';
import { ignoredKinds } from '../core/install/installed-plugin.ts';
import { PHASES } from '../core/install/phases.ts';

/** What is said of installed plugins: no path, and a folder of this machine by its last name only (invariant 9). */

const contentPayload = z.object({
  version: z.string().nullable(),
  /** `commit:…`, `integrity:…`, `sha256:…`, `tree:…`. */
  identity: z.string(),
});

const reasonPayload = z.object({ code: z.string(), message: z.string() });

export const installedPayload = z.object({
  id: z.string(),
  plugin_id: z.string(),
  marketplace: z.string().nullable(),
  source: z.string(),
  active: contentPayload,
  /** What a rollback can go to, the last one in use first. */
  previous: z.array(contentPayload),
  pin: z.string().nullable(),
  ignored: z.array(contentPayload.extend({ kind: z.enum(ignoredKinds), reason: reasonPayload })),
  health: z.enum(['trial', 'healthy']),
  requested: z.boolean(),
  dependencies: z.array(z.object({ id: z.string(), range: z.string().nullable() })),
});

export const installedListPayload = z.object({ installed: z.array(installedPayload) });
export type InstalledListPayload = z.infer<typeof installedListPayload>;

const outcomePayload = z.object({
  id: z.string(),
  plugin_id: z.string().nullable(),
  status: z.enum([
    'installed',
    'updated',
    'rolled_back',
    'unchanged',
    'skipped',
    'consent_required',
    'failed',
  ]),
  from: contentPayload.nullable(),
  to: contentPayload.nullable(),
  correlation_id: z.string().nullable(),
  /** What is new and asks for a person; `digest` accepts exactly this. */
  consent: z
    .object({
      digest: z.string(),
      changes: z.array(z.object({ kind: z.enum(consentKinds), id: z.string(), value: z.string() })),
    })
    .nullable(),
  /** Why nothing was done. */
  reason: reasonPayload.extend({ next_step: z.string() }).nullable(),
  dependencies: z.array(z.object({ id: z.string(), version: z.string().nullable() })),
  findings: z.array(
    z.object({
      code: z.string(),
      severity: z.enum(['error', 'warning', 'info']),
      message: z.string(),
      /** POSIX, in the package. */
      path: z.string(),
      /** From 1. */
      line: z.int(),
    }),
  ),
});
export type InstallOutcomePayload = z.infer<typeof outcomePayload>;

export const installPayload = z.object({ install: outcomePayload });
export type InstallPayload = z.infer<typeof installPayload>;

export const installUpdatePayload = z.object({ updates: z.array(outcomePayload) });
export type InstallUpdatePayload = z.infer<typeof installUpdatePayload>;

export const uninstalledPayload = z.object({
  uninstalled: z.object({
    id: z.string(),
    plugin_id: z.string(),
    /** Linked skills that are out of use; every version of them is kept. */
    kept_skills: z.array(z.string()),
  }),
});
export type UninstalledPayload = z.infer<typeof uninstalledPayload>;

export const installHistoryPayload = z.object({
  history: z.array(
    z.object({
      at: z.string(),
      event: z.enum(installEventNames),
      id: z.string(),
      correlation_id: z.string(),
      actor: z.string(),
      automatic: z.boolean(),
      from: contentPayload.nullable(),
      to: contentPayload.nullable(),
      phase: z.enum(PHASES).nullable(),
      reason: reasonPayload.nullable(),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
});
export type InstallHistoryPayload = z.infer<typeof installHistoryPayload>;
