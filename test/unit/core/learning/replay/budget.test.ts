import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { BudgetMeter } from '../../../../../src/core/learning/replay/budget.ts';

const count = fc.record({ input: fc.nat(5000), output: fc.nat(5000) });

describe('The budget of a replay', () => {
  it('is never exceeded when a question is asked only if it fits', () => {
    fc.assert(
      fc.property(fc.array(count), fc.nat(20_000), fc.nat(30), (questions, maxTokens, maxCost) => {
        const price = { input: 1_000, output: 4_000 };
        const meter = new BudgetMeter({ maxTokens, maxCost, price }, () => 0);
        for (const question of questions) if (meter.stops(question) === undefined) meter.add(question);
        assert(meter.tokens <= maxTokens);
        assert(meter.cost !== null && meter.cost <= maxCost);
      }),
    );
  });

  it('counts time from its start, whatever is asked', () => {
    let now = 1_000;
    const meter = new BudgetMeter({ maxSeconds: 2 }, () => now);
    assert.equal(meter.stops({ input: 1e9, output: 1e9 }), undefined);
    now = 3_000;
    assert.equal(meter.stops({ input: 0, output: 0 }), 'budget_time');
  });

  it('limits no cost where the price is not known', () => {
    const meter = new BudgetMeter({ maxCost: 0 }, () => 0);
    assert.equal(meter.stops({ input: 1, output: 1 }), undefined);
    assert.equal(meter.cost, null);
  });
});
