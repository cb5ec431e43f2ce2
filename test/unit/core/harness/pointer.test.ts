import assert from 'node:assert/strict';
import { planGarbage } from '../../../../src/core/harness/garbage.ts';
import { manifestSchema } from '../../../../src/core/harness/manifest.ts';
import {
  activated,
  ignoredByHand,
  leftForPrevious,
  notIgnored,
  planUpdate,
  rolledBack,
  withIgnored,
  withRevocations,
  withStaged,
} from '../../../../src/core/harness/pointer.ts';
import { emptyState, type HarnessState, type InstalledVersion } from '../../../../src/core/harness/state.ts';
import { type ManifestParts, manifestDocument } from '../../../support/harness-release.ts';

const digest = (version: string): string => version.replaceAll(/\D/g, '').padStart(64, 'a');

function version(name: string): InstalledVersion {
  return {
    version: name,
    directory: `${name}-x`,
    executable: 'acme',
    counter: 1,
    asset_sha256: digest(name),
    tree_sha256: digest(name),
  };
}

/** A state in short: the versions that are active, staged and previous. */
function state(
  active: string | null,
  staged: string | null = null,
  previous: string | null = null,
): HarnessState {
  const one = (name: string | null): InstalledVersion | null => (name === null ? null : version(name));
  return { ...emptyState('acme'), active: one(active), staged: one(staged), previous: one(previous) };
}

function short({ active, staged, previous }: HarnessState): readonly (string | undefined)[] {
  return [active?.version, staged?.version, previous?.version];
}

function release(
  name: string,
  parts: ManifestParts = {},
): Parameters<typeof planUpdate> extends [unknown, ...infer Rest] ? Rest : never {
  const manifest = manifestSchema.parse(manifestDocument({ version: name, ...parts }));
  const asset = manifest.assets['linux-x64'];
  assert.ok(asset !== undefined);
  return [manifest, { ...asset, sha256: digest(name) }];
}

