import assert from 'node:assert/strict';
import { TransactionIds } from '../../../src/node/transaction-ids.ts';
import { FakeClock } from '../../support/ports.ts';

describe('TransactionIds', () => {
  it('gives one path segment that says when it was made', () => {
    const id = new TransactionIds(new FakeClock(Date.UTC(2026, 10, 20, 10, 15, 30, 123))).transaction();
    assert.match(id, /^20261120T101530123Z-0000-[0-9a-f]{12}$/);
  });

  it('sorts by creation, within one millisecond, past ten thousand, and when the clock is set back', () => {
    const clock = new FakeClock();
    const ids = new TransactionIds(clock);
    const made = Array.from({ length: 20_005 }, () => ids.transaction());
    clock.advance(-60_000);
    made.push(ids.transaction());
    clock.advance(120_000);
    made.push(ids.transaction());
    assert.deepEqual([...made].sort(), made);
    assert.equal(new Set(made).size, made.length);
  });

  it('differs between two that start at the same moment', () => {
    const clock = new FakeClock();
    assert.notEqual(new TransactionIds(clock).transaction(), new TransactionIds(clock).transaction());
  });
});
