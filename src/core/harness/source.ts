import * as z from 'zod';
import { channelSchema, harnessIdSchema, timeSchema } from './identifiers.ts';

/** `https`, or `http` on this machine; no credentials, query or fragment. Ends with a slash. */
export const mirrorSchema = z
  .string()
  .max(500)
  .refine((value) => isMirror(value), 'an https address that ends with a slash');

function isMirror(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash, hostname, href } = new URL(value);
  const loopback = hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost';
  return (
    href === value &&
    value.endsWith('/') &&
    (protocol === 'https:' || (protocol === 'http:' && loopback)) &&
    username + password + search + hash === ''
  );
}

/**
 * Where releases of a harness come from: `source.json`. Written by `beaver harness add` into the folder of the person alone; nothing in a
 * workspace or in the environment can change it (A18, A19).
 */
export const harnessSourceSchema = z.looseObject({
  schema_version: z.literal(1),
  harness: harnessIdSchema,
  product: harnessIdSchema.describe('as the signed documents call it'),
  channel: channelSchema,
  mirrors: z.array(mirrorSchema).min(1).max(8).describe('channel folders, asked in this order'),
  command: z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
    .describe('what a person types to start the harness'),
  delegated: z
    .boolean()
    .describe(
      'true: the person wants versions in the own cache although a package manager installed the command',
    ),
  added_at: timeSchema,
});
export type HarnessSource = z.infer<typeof harnessSourceSchema>;
