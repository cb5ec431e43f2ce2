import { canonicalJsonLine, type JsonValue } from '../../base/json.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem } from '../ports.ts';
import * as z from 'zod';
import { stepPath, type TransactionStep } from '../skills/transaction-steps.ts';

/** One line of `audit.jsonl`: what happened to a skill or a plugin, when and by whom. Details hold references and reasons, never skill text. */
export const auditEventSchema = z.looseObject({
  schema_version: z.literal(1),
  event_id: z.string(),
  at: z.string(),
  event: z.string(),
  actor: z.string().default(''),
  plugin_id: z.string().nullable().default(null),
  skill_name: z.string().nullable().default(null),
  detail: z.record(z.string(), z.unknown()).default({}),
});
export type AuditEvent = z.infer<typeof auditEventSchema>;

export const auditEventNames = [
  'plugin_enabled',
  'plugin_paused',
  'plugin_resumed',
  'plugin_disabled',
  'plugin_missing',
  'skill_mirrored',
  'skill_adopted',
  'skill_captured',
  'skill_rolled_back',
  'skill_reconciled',
  'skill_revision_proposed',
  'plugin_update_created',
  'plugin_update_superseded',
  'plugin_update_already_applied',
  'draft_created',
  'proposal_made',
  'proposal_refused',
  'proposal_failed',
  'draft_acknowledged',
  'draft_approved',
  'draft_rejected',
  'draft_published',
  'replay_recorded',
  'plugin_publish_ack_failed',
] as const;
export type AuditEventName = (typeof auditEventNames)[number];

export interface AuditSubject {
  readonly plugin_id?: string | null;
  readonly skill_name?: string | null;
  readonly detail?: Readonly<Record<string, JsonValue>>;
}

/** The step that adds an event. `eventId` must be unique: a completed transaction is recognised by it. */
export function auditStep(
  layout: WorkspaceLayout,
  eventId: string,
  at: string,
  actor: string,
  event: AuditEventName,
  subject: AuditSubject,
): TransactionStep {
  const line = canonicalJsonLine({
    schema_version: 1,
    event_id: eventId,
    at,
    actor,
    event,
    plugin_id: subject.plugin_id ?? null,
    skill_name: subject.skill_name ?? null,
    detail: subject.detail ?? {},
  });
  return { kind: 'append', path: stepPath(layout, layout.audit), line };
}

/** All readable events, oldest first. A torn or foreign line is passed over: the log is evidence, not state. */
export async function readAudit(files: FileSystem, layout: WorkspaceLayout): Promise<readonly AuditEvent[]> {
  const bytes = await files.readFile(layout.audit);
  if (bytes === undefined) return [];
  const events: AuditEvent[] = [];
  for (const line of Buffer.from(bytes).toString('utf8').split('\n')) {
    if (line === '') continue;
    const event = parseLine(line);
    if (event !== undefined) events.push(event);
  }
  return events;
}

function parseLine(line: string): AuditEvent | undefined {
  try {
    const parsed = auditEventSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
