import * as z from 'zod';
import { decodeBase64, verifyEd25519 } from './ed25519.ts';
import { refusal } from '../harness-refusal.ts';
import { parseDocument } from './strict-json.ts';

/** What kind of document was signed: part of what is signed, so that a signature of one kind is none of another. */
export const PAYLOAD_TYPES = {
  root: 'application/vnd.beaver.harness-root+json',
  manifest: 'application/vnd.beaver.harness-manifest+json',
} as const;
export type SignedKind = keyof typeof PAYLOAD_TYPES;

/** A signed document: the exact bytes that were signed, and who signed them. Nothing of it is read before the signatures are checked. */
export const envelopeSchema = z.strictObject({
  schema_version: z.literal(1),
  payload: z.base64().describe('the signed bytes, in base64'),
  payload_type: z.enum([PAYLOAD_TYPES.root, PAYLOAD_TYPES.manifest]),
  signatures: z
    .array(z.strictObject({ key_id: z.string().max(128), signature: z.string().max(256) }))
    .max(64)
    .describe('Ed25519 over the pre-authentication encoding (DSSE v1) of payload_type and payload; base64'),
});

export interface Envelope {
  readonly kind: SignedKind;
  readonly payload: Uint8Array;
  readonly signatures: readonly { readonly key_id: string; readonly signature: string }[];
}

/** @throws BeaverError `metadata_invalid`, `schema_newer`; `wrong_target` for a document of another kind. */
export function parseEnvelope(bytes: Uint8Array, kind: SignedKind): Envelope {
  const { payload, payload_type, signatures } = parseDocument(bytes, `signed ${kind}`, envelopeSchema);
  if (payload_type !== PAYLOAD_TYPES[kind]) {
    throw refusal('wrong_target', `Another kind of document is served in place of the ${kind}.`, {
      field: '/payload_type',
    });
  }
  const decoded = decodeBase64(payload);
  if (decoded === undefined) {
    throw refusal('metadata_invalid', `The signed ${kind} is not in canonical form.`, { field: '/payload' });
  }
  return { kind, payload: decoded, signatures };
}

/**
 * What is signed: `DSSEv1 LEN(type) type LEN(payload) payload`, lengths in bytes and decimal (the pre-authentication encoding of DSSE 1.0).
 * Kind and bytes are both covered, and no two pairs of them give the same message.
 */
export function signedMessage(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  const head = `DSSEv1 ${type.byteLength} ${payloadType} ${payload.byteLength} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}

/** A role of a trust root: who may sign, and how many of them must. */
export interface SigningRole {
  readonly key_ids: readonly string[];
  readonly threshold: number;
}

export interface KeyRing {
  readonly keys: Readonly<Record<string, { readonly public: string }>>;
  readonly revoked_keys: readonly { readonly key_id: string }[];
}

/** The ids of the role's keys whose signature on the envelope is valid; each once, however often it signed. */
export function validSigners(envelope: Envelope, role: SigningRole, ring: KeyRing): ReadonlySet<string> {
  const message = signedMessage(PAYLOAD_TYPES[envelope.kind], envelope.payload);
  const allowed = new Set(role.key_ids);
  const valid = new Set<string>();
  for (const { key_id, signature } of envelope.signatures) {
    if (!allowed.has(key_id) || valid.has(key_id) || !Object.hasOwn(ring.keys, key_id)) continue;
    const key = ring.keys[key_id];
    if (key !== undefined && verifyEd25519(key.public, message, signature)) valid.add(key_id);
  }
  return valid;
}

/**
 * TUF 5.3.4, 5.4.2: the document is signed by a threshold of the role's keys.
 * @throws BeaverError `sig_untrusted` (only by keys that were withdrawn or are for something else), `sig_invalid` (by none that counts),
 * `threshold` (by too few).
 */
export function requireThreshold(envelope: Envelope, role: SigningRole, ring: KeyRing, who: string): void {
  const valid = validSigners(envelope, role, ring);
  if (valid.size >= role.threshold) return;
  if (valid.size > 0) {
    throw refusal(
      'threshold',
      `The ${envelope.kind} has ${valid.size} of the ${role.threshold} signatures that ${who} asks for.`,
    );
  }
  const strangers = new Set([...ring.revoked_keys.map(({ key_id }) => key_id), ...Object.keys(ring.keys)]);
  for (const id of role.key_ids) strangers.delete(id);
  if (envelope.signatures.some(({ key_id }) => strangers.has(key_id))) {
    throw refusal(
      'sig_untrusted',
      `The ${envelope.kind} is signed by a key that ${who} does not trust with it.`,
    );
  }
  throw refusal('sig_invalid', `The ${envelope.kind} has no valid signature of ${who}.`);
}
