import * as z from 'zod';
import { consentKinds } from '../core/install/consent.ts';
import { AUTO_UPDATE_MODES } from '../core/marketplaces/auto-update-mode.ts';
import { RECONCILE_KINDS } from '../core/marketplaces/reconcile-plan.ts';
import { findingPayload } from './payloads.ts';

/** What keeping installed plugins as they are wanted has to say. Lists are sorted by id; no path of this machine is in them (invariant 9). */

const contentPayload = z.object({ version: z.string().nullable(), identity: z.string() });
const phrasePayload = z.object({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** The same in English. */
  message: z.string(),
});
const changeKinds = ['none', 'upgrade', 'downgrade', 'republished', 'retagged', 'new_content'] as const;

export const outdatedPluginPayload = z.object({
  id: z.string(),
  current: contentPayload,
  /** What its pin stands for now. */
  wanted: contentPayload.nullable(),
  /** What could be had without a pin. */
  latest: contentPayload.nullable(),
  pin: z.string().nullable(),
  pinned_by: z.enum(['plugin', 'marketplace']).nullable(),
  change: z.enum(changeKinds),
  /** From what is in use to `wanted`, in words. */
  change_text: z.string(),
  /** Something that had been published under a fixed name was replaced. */
  alert: phrasePayload.nullable(),
  /** Why nothing is wanted, or why it could not be found out. */
  problem: phrasePayload.nullable(),
});
export type OutdatedPluginPayload = z.infer<typeof outdatedPluginPayload>;

export const outdatedPayload = z.object({
  /** Plugins that are not at `latest`, and those with an alert or a problem. */
  outdated: z.array(outdatedPluginPayload),
  up_to_date: z.array(z.string()),
});
export type OutdatedPayload = z.infer<typeof outdatedPayload>;

export const pinPayload = z.object({
  pinned: z.object({ id: z.string(), pin: z.string().nullable(), before: z.string().nullable() }),
});
export type PinPayload = z.infer<typeof pinPayload>;

export const updateRecordPayload = z.object({
  id: z.string(),
  at: z.string(),
  action: z.enum(['none', 'notify', 'stage', 'apply']),
  reason: phrasePayload,
  alert: phrasePayload.nullable(),
  version: z.string().nullable(),
  identity: z.string().nullable(),
});
export type UpdateRecordPayload = z.infer<typeof updateRecordPayload>;

export const stagedPayload = z.object({
  id: z.string(),
  version: z.string().nullable(),
  identity: z.string(),
  staged_at: z.string(),
  /** Plugins that come or change with it. */
  needs: z.array(z.string()),
  /** What a person is asked about before it is put in use. */
  asks: z.array(z.object({ kind: z.enum(consentKinds), id: z.string(), value: z.string() })),
});
export type StagedPayload = z.infer<typeof stagedPayload>;

export const autoUpdatePayload = z.object({
  auto_update: z.object({
    /** `busy`: another process of this machine is at it; then this is what was decided before. */
    status: z.enum(['done', 'busy']),
    /** How far anything may go on this machine, and who says so. */
    limit: z.enum(AUTO_UPDATE_MODES),
    limit_by: z.enum(['environment', 'ci', 'setting']).nullable(),
    /** Marketplaces that were looked at. */
    checked: z.array(z.string()),
    /** When the next one is due; null when none ever is. */
    next_at: z.string().nullable(),
    plugins: z.array(updateRecordPayload),
    /** Updates that are fetched and checked, and need no network any more. */
    staged: z.array(stagedPayload),
  }),
});
export type AutoUpdatePayload = z.infer<typeof autoUpdatePayload>;

export const whyPayload = z.object({
  why: z.object({
    id: z.string(),
    current: contentPayload,
    source: z.string(),
    marketplace: z.string().nullable(),
    mode: z.enum(AUTO_UPDATE_MODES).nullable(),
    pin: z.string().nullable(),
    pinned_by: z.enum(['plugin', 'marketplace']).nullable(),
    /** False when it came because another plugin needs it. */
    requested: z.boolean(),
    needed_by: z.array(z.string()),
    ignored: z.array(contentPayload.extend({ reason: z.string() })),
    /** What auto-update decided last; null before its first round. */
    last: updateRecordPayload.nullable(),
    /** Oldest first. */
    decisions: z.array(updateRecordPayload),
    next_check: z.string().nullable(),
    /** What is staged for it. */
    staged: stagedPayload.nullable(),
  }),
});
export type WhyPayload = z.infer<typeof whyPayload>;

export const lockPayload = z.object({ locked: z.array(z.string()), changed: z.boolean() });
export type LockPayload = z.infer<typeof lockPayload>;

export const verifyPayload = z.object({
  verified: z.boolean(),
  locked: z.int(),
  installed: z.int(),
  findings: z.array(findingPayload),
});
export type VerifyPayload = z.infer<typeof verifyPayload>;

export const frozenPayload = z.object({
  frozen: z.object({ installed: z.array(z.string()), unchanged: z.array(z.string()) }),
});
export type FrozenPayload = z.infer<typeof frozenPayload>;

export const reconcilePayload = z.object({
  reconcile: z.object({
    /** `synced`: everything is as it should be, now. */
    status: z.enum(['synced', 'drift', 'repaired']),
    items: z.array(
      z.object({
        kind: z.enum(RECONCILE_KINDS),
        subject: z.string(),
        action: z.enum(['end_attempt', 'fetch', 'restore', 'remove', 'none']),
        /** Removes or overwrites something. */
        confirm: z.boolean(),
        message: z.string(),
        next_step: z.string(),
        outcome: z.enum(['planned', 'done', 'failed', 'left']),
        /** Why it failed. */
        error: z.string().nullable(),
      }),
    ),
  }),
});
export type ReconcilePayload = z.infer<typeof reconcilePayload>;

export const importPayload = z.object({
  import: z.object({
    marketplaces: z.array(z.object({ name: z.string(), source: z.string() })),
    plugins: z.array(
      z.object({
        /** `name@marketplace`, or where it comes from. */
        wanted: z.string(),
        pin: z.string().nullable(),
        /** `planned` until it is applied. */
        status: z.string(),
        error: z.string().nullable(),
      }),
    ),
    findings: z.array(findingPayload),
  }),
});
export type ImportPayload = z.infer<typeof importPayload>;
