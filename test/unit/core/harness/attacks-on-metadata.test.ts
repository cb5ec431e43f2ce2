import assert from 'node:assert/strict';
import { canonicalJson, type JsonValue } from '../../../../src/base/json.ts';
import { usableAsset } from '../../../../src/core/harness/manifest-check.ts';
import { isBeaverError } from '../../../../src/base/errors.ts';
import {
  envelopeBytes,
  manifestDocument,
  rootDocument,
  signedDocument,
  type TestEnvelope,
  testKey,
} from '../../../support/harness-release.ts';
import { movedByGroupOrder } from '../../../support/malleated-signature.ts';
import { MIRROR, TrustWorld } from '../../../support/trust-world.ts';

/** What the matrix calls an attack: something that is served, and the code it must be refused with. */
interface Attack {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly serve: (world: TrustWorld) => void;
  /** Default both: a machine that has seen nothing of the channel yet, and one that trusts number 5 of it. */
  readonly against?: 'known';
}

const NEXT = { version: '1.1.0', counter: 6 } as const;

function envelope(world: TrustWorld, change: (whole: TestEnvelope) => TestEnvelope): Uint8Array {
  return envelopeBytes(change(signedDocument('manifest', manifestDocument(NEXT), [world.signer1])));
}

function withSignature(world: TrustWorld, change: (signature: string) => string): Uint8Array {
  return envelope(world, (whole) => ({
    ...whole,
    signatures: whole.signatures.map((one) => ({ ...one, signature: change(one.signature) })),
  }));
}

/** Signed as it stands, so that only how it is written is off. */
function signedText(world: TrustWorld, change: (text: string) => string): Uint8Array {
  const text = change(canonicalJson({ ...manifestDocument(NEXT) }));
  return envelopeBytes(signedDocument('manifest', Buffer.from(text, 'utf8'), [world.signer1]));
}

