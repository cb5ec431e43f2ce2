import * as z from 'zod';
import { keyIdOf } from './ed25519.ts';
import { harnessIdSchema, ordinalSchema, sha256Schema, timeSchema } from './identifiers.ts';
import { refusal } from '../harness-refusal.ts';
import { parseDocument } from './strict-json.ts';

const roleSchema = z.looseObject({
  key_ids: z.array(sha256Schema).max(64),
  threshold: z.int().describe('how many of the keys must sign; at least 1, at most as many as there are'),
});

/** Who may sign what for a product. Itself signed; the first one comes with the source, each later one is signed by its predecessor too. */
export const trustRootSchema = z.looseObject({
  schema_version: z.literal(1),
  type: z.literal('root'),
  product: harnessIdSchema,
  version: ordinalSchema.describe('1, 2, 3 …: each root is followed by the next number only'),
  expires_at: timeSchema,
  keys: z
    .record(sha256Schema, z.looseObject({ scheme: z.literal('ed25519'), public: z.string().max(64) }))
    .describe('by the SHA-256 of the 32 bytes of the public key'),
  roles: z.looseObject({
    root: roleSchema.describe('who may replace this document'),
    manifest: roleSchema.describe('who may publish releases'),
  }),
  revoked_keys: z
    .array(z.looseObject({ key_id: sha256Schema, reason: z.string().max(200) }))
    .max(256)
    .describe('keys that were trusted once and must not be again'),
});
export type TrustRoot = z.infer<typeof trustRootSchema>;

/** @throws BeaverError `metadata_invalid`, `schema_newer`, `expired`, `threshold`. */
export function parseTrustRoot(payload: Uint8Array): TrustRoot {
  const root = parseDocument(payload, 'trust root', trustRootSchema);
  for (const [id, { public: key }] of Object.entries(root.keys)) {
    if (keyIdOf(key) !== id) {
      throw refusal('metadata_invalid', 'A key of the trust root does not have the id of its own bytes.', {
        field: `/keys/${id}`,
      });
    }
  }
  for (const name of ['root', 'manifest'] as const) checkRole(root, name);
  return root;
}

function checkRole(root: TrustRoot, name: 'root' | 'manifest'): void {
  const { key_ids, threshold } = root.roles[name];
  const field = `/roles/${name}`;
  if (threshold < 1 || threshold > new Set(key_ids).size) {
    throw refusal(
      'threshold',
      `The trust root asks for ${threshold} signatures of ${new Set(key_ids).size} keys.`,
      {
        field: `${field}/threshold`,
      },
    );
  }
  if (new Set(key_ids).size !== key_ids.length) {
    throw refusal('threshold', 'The trust root names a key twice in one role.', {
      field: `${field}/key_ids`,
    });
  }
  const revoked = new Set(root.revoked_keys.map(({ key_id }) => key_id));
  for (const id of key_ids) {
    if (!Object.hasOwn(root.keys, id) || revoked.has(id)) {
      throw refusal(
        'metadata_invalid',
        'The trust root gives a role to a key that it does not have or revokes.',
        {
          field: `${field}/key_ids`,
        },
      );
    }
  }
}
