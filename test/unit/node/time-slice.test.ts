import assert from 'node:assert/strict';
import { TimeSlice } from '../../../src/node/time-slice.ts';

function busyFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('TimeSlice', () => {
  it('runs work at once while the slice lasts', () => {
    const slice = new TimeSlice();
    let ran = 0;
    void slice.run(() => (ran += 1));
    void slice.run(() => (ran += 1));
    assert.equal(ran, 2);
  });

  it('makes work wait for a turn of the loop when the slice is used up, and keeps its order', async () => {
    const slice = new TimeSlice();
    const order: string[] = [];
    await slice.run(() => {
      busyFor(10);
    });
    const work = [slice.run(() => order.push('first')), slice.run(() => order.push('second'))];
    assert.deepEqual(order, []);
    await Promise.all(work);
    assert.deepEqual(order, ['first', 'second']);
  });

  it('rejects with what the work throws, at once or later', async () => {
    const slice = new TimeSlice();
    const failure = new Error('of the work');
    const fail = (): never => {
      throw failure;
    };
    await assert.rejects(slice.run(fail), failure);
    busyFor(10);
    await assert.rejects(slice.run(fail), failure);
  });

  it('begins anew after the loop has turned for other reasons', async () => {
    const slice = new TimeSlice();
    await slice.run(() => {
      busyFor(10);
    });
    await new Promise((resolve) => setTimeout(resolve, 1));
    let ran = false;
    void slice.run(() => (ran = true));
    assert.equal(ran, true);
  });
});
