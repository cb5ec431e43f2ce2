import * as z from 'zod';
import { canonicalJsonLine, type JsonValue } from '../../base/json.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem } from '../ports.ts';
import { stepPath, type TransactionStep } from '../skills/transaction-steps.ts';
import { PHASES } from './phases.ts';

export const installEventNames = [
  'installed',
  'updated',
  'rolled_back',
  'blocked',
  'uninstalled',
  'drift_repaired',
] as const;
export type InstallEventName = (typeof installEventNames)[number];

const contentSchema = z.object({ version: z.string().nullable(), identity: z.string() });
export type EventContent = z.infer<typeof contentSchema>;

/** One line of `events.jsonl`: what became of an installed plugin. No paths, no content. */
export const installEventSchema = z.looseObject({
  schema_version: z.literal(1),
  event_id: z.string(),
  /** The same for everything that one attempt did. */
  correlation_id: z.string(),
  at: z.string(),
  event: z.enum(installEventNames),
  actor: z.string().default(''),
  /** Nobody asked for it: an update by itself, a recovery. */
  automatic: z.boolean().default(false),
  id: z.string(),
  from: contentSchema.nullable().default(null),
  to: contentSchema.nullable().default(null),
  /** Where it ended, where it did not come to its end. */
  phase: z.enum(PHASES).nullable().default(null),
  reason: z.object({ code: z.string(), message: z.string() }).nullable().default(null),
  detail: z.record(z.string(), z.unknown()).default({}),
});
export type InstallEvent = z.infer<typeof installEventSchema>;

/** An event that is to be written: its place in time and its ids are given by the attempt. */
export interface NewInstallEvent {
  /** Unique: a completed transaction is recognised by it. */
  readonly event_id: string;
  readonly correlation_id: string;
  readonly at: string;
  readonly event: InstallEventName;
  readonly actor: string;
  readonly automatic: boolean;
  readonly id: string;
  readonly from: EventContent | null;
  readonly to: EventContent | null;
  readonly phase: InstallEvent['phase'];
  readonly reason: InstallEvent['reason'];
  readonly detail?: Readonly<Record<string, JsonValue>>;
}

export function installEventStep(layout: WorkspaceLayout, event: NewInstallEvent): TransactionStep {
  const line = canonicalJsonLine({ schema_version: 1, detail: {}, ...event });
  return { kind: 'append', path: stepPath(layout, layout.installEvents), line };
}

/** All readable events, oldest first. A torn or foreign line is passed over: the log is evidence, not state. */
export async function readInstallEvents(
  files: FileSystem,
  layout: WorkspaceLayout,
): Promise<readonly InstallEvent[]> {
  const bytes = await files.readFile(layout.installEvents);
  const lines = Buffer.from(bytes ?? new Uint8Array())
    .toString('utf8')
    .split('\n');
  return lines.flatMap((line) => {
    try {
      const parsed = installEventSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}
