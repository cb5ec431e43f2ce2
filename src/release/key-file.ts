import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { chmodSync, closeSync, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import * as z from 'zod';
import { BeaverError } from '../base/errors.ts';
import { canonicalJson } from '../base/json.ts';
import { decodeBase64, keyIdOf } from '../core/harness/ed25519.ts';
import { hasCode } from '../base/system-errors.ts';

const publicKeySchema = z.looseObject({
  schema_version: z.literal(1),
  type: z.literal('ed25519_public_key'),
  public: z.string().max(64),
});
const privateKeySchema = z.looseObject({
  schema_version: z.literal(1),
  type: z.literal('ed25519_private_key'),
  public: z.string().max(64),
  seed: z.string().max(64),
});

export interface PublicKey {
  readonly id: string;
  /** Base64 of the 32 bytes. */
  readonly public: string;
}

export interface SigningKey extends PublicKey {
  /** Base64 of the 64 bytes. */
  sign(message: Uint8Array): string;
}

/**
 * Makes a key: `file` for its owner alone, and `file` with `.pub` before its ending for everybody. Never replaces one.
 * @throws BeaverError `key_exists`.
 */
export function createKeyFiles(file: string): PublicKey & { readonly publicFile: string } {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const { x, d } = z.object({ x: z.string(), d: z.string() }).parse(jwk);
  const [key, seed] = [x, d].map((part) => Buffer.from(part, 'base64url').toString('base64'));
  const id = keyIdOf(key ?? '');
  if (key === undefined || seed === undefined || id === undefined) throw new Error('The key is none.');
  const publicFile = publicFileOf(file);
  create(file, 0o600, { schema_version: 1, type: 'ed25519_private_key', key_id: id, public: key, seed });
  try {
    create(publicFile, 0o644, { schema_version: 1, type: 'ed25519_public_key', key_id: id, public: key });
  } catch (error) {
    // Half a pair would be taken for the other half of another one.
    rmSync(file);
    throw error;
  }
  return { id, public: key, publicFile };
}

function create(file: string, mode: number, value: Readonly<Record<string, string | number>>): void {
  try {
    writeFileSync(file, canonicalJson(value), { flag: 'wx', mode });
    chmodSync(file, mode);
  } catch (cause) {
    if (!hasCode(cause, 'EEXIST')) throw cause;
    throw new BeaverError('key_exists', 'There is a key of that name already.', {
      nextStep: 'Choose another name: a key is never replaced.',
      cause,
    });
  }
}

export function publicFileOf(file: string): string {
  return file.endsWith('.json') ? `${file.slice(0, -5)}.pub.json` : `${file}.pub`;
}

/** @throws BeaverError `key_unreadable`. */
export function readPublicKey(file: string): PublicKey {
  const { public: key } = parse(readFile(file).text, publicKeySchema);
  return { id: idOf(key), public: key };
}

/** @throws BeaverError `key_unreadable`, `key_exposed` when others than its owner could read it. */
export function readSigningKey(file: string): SigningKey {
  const { text, shared } = readFile(file);
  const { public: key, seed } = parse(text, privateKeySchema);
  if (shared) {
    throw new BeaverError('key_exposed', 'Others on this machine can read the private key.', {
      nextStep: 'Take their permissions away (chmod 600), and consider the key known to them.',
    });
  }
  const x = Buffer.from(decodeBase64(key) ?? []).toString('base64url');
  const d = Buffer.from(decodeBase64(seed) ?? []).toString('base64url');
  let privateKey;
  try {
    privateKey = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x, d }, format: 'jwk' });
  } catch (cause) {
    throw unreadable(cause);
  }
  return {
    id: idOf(key),
    public: key,
    sign: (message) => sign(null, message, privateKey).toString('base64'),
  };
}

function readFile(file: string): { readonly text: string; readonly shared: boolean } {
  let descriptor;
  try {
    descriptor = openSync(file, 'r');
  } catch (cause) {
    throw unreadable(cause);
  }
  try {
    const shared = process.platform !== 'win32' && (fstatSync(descriptor).mode & 0o077) !== 0;
    return { text: readFileSync(descriptor, 'utf8'), shared };
  } catch (cause) {
    throw unreadable(cause);
  } finally {
    closeSync(descriptor);
  }
}

function parse<T>(text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw unreadable(cause);
  }
}

function idOf(key: string): string {
  const id = keyIdOf(key);
  if (id === undefined) throw unreadable(undefined);
  return id;
}

function unreadable(cause: unknown): BeaverError {
  return new BeaverError('key_unreadable', 'The file is not a key, or not of the kind that is needed.', {
    nextStep:
      'Give a file that "beaver-release keys" made: the one with .pub where a public key is asked for.',
    cause,
  });
}
