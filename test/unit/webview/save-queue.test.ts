import assert from 'node:assert/strict';
import { SaveQueue } from '../../../webview-ui/review/save-queue.ts';
import { ManualTimers } from '../../support/manual-timers.ts';

function queueOf() {
  const timers = new ManualTimers();
  const saved: string[] = [];
  const answers: (() => void)[] = [];
  const pending: number[] = [];
  const queue = new SaveQueue<string>(
    (key) => {
      saved.push(key);
      return new Promise((resolve) => answers.push(resolve));
    },
    (left) => pending.push(left),
    timers,
  );
  const answer = async () => {
    answers.shift()?.();
    await new Promise(setImmediate);
  };
  return { timers, saved, queue, answer, pending };
}

describe('SaveQueue', () => {
  it('sends a choice at once and typing after a pause', () => {
    const { queue, saved, timers } = queueOf();
    queue.schedule('a', 0);
    assert.deepEqual(saved, ['a']);
    queue.schedule('b', 400);
    timers.pass(399);
    queue.schedule('b', 400);
    timers.pass(399);
    assert.equal(queue.isPending('b'), true);
    assert.deepEqual(saved, ['a']);
  });

  it('keeps one request under way and sends only the latest state after it', async () => {
    const { queue, saved, answer, pending } = queueOf();
    queue.schedule('a', 0);
    queue.schedule('a', 0);
    queue.schedule('a', 0);
    assert.deepEqual(saved, ['a']);
    await answer();
    assert.deepEqual(saved, ['a', 'a']);
    await answer();
    assert.deepEqual(saved, ['a', 'a']);
    assert.equal(pending.at(-1), 0);
  });

  it('sends what waits for a pause when it is flushed', () => {
    const { queue, saved } = queueOf();
    queue.schedule('a', 400);
    queue.flush();
    assert.deepEqual(saved, ['a']);
  });
});
