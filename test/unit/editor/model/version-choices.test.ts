import assert from 'node:assert/strict';
import { versionItems } from '../../../../src/editor/model/version-choices.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { someVersions } from '../../../support/fake-workspace.ts';
import { content, installedSample } from '../../../support/market-samples.ts';

function drawn(...args: Parameters<typeof versionItems>): readonly string[] {
  return versionItems(...args).map(({ label, description, value }) =>
    value === undefined ? `-- ${label}` : `${label}${description === '' ? '' : ` (${description})`}`,
  );
}

describe('What can be chosen of a plugin', () => {
  it('is the newest first, then every version, then whatever a person writes', () => {
    assert.deepEqual(drawn(someVersions(), installedSample(), inEnglish), [
      'Newest (2.0.0 · follows every release)',
      '-- Versions',
      '2.0.0',
      '1.0.0 (in use)',
      '-- Other',
      'Range, branch or commit… (^1.2 · channel:main · 3f2a1b…)',
    ]);
  });

  it('says what the marketplace holds its plugins to', () => {
    const [first] = drawn(someVersions({ default_pin: '^1' }), undefined, inEnglish);
    assert.equal(first, 'As the marketplace holds it (2.0.0 · ^1)');
  });

  it('has the channels of a registry, and the tags of a repository that are no versions', () => {
    const offers = [{ ...content('2'), tags: ['latest', 'next'] }];
    const npm = versionItems(someVersions({ source: 'npm:kit', offers }), undefined, inEnglish);
    assert.deepEqual(
      npm
        .map(({ value }) => (value?.kind === 'pin' ? value.pin : undefined))
        .filter((pin) => pin !== undefined),
      [
        { kind: 'channel', channel: 'latest' },
        { kind: 'channel', channel: 'next' },
        { kind: 'version', version: '2.0.0' },
      ],
    );
    const git = versionItems(
      someVersions({ offers: [{ ...content('2', null), tags: ['stable'] }] }),
      undefined,
      inEnglish,
    );
    assert.deepEqual(git.find(({ label }) => label === 'stable')?.value, {
      kind: 'pin',
      pin: { kind: 'tag', tag: 'stable' },
    });
  });

  it('has no newest where the source names nothing', () => {
    assert.deepEqual(drawn(someVersions({ head: null, offers: [] }), undefined, inEnglish), [
      '-- Other',
      'Range, branch or commit… (^1.2 · channel:main · 3f2a1b…)',
    ]);
  });
});
