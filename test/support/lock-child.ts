import * as fs from 'node:fs';
import { KernelLock } from '../../src/node/kernel-lock.ts';
import { SystemClock } from '../../src/node/system-clock.ts';
import type { LockChildOrder, LockChildReport } from './lock-messages.ts';

const lock = new KernelLock(new SystemClock());
let release: (() => void) | undefined;

function report(what: LockChildReport): void {
  process.send?.(what);
}

async function hold(path: string): Promise<void> {
  await lock.run(path, 'hold', { kind: 'bounded', timeout: 30_000 }, async () => {
    report('held');
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  report('released');
}

async function count(path: string, counter: string, rounds: number): Promise<void> {
  const inside = `${counter}.inside`;
  for (let round = 0; round < rounds; round += 1) {
    await lock.run(path, 'count', { kind: 'bounded', timeout: 60_000 }, async () => {
      try {
        fs.closeSync(fs.openSync(inside, 'wx'));
      } catch {
        report('violated');
      }
      const before = Number(fs.readFileSync(counter, 'utf8'));
      // A turn of the event loop between reading and writing: without the lock, updates would be lost here.
      await new Promise((resolve) => setImmediate(resolve));
      fs.writeFileSync(counter, String(before + 1));
      fs.rmSync(inside, { force: true });
    });
  }
  report('done');
}

process.on('message', (order: LockChildOrder) => {
  switch (order.kind) {
    case 'hold':
      void hold(order.lock);
      break;
    case 'release':
      release?.();
      break;
    case 'count':
      void count(order.lock, order.counter, order.rounds);
      break;
  }
});
report('ready');
