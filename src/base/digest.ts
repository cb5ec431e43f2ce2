import { createHash, type Hash } from 'node:crypto';

/** A lower-case hexadecimal SHA-256 digest (64 characters). */
export type Sha256 = string & { readonly __brand: 'Sha256' };

const SHA256_HEX = /^[0-9a-f]{64}$/;

export function isSha256(value: string): value is Sha256 {
  return SHA256_HEX.test(value);
}

export function sha256(data: Uint8Array | string): Sha256 {
  return createHash('sha256').update(data).digest('hex') as Sha256;
}

/**
 * A SHA-256 over length-prefixed fields, so that no two different field lists share an input:
 * each field is its byte length as an unsigned 64-bit big-endian integer, then its bytes.
 */
export class FieldDigest {
  readonly #hash: Hash = createHash('sha256');

  /** `domain` is the first field: it keeps digests of different kinds apart. */
  constructor(domain: string) {
    this.field(domain);
  }

  field(data: Uint8Array | string): this {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
    this.#hash.update(uint64(bytes.byteLength)).update(bytes);
    return this;
  }

  /** One raw byte: 1 for true, 0 for false. */
  flag(value: boolean): this {
    this.#hash.update(value ? ONE : ZERO);
    return this;
  }

  hex(): Sha256 {
    return this.#hash.digest('hex') as Sha256;
  }
}

const ONE = Uint8Array.of(1);
const ZERO = Uint8Array.of(0);

function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}
