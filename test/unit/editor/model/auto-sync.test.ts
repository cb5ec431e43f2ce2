import assert from 'node:assert/strict';
import { AutoSync, type Syncable } from '../../../../src/editor/model/auto-sync.ts';
import { ManualTimers } from '../../../support/manual-timers.ts';

type Answer = 'synced' | 'deferred_lock_busy' | Error;

/** Answers with each in turn, then with `synced`. */
function answering(...answers: Answer[]): { readonly waits: unknown[] } & Syncable {
  const waits: unknown[] = [];
  return {
    waits,
    sync(wait) {
      waits.push(wait);
      const answer = answers.shift() ?? 'synced';
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ status: answer });
    },
  };
}

const unexpected = (error: unknown): never => {
  throw error instanceof Error ? error : new Error(String(error));
};

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('AutoSync', () => {
  it('never waits for the lock', async () => {
    const session = answering();
    await new AutoSync(session, new ManualTimers(), unexpected).request();
    assert.deepEqual(session.waits, [{ kind: 'never' }]);
  });

  it('tries again while another process writes, each time after twice the time', async () => {
    const session = answering('deferred_lock_busy', 'deferred_lock_busy', 'synced');
    const timers = new ManualTimers();
    const sync = new AutoSync(session, timers, unexpected);
    await sync.request();
    assert.deepEqual(timers.pending, [10_000]);
    timers.pass(10_000);
    await tick();
    assert.deepEqual(timers.pending, [20_000]);
    timers.pass(20_000);
    await tick();
    assert.deepEqual([session.waits.length, timers.pending], [3, []]);
  });

  it('waits five minutes at the longest', async () => {
    const session = answering(...Array<Answer>(12).fill('deferred_lock_busy'));
    const timers = new ManualTimers();
    await new AutoSync(session, timers, unexpected).request();
    for (let i = 0; i < 10; i += 1) {
      timers.pass(timers.pending[0] ?? 0);
      await tick();
    }
    assert.deepEqual(timers.pending, [300_000]);
  });

  it('makes one sync of the requests that come while one runs', async () => {
    const session = answering();
    const sync = new AutoSync(session, new ManualTimers(), unexpected);
    await Promise.all([sync.request(), sync.request(), sync.request()]);
    assert.ok(session.waits.length <= 2);
  });

  it('reports a failure and goes on with the next request', async () => {
    const session = answering(new Error('broken'));
    const failures: unknown[] = [];
    const sync = new AutoSync(session, new ManualTimers(), (error) => failures.push(error));
    await sync.request();
    await sync.request();
    assert.deepEqual([failures.length, session.waits.length], [1, 2]);
  });

  it('does not try again after it was disposed of', async () => {
    const timers = new ManualTimers();
    const sync = new AutoSync(answering('deferred_lock_busy'), timers, unexpected);
    await sync.request();
    sync.dispose();
    assert.deepEqual(timers.pending, []);
  });
});
