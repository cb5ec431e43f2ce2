import assert from 'node:assert/strict';
import type { HarnessStatus } from '../../../../src/core/harness/harness-service.ts';
import { type HarnessActivity, NO_ACTIVITY } from '../../../../src/editor/model/harness-running.ts';
import { HarnessSession } from '../../../../src/editor/model/harness-session.ts';
import { type EntryParts, harnessEntry } from '../../../support/harness-entry.ts';
import { FakeClock } from '../../../support/ports.ts';

/** A domain with these harnesses; `undefined` is one that cannot be read. */
class Machine {
  harnesses = new Map<string, EntryParts | undefined>();
  activity: HarnessActivity = NO_ACTIVITY;
  readings = 0;
  changes = 0;
  readonly failures: string[] = [];
  readonly session = new HarnessSession({
    service: {
      list: () => {
        this.readings += 1;
        return Promise.resolve([...this.harnesses.keys()]);
      },
      status: (harness) => this.#status(harness),
    },
    activity: () => Promise.resolve(this.activity),
    clock: new FakeClock(Date.UTC(2026, 10, 21)),
    onChange: () => {
      this.changes += 1;
    },
    onFailure: (what) => this.failures.push(what),
  });

  #status(harness: string): Promise<HarnessStatus> {
    const parts = this.harnesses.get(harness);
    return parts === undefined
      ? Promise.reject(new Error('unreadable'))
      : Promise.resolve(harnessEntry({ ...parts, harness }).status);
  }
}

describe('The harnesses of this machine, as a window knows them', () => {
  it('are told of when they change, and only then', async () => {
    const machine = new Machine();
    await machine.session.refresh();
    assert.equal(machine.changes, 0);
    machine.harnesses.set('acme', { active: '1.0.0' });
    await machine.session.refresh();
    await machine.session.refresh();
    assert.equal(machine.changes, 1);
    machine.harnesses.set('acme', { active: '1.1.0', previous: '1.0.0' });
    await machine.session.refresh();
    assert.equal(machine.changes, 2);
    machine.harnesses.clear();
    await machine.session.refresh();
    assert.deepEqual([machine.changes, machine.session.snapshot.entries], [3, []]);
  });

  it('one that cannot be read hides no other, and is told of once', async () => {
    const machine = new Machine();
    machine.harnesses = new Map([
      ['broken', undefined],
      ['acme', { active: '1.0.0' }],
    ]);
    await machine.session.refresh();
    await machine.session.refresh();
    const { entries } = machine.session.snapshot;
    assert.deepEqual(
      entries.map(({ kind, harness }) => [kind, harness]),
      [
        ['failed', 'broken'],
        ['read', 'acme'],
      ],
    );
    assert.equal(machine.changes, 1);
    assert.deepEqual(machine.failures, ['harness broken', 'harness broken']);
  });

  it('requests that come together are answered together', async () => {
    const machine = new Machine();
    await Promise.all([1, 2, 3, 4].map(() => machine.session.refresh()));
    assert.ok(machine.readings <= 2, `${machine.readings} readings`);
  });

  it('are left alone once the window is gone', async () => {
    const machine = new Machine();
    machine.harnesses.set('acme', {});
    const reading = machine.session.refresh();
    machine.session.dispose();
    await reading;
    assert.equal(machine.changes, 0);
  });
});
