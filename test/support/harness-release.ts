import { createHash } from 'node:crypto';
import nacl from 'tweetnacl';
import { canonicalJson, type JsonValue } from '../../src/base/json.ts';

/** A key of a publisher in tests: from a seed, so that runs repeat. Signs with tweetnacl, which Beaver itself never uses. */
export interface TestKey {
  readonly id: string;
  /** Base64 of the 32 bytes. */
  readonly public: string;
  sign(message: Uint8Array): Uint8Array;
}

export function testKey(name: string): TestKey {
  const pair = nacl.sign.keyPair.fromSeed(createHash('sha256').update(`test key ${name}`).digest());
  return {
    id: createHash('sha256').update(pair.publicKey).digest('hex'),
    public: Buffer.from(pair.publicKey).toString('base64'),
    sign: (message) => nacl.sign.detached(message, pair.secretKey),
  };
}

const TYPES = {
  root: 'application/vnd.beaver.harness-root+json',
  manifest: 'application/vnd.beaver.harness-manifest+json',
} as const;

/** Written a second time from the DSSE protocol, so that a mistake in Beaver's own is seen. */
export function preAuthentication(type: string, payload: Uint8Array): Uint8Array {
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.byteLength} `),
    payload,
  ]);
}

export type Document = Readonly<Record<string, JsonValue>>;

export interface TestEnvelope {
  readonly schema_version: number;
  readonly payload: string;
  readonly payload_type: string;
  readonly signatures: readonly { readonly key_id: string; readonly signature: string }[];
}

/** A document with the signatures of `keys`. Bytes are signed as they are; anything else in canonical form. */
export function signedDocument(
  kind: 'root' | 'manifest',
  document: Document | Uint8Array,
  keys: readonly TestKey[],
): TestEnvelope {
  const payload =
    document instanceof Uint8Array ? document : Buffer.from(canonicalJson(document as JsonValue), 'utf8');
  const message = preAuthentication(TYPES[kind], payload);
  return {
    schema_version: 1,
    payload: Buffer.from(payload).toString('base64'),
    payload_type: TYPES[kind],
    signatures: keys.map((key) => ({
      key_id: key.id,
      signature: Buffer.from(key.sign(message)).toString('base64'),
    })),
  };
}

export function envelopeBytes(envelope: TestEnvelope): Uint8Array {
  return Buffer.from(canonicalJson({ ...envelope }), 'utf8');
}

export interface RootParts {
  readonly version?: number;
  readonly root: readonly TestKey[];
  readonly rootThreshold?: number;
  readonly manifest: readonly TestKey[];
  readonly manifestThreshold?: number;
  readonly revoked?: readonly TestKey[];
  readonly expires?: string;
  readonly product?: string;
}

export function rootDocument(parts: RootParts): Document {
  const keys = [...parts.root, ...parts.manifest];
  return {
    schema_version: 1,
    type: 'root',
    product: parts.product ?? 'acme',
    version: parts.version ?? 1,
    expires_at: parts.expires ?? '2027-06-01T00:00:00Z',
    keys: Object.fromEntries(keys.map((key) => [key.id, { scheme: 'ed25519', public: key.public }])),
    roles: {
      root: { key_ids: parts.root.map(({ id }) => id), threshold: parts.rootThreshold ?? 1 },
      manifest: { key_ids: parts.manifest.map(({ id }) => id), threshold: parts.manifestThreshold ?? 1 },
    },
    revoked_keys: (parts.revoked ?? []).map(({ id }) => ({ key_id: id, reason: 'lost' })),
  };
}

export interface ManifestParts {
  readonly version?: string;
  readonly counter?: JsonValue;
  readonly channel?: string;
  readonly product?: string;
  readonly published?: string;
  readonly expires?: string;
  readonly minimumLauncher?: string;
  readonly build?: Document;
  readonly assets?: Document;
  readonly revocations?: readonly JsonValue[];
  readonly extra?: Document;
}

export function manifestDocument(parts: ManifestParts = {}): Document {
  const version = parts.version ?? '1.0.0';
  const channel = parts.channel ?? 'stable';
  return {
    schema_version: 1,
    type: 'manifest',
    product: parts.product ?? 'acme',
    channel,
    version,
    counter: parts.counter ?? 5,
    published_at: parts.published ?? '2026-11-01T00:00:00Z',
    expires_at: parts.expires ?? '2027-02-01T00:00:00Z',
    minimum_launcher: parts.minimumLauncher ?? '0.1.0',
    build: {
      channel,
      git_sha: 'a'.repeat(40),
      built_at: '2026-10-31T00:00:00Z',
      profile: 'release',
      package_version: version,
      ...parts.build,
    },
    assets: parts.assets ?? {
      'linux-x64': {
        path: `assets/${version}/acme`,
        size: 10,
        sha256: 'b'.repeat(64),
        format: 'executable',
        executable: 'acme',
        unpacked_size: 10,
        smoke_arguments: ['--version'],
      },
    },
    revocations: parts.revocations ?? [],
    ...parts.extra,
  };
}
