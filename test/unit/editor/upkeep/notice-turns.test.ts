import assert from 'node:assert/strict';
import { LONGEST_TURN, NoticeTurns } from '../../../../src/editor/upkeep/notice-turns.ts';
import { ManualTimers } from '../../../support/manual-timers.ts';

/** Messages that the test answers, on a clock that only the test moves. */
class Screen {
  readonly timers = new ManualTimers();
  readonly shown: string[] = [];
  readonly failures: unknown[] = [];
  readonly turns = new NoticeTurns(this.timers, (error) => this.failures.push(error));

  show(message: string): PromiseWithResolvers<undefined> {
    const answer = Promise.withResolvers<undefined>();
    this.turns.take(() => {
      this.shown.push(message);
      return answer.promise;
    });
    return answer;
  }
}

/** What follows from a promise that is settled has happened. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('Notifications of upkeep', () => {
  it('come one after the other, each when the one before is answered', async () => {
    const screen = new Screen();
    const first = screen.show('first');
    screen.show('second');
    await settled();
    assert.deepEqual(screen.shown, ['first']);
    first.resolve(undefined);
    await settled();
    assert.deepEqual(screen.shown, ['first', 'second']);
  });

  it('wait for none that nobody answers: it is behind the bell by then', async () => {
    const screen = new Screen();
    screen.show('ignored');
    screen.show('second');
    await settled();
    screen.timers.pass(LONGEST_TURN - 1);
    await settled();
    assert.deepEqual(screen.shown, ['ignored']);
    screen.timers.pass(1);
    await settled();
    assert.deepEqual(screen.shown, ['ignored', 'second']);
  });

  it('leave no clock behind once they are answered', async () => {
    const screen = new Screen();
    screen.show('first').resolve(undefined);
    await settled();
    assert.deepEqual(screen.timers.pending, []);
  });

  it('are kept back by none whose action fails', async () => {
    const screen = new Screen();
    screen.show('fails').reject(new Error('no editor'));
    screen.show('second');
    await settled();
    assert.deepEqual(screen.shown, ['fails', 'second']);
    assert.deepEqual(
      screen.failures.map((error) => (error instanceof Error ? error.message : '')),
      ['no editor'],
    );
  });
});