describe('The pointer of a harness', () => {
  it('F32: a version with which a session could not go on is left for the one before, and ignored with the reason', () => {
    const failed = state('1.1.0', '1.2.0', '1.0.0');
    const left = leftForPrevious(
      failed,
      version('1.1.0'),
      version('1.0.0'),
      Date.UTC(2026, 10, 21),
      'It ended.',
    );
    assert.deepEqual(short(left), ['1.0.0', '1.2.0', undefined]);
    assert.deepEqual(
      left.ignored.map((one) => [one.version, one.reason, one.detail]),
      [['1.1.0', 'crash_loop', 'It ended.']],
    );
    const another = leftForPrevious(state('1.2.0'), version('1.1.0'), version('1.0.0'), 0, '');
    assert.deepEqual(short(another), ['1.2.0', undefined, undefined]);
    assert.equal(another.ignored.length, 1);
  });

  it('an update is staged where it is newer, and only then', () => {
    assert.equal(planUpdate(state(null), ...release('1.0.0')).kind, 'stage');
    assert.equal(planUpdate(state('1.0.0'), ...release('1.1.0')).kind, 'stage');
    assert.equal(planUpdate(state('1.0.0'), ...release('1.0.0')).kind, 'current');
    assert.equal(planUpdate(state('1.0.0', '1.1.0'), ...release('1.1.0')).kind, 'staged_already');
    assert.equal(planUpdate(state('1.0.0', '1.1.0'), ...release('1.2.0')).kind, 'stage');
  });

  it('F27: nothing that runs is replaced by something older, unless it was withdrawn', () => {
    assert.equal(planUpdate(state('2.0.70'), ...release('2.0.65')).kind, 'older');
    assert.equal(planUpdate(state('1.0.0'), ...release('1.0.0-rc.9')).kind, 'older');
    const withdrawn = { revocations: [{ version: '2.0.70', reason: 'it leaks' }] };
    assert.equal(planUpdate(state('2.0.70'), ...release('2.0.65', withdrawn)).kind, 'stage');
  });

  it('F35: what is ignored stays so; other content under its version is another thing', () => {
    const entry = {
      version: '1.1.0',
      reason: 'smoke_test_failed',
      detail: 'x',
      at: '2026-11-21T00:00:00Z',
    } as const;
    const same = withIgnored(state('1.0.0'), { ...entry, asset_sha256: digest('1.1.0') });
    assert.equal(planUpdate(same, ...release('1.1.0')).kind, 'ignored');
    assert.equal(planUpdate(same, ...release('1.2.0')).kind, 'stage');
    const other = withIgnored(state('1.0.0'), { ...entry, asset_sha256: 'c'.repeat(64) });
    assert.equal(planUpdate(other, ...release('1.1.0')).kind, 'stage');
    const whole = withIgnored(other, { ...entry, asset_sha256: null });
    assert.equal(planUpdate(whole, ...release('1.1.0')).kind, 'ignored');
    assert.equal(withIgnored(whole, { ...entry, asset_sha256: null }).ignored.length, 2);
    assert.deepEqual(short(withIgnored(state('1.0.0', '1.1.0'), { ...entry, asset_sha256: null })), [
      '1.0.0',
      undefined,
      undefined,
    ]);
  });

  it('a person ignores what is staged or offered, never what starts, and takes every reason back', () => {
    const ignoring = ignoredByHand(state('1.0.0', '1.1.0'), '1.1.0', 'x'.repeat(400), 0);
    assert.deepEqual(short(ignoring), ['1.0.0', undefined, undefined]);
    assert.equal(planUpdate(ignoring, ...release('1.1.0')).kind, 'ignored');
    assert.equal(ignoring.ignored[0]?.detail.length, 300);
    assert.throws(() => ignoredByHand(ignoring, '1.0.0', '', 0), { code: 'version_in_use' });
    const rolled = rolledBack(state('1.1.0', null, '1.0.0'), null, 0, 'slow');
    const twice = ignoredByHand(rolled, '1.1.0', 'still', 0);
    assert.equal(twice.ignored.length, 2);
    assert.deepEqual(notIgnored(twice, '1.1.0').ignored, []);
    assert.throws(() => notIgnored(state('1.0.0'), '1.1.0'), { code: 'version_not_ignored' });
  });

  it('the list of what is ignored has an end', () => {
    let ignoring = state('1.0.0');
    for (let index = 0; index < 250; index += 1) {
      const at = '2026-11-21T00:00:00Z';
      ignoring = withIgnored(ignoring, {
        version: `1.0.${index}`,
        asset_sha256: null,
        reason: 'by_hand',
        detail: '',
        at,
      });
    }
    assert.deepEqual([ignoring.ignored.length, ignoring.ignored[0]?.version], [200, '1.0.50']);
  });

  it('what was active is what a rollback returns to', () => {
    assert.deepEqual(short(activated(withStaged(state('1.0.0', null, '0.9.0'), version('1.1.0')))), [
      '1.1.0',
      undefined,
      '1.0.0',
    ]);
    assert.deepEqual(short(activated(state(null, '1.0.0'))), ['1.0.0', undefined, undefined]);
    // The same version mended: what was before it stays what is returned to.
    assert.deepEqual(short(activated(state('1.0.0', '1.0.0', '0.9.0'))), ['1.0.0', undefined, '0.9.0']);
    assert.deepEqual(short(activated(state('1.0.0', null, '0.9.0'))), ['1.0.0', undefined, '0.9.0']);
  });

  it('a rollback ignores what it leaves, keeps what is staged, and happens once', () => {
    const back = rolledBack(state('1.1.0', '1.2.0', '1.0.0'), null, 0, 'slow');
    assert.deepEqual(short(back), ['1.0.0', '1.2.0', undefined]);
    assert.deepEqual(
      back.ignored.map(({ version: left, reason }) => [left, reason]),
      [['1.1.0', 'rolled_back']],
    );
    assert.throws(() => rolledBack(back, null, 0, ''), { code: 'nothing_to_roll_back' });
    assert.throws(() => rolledBack(state(null), null, 0, ''), { code: 'nothing_to_roll_back' });
  });

  it('P15: a version that was withdrawn is neither staged nor returned to; what runs goes on', () => {
    const [manifest] = release('1.3.0', {
      revocations: ['1.0.0', '1.1.0', '1.2.0'].map((one) => ({ version: one, reason: 'bad' })),
    });
    assert.deepEqual(short(withRevocations(state('1.1.0', '1.2.0', '1.0.0'), manifest)), [
      '1.1.0',
      undefined,
      undefined,
    ]);
    assert.throws(() => rolledBack(state('1.2.5', null, '1.0.0'), manifest, 0, ''), { code: 'revoked' });
  });

  it('garbage is what the pointer does not name', () => {
    const folders = ['1.0.0-x', '1.1.0-x', '1.2.0-x', '1.2.0-y', '0.9.0-x'];
    assert.deepEqual(planGarbage(state('1.1.0', '1.2.0', '1.0.0'), folders), ['0.9.0-x', '1.2.0-y']);
    assert.deepEqual(planGarbage(emptyState('acme'), []), []);
  });
});
