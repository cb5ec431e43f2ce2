import { type Envelope, parseEnvelope, requireThreshold } from './envelope.ts';
import { refusal } from '../harness-refusal.ts';
import { parseTrustRoot, type TrustRoot } from './trust-root.ts';

/** Longest chain of roots that one refresh follows (TUF: Y). */
export const MOST_ROTATIONS = 256;
/** Bytes of one signed root (TUF: X). */
export const LARGEST_ROOT = 256 * 1024;

/** A root that is trusted, with the exact bytes that it was read from. */
export interface TrustedRoot {
  readonly root: TrustRoot;
  readonly bytes: Uint8Array;
}

/**
 * The root that a source was added with, or that is kept: signed by a threshold of its own keys. Its expiry does not matter here
 * (TUF 5.3.10: only that of the last one does).
 * @throws BeaverError as {@link parseTrustRoot} and {@link requireThreshold}; `wrong_target` when it is for another product.
 */
export function readTrustedRoot(bytes: Uint8Array, product: string): TrustedRoot {
  const envelope = parseEnvelope(bytes, 'root');
  const root = parseTrustRoot(envelope.payload);
  requireThreshold(envelope, root.roles.root, root, 'the trust root itself');
  requireProduct(root, product);
  return { root, bytes };
}

/**
 * TUF 5.3.3–5.3.7: `bytes` as the successor of `trusted`.
 * @throws BeaverError `sig_invalid`, `sig_untrusted`, `threshold`, `rollback`, `mismatch`, `wrong_target`, `metadata_invalid`.
 */
export function nextRoot(trusted: TrustedRoot, bytes: Uint8Array): TrustedRoot {
  const before = trusted.root;
  const envelope: Envelope = parseEnvelope(bytes, 'root');
  // 5.3.4, first half: a threshold of the keys of N, before anything in it is believed.
  requireThreshold(envelope, before.roles.root, before, `root ${before.version}`);
  const root = parseTrustRoot(envelope.payload);
  // 5.3.4, second half: a threshold of the keys of N + 1, which shows that its keys exist and are in use.
  requireThreshold(envelope, root.roles.root, root, `root ${root.version}`);
  // 5.3.5: exactly the next number. A lower one is an attack, a higher one skips a rotation.
  if (root.version <= before.version) {
    throw refusal(
      'rollback',
      `Root ${root.version} is served where root ${before.version} is trusted already.`,
    );
  }
  if (root.version !== before.version + 1) {
    throw refusal('mismatch', `Root ${root.version} is served in place of root ${before.version + 1}.`);
  }
  requireProduct(root, before.product);
  return { root, bytes };
}

/** TUF 5.3.10: the last root of the chain must hold at the time the refresh began. @throws BeaverError `expired`. */
export function requireCurrentRoot({ root }: TrustedRoot, startedAt: number): void {
  if (Date.parse(root.expires_at) <= startedAt) {
    throw refusal('expired', `Root ${root.version} held until ${root.expires_at.slice(0, 10)}.`);
  }
}

function requireProduct(root: TrustRoot, product: string): void {
  if (root.product === product) return;
  throw refusal('wrong_target', `The trust root is that of "${root.product}", not of "${product}".`, {
    field: '/product',
  });
}
