import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isBeaverError } from '../../../src/base/errors.ts';
import {
  identityText,
  originText,
  packageIdentitySchema,
  parseIdentity,
  sameIdentity,
  shortIdentity,
  sourceLabel,
} from '../../../src/core/package-identity.ts';
import { packagePinSchema, parsePin, pinText } from '../../../src/core/package-pin.ts';
import type { PackageIdentity, PackageSource } from '../../../src/core/package-ports.ts';

const SHA = 'a'.repeat(40);
const DIGEST = 'b'.repeat(64);
const INTEGRITY = `sha512-${'C'.repeat(86)}==`;

const hex = (length: number) =>
  fc
    .array(
      fc.nat(15).map((digit) => digit.toString(16)),
      { minLength: length, maxLength: length },
    )
    .map((digits) => digits.join(''));
const identities: fc.Arbitrary<PackageIdentity> = fc.oneof(
  hex(40).map((commit) => ({ kind: 'commit' as const, commit })),
  hex(64).map((commit) => ({ kind: 'commit' as const, commit })),
  hex(64).map((sha256) => ({ kind: 'sha256' as const, sha256 })),
  hex(64).map((tree_hash) => ({ kind: 'tree' as const, tree_hash })),
  fc.uint8Array({ minLength: 64, maxLength: 64 }).map((bytes) => ({
    kind: 'integrity' as const,
    integrity: `sha512-${Buffer.from(bytes).toString('base64')}`,
  })),
);

describe('identityText', () => {
  it('is read back as the same identity, which its schema accepts', () => {
    fc.assert(
      fc.property(identities, (identity) => {
        assert.deepEqual(parseIdentity(identityText(identity)), identity);
        assert.deepEqual(packageIdentitySchema.parse(identity), identity);
        assert.match(shortIdentity(identity), /^[0-9a-f]{12}$/);
      }),
    );
  });

  it('tells kinds of digests apart', () => {
    assert.equal(
      sameIdentity({ kind: 'sha256', sha256: DIGEST }, { kind: 'tree', tree_hash: DIGEST }),
      false,
    );
  });

  for (const text of [
    '',
    'commit:',
    `commit:${SHA.slice(1)}`,
    `tag:${SHA}`,
    SHA,
    'integrity:md5-xx',
    'sha256:Z',
  ])
    it(`is not ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.equal(parseIdentity(text), undefined);
    });
});

describe('originText', () => {
  it('stays when only the content that is asked for changes, and changes with the place', () => {
    const git: PackageSource = {
      kind: 'git',
      url: 'https://example.test/a.git',
      subpath: '',
      ref: null,
      commit: null,
    };
    assert.equal(originText(git), originText({ ...git, ref: 'v2', commit: SHA }));
    assert.notEqual(originText(git), originText({ ...git, subpath: 'plugins/a' }));
    assert.notEqual(originText(git), originText({ ...git, url: 'https://example.test/b.git' }));
  });
});

describe('sourceLabel', () => {
  it('names a place of this machine by its last part only', () => {
    assert.equal(sourceLabel({ kind: 'local', path: '/home/ada/plugins/notes' }), '<local>/notes');
    const git: PackageSource = {
      kind: 'git',
      url: '/home/ada/repo.git',
      subpath: '',
      ref: 'main',
      commit: null,
    };
    assert.equal(sourceLabel(git), '<local>/repo.git#main');
  });

  it('says where a public package comes from', () => {
    assert.equal(
      sourceLabel({
        kind: 'git',
        url: 'https://example.test/a.git',
        subpath: 'plugins/a',
        ref: null,
        commit: SHA,
      }),
      'https://example.test/a.git#aaaaaaaaaaaa (plugins/a)',
    );
    assert.equal(
      sourceLabel({ kind: 'npm', name: '@a/b', range: '^1', registry: null, subpath: '' }),
      'npm:@a/b@^1',
    );
  });
});

describe('parsePin', () => {
  for (const [written, pin] of [
    [SHA, { kind: 'exact', identity: { kind: 'commit', commit: SHA } }],
    [`integrity:${INTEGRITY}`, { kind: 'exact', identity: { kind: 'integrity', integrity: INTEGRITY } }],
    [`tree:${DIGEST}`, { kind: 'exact', identity: { kind: 'tree', tree_hash: DIGEST } }],
    ['1.2.3', { kind: 'version', version: '1.2.3' }],
    ['v1.2.3', { kind: 'version', version: '1.2.3' }],
    ['1.2.3-beta.1', { kind: 'version', version: '1.2.3-beta.1' }],
    ['1.2.3+linux', { kind: 'version', version: '1.2.3+linux' }],
    ['^1.2', { kind: 'range', range: '^1.2', prereleases: false }],
    ['>=1 <3', { kind: 'range', range: '>=1 <3', prereleases: false }],
    ['*', { kind: 'range', range: '*', prereleases: false }],
    ['pre:^2', { kind: 'range', range: '^2', prereleases: true }],
    ['tag:v1.2.3', { kind: 'tag', tag: 'v1.2.3' }],
    ['channel:main', { kind: 'channel', channel: 'main' }],
    ['next', { kind: 'channel', channel: 'next' }],
    ['feature/x', { kind: 'channel', channel: 'feature/x' }],
  ] as const)
    it(`reads ${written.slice(0, 24)}`, () => {
      assert.deepEqual(parsePin(written), pin);
      assert.deepEqual(packagePinSchema.parse(pin), pin);
      assert.deepEqual(parsePin(pinText(pin)), pin);
    });

  for (const written of [
    '',
    ' ',
    'tag:',
    'channel:',
    'pre:nonsense here',
    'deadbeef1',
    '--upload-pack=x',
    'tag:--exec',
    'a..b',
    'channel:a\nb',
    'tag:x^{}',
  ])
    it(`refuses ${JSON.stringify(written)}`, () => {
      assert.throws(
        () => parsePin(written),
        (error) => isBeaverError(error, 'pin_invalid'),
      );
    });

  it('takes prereleases into a range when they are asked for', () => {
    assert.deepEqual(parsePin('^1', { prereleases: true }), {
      kind: 'range',
      range: '^1',
      prereleases: true,
    });
  });

  it('reads back every pin of an exact content', () => {
    fc.assert(
      fc.property(identities, (identity) => {
        const pin = { kind: 'exact' as const, identity };
        assert.deepEqual(parsePin(pinText(pin)), pin);
      }),
    );
  });
});
