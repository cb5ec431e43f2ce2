import assert from 'node:assert/strict';
import { nextCronTime } from '../../../../src/core/harness/cron-time.ts';

/** In the time of this machine, as schedules are. */
const at = (text: string): number => new Date(text).getTime();

describe('The next time of a schedule', () => {
  const from = '2026-11-21T12:34:56'; // a Saturday
  const CASES: readonly (readonly [string, string])[] = [
    ['* * * * *', '2026-11-21T12:35:00'],
    ['*/15 * * * *', '2026-11-21T12:45:00'],
    ['30 12 * * *', '2026-11-22T12:30:00'],
    ['0 9-17 * * 1-5', '2026-11-23T09:00:00'],
    ['0 0 1 1 *', '2027-01-01T00:00:00'],
    ['0 0 29 2 *', '2028-02-29T00:00:00'],
    ['5,10 13 * * 7', '2026-11-22T13:05:00'],
    ['0 0 1 * 0', '2026-11-22T00:00:00'],
    ['10-50/20 * * * *', '2026-11-21T12:50:00'],
  ];
  for (const [schedule, expected] of CASES) {
    it(`of ${schedule}`, () => {
      assert.equal(nextCronTime(schedule, at(from)), at(expected));
    });
  }

  for (const schedule of [
    '',
    '* * * *',
    '60 * * * *',
    'x * * * *',
    '5-1 * * * *',
    '*/0 * * * *',
    '0 0 30 2 *',
  ]) {
    it(`is unknown for "${schedule}"`, () => {
      assert.equal(nextCronTime(schedule, at(from)), undefined);
    });
  }
});
