import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as semver from 'semver';
import { identityText } from '../../../../src/core/package-identity.ts';
import { type PackagePin, parsePin } from '../../../../src/core/package-pin.ts';
import type { PackageOffer, PackageOffers, PackageSource } from '../../../../src/core/package-ports.ts';
import {
  chooseOffer,
  type IgnoredContent,
  latestOffer,
  sourceToAsk,
} from '../../../../src/core/marketplaces/choose-offer.ts';
import {
  isAlert,
  movedTag,
  type PackageChange,
  packageChange,
} from '../../../../src/core/marketplaces/package-change.ts';
import {
  compareVersions,
  versionedOffers,
  versionOfTag,
} from '../../../../src/core/marketplaces/tagged-versions.ts';

const GIT: PackageSource = {
  kind: 'git',
  url: 'https://example.test/notes.git',
  subpath: '',
  ref: null,
  commit: null,
};
const NPM: PackageSource = { kind: 'npm', name: 'notes', range: null, registry: null, subpath: '' };
const commit = (digit: string) => ({ kind: 'commit' as const, commit: digit.repeat(40) });
const integrity = (letter: string) => ({
  kind: 'integrity' as const,
  integrity: `sha512-${letter.repeat(86)}==`,
});
const tagged = (digit: string, ...tags: string[]): PackageOffer => ({
  identity: commit(digit),
  tags,
  version: null,
});
const released = (letter: string, version: string, ...tags: string[]): PackageOffer => ({
  identity: integrity(letter),
  tags,
  version,
});

/** Releases 1.0.0, 1.2.0, 2.0.0 and 2.1.0-rc.1; `main` has gone on. */
const REPOSITORY: PackageOffers = {
  head: tagged('f'),
  others: [
    tagged('1', 'v1.0.0'),
    tagged('2', 'v1.2.0', 'stable'),
    tagged('3', 'v2.0.0'),
    tagged('4', 'v2.1.0-rc.1'),
    tagged('5', 'other--v9.0.0'),
  ],
};
const REGISTRY: PackageOffers = {
  head: released('C', '2.0.0', 'latest'),
  others: [released('A', '1.0.0'), released('B', '1.5.0'), released('D', '3.0.0-beta.1', 'next')],
};

function chosen(
  source: PackageSource,
  offers: PackageOffers,
  pin: string | PackagePin | null,
  ignored: readonly IgnoredContent[] = [],
): string {
  const choice = chooseOffer({
    source,
    pluginName: 'notes',
    offers,
    pin: typeof pin === 'string' ? parsePin(pin) : pin,
    ignored,
  });
  if (choice.kind === 'none') return choice.problem.code;
  const { identity, version } = choice.offer;
  const digest =
    identity.kind === 'commit' ? identity.commit.slice(0, 1) : identityText(identity).slice(17, 18);
  return `${version ?? '-'} ${digest}`;
}

describe('chooseOffer of a repository', () => {
  for (const [pin, expected] of [
    [null, '- f'],
    ['*', '2.0.0 3'],
    ['^1.0.0', '1.2.0 2'],
    ['~1.0', '1.0.0 1'],
    ['>=2.1.0', 'pin_not_offered'],
    ['pre:>=2.0.0', '2.1.0-rc.1 4'],
    ['1.0.0', '1.0.0 1'],
    ['v1.0.0', '1.0.0 1'],
    ['2.1.0-rc.1', '2.1.0-rc.1 4'],
    ['1.1.0', 'pin_not_offered'],
    ['tag:stable', '1.2.0 2'],
    ['tag:gone', 'pin_not_offered'],
    ['9.0.0', 'pin_not_offered'],
    ['channel:main', '- f'],
    ['3'.repeat(40), '2.0.0 3'],
    ['e'.repeat(40), '- e'],
  ] as const)
    it(`${pin?.slice(0, 12) ?? 'nothing'} is ${expected}`, () => {
      assert.equal(chosen(GIT, REPOSITORY, pin), expected);
    });

  it('says that nothing is offered where the ref is gone', () => {
    assert.equal(chosen(GIT, { head: null, others: REPOSITORY.others }, null), 'nothing_offered');
  });
});

