import assert from 'node:assert/strict';
import { Debounce } from '../../../../src/editor/model/debounce.ts';
import { ManualTimers } from '../../../support/manual-timers.ts';

describe('Debounce', () => {
  const set = (): { timers: ManualTimers; runs: string[][]; debounce: Debounce<string> } => {
    const timers = new ManualTimers();
    const runs: string[][] = [];
    const debounce = new Debounce<string>((asked) => runs.push([...asked]), timers);
    return { timers, runs, debounce };
  };

  it('runs once, a quarter of a second after the last request, with all that was asked', () => {
    const { timers, runs, debounce } = set();
    debounce.ask('a');
    timers.pass(200);
    debounce.ask('b');
    debounce.ask('a');
    timers.pass(249);
    assert.deepEqual(runs, []);
    timers.pass(1);
    assert.deepEqual(runs, [['a', 'b']]);
    timers.pass(10_000);
    assert.equal(runs.length, 1);
  });

  it('is not kept waiting by a writer that never pauses', () => {
    const { timers, runs, debounce } = set();
    for (let i = 0; i < 20; i += 1) {
      debounce.ask('a');
      timers.pass(100);
    }
    assert.equal(runs.length, 1);
  });

  it('runs nothing after it was disposed of', () => {
    const { timers, runs, debounce } = set();
    debounce.ask('a');
    debounce.dispose();
    timers.pass(10_000);
    assert.deepEqual([runs, timers.pending], [[], []]);
  });
});