const ATTACKS: readonly Attack[] = [
  {
    id: 'A01',
    name: 'a release without signatures',
    code: 'sig_invalid',
    serve: (world) => {
      world.publish(NEXT, []);
    },
  },
  {
    id: 'A01',
    name: 'a release signed by an unknown key',
    code: 'sig_invalid',
    serve: (world) => {
      world.publish(NEXT, [world.stranger]);
    },
  },
  {
    id: 'A01',
    name: 'a signature by an unknown key under the id of a known one',
    code: 'sig_invalid',
    serve: (world) => {
      world.publish(NEXT, [{ ...world.stranger, id: world.signer1.id }]);
    },
  },
  {
    id: 'A01',
    name: 'a signature over other bytes',
    code: 'sig_invalid',
    serve: (world) => {
      const other = signedDocument('manifest', manifestDocument({ ...NEXT, version: '1.1.1' }), [
        world.signer1,
      ]);
      world.serve(envelope(world, (whole) => ({ ...whole, payload: other.payload })));
    },
  },
  {
    id: 'A01',
    name: 'a signature of 63 bytes',
    code: 'sig_invalid',
    serve: (world) => {
      const short = (text: string): string => Buffer.from(text, 'base64').subarray(0, 63).toString('base64');
      world.serve(withSignature(world, short));
    },
  },
  ...['!!!!', 'lol', ''].map((garbage): Attack => ({
    id: 'A01',
    name: `the signature ${JSON.stringify(garbage)}`,
    code: 'sig_invalid',
    serve: (world) => {
      world.serve(withSignature(world, () => garbage));
    },
  })),
  {
    id: 'A01',
    name: 'a signature by the key "lol"',
    code: 'sig_invalid',
    serve: (world) => {
      world.publish(NEXT, [{ ...world.signer1, id: 'lol' }]);
    },
  },
  {
    id: 'A01',
    name: 'a release signed with the keys for roots',
    code: 'sig_untrusted',
    serve: (world) => {
      world.publish(NEXT, [world.root1]);
    },
  },
  {
    id: 'A01',
    name: 'a signature of the same bytes as another kind of document',
    code: 'sig_invalid',
    serve: (world) => {
      const asRoot = signedDocument('root', manifestDocument(NEXT), [world.signer1]);
      world.serve(envelope(world, (whole) => ({ ...whole, signatures: asRoot.signatures })));
    },
  },
  {
    id: 'A01',
    name: 'a root in place of a release',
    code: 'wrong_target',
    serve: (world) => {
      world.serve(world.rootBytes());
    },
  },
  {
    id: 'A05',
    name: 'a signature moved by the order of the group',
    code: 'sig_invalid',
    serve: (world) => {
      world.serve(withSignature(world, movedByGroupOrder));
    },
  },
  ...[
    { name: 'without its padding', change: (text: string) => text.replaceAll('=', '') },
    { name: 'in the alphabet of addresses', change: (text: string) => `-_${text.slice(2)}` },
    { name: 'in upper case', change: (text: string) => text.toUpperCase() },
    { name: 'with a line break', change: (text: string) => `${text}\n` },
  ].map(({ name, change }): Attack => ({
    id: 'A05',
    name: `a signature written ${name}`,
    code: 'sig_invalid',
    serve: (world) => {
      world.serve(withSignature(world, change));
    },
  })),
  {
    id: 'A06',
    name: 'a lower number of the channel',
    code: 'rollback',
    against: 'known',
    serve: (world) => {
      world.publish({ version: '1.1.0', counter: 4 });
    },
  },
  {
    id: 'A06',
    name: 'the same number with other content',
    code: 'rollback',
    against: 'known',
    serve: (world) => {
      world.publish({ version: '1.1.0', counter: 5 });
    },
  },
  {
    id: 'A06',
    name: 'a lower version with a higher number',
    code: 'rollback',
    against: 'known',
    serve: (world) => {
      world.publish({ version: '0.9.9', counter: 6 });
    },
  },
  {
    id: 'A06',
    name: 'a prerelease of the known version with a higher number',
    code: 'rollback',
    against: 'known',
    serve: (world) => {
      world.publish({ version: '1.0.0-rc.1', counter: 6 });
    },
  },
  {
    id: 'A07',
    name: 'an expired release',
    code: 'expired',
    serve: (world) => {
      world.publish({ ...NEXT, expires: '2026-11-20T23:59:59Z' });
    },
  },
  {
    id: 'A07',
    name: 'a release that never says when it expires',
    code: 'expired',
    serve: (world) => {
      const rest = Object.fromEntries(
        Object.entries(manifestDocument(NEXT)).filter(([key]) => key !== 'expires_at'),
      );
      world.serve(envelopeBytes(signedDocument('manifest', rest, [world.signer1])));
    },
  },
  {
    id: 'A07',
    name: 'an old release that says it holds until the year 9999',
    code: 'expired',
    serve: (world) => {
      world.publish({ ...NEXT, published: '2026-01-01T00:00:00Z', expires: '9999-12-31T23:59:59Z' });
    },
  },
  {
    id: 'A07',
    name: 'a release from the future',
    code: 'expired',
    serve: (world) => {
      world.publish({ ...NEXT, published: '2026-12-24T00:00:00Z' });
    },
  },
  ...[2 ** 53 - 1, 2 ** 31, 0, -1, 1.5].map((counter): Attack => ({
    id: 'A08',
    name: `the number ${counter}`,
    code: 'metadata_invalid',
    serve: (world) => {
      world.publish({ ...NEXT, counter });
    },
  })),
  ...['9223372036854775808', '1e400', 'NaN', '"6"', '6.0', '6e0', '-0'].map((counter): Attack => ({
    id: 'A08',
    name: `the number written ${counter}`,
    code: 'metadata_invalid',
    serve: (world) => {
      world.serve(signedText(world, (text) => text.replace('"counter": 6', `"counter": ${counter}`)));
    },
  })),
  {
    id: 'A09',
    name: 'the release of one version with the build of another',
    code: 'mismatch',
    serve: (world) => {
      world.publish({ ...NEXT, build: { package_version: '1.0.9' } });
    },
  },
  {
    id: 'A09',
    name: 'a release of this channel with the build of another',
    code: 'mismatch',
    serve: (world) => {
      world.publish({ ...NEXT, build: { channel: 'nightly' } });
    },
  },
  {
    id: 'A09',
    name: 'the list of files of another release under this signature',
    code: 'sig_invalid',
    serve: (world) => {
      const text = canonicalJson({ ...manifestDocument(NEXT) }).replace('b'.repeat(64), 'c'.repeat(64));
      world.serve(envelope(world, (whole) => ({ ...whole, payload: Buffer.from(text).toString('base64') })));
    },
  },
  {
    id: 'A11',
    name: 'a release of another product',
    code: 'wrong_target',
    serve: (world) => {
      world.publish({ ...NEXT, product: 'other' });
    },
  },
  {
    id: 'A11',
    name: 'a release of another channel',
    code: 'wrong_target',
    serve: (world) => {
      world.publish({ ...NEXT, channel: 'nightly' });
    },
  },
  ...[
    { name: 'two equal keys', change: (text: string) => text.replace('{', '{\n  "counter": 6,') },
    { name: '__proto__', change: (text: string) => text.replace('{', '{\n  "__proto__": {"counter": 9},') },
    { name: 'a byte order mark', change: (text: string) => `\uFEFF${text}` },
    { name: 'bytes after its end', change: (text: string) => `${text} ` },
    { name: 'a second document after its end', change: (text: string) => `${text}{}` },
    { name: 'keys in another order', change: (text: string) => reversed(text) },
    { name: 'an escaped letter', change: (text: string) => text.replace('"stable"', '"\\u0073table"') },
    { name: 'Windows line ends', change: (text: string) => text.replaceAll('\n', '\r\n') },
    {
      name: 'brackets a million deep',
      change: (text: string) => text.replace('{', `{\n  "a": ${'['.repeat(100_000)}${']'.repeat(100_000)},`),
    },
  ].map(({ name, change }): Attack => ({
    id: 'A17',
    name: `a signed release with ${name}`,
    code: 'metadata_invalid',
    serve: (world) => {
      world.serve(signedText(world, change));
    },
  })),
  {
    id: 'A17',
    name: 'a signed release that is not UTF-8',
    code: 'metadata_invalid',
    serve: (world) => {
      const bytes = Buffer.from(canonicalJson({ ...manifestDocument(NEXT), note: 'x' }));
      bytes[bytes.indexOf('"x"') + 1] = 0xff;
      world.serve(envelopeBytes(signedDocument('manifest', bytes, [world.signer1])));
    },
  },
  {
    id: 'A17',
    name: 'an envelope with two payloads',
    code: 'metadata_invalid',
    serve: (world) => {
      const text = Buffer.from(world.manifestBytes(NEXT)).toString('utf8');
      world.serve(Buffer.from(text.replace('{', '{\n  "payload": "e30=",')));
    },
  },
  {
    id: 'A17',
    name: 'HTML of a captive portal',
    code: 'metadata_invalid',
    serve: (world) => {
      world.serve(Buffer.from('<!doctype html><title>Sign in</title>'));
    },
  },
  {
    id: 'A17',
    name: 'nothing',
    code: 'metadata_invalid',
    serve: (world) => {
      world.serve(new Uint8Array());
    },
  },
  {
    id: 'schema',
    name: 'a release of a newer form',
    code: 'schema_newer',
    serve: (world) => {
      world.publish({ ...NEXT, extra: { schema_version: 2 } });
    },
  },
  {
    id: 'A15',
    name: 'a root signed by new keys only',
    code: 'sig_invalid',
    serve: (world) => {
      const thief = testKey('thief');
      world.serveRoot(2, world.rootBytes({ version: 2, root: [thief] }, [thief]));
    },
  },
  {
    id: 'A15',
    name: 'a root signed by old keys only',
    code: 'sig_invalid',
    serve: (world) => {
      world.serveRoot(2, world.rootBytes({ version: 2, root: [testKey('new')] }));
    },
  },
  {
    id: 'A15',
    name: 'a root that skips a number',
    code: 'mismatch',
    serve: (world) => {
      world.serveRoot(2, world.rootBytes({ version: 3 }));
    },
  },
  {
    id: 'A06',
    name: 'the known root as its own successor',
    code: 'rollback',
    serve: (world) => {
      world.serveRoot(2, world.rootBytes());
    },
  },
  {
    id: 'A11',
    name: 'the next root of another product',
    code: 'wrong_target',
    serve: (world) => {
      world.serveRoot(2, world.rootBytes({ version: 2, product: 'other' }));
    },
  },
  ...[0, -1, 3].map((threshold): Attack => ({
    id: 'A03',
    name: `a root that asks for ${threshold} signatures of 2 keys`,
    code: 'threshold',
    serve: (world) => {
      world.serveRoot(2, world.rootBytes({ version: 2, manifestThreshold: threshold }));
    },
  })),
  {
    id: 'A03',
    name: 'a root that names a key twice',
    code: 'threshold',
    serve: (world) => {
      const parts = { version: 2, manifest: [world.signer1, world.signer1], manifestThreshold: 2 };
      world.serveRoot(2, world.rootBytes(parts));
    },
  },
  {
    id: 'A03',
    name: 'a root with one key under two ids',
    code: 'metadata_invalid',
    serve: (world) => {
      const twin = { ...world.signer1, id: 'f'.repeat(64) };
      const parts = { version: 2, manifest: [world.signer1, twin], manifestThreshold: 2 };
      world.serveRoot(2, world.rootBytes(parts));
    },
  },
  {
    id: 'A01',
    name: 'a root whose key is "lol"',
    code: 'metadata_invalid',
    serve: (world) => {
      world.serveRoot(2, world.rootBytes({ version: 2, manifest: [{ ...world.signer1, public: 'lol' }] }));
    },
  },
  {
    id: 'test_keytype_and_scheme',
    name: 'a root with a key of another scheme',
    code: 'metadata_invalid',
    serve: (world) => {
      const document = rootDocument({ version: 2, root: [world.root1], manifest: [world.signer1] });
      const keys = { [world.root1.id]: { scheme: 'rsa', public: world.root1.public } };
      world.serveRoot(2, envelopeBytes(signedDocument('root', { ...document, keys }, [world.root1])));
    },
  },
  {
    id: 'test_timestamp_404',
    name: 'a channel that is not there',
    code: 'source_unreachable',
    serve: (world) => {
      world.transfer.served.clear();
    },
  },
  {
    id: 'A10',
    name: 'a release larger than any may be',
    code: 'too_large',
    serve: (world) => {
      world.publish({ ...NEXT, extra: { note: 'x'.repeat(600_000) } });
    },
  },
];