describe('chooseOffer of a registry', () => {
  for (const [pin, expected] of [
    [null, '2.0.0 C'],
    ['^1', '1.5.0 B'],
    ['channel:next', '3.0.0-beta.1 D'],
    ['latest', '2.0.0 C'],
    ['channel:nightly', 'pin_not_offered'],
    ['pre:>2', '3.0.0-beta.1 D'],
    [{ kind: 'exact', identity: integrity('A') }, '1.0.0 A'],
    [{ kind: 'exact', identity: integrity('Z') }, 'pin_not_offered'],
  ] as const)
    it(`${JSON.stringify(pin).slice(0, 40)} is ${expected}`, () => {
      assert.equal(chosen(NPM, REGISTRY, pin), expected);
    });
});

describe('chooseOffer with ignored contents (P07)', () => {
  const bad = (offer: PackageOffer): IgnoredContent => ({
    identity: offer.identity,
    reason: 'A skill did not parse.',
  });

  it('takes the next best of a range', () => {
    assert.equal(chosen(GIT, REPOSITORY, '*', [bad(tagged('3'))]), '1.2.0 2');
  });

  it('waits for something newer where only one content is possible', () => {
    assert.equal(chosen(GIT, REPOSITORY, null, [bad(tagged('f'))]), 'offers_ignored');
    assert.equal(chosen(GIT, { ...REPOSITORY, head: tagged('e') }, null, [bad(tagged('f'))]), '- e');
  });

  it('says why everything is ignored', () => {
    const choice = chooseOffer({
      source: GIT,
      pluginName: 'notes',
      offers: REPOSITORY,
      pin: parsePin('2.0.0'),
      ignored: [bad(tagged('3'))],
    });
    assert.deepEqual(choice, {
      kind: 'none',
      problem: { code: 'offers_ignored', params: { pin: '2.0.0', reason: 'A skill did not parse.' } },
    });
  });
});

describe('versionedOffers', () => {
  it('takes only tags named after the plugin where there are any', () => {
    const offers: PackageOffers = {
      head: tagged('f'),
      others: [tagged('1', 'v9.0.0'), tagged('2', 'notes--v1.0.0', 'v3.0.0'), tagged('3', 'tasks--v2.0.0')],
    };
    assert.deepEqual(
      versionedOffers(GIT, 'notes', offers).map(({ version }) => version),
      ['1.0.0', null, null, null],
    );
  });

  it('lists a content once, with all tags that name it', () => {
    const offers: PackageOffers = {
      head: tagged('1', 'main-copy'),
      others: [tagged('1', 'v1.0.0'), tagged('1', 'v1.0.1')],
    };
    assert.deepEqual(versionedOffers(GIT, 'notes', offers), [
      { identity: commit('1'), tags: ['main-copy', 'v1.0.0', 'v1.0.1'], version: '1.0.1' },
    ]);
  });

  for (const [tag, version] of [
    ['v1.2.3', '1.2.3'],
    ['1.2.3', '1.2.3'],
    ['notes--v1.2.3', '1.2.3'],
    ['notes--1.2.3', '1.2.3'],
    ['v1.2.3-rc.1+b7', '1.2.3-rc.1+b7'],
    ['other--v1.2.3', undefined],
    ['v1', undefined],
    ['1.2', undefined],
    ['release-1.2.3', undefined],
    ['vv1.2.3', undefined],
    ['v01.2.3', undefined],
    ['', undefined],
  ] as const)
    it(`reads the tag "${tag}" as ${version ?? 'a name'}`, () => {
      assert.equal(versionOfTag(tag, 'notes'), version);
    });
});

