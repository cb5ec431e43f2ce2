import * as path from 'node:path';
import * as z from 'zod';
import { quiescenceSchema } from './blocker.ts';
import { harnessIdSchema, timeSchema, versionSchema } from './identifiers.ts';

/** A session that a supervisor looks after: `state/sessions/<record>.json`. Replaced as a whole, removed when the session ends. */
export const sessionRecordSchema = z.looseObject({
  schema_version: z.literal(1),
  record_id: z.string().regex(/^[a-z0-9]{8,32}$/),
  harness: harnessIdSchema,
  version: versionSchema.nullable().describe('null for a build of this machine'),
  session_id: z.string().max(200).nullable().describe('of the conversation; null until it is known'),
  status: z.enum(['running', 'suspended', 'restarting']),
  supervisor: z
    .looseObject({ pid: z.int().positive(), started_at: timeSchema })
    .describe('both must match before the session counts as running: numbers of processes are used again'),
  harness_pid: z.int().positive().nullable(),
  cwd: z.string().max(4096).describe('absolute'),
  started_at: timeSchema,
  socket: z.string().max(300).describe('where its supervisor listens; absolute'),
  quiescence: quiescenceSchema.nullable().describe('null before anything is known'),
  notice: z.string().max(300).nullable().describe('what the person was told last'),
  terminal: z
    .looseObject({
      device: z.string().max(200).nullable(),
      settings: z.string().max(1000).describe('as `stty -g` printed them before the session'),
      restoration: z
        .string()
        .max(1000)
        .describe('what takes back all that the harness asks of the terminal now'),
    })
    .describe('for whoever comes after a supervisor that was killed'),
});
export type SessionRecord = z.infer<typeof sessionRecordSchema>;

/** Absolute, as is `beaverHome`. */
export function sessionsFolder(beaverHome: string): string {
  return path.join(path.resolve(beaverHome), 'state', 'sessions');
}

/** Where the socket and the pipes of a session are, while it runs. */
export function sessionRunFolder(beaverHome: string, recordId: string): string {
  return path.join(path.resolve(beaverHome), 'state', 'run', recordId);
}
