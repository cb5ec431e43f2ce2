import * as semver from 'semver';
import type * as z from 'zod';
import { BeaverError } from '../base/errors.ts';
import { canonicalJson, type JsonValue } from '../base/json.ts';
import type { envelopeSchema } from '../core/harness/envelope.ts';
import { PAYLOAD_TYPES, type SignedKind, signedMessage } from '../core/harness/envelope.ts';
import { decodeBase64 } from '../core/harness/ed25519.ts';
import type { HarnessAsset, HarnessManifest } from '../core/harness/manifest.ts';
import type { TrustRoot } from '../core/harness/trust-root.ts';
import type { PublicKey, SigningKey } from './key-file.ts';

export type SignedDocument = z.infer<typeof envelopeSchema>;

/** A document that nobody has signed yet. */
export function unsigned(kind: SignedKind, document: JsonValue): SignedDocument {
  return {
    schema_version: 1,
    payload: Buffer.from(canonicalJson(document), 'utf8').toString('base64'),
    payload_type: PAYLOAD_TYPES[kind],
    signatures: [],
  };
}

/** The document with the signature of `key`, in place of an earlier one by it. */
export function withSignature(document: SignedDocument, key: SigningKey): SignedDocument {
  const payload = decodeBase64(document.payload) ?? new Uint8Array();
  const signature = key.sign(signedMessage(document.payload_type, payload));
  const others = document.signatures.filter(({ key_id }) => key_id !== key.id);
  const signatures = [...others, { key_id: key.id, signature }].sort((a, b) =>
    a.key_id < b.key_id ? -1 : 1,
  );
  return { ...document, signatures };
}

export function documentBytes(document: SignedDocument): Uint8Array {
  return Buffer.from(canonicalJson(document), 'utf8');
}

export interface RootWish {
  readonly product: string;
  readonly rootKeys: readonly PublicKey[];
  readonly rootThreshold: number;
  readonly manifestKeys: readonly PublicKey[];
  readonly manifestThreshold: number;
  readonly expiresAt: string;
}

/** The next root: the first where there is none before it. Keys that lose every role are named as revoked, for ever. */
export function planRoot(before: TrustRoot | undefined, wish: RootWish): TrustRoot {
  const keys = [...wish.rootKeys, ...wish.manifestKeys];
  const named = new Set(keys.map(({ id }) => id));
  const gone = Object.keys(before?.keys ?? {}).filter((id) => !named.has(id));
  return {
    schema_version: 1,
    type: 'root',
    product: wish.product,
    version: (before?.version ?? 0) + 1,
    expires_at: wish.expiresAt,
    keys: Object.fromEntries(keys.map((key) => [key.id, { scheme: 'ed25519', public: key.public }])),
    roles: {
      root: { key_ids: wish.rootKeys.map(({ id }) => id).sort(), threshold: wish.rootThreshold },
      manifest: { key_ids: wish.manifestKeys.map(({ id }) => id).sort(), threshold: wish.manifestThreshold },
    },
    revoked_keys: [
      ...(before?.revoked_keys ?? []),
      ...gone.map((key_id) => ({ key_id, reason: 'replaced' })),
    ],
  };
}

export interface ReleaseWish {
  readonly product: string;
  readonly channel: string;
  readonly version: string;
  readonly publishedAt: string;
  readonly expiresAt: string;
  readonly minimumLauncher: string;
  readonly gitSha: string;
  readonly builtAt: string;
  readonly profile: string;
  readonly assets: Readonly<Record<string, HarnessAsset>>;
  readonly revocations: readonly { readonly version: string; readonly reason: string }[];
}

/**
 * The next manifest of a channel. What was revoked stays revoked.
 * @throws BeaverError `version_not_newer`: every client would refuse it as a rollback.
 */
export function planManifest(before: HarnessManifest | undefined, wish: ReleaseWish): HarnessManifest {
  if (before !== undefined && semver.compare(wish.version, before.version) < 0) {
    throw new BeaverError('version_not_newer', `The channel has ${before.version} already.`, {
      nextStep: 'Publish a higher version, with --revoke for the one that should not be run.',
      field: '--version',
    });
  }
  const kept = (before?.revocations ?? []).filter(
    (old) => !wish.revocations.some(({ version }) => semver.eq(version, old.version)),
  );
  return {
    schema_version: 1,
    type: 'manifest',
    product: wish.product,
    channel: wish.channel,
    version: wish.version,
    counter: (before?.counter ?? 0) + 1,
    published_at: wish.publishedAt,
    expires_at: wish.expiresAt,
    minimum_launcher: wish.minimumLauncher,
    build: {
      channel: wish.channel,
      git_sha: wish.gitSha,
      built_at: wish.builtAt,
      profile: wish.profile,
      package_version: wish.version,
    },
    assets: wish.assets,
    revocations: [...kept, ...wish.revocations],
  };
}