const versions = fc
  .tuple(
    fc.nat(3),
    fc.nat(3),
    fc.nat(3),
    fc.option(fc.constantFrom('alpha.1', 'rc.1', 'rc.2'), { nil: undefined }),
  )
  .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre === undefined ? '' : `-${pre}`}`);
const repositories = fc.uniqueArray(versions, { minLength: 1, maxLength: 12 }).map((list): PackageOffers => {
  const others = list.map((version, index) => ({
    identity: { kind: 'commit' as const, commit: index.toString(16).padStart(40, '0') },
    tags: [`v${version}`],
    version: null,
  }));
  return { head: others[0] ?? null, others };
});
const ranges = fc.oneof(
  versions.map((version) => `^${version}`),
  versions.map((version) => `~${version}`),
  versions.map((version) => `>=${version}`),
  fc.constant('*'),
);

describe('chooseOffer, whatever is offered', () => {
  it('answers to a range what semver itself calls the greatest that satisfies it', () => {
    fc.assert(
      fc.property(repositories, ranges, fc.boolean(), (offers, range, prereleases) => {
        const pin: PackagePin = { kind: 'range', range, prereleases };
        const choice = chooseOffer({ source: GIT, pluginName: 'notes', offers, pin, ignored: [] });
        const all = offers.others.flatMap(({ tags }) => tags.map((tag) => tag.slice(1)));
        const expected = semver.maxSatisfying(all, range, { includePrerelease: prereleases });
        assert.equal(choice.kind === 'chosen' ? choice.offer.version : null, expected);
      }),
    );
  });

  it('does not depend on the order of what is offered', () => {
    fc.assert(
      fc.property(repositories, ranges, (offers, range) => {
        const turned = { ...offers, others: [...offers.others].reverse() };
        const ask = (given: PackageOffers) =>
          chooseOffer({ source: GIT, pluginName: 'notes', offers: given, pin: parsePin(range), ignored: [] });
        assert.deepEqual(ask(offers), ask(turned));
      }),
    );
  });

  it('never chooses what is ignored, and a prerelease only where one was asked for', () => {
    fc.assert(
      fc.property(repositories, fc.nat(11), (offers, bad) => {
        const ignored = offers.others
          .filter((_, index) => index === bad)
          .map(({ identity }) => ({ identity, reason: 'bad' }));
        const choice = chooseOffer({ source: GIT, pluginName: 'notes', offers, pin: parsePin('*'), ignored });
        if (choice.kind === 'none') return;
        assert.equal(
          ignored.some(({ identity }) => identityText(identity) === identityText(choice.offer.identity)),
          false,
        );
        assert.equal(semver.prerelease(choice.offer.version ?? ''), null);
      }),
    );
  });
});

describe('latestOffer', () => {
  const latest = (source: PackageSource, offers: PackageOffers, ignored: readonly IgnoredContent[] = []) =>
    latestOffer({ source, pluginName: 'notes', offers, ignored });

  it('is what the source itself names, where that is ahead of its tags', () => {
    assert.deepEqual(latest(GIT, REPOSITORY)?.identity, commit('f'));
    assert.deepEqual(latest(GIT, { ...REPOSITORY, head: tagged('1', 'v1.0.0') })?.version, '2.0.0');
  });

  it('is never a prerelease that nobody asked for', () => {
    assert.equal(latest(NPM, REGISTRY)?.version, '2.0.0');
  });

  it('passes over what is ignored', () => {
    assert.equal(latest(NPM, REGISTRY, [{ identity: integrity('C'), reason: 'bad' }])?.version, '1.5.0');
  });
});

describe('packageChange', () => {
  const installed = (digit: string, version: string | null, ...tags: string[]) => ({
    identity: commit(digit),
    version,
    tags,
  });
  const offer = (digit: string, version: string | null, ...tags: string[]) => ({
    identity: commit(digit),
    version,
    tags,
  });
  const change = (
    before: ReturnType<typeof installed>,
    after: ReturnType<typeof offer>,
    pin: PackagePin | null = null,
  ): PackageChange => packageChange(before, after, { pluginName: 'notes', pin });

  for (const [name, before, after, expected] of [
    ['the same content', installed('1', '1.0.0'), offer('1', '1.0.1'), { kind: 'none' }],
    ['a patch', installed('1', '1.0.0'), offer('2', '1.0.1'), { kind: 'upgrade', size: 'patch' }],
    ['a minor version', installed('1', '1.0.0'), offer('2', '1.1.0'), { kind: 'upgrade', size: 'minor' }],
    ['a major version', installed('1', '1.9.0'), offer('2', '2.0.0'), { kind: 'upgrade', size: 'major' }],
    [
      'a minor version before 1.0.0',
      installed('1', '0.1.0'),
      offer('2', '0.2.0'),
      { kind: 'upgrade', size: 'major' },
    ],
    [
      'the release of a prerelease',
      installed('1', '1.0.0-rc.1'),
      offer('2', '1.0.0'),
      { kind: 'upgrade', size: 'prerelease' },
    ],
    ['an older version', installed('1', '1.1.0'), offer('2', '1.0.0'), { kind: 'downgrade' }],
    [
      'other content under the same version',
      installed('1', '1.0.0'),
      offer('2', '1.0.0'),
      { kind: 'republished' },
    ],
    ['other content without versions', installed('1', null), offer('2', null), { kind: 'new_content' }],
    ['a version for the first time', installed('1', null), offer('2', '1.0.0'), { kind: 'new_content' }],
    [
      'a tag that was moved (P03)',
      installed('1', '1.0.0', 'v1.0.0'),
      offer('2', '1.0.0', 'v1.0.0'),
      { kind: 'retagged', tag: 'v1.0.0' },
    ],
    [
      'a tag that is made to move',
      installed('1', '1.0.0', 'v1', 'v1.0.0'),
      offer('2', '1.1.0', 'v1', 'v1.1.0'),
      { kind: 'upgrade', size: 'minor' },
    ],
  ] as const)
    it(`${name} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(change(before, after), expected);
    });

  it('takes any tag that a person pinned for one that must not move', () => {
    const pin = parsePin('tag:stable');
    assert.deepEqual(change(installed('1', null, 'stable'), offer('2', null, 'stable'), pin), {
      kind: 'retagged',
      tag: 'stable',
    });
  });

  it('sees that the installed tag was moved although a newer version is chosen', () => {
    const offers = [offer('2', '1.0.0', 'v1.0.0'), offer('3', '1.1.0', 'v1.1.0')];
    assert.equal(
      movedTag(installed('1', '1.0.0', 'v1.0.0'), offers, { pluginName: 'notes', pin: null }),
      'v1.0.0',
    );
  });

  it('is an alert where what never changes was replaced', () => {
    assert.equal(isAlert({ kind: 'retagged', tag: 'v1.0.0' }, commit('1')), true);
    assert.equal(isAlert({ kind: 'republished' }, integrity('A')), true);
    assert.equal(isAlert({ kind: 'republished' }, commit('1')), false);
    assert.equal(isAlert({ kind: 'upgrade', size: 'major' }, integrity('A')), false);
  });

  it('calls a step up an upgrade and a step down a downgrade, as semver orders them', () => {
    fc.assert(
      fc.property(versions, versions, (from, to) => {
        const kind = change(installed('1', from), offer('2', to)).kind;
        const order = semver.compare(from, to);
        assert.equal(kind, order === 0 ? 'republished' : order < 0 ? 'upgrade' : 'downgrade');
      }),
    );
  });
});

