import assert from 'node:assert/strict';
import { awaitFlush, FLUSH_OPTIONS, type FlushDoor } from '../../../../src/core/harness/flush.ts';
import type { TranscriptLook } from '../../../../src/core/harness-ports.ts';
import { FakeClock } from '../../../support/ports.ts';

/** A transcript whose looks are given one after the other, the last of them again and again. Waiting moves the clock. */
function door(
  looks: readonly (TranscriptLook | undefined)[],
  request: FlushDoor['request'] = null,
): { readonly clock: FakeClock; readonly door: FlushDoor; readonly looked: () => number } {
  const clock = new FakeClock();
  let at = 0;
  return {
    clock,
    looked: () => at,
    door: {
      look: () => {
        at += 1;
        return Promise.resolve(looks[Math.min(at, looks.length) - 1]);
      },
      request,
      wait: async (milliseconds, signal) => {
        // The barrier's own deadline, as long as nobody answers: it passes when nothing else is left to do.
        if (milliseconds === FLUSH_OPTIONS.deadline)
          for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
        if (!signal.aborted) clock.advance(milliseconds);
      },
    },
  };
}

const look = (size: number, mtimeNs = 1n, whole = true): TranscriptLook => ({ size, mtimeNs, whole });

describe('The flush barrier', () => {
  it('opens when the transcript stays as it is, with a whole last line', async () => {
    const one = door([look(10), look(20), look(20, 2n), look(20, 2n)]);
    assert.deepEqual(await awaitFlush(one.door, one.clock), { kind: 'flushed', size: 20 });
    assert.equal(one.looked(), 2 + FLUSH_OPTIONS.looks);
  });

  it('stays closed while it is still being written, or its last line is torn', async () => {
    const growing = door(Array.from({ length: 1000 }, (_, index) => look(index)));
    assert.deepEqual(await awaitFlush(growing.door, growing.clock), {
      kind: 'not_flushed',
      why: 'still_written',
    });
    const torn = door([look(10, 1n, false)]);
    assert.deepEqual(await awaitFlush(torn.door, torn.clock), { kind: 'not_flushed', why: 'torn' });
  });

  it('stays closed without a transcript, unless nothing was said yet', async () => {
    const none = door([undefined]);
    assert.deepEqual(await awaitFlush(none.door, none.clock), { kind: 'not_flushed', why: 'missing' });
    const fresh = door([undefined]);
    const options = { ...FLUSH_OPTIONS, mayBeMissing: true };
    assert.deepEqual(await awaitFlush(fresh.door, fresh.clock, options), { kind: 'flushed', size: 0 });
  });

  it('opens on the word of the program, and only when the file is as long as it says', async () => {
    const one = door([look(10), look(30)], () => Promise.resolve(30));
    assert.deepEqual(await awaitFlush(one.door, one.clock), { kind: 'flushed', size: 30 });
    const short = door([look(10)], () => Promise.resolve(30));
    assert.deepEqual(await awaitFlush(short.door, short.clock), {
      kind: 'not_flushed',
      why: 'still_written',
    });
  });

  it('stays closed without an answer: no acknowledgement, no restart', async () => {
    const silent = door([look(10)], () => new Promise<number>(() => undefined));
    assert.deepEqual(await awaitFlush(silent.door, silent.clock), { kind: 'not_flushed', why: 'no_answer' });
    const failing = door([look(10)], () => Promise.reject(new Error('gone')));
    assert.deepEqual(await awaitFlush(failing.door, failing.clock), {
      kind: 'not_flushed',
      why: 'no_answer',
    });
    assert.equal(silent.looked(), 0);
  });
});
