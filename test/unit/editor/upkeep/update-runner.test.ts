import assert from 'node:assert/strict';
import {
  delayAfter,
  delayAfterFailure,
  firstDelay,
  type RoundEnd,
  UpdateRunner,
} from '../../../../src/editor/upkeep/update-runner.ts';
import { ManualTimers } from '../../../support/manual-timers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A runner whose rounds the test ends, on a clock that only the test moves. */
class Window {
  readonly timers = new ManualTimers();
  readonly failures: unknown[] = [];
  readonly signals: AbortSignal[] = [];
  now = 0;
  #end: PromiseWithResolvers<RoundEnd> = Promise.withResolvers();
  readonly runner = new UpdateRunner({
    timers: this.timers,
    now: () => this.now,
    random: () => 0.5,
    onFailure: (error) => this.failures.push(error),
    round: (signal) => {
      this.signals.push(signal);
      return this.#end.promise;
    },
  });

  pass(milliseconds: number): void {
    this.now += milliseconds;
    this.timers.pass(milliseconds);
  }

  async end(end: RoundEnd): Promise<void> {
    const { resolve } = this.#end;
    this.#end = Promise.withResolvers();
    resolve(end);
    await settled();
  }

  async fail(error: Error): Promise<void> {
    const { reject } = this.#end;
    this.#end = Promise.withResolvers();
    reject(error);
    await settled();
  }
}

/** What follows from a promise that is settled has happened. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

const done = (nextAt: number | null): RoundEnd => ({ status: 'done', nextAt });

describe('The runner of auto-update', () => {
  it('begins nothing before its first delay, which is never less than half a minute', () => {
    const window = new Window();
    window.runner.start();
    window.pass(firstDelay(0.5) - 1);
    assert.equal(window.signals.length, 0);
    window.pass(1);
    assert.equal(window.signals.length, 1);
    assert.deepEqual([firstDelay(0), firstDelay(0.999_999) < 11 * MINUTE], [MINUTE / 2, true]);
  });

  it('runs again when something is due, and one round at a time', async () => {
    const window = new Window();
    window.runner.start();
    window.pass(firstDelay(0.5));
    window.pass(HOUR);
    assert.deepEqual([window.signals.length, window.runner.state], [1, 'running']);
    await window.end(done(window.now + 2 * HOUR));
    assert.equal(window.runner.state, 'waiting');
    assert.deepEqual(window.timers.pending, [2 * HOUR + MINUTE / 2]);
    window.pass(3 * HOUR);
    assert.equal(window.signals.length, 2);
  });

  it('comes back soon where another process is at it, and not at all where it is off', async () => {
    const window = new Window();
    window.runner.start();
    window.pass(firstDelay(0.5));
    await window.end({ status: 'busy', nextAt: null });
    assert.deepEqual(window.timers.pending, [2 * MINUTE]);
    window.pass(2 * MINUTE);
    await window.end({ status: 'off', nextAt: 5 });
    assert.deepEqual(window.timers.pending, []);
  });

  it('tries again later and later after failures, and forgets them with the first success', async () => {
    const window = new Window();
    window.runner.start();
    window.pass(firstDelay(0.5));
    await window.fail(new Error('one'));
    const first = window.timers.pending;
    window.pass(first[0] ?? 0);
    await window.fail(new Error('two'));
    const second = window.timers.pending;
    assert.deepEqual([first, second], [[delayAfterFailure(1, 0.5)], [delayAfterFailure(2, 0.5)]]);
    window.pass(second[0] ?? 0);
    await window.end(done(null));
    assert.equal(window.failures.length, 2);
    window.pass(window.timers.pending[0] ?? 0);
    await window.fail(new Error('three'));
    assert.deepEqual(window.timers.pending, first);
  });

  it('is cancelling until the round has ended, then stopped, and plans nothing more (F43)', async () => {
    const window = new Window();
    window.runner.start();
    window.pass(firstDelay(0.5));
    window.runner.dispose();
    assert.deepEqual([window.runner.state, window.signals[0]?.aborted], ['cancelling', true]);
    await window.fail(new Error('cancelled'));
    assert.deepEqual([window.runner.state, window.timers.pending, window.failures], ['stopped', [], []]);
  });

  it('plans anew after a round that a person asked for', () => {
    const window = new Window();
    window.runner.start();
    window.runner.follow(done(window.now + HOUR));
    assert.deepEqual(window.timers.pending, [HOUR + MINUTE / 2]);
  });

  it('leaves the other folders alone when one of them never comes to an end', async () => {
    const [stuck, other] = [new Window(), new Window()];
    for (const one of [stuck, other]) {
      one.runner.start();
      one.pass(firstDelay(0.5));
    }
    await other.end(done(other.now + HOUR));
    other.pass(2 * HOUR);
    assert.deepEqual([stuck.signals.length, other.signals.length], [1, 2]);
  });
});

describe('The delay after a round', () => {
  it('is never less than a minute, and a clock that was set back puts nothing off for more than a day', () => {
    assert.equal(delayAfter(done(0), 5 * HOUR, 0), MINUTE);
    assert.equal(delayAfter(done(400 * HOUR), 0, 0), 24 * HOUR);
  });

  it('grows with failures up to six hours, and is never the same for everybody', () => {
    const longest = [1, 2, 3, 20].map((failures) => delayAfterFailure(failures, 0.999_999_999));
    assert.deepEqual(
      longest.map((delay) => Math.round(delay / MINUTE)),
      [5, 10, 20, 360],
    );
    assert.equal(delayAfterFailure(1, 0), 2.5 * MINUTE);
  });
});