describe('compareVersions', () => {
  it('is a total order that puts what is no version before all that are', () => {
    const any = fc.oneof(versions, fc.constantFrom('nightly', 'b', '2024.13'), fc.constant(null));
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        assert.equal(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a)), 0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) assert.ok(compareVersions(a, c) <= 0);
      }),
    );
    assert.ok(compareVersions(null, 'nightly') < 0 && compareVersions('nightly', '0.0.0') < 0);
  });
});

describe('sourceToAsk', () => {
  it('asks a repository for a branch, a commit, or all of its tags', () => {
    const pinned = { ...GIT, commit: '1'.repeat(40), ref: 'v1' };
    assert.deepEqual(sourceToAsk(pinned, null), pinned);
    assert.deepEqual(sourceToAsk(pinned, parsePin('channel:next')), { ...pinned, ref: 'next', commit: null });
    assert.deepEqual(sourceToAsk(pinned, parsePin('^1')), { ...pinned, commit: null });
    assert.deepEqual(sourceToAsk(pinned, parsePin('2'.repeat(40))), { ...pinned, commit: '2'.repeat(40) });
  });

  it('asks a registry for a dist-tag', () => {
    assert.deepEqual(sourceToAsk({ ...NPM, range: '^1' }, parsePin('next')), { ...NPM, range: 'next' });
  });
});
