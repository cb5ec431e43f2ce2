import assert from 'node:assert/strict';
import { nextRoot, readTrustedRoot, requireCurrentRoot } from '../../../../src/core/harness/root-chain.ts';
import { isBeaverError } from '../../../../src/base/errors.ts';
import {
  envelopeBytes,
  rootDocument,
  signedDocument,
  type TestKey,
  testKey,
} from '../../../support/harness-release.ts';
import { MIRROR, TrustWorld } from '../../../support/trust-world.ts';

const KEYS = Array.from({ length: 12 }, (_, index) => testKey(`root ${index}`));
const SIGNER = testKey('signer');

/** `keys` and `signers` are indexes of keys. */
interface Step {
  readonly keys: readonly number[];
  readonly threshold: number;
  readonly signers: readonly number[];
}

interface Vector {
  readonly name: string;
  readonly steps: readonly Step[];
  /** The code that the last step is refused with; absent: it is trusted. */
  readonly code?: string;
}

const step = (keys: readonly number[], threshold: number, signers: readonly number[]): Step => ({
  keys,
  threshold,
  signers,
});

/** The cases of the public conformance suite for TUF clients, by its own names. */
const VECTORS: readonly Vector[] = [
  { name: '1-of-1-key-rotation', steps: [step([1], 1, [1]), step([2], 1, [1, 2]), step([2], 1, [2])] },
  {
    name: '1-of-1-key-rotation-unused-signatures',
    steps: [step([1], 1, [1]), step([2], 1, [3, 1, 2, 4]), step([2], 1, [2])],
  },
  {
    name: '1-of-1-key-rotation-fail-not-signed-with-old-key',
    steps: [step([1], 1, [1]), step([2], 1, [2, 3, 4])],
    code: 'sig_invalid',
  },
  {
    name: '1-of-1-key-rotation-fail-not-signed-with-new-key',
    steps: [step([1], 1, [1]), step([2], 1, [1, 3, 4])],
    code: 'sig_invalid',
  },
  {
    name: '3-of-5-sign-with-different-keycombos',
    steps: [
      step([0, 1, 2, 3, 4], 3, [0, 2, 4]),
      step([0, 1, 2, 3, 4], 3, [0, 1, 4]),
      step([0, 1, 2, 3, 4], 3, [0, 1, 3]),
      step([0, 1, 2, 3, 4], 3, [2, 3, 4]),
    ],
  },
  {
    name: '3-of-5-one-key-rotated',
    steps: [step([0, 1, 2, 3, 4], 3, [0, 2, 4]), step([0, 1, 3, 4, 5], 3, [0, 4, 1])],
  },
  {
    name: '3-of-5-one-key-rotated-with-intermediate-step',
    steps: [
      step([0, 1, 2, 3, 4], 3, [0, 2, 4]),
      step([0, 1, 3, 4, 5], 3, [0, 2, 4, 5]),
      step([0, 1, 3, 4, 5], 3, [0, 4, 5]),
    ],
  },
  {
    name: '3-of-5-all-keys-rotated-with-intermediate-step',
    steps: [
      step([0, 1, 2, 3, 4], 3, [0, 2, 4]),
      step([5, 6, 7, 8, 9], 3, [0, 2, 4, 5, 6, 7]),
      step([5, 6, 7, 8, 9], 3, [5, 6, 7]),
    ],
  },
  {
    name: '3-of-5-one-key-rotated-fail-not-signed-with-3-new-keys',
    steps: [step([0, 1, 2, 3, 4], 3, [0, 2, 4]), step([0, 1, 3, 4, 5], 3, [0, 2, 4])],
    code: 'threshold',
  },
  {
    name: '3-of-5-one-key-rotated-fail-not-signed-with-3-old-keys',
    steps: [step([0, 1, 2, 3, 4], 3, [0, 2, 4]), step([0, 1, 3, 4, 5], 3, [0, 4, 5])],
    code: 'threshold',
  },
  {
    name: '1-of-3-threshold-increase-to-2-of-3',
    steps: [step([1, 2, 3], 1, [1]), step([1, 2, 3], 2, [1, 2])],
  },
  {
    name: '1-of-3-bump-to-2-of-3-fail-new-threshold-not-reached',
    steps: [step([1, 2, 3], 1, [1]), step([1, 2, 3], 2, [2])],
    code: 'threshold',
  },
  {
    name: '2-of-3-threshold-decrease-to-1-of-3',
    steps: [step([1, 2, 3], 2, [1, 2]), step([1, 2, 3], 1, [1, 2]), step([1, 2, 3], 1, [1])],
  },
  {
    name: '2-of-3-decrease-to-1-of-3-fail-old-threshold-not-reached',
    steps: [step([1, 2, 3], 2, [1, 2]), step([1, 2, 3], 1, [1])],
    code: 'threshold',
  },
  {
    name: '1-of-2-threshold-increase-to-2-of-2',
    steps: [step([1], 1, [1]), step([1, 2], 2, [1, 2])],
  },
];

