import assert from 'node:assert/strict';
import { fakePorts, MemoryLock } from '../../support/ports.ts';

const NEVER = { kind: 'never' } as const;

describe('MemoryLock', () => {
  it('lets a chain in again and keeps two chains apart, in order', async () => {
    const lock = new MemoryLock();
    const order: string[] = [];
    const job = (name: string): Promise<void> =>
      lock.run('/lock', name, { kind: 'bounded', timeout: 1_000 }, async () => {
        order.push(`${name} in`);
        await lock.run('/lock', name, NEVER, () => Promise.resolve());
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} out`);
      });
    await Promise.all([job('a'), job('b')]);
    assert.deepEqual(order, ['a in', 'a out', 'b in', 'b out']);
  });

  it('is busy at once for who does not want to wait, and free after a failure', async () => {
    const lock = new MemoryLock();
    const first = lock.run('/lock', 'first', NEVER, () => Promise.reject(new Error('of the body')));
    await assert.rejects(
      lock.run('/lock', 'second', NEVER, () => Promise.resolve()),
      { code: 'plugin_write_busy' },
    );
    await assert.rejects(first, /of the body/);
    assert.equal(await lock.run('/lock', 'third', NEVER, () => Promise.resolve('in')), 'in');
  });

  it('plays another process that holds it', async () => {
    const ports = fakePorts();
    ports.lock.heldElsewhere = { pid: 7, acquiredAt: ports.clock.now(), purpose: 'plugins sync' };
    const told: unknown[] = [];
    await assert.rejects(
      ports.lock.run(
        '/lock',
        'test',
        { kind: 'bounded', timeout: 1, onWait: (holder) => told.push(holder) },
        () => Promise.resolve(),
      ),
      { code: 'plugin_write_busy' },
    );
    assert.deepEqual(told, [ports.lock.heldElsewhere]);
  });
});
