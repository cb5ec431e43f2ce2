import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type Sha256, sha256 } from '../../base/digest.ts';

const PUBLIC_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Only the one standard spelling: the same bytes written in another way are not the same text (A05). */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** The id of a key is the digest of its 32 bytes, so that one key cannot stand under two ids (A03). Undefined when it is no key. */
export function keyIdOf(publicKey: string): Sha256 | undefined {
  const bytes = decodeBase64(publicKey);
  return bytes?.byteLength === PUBLIC_BYTES ? sha256(bytes) : undefined;
}

/**
 * Whether `signature` (base64 of 64 bytes) is that of the key over exactly `message`, by RFC 8032. Never throws: what is no signature or
 * no key is not valid. The verifier of Node refuses an S that was moved by the order of the group.
 */
export function verifyEd25519(publicKey: string, message: Uint8Array, signature: string): boolean {
  const bytes = decodeBase64(signature);
  if (bytes?.byteLength !== SIGNATURE_BYTES) return false;
  const key = importKey(publicKey);
  return key !== undefined && verify(null, message, key, bytes);
}

function importKey(publicKey: string): KeyObject | undefined {
  const bytes = decodeBase64(publicKey);
  if (bytes?.byteLength !== PUBLIC_BYTES) return undefined;
  try {
    const x = Buffer.from(bytes).toString('base64url');
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