function reversed(text: string): string {
  const document = JSON.parse(text) as Record<string, JsonValue>;
  return JSON.stringify(Object.fromEntries(Object.entries(document).reverse()), undefined, 2);
}

describe('Attacks on what is published', () => {
  for (const { id, name, code, serve, against } of ATTACKS) {
    for (const known of against === undefined ? [false, true] : [true]) {
      it(`${id}: ${name} is refused with ${code} ${known ? 'where an earlier release is known' : 'by a new machine'}`, async () => {
        const world = await TrustWorld.create();
        world.publish();
        if (known) await world.refresh();
        const before = await world.trusted();
        world.publish(NEXT);
        serve(world);
        await assert.rejects(world.refresh(), (error) => isBeaverError(error, code));
        assert.deepEqual(await world.trusted(), before);

        // An attack must not keep the next honest answer from being taken.
        world.transfer.served.clear();
        world.publish(NEXT);
        const { manifest, changed } = await world.refresh();
        assert.deepEqual([manifest.manifest.version, changed], ['1.1.0', true]);
      });
    }
  }

  it('A02: a release signed by a key that a newer root revokes is refused with sig_untrusted', async () => {
    const world = await TrustWorld.create();
    const parts = { version: 2, manifest: [world.signer2], revoked: [world.signer1] };
    world.serveRoot(2, world.rootBytes(parts));
    world.publish(NEXT, [world.signer1]);
    await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'sig_untrusted'));
    world.publish(NEXT, [world.signer2]);
    assert.equal((await world.refresh()).root.root.version, 2);
  });

  for (const [name, signers] of [
    ['one of two signatures', (world: TrustWorld) => [world.signer1]],
    ['one key that signs twice', (world: TrustWorld) => [world.signer1, world.signer1]],
    ['one key beside an unknown one', (world: TrustWorld) => [world.signer1, world.stranger]],
  ] as const) {
    it(`A03: ${name} is refused with threshold where two are asked for`, async () => {
      const world = await TrustWorld.create({ manifestThreshold: 2 });
      world.publish(NEXT, signers(world));
      const before = await world.trusted();
      await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'threshold'));
      assert.deepEqual(await world.trusted(), before);
      world.publish(NEXT, [world.signer1, world.signer2]);
      assert.equal((await world.refresh()).manifest.manifest.version, '1.1.0');
    });
  }

  it('A04: an invalid signature beside enough valid ones does no harm', async () => {
    const world = await TrustWorld.create({ manifestThreshold: 2 });
    const whole = signedDocument('manifest', manifestDocument(NEXT), [
      world.stranger,
      world.signer1,
      world.signer2,
    ]);
    const bad = { key_id: world.signer1.id, signature: 'AAAA' };
    world.serve(envelopeBytes({ ...whole, signatures: [bad, ...whole.signatures] }));
    assert.equal((await world.refresh()).manifest.manifest.version, '1.1.0');
  });

  it('A05: one signature written in two ways counts once', async () => {
    const world = await TrustWorld.create({ manifestThreshold: 2 });
    const whole = signedDocument('manifest', manifestDocument(NEXT), [world.signer1]);
    const again = whole.signatures.map((one) => ({ ...one, signature: one.signature.replace('==', '') }));
    world.serve(envelopeBytes({ ...whole, signatures: [...whole.signatures, ...again] }));
    await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'threshold'));
  });

  it('A06: a known release that is served again is no change and no error', async () => {
    const world = await TrustWorld.create();
    world.publish(NEXT);
    assert.equal((await world.refresh()).changed, true);
    const before = await world.trusted();
    assert.equal((await world.refresh()).changed, false);
    assert.deepEqual(await world.trusted(), before);
  });

  it('A07: a frozen channel is refused once its release expires, however often it was seen', async () => {
    const world = await TrustWorld.create();
    world.publish(NEXT);
    await world.refresh();
    world.clock.advance(80 * 24 * 3600 * 1000);
    await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'expired'));
  });

  it('A08: a stolen key that pushed the number ahead is recovered from by rotating it away', async () => {
    const world = await TrustWorld.create();
    world.publish({ version: '999.0.0', counter: 2 ** 31 - 1 }, [world.signer2]);
    await world.refresh();
    world.publish(NEXT, [world.signer1]);
    await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'rollback'));
    const parts = { version: 2, manifest: [world.signer1], revoked: [world.signer2] };
    world.serveRoot(2, world.rootBytes(parts));
    assert.equal((await world.refresh()).manifest.manifest.version, '1.1.0');
  });

  it('A08: a rotation that keeps the signer keeps the floor', async () => {
    const world = await TrustWorld.create();
    world.publish({ version: '2.0.0', counter: 7 });
    await world.refresh();
    world.serveRoot(2, world.rootBytes({ version: 2, manifest: [world.signer1] }));
    world.publish(NEXT);
    await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'rollback'));
  });

  it('A11: a release without anything for this platform is no release for it', async () => {
    const world = await TrustWorld.create();
    world.publish(NEXT);
    const { manifest } = (await world.refresh()).manifest;
    assert.equal(usableAsset(manifest, 'linux-x64', '0.1.0').executable, 'acme');
    for (const platform of ['linux-arm64', 'linux-x64-musl', 'darwin-arm64', 'win32-x64', '__proto__']) {
      assert.throws(() => usableAsset(manifest, platform, '0.1.0'), { code: 'wrong_target' }, platform);
    }
    const needy = manifestDocument({ ...NEXT, minimumLauncher: '0.2.0' });
    world.serve(envelopeBytes(signedDocument('manifest', { ...needy, counter: 7 }, [world.signer1])));
    const later = (await world.refresh()).manifest.manifest;
    assert.throws(() => usableAsset(later, 'linux-x64', '0.1.0'), { code: 'launcher_too_old' });
    assert.equal(usableAsset(later, 'linux-x64', '0.2.0').executable, 'acme');
  });

  const TWO = 'https://two.example/acme/';
  for (const [name, spoil] of [
    ['does not answer', (world: TrustWorld) => void world.transfer.down.add(MIRROR)],
    ['has nothing', () => undefined],
    [
      'serves garbage',
      (world: TrustWorld) => {
        world.serve(Buffer.from('garbage'));
      },
    ],
    [
      'serves what is old',
      (world: TrustWorld) => {
        world.publish({ version: '0.9.0', counter: 4 });
      },
    ],
    [
      'serves a false root',
      (world: TrustWorld) => {
        world.serveRoot(2, world.rootBytes({ version: 2 }, [world.stranger]));
      },
    ],
  ] as const) {
    it(`A14: a first mirror that ${name} is logged, and the second is asked`, async () => {
      const world = await TrustWorld.create();
      world.publish();
      await world.refresh();
      world.source = { ...world.source, mirrors: [MIRROR, TWO] };
      world.transfer.served.clear();
      spoil(world);
      world.serve(world.manifestBytes(NEXT), TWO);
      const { manifest, mirror } = await world.refresh();
      assert.deepEqual([manifest.manifest.version, mirror], ['1.1.0', TWO]);
      const warned = world.log.records.filter(({ level }) => level === 'warn');
      assert.deepEqual(
        warned.map(({ fields }) => fields['mirror']),
        [1],
      );
    });
  }

  it('A15: another publisher at the same address is not believed, even with its own root and channel', async () => {
    const world = await TrustWorld.create();
    world.publish();
    await world.refresh();
    const thief = testKey('thief');
    world.source = { ...world.source, channel: 'nightly' };
    const root = rootDocument({ version: 2, root: [thief], manifest: [thief] });
    world.serveRoot(2, envelopeBytes(signedDocument('root', root, [thief])));
    const bytes = signedDocument('manifest', manifestDocument({ ...NEXT, channel: 'nightly' }), [thief]);
    world.serve(envelopeBytes(bytes), MIRROR, 'nightly');
    await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'sig_invalid'));
    world.transfer.served.delete(`${MIRROR}root/2.root.json`);
    await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'sig_invalid'));
  });

  it('F28: a clock that was set back stops the look and deletes nothing', async () => {
    const world = await TrustWorld.create();
    world.publish();
    await world.refresh();
    const before = await world.trusted();
    world.clock.advance(-10 * 24 * 3600 * 1000);
    await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'clock_backwards'));
    assert.deepEqual(await world.trusted(), before);
    world.clock.advance(11 * 24 * 3600 * 1000);
    assert.equal((await world.refresh()).changed, false);
  });

  it('test_basic_refresh_requests: asks for the next root and the channel, and for nothing else', async () => {
    const world = await TrustWorld.create();
    world.publish();
    await world.refresh();
    assert.deepEqual(world.transfer.asked, [`${MIRROR}root/2.root.json`, `${MIRROR}channels/stable.json`]);
  });

  it('test_metadata_bytes_match: keeps exactly the bytes that were verified', async () => {
    const world = await TrustWorld.create();
    const [root, manifest] = [world.rootBytes({ version: 2 }), world.manifestBytes(NEXT)];
    world.serveRoot(2, root);
    world.serve(manifest);
    await world.refresh();
    const kept = await world.trusted();
    assert.equal(kept['root.json'], Buffer.from(root).toString('hex'));
    assert.equal(kept['channel-stable.json'], Buffer.from(manifest).toString('hex'));
  });

  it('test_expired_local_timestamp: an expired release that is known still is a floor, and leads to the next', async () => {
    const world = await TrustWorld.create();
    world.publish({ version: '1.0.0', counter: 5, expires: '2026-11-22T00:00:00Z' });
    await world.refresh();
    world.clock.advance(10 * 24 * 3600 * 1000);
    world.publish({ version: '0.9.0', counter: 4 });
    await assert.rejects(world.refresh(), (error) => isBeaverError(error, 'rollback'));
    world.publish(NEXT);
    assert.equal((await world.refresh()).changed, true);
  });

  it('test_custom_fields: a key that is unknown to this version is kept, and what it says is not acted on', async () => {
    const world = await TrustWorld.create();
    world.publish({ ...NEXT, extra: { run_after_install: 'sh -c id' } });
    assert.equal((await world.refresh()).manifest.manifest['run_after_install'], 'sh -c id');
  });
});
