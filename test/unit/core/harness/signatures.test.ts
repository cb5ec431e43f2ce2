import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import nacl from 'tweetnacl';
import { keyIdOf, verifyEd25519 } from '../../../../src/core/harness/ed25519.ts';
import { parseEnvelope, signedMessage, validSigners } from '../../../../src/core/harness/envelope.ts';
import { checkManifest } from '../../../../src/core/harness/manifest-check.ts';
import { readTrustedRoot } from '../../../../src/core/harness/root-chain.ts';
import {
  envelopeBytes,
  manifestDocument,
  preAuthentication,
  rootDocument,
  signedDocument,
  testKey,
} from '../../../support/harness-release.ts';
import { movedByGroupOrder } from '../../../support/malleated-signature.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** RFC 8032, 7.1, tests 1 to 3. */
const RFC_8032 = [
  {
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
] as const;

const EXPECTED = {
  product: 'acme',
  channel: 'stable',
  startedAt: Date.UTC(2026, 10, 21),
  floor: null,
} as const;

describe('Signatures', () => {
  for (const [index, { key, message, signature }] of RFC_8032.entries()) {
    it(`RFC 8032, test ${index + 1}: valid, and for no other message`, () => {
      const [publicKey, signed] = [base64(hex(key)), base64(hex(signature))];
      assert.equal(verifyEd25519(publicKey, hex(message), signed), true);
      assert.equal(verifyEd25519(publicKey, hex(`${message}00`), signed), false);
    });
  }

  it('the message that is signed is the one of the DSSE protocol', () => {
    const message = signedMessage('http://example.com/HelloWorld', Buffer.from('hello world'));
    assert.equal(
      Buffer.from(message).toString('utf8'),
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    assert.deepEqual(
      Buffer.from(signedMessage('typ é', Buffer.from('ü'))),
      Buffer.from(preAuthentication('typ é', Buffer.from('ü'))),
    );
  });

  it('a test vector: these seeds and this document give these bytes, for whoever writes a client', () => {
    const signer = testKey('vector');
    const bytes = envelopeBytes(signedDocument('manifest', manifestDocument(), [signer]));
    assert.deepEqual(
      {
        key: signer.public,
        key_id: signer.id,
        signature: signedDocument('manifest', manifestDocument(), [signer]).signatures[0]?.signature,
        envelope: createHash('sha256').update(bytes).digest('hex'),
      },
      VECTOR,
    );
  });

  it('a key is known by the digest of its bytes; what is no key has no id', () => {
    const key = testKey('one');
    assert.equal(keyIdOf(key.public), key.id);
    for (const text of ['lol', '', key.public.slice(0, -2), `${key.public}\n`, base64(Buffer.alloc(33))]) {
      assert.equal(keyIdOf(text), undefined, text);
      assert.equal(verifyEd25519(text, Buffer.from('x'), base64(key.sign(Buffer.from('x')))), false);
    }
  });

  it('a second implementation agrees on every signature, whole or damaged', () => {
    const key = testKey('property');
    const publicBytes = Buffer.from(key.public, 'base64');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(63), fc.nat(8), (message, at, bit) => {
        const signature = Buffer.from(key.sign(message));
        assert.equal(verifyEd25519(key.public, message, base64(signature)), true);
        // Bit 8 damages nothing.
        if (bit < 8) signature[at] = (signature[at] ?? 0) ^ (1 << bit);
        assert.equal(
          verifyEd25519(key.public, message, base64(signature)),
          nacl.sign.detached.verify(message, signature, publicBytes),
        );
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it('A05: S + L is refused here, although the second implementation takes it', () => {
    const key = testKey('malleable');
    const message = Buffer.from('release');
    const moved = movedByGroupOrder(base64(key.sign(message)));
    assert.equal(verifyEd25519(key.public, message, moved), false);
    assert.equal(
      nacl.sign.detached.verify(message, Buffer.from(moved, 'base64'), Buffer.from(key.public, 'base64')),
      true,
    );
  });

  it('whatever keys sign, in whatever order and however often, the valid ones count once', () => {
    const keys = [0, 1, 2, 3].map((index) => testKey(`ring ${index}`));
    const strangers = [testKey('x'), testKey('y')];
    const root = rootDocument({ root: keys, manifest: keys });
    const { root: ring } = readTrustedRoot(envelopeBytes(signedDocument('root', root, keys)), 'acme');
    const one = [...keys, ...strangers].map((key) => signedDocument('manifest', manifestDocument(), [key]));
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 12 }), (signers) => {
        const signatures = signers.flatMap((index) => one[index]?.signatures ?? []);
        const [first] = one;
        assert.ok(first !== undefined);
        const envelope = parseEnvelope(envelopeBytes({ ...first, signatures }), 'manifest');
        const expected = new Set(signers.filter((index) => index < 4).map((index) => keys[index]?.id));
        assert.deepEqual(new Set(validSigners(envelope, ring.roles.manifest, ring)), expected);
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it('no single changed, lost or added byte of a signed release passes', () => {
    const key = testKey('flip');
    const root = envelopeBytes(signedDocument('root', rootDocument({ root: [key], manifest: [key] }), [key]));
    const trusted = readTrustedRoot(root, 'acme').root;
    const bytes = Buffer.from(envelopeBytes(signedDocument('manifest', manifestDocument(), [key])));
    assert.equal(checkManifest(bytes, trusted, EXPECTED).manifest.version, '1.0.0');
    fc.assert(
      fc.property(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom('flip', 'drop', 'add'),
        (at, by, how) => {
          const changed =
            how === 'flip'
              ? Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ by : byte)))
              : how === 'drop'
                ? Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
                : Buffer.concat([bytes.subarray(0, at), Buffer.from([by]), bytes.subarray(at)]);
          assert.throws(() => checkManifest(changed, trusted, EXPECTED));
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });
});

const VECTOR = {
  key: 'vk4QryZOp1EfvfX5ca3YsUKHuDL3389jRnaV+tkMdTY=',
  key_id: '9d51f5b6f0c4b71ed4e871a49df6434516f9d9187f2f6c3be1dc2e3695dad0d7',
  signature: 'BZkmeZlstRy4O7AYRhG27Vi/6BbcVFXPXja81Z/qIWCSXJ/corxVWWqi1giV4iYI/etWoNTs01GNmdTHtaOhCQ==',
  envelope: '6c2ac7ab23a1c54e57147ddb58b6959edc707d70267b95b0fffc4a5d09cc1e9a',
};