function keysOf(indexes: readonly number[]): readonly TestKey[] {
  return indexes.flatMap((index) => KEYS[index] ?? []);
}

function rootBytes({ keys, threshold, signers }: Step, version: number, expires?: string): Uint8Array {
  const document = rootDocument({
    version,
    root: keysOf(keys),
    rootThreshold: threshold,
    manifest: [SIGNER],
    ...(expires === undefined ? {} : { expires }),
  });
  return envelopeBytes(signedDocument('root', document, keysOf(signers)));
}

describe('A15: a chain of trust roots', () => {
  for (const { name, steps, code } of VECTORS) {
    it(`${name}: ${code ?? 'trusted'}`, () => {
      const documents = steps.map((one, index) => rootBytes(one, index + 1));
      const [first = new Uint8Array(), ...rest] = documents;
      const last = rest.pop() ?? first;
      const before = rest.reduce(nextRoot, readTrustedRoot(first, 'acme'));
      if (code === undefined) assert.equal(nextRoot(before, last).root.version, steps.length);
      else assert.throws(() => nextRoot(before, last), { code });
    });
  }

  it('test_invalid_initial_root, test_unsigned_initial_root: a first root must be signed by its own threshold', () => {
    const unsigned = rootBytes(step([1, 2], 2, []), 1);
    assert.throws(() => readTrustedRoot(unsigned, 'acme'), { code: 'sig_invalid' });
    const short = rootBytes(step([1, 2], 2, [1]), 1);
    assert.throws(() => readTrustedRoot(short, 'acme'), { code: 'threshold' });
    assert.throws(() => readTrustedRoot(Buffer.from('{}\n'), 'acme'), { code: 'metadata_invalid' });
  });

  it('test_expired_local_root: an expired root still leads to its successor, and counts as expired only when it is the last', async () => {
    const past = '2026-10-01T00:00:00Z';
    const world = await TrustWorld.create({ expires: past });
    world.publish();
    await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'expired'));
    world.serveRoot(2, world.rootBytes({ version: 2, expires: past }));
    world.serveRoot(3, world.rootBytes({ version: 3 }));
    assert.equal((await world.refresh()).root.root.version, 3);
  });

  it('test_root_expired: the day of expiry is not one of validity', () => {
    const { root } = readTrustedRoot(rootBytes(step([1], 1, [1]), 1, '2026-11-21T00:00:00Z'), 'acme');
    const trusted = { root, bytes: new Uint8Array() };
    assert.throws(
      () => {
        requireCurrentRoot(trusted, Date.UTC(2026, 10, 21));
      },
      { code: 'expired' },
    );
    requireCurrentRoot(trusted, Date.UTC(2026, 10, 21) - 1);
  });

  it('a rotation that was followed is kept although the release after it is refused', async () => {
    const world = await TrustWorld.create();
    const parts = { version: 2, manifest: [world.signer2], revoked: [world.signer1] };
    world.serveRoot(2, world.rootBytes(parts));
    world.publish({}, [world.signer1]);
    await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'sig_untrusted'));
    assert.equal((await world.trust.root('acme')).root.version, 2);
  });

  it('more than 256 roots in one look are refused, and the next look goes on from there', async function () {
    this.timeout(60_000);
    const only = testKey('root one');
    const world = await TrustWorld.create({ root: [only] }, [only]);
    for (let version = 2; version <= 258; version += 1) {
      world.serveRoot(version, world.rootBytes({ version, root: [only] }, [only]));
    }
    world.publish();
    await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'too_large'));
    assert.equal((await world.refresh()).root.root.version, 258);
    assert.ok(world.transfer.asked.includes(`${MIRROR}root/259.root.json`));
  });
});
