import * as z from 'zod';
import { canonicalJson, canonicalJsonLine, sameJson } from '../../base/json.ts';
import type { WorkspaceLayout } from '../layout.ts';
import { identityText } from '../package-identity.ts';
import type { FileSystem } from '../ports.ts';
import { readStoredJson } from '../stored-json.ts';
import type { UpdateDecision } from './auto-update-plan.ts';
import { marketplaceScheduleSchema } from './update-schedule.ts';

const phraseSchema = z.object({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** Why a plugin was or was not updated by itself. */
export const updateRecordSchema = z.object({
  at: z.string(),
  id: z.string(),
  /** What was done about it; `none` too has a reason. */
  action: z.enum(['none', 'notify', 'stage', 'apply']),
  reason: phraseSchema,
  alert: phraseSchema.nullable(),
  /** The content in question. */
  version: z.string().nullable(),
  identity: z.string().nullable(),
});
export type UpdateRecord = z.infer<typeof updateRecordSchema>;

/** A line of `.beaver/marketplaces/updates.jsonl`. */
export const updateLineSchema = updateRecordSchema.extend({ schema_version: z.literal(1) });

/** `.beaver/marketplaces/auto-update.json`: when each marketplace is looked at next, and what was last decided about each plugin. */
export const autoUpdateStateSchema = z.object({
  schema_version: z.literal(1),
  marketplaces: z.record(z.string(), marketplaceScheduleSchema),
  plugins: z.record(z.string(), updateRecordSchema),
});
export type AutoUpdateState = z.infer<typeof autoUpdateStateSchema>;
const KIND = { name: 'state of auto-update', schemaVersion: 1 } as const;

/** Lines that are kept of what happened; the oldest are dropped first. */
export const KEPT_LINES = 500;

/** @throws BeaverError `schema_newer`, `stored_file_unreadable`. */
export async function readAutoUpdateState(
  files: FileSystem,
  layout: WorkspaceLayout,
): Promise<AutoUpdateState> {
  const file = layout.autoUpdateState;
  const stored = await readStoredJson(files, file, layout.display(file), KIND, autoUpdateStateSchema);
  return stored ?? { schema_version: 1, marketplaces: {}, plugins: {} };
}

/** Oldest first; a torn or foreign line is passed over. */
export async function readUpdateLines(
  files: FileSystem,
  layout: WorkspaceLayout,
): Promise<readonly UpdateRecord[]> {
  const bytes = (await files.readFile(layout.updateRecords)) ?? new Uint8Array();
  return Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        const parsed = updateLineSchema.safeParse(JSON.parse(line));
        return parsed.success ? [parsed.data] : [];
      } catch {
        return [];
      }
    });
}

export function recordOf(decision: UpdateDecision, at: string): UpdateRecord {
  const { id, action, reason, alert, offer } = decision;
  return {
    ...{ at, id, action, reason: { ...reason, params: { ...reason.params } } },
    alert: alert === null ? null : { ...alert, params: { ...alert.params } },
    version: offer?.version ?? null,
    identity: offer === null ? null : identityText(offer.identity),
  };
}

/** The texts of both files when these records are added. What was decided the same way before is not written again. */
export function withRecords(
  state: AutoUpdateState,
  lines: readonly UpdateRecord[],
  records: readonly UpdateRecord[],
): { readonly state: string; readonly lines: string } {
  const news = records.filter((record) => {
    const before = state.plugins[record.id];
    return before === undefined || !sameJson({ ...before, at: '' }, { ...record, at: '' });
  });
  const plugins = { ...state.plugins, ...Object.fromEntries(records.map((record) => [record.id, record])) };
  const kept = [...lines, ...news].slice(-KEPT_LINES);
  return {
    state: canonicalJson({ ...state, plugins }),
    lines: kept.map((line) => `${canonicalJsonLine({ schema_version: 1, ...line })}\n`).join(''),
  };
}
