import { randomBytes } from 'node:crypto';
import type { Clock, Ids } from '../core/ports.ts';

/**
 * `20261120T101530123Z-0007-9f3ab2c41d5e`: time of creation in UTC, a count within the millisecond, 48 random bits.
 * Sorts by creation within a process even when the clock is set back, is one path segment on every platform, and tells a person its age.
 */
export class TransactionIds implements Ids {
  readonly #clock: Clock;
  #last = 0;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  transaction(): string {
    const now = Math.max(this.#clock.now(), this.#last);
    this.#count = now === this.#last ? this.#count + 1 : 0;
    // Past 9,999 in one millisecond the next one is borrowed, so that ids keep their width and their order.
    if (this.#count > 9_999) this.#count = 0;
    this.#last = this.#count === 0 && now === this.#last ? now + 1 : now;
    const time = new Date(this.#last).toISOString().replace(/[-:.]/g, '');
    return `${time}-${String(this.#count).padStart(4, '0')}-${randomBytes(6).toString('hex')}`;
  }
}
