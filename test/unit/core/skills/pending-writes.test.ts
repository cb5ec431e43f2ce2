import assert from 'node:assert/strict';
import { PendingWrites } from '../../../../src/core/skills/pending-writes.ts';

const MIB = 1024 * 1024;

/** A write that ends when it is told to. */
function held(): {
  readonly write: () => Promise<void>;
  readonly done: () => void;
  readonly fail: (error: Error) => void;
} {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const done = (): void => {
    resolve(undefined);
  };
  return { write: () => promise, done, fail: reject };
}

describe('PendingWrites', () => {
  it('lets the next one start while there is room, and has it wait when there is none', async () => {
    const writes = new PendingWrites();
    const [first, second] = [held(), held()];
    await writes.add(2 * MIB, first.write);
    let started = false;
    const adding = writes.add(1, () => {
      started = true;
      return second.write();
    });
    await new Promise(setImmediate);
    assert.equal(started, false);
    first.done();
    await adding;
    assert.equal(started, true);
    second.done();
    await writes.settled();
  });

  it('is settled when all have ended', async () => {
    const writes = new PendingWrites();
    const one = held();
    await writes.add(1, one.write);
    let settled = false;
    const waiting = writes.settled().then(() => {
      settled = true;
    });
    await new Promise(setImmediate);
    assert.equal(settled, false);
    one.done();
    await waiting;
  });

  it('tells the first failure to whoever adds next, and at the end', async () => {
    const writes = new PendingWrites();
    const one = held();
    await writes.add(1, one.write);
    one.fail(new Error('no space'));
    await assert.rejects(writes.settled(), /no space/);
    await assert.rejects(
      writes.add(1, () => Promise.resolve()),
      /no space/,
    );
  });
});
