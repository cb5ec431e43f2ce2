import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  autoUpdateLimit,
  defaultMode,
  isOfficial,
} from '../../../../src/core/marketplaces/auto-update-mode.ts';
import {
  afterCheck,
  afterFailure,
  CHECK_INTERVAL,
  firstCheck,
  isDue,
  marketplaceScheduleSchema,
  START_DELAY,
} from '../../../../src/core/marketplaces/update-schedule.ts';
import type { MarketplaceSource } from '../../../../src/core/package-ports.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the schedule of checks (P14)', () => {
  it('spreads first checks over the time after a start', () => {
    fc.assert(
      fc.property(chance, (random) => {
        const { next_at } = firstCheck(NOW, random);
        assert.ok(next_at >= NOW && next_at < NOW + START_DELAY);
      }),
    );
    assert.notEqual(firstCheck(NOW, 0.1).next_at, firstCheck(NOW, 0.9).next_at);
  });

  it('checks again after about a day', () => {
    fc.assert(
      fc.property(chance, (random) => {
        const schedule = marketplaceScheduleSchema.parse(afterCheck(NOW, random));
        const wait = schedule.next_at - NOW;
        assert.ok(wait >= CHECK_INTERVAL * 0.9 - 1 && wait <= CHECK_INTERVAL * 1.1);
        assert.deepEqual([isDue(schedule, NOW), isDue(schedule, schedule.next_at)], [false, true]);
      }),
    );
  });

  it('waits longer after each failure in a row, at most a day, and forgets them with the first success', () => {
    let schedule = firstCheck(NOW, 0);
    const waits: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      schedule = afterFailure(schedule, 'fetch_timeout', NOW, 0.999_999);
      waits.push(Math.round((schedule.next_at - NOW) / MINUTE));
    }
    assert.deepEqual(waits, [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]);
    assert.deepEqual(
      [schedule.failures, schedule.last_error, schedule.checked_at],
      [12, 'fetch_timeout', null],
    );
    assert.deepEqual([afterCheck(NOW, 0).failures, afterCheck(NOW, 0).last_error], [0, null]);
  });

  it('never comes back at once after a failure, nor overflows', () => {
    fc.assert(
      fc.property(chance, fc.nat(5000), (random, failures) => {
        const before = { ...firstCheck(NOW, 0), failures };
        const wait = afterFailure(before, 'x', NOW, random).next_at - NOW;
        assert.ok(wait >= 2.5 * MINUTE - 1 && wait <= CHECK_INTERVAL);
      }),
    );
  });

  it('is due when a clock that was wrong put the check off for years', () => {
    assert.equal(isDue(afterCheck(NOW + 365 * CHECK_INTERVAL, 0.5), NOW), true);
  });
});

describe('autoUpdateLimit', () => {
  for (const [environment, setting, expected] of [
    [{}, undefined, 'apply null'],
    [{}, 'notify', 'notify setting'],
    [{ BEAVER_AUTO_UPDATE: 'off' }, 'apply', 'off environment'],
    [{ BEAVER_AUTO_UPDATE: '0' }, 'apply', 'off environment'],
    [{ BEAVER_AUTO_UPDATE: 'nonsense' }, 'apply', 'off environment'],
    [{ BEAVER_AUTO_UPDATE: 'Notify' }, 'apply', 'notify environment'],
    [{ BEAVER_AUTO_UPDATE: 'stage' }, 'notify', 'notify setting'],
    [{ BEAVER_AUTO_UPDATE: 'on' }, 'off', 'off setting'],
    [{ CI: 'true' }, 'apply', 'off ci'],
    [{ CI: '1' }, undefined, 'off ci'],
    [{ CI: 'false' }, undefined, 'apply null'],
    [{ CI: 'true', BEAVER_AUTO_UPDATE: 'apply' }, undefined, 'apply null'],
    [{ CI: 'true', BEAVER_AUTO_UPDATE: 'notify' }, undefined, 'notify environment'],
  ] as const)
    it(`${JSON.stringify(environment)} with the setting ${setting ?? 'left alone'} is ${expected}`, () => {
      const { mode, by } = autoUpdateLimit(environment, setting);
      assert.equal(`${mode} ${by ?? 'null'}`, expected);
    });
});

describe('official marketplaces', () => {
  const git = (url: string, more: object = {}): MarketplaceSource => ({
    kind: 'git',
    url,
    subpath: '',
    ref: null,
    commit: null,
    ...more,
  });

  it('update by themselves, and no other does unasked', () => {
    assert.equal(defaultMode(git('https://github.com/anthropics/claude-plugins-official')), 'apply');
    assert.equal(defaultMode(git('https://github.com/GitHub/Awesome-Copilot.git')), 'apply');
    assert.equal(defaultMode(git('https://github.com/somebody/plugins')), 'off');
    assert.equal(defaultMode({ kind: 'local', path: '/anthropics/claude-plugins-official' }), 'off');
  });

  for (const url of [
    'https://github.com.evil.test/anthropics/skills',
    'https://evil.test/github.com/anthropics/skills',
    'https://github.com/anthropics/skills/../../evil/skills',
    'https://github.com@evil.test/anthropics/skills',
    'http://github.com/anthropics/skills',
    'https://github.com/anthropics-skills/anthropics/skills',
    'https://github.com/anthropics/skills?x',
  ])
    it(`are not to be had from ${url}`, () => {
      assert.equal(isOfficial(git(url)), false);
    });

  it('are what they are at their own branch only', () => {
    assert.equal(isOfficial(git('https://github.com/anthropics/skills', { ref: 'refs/pull/1/head' })), false);
  });
});
