import type { Clock } from '../core/ports.ts';
import { TimeSlice } from './time-slice.ts';

export class SystemClock implements Clock {
  readonly #slice = new TimeSlice();

  now(): number {
    return Date.now();
  }

  breathe(): Promise<void> {
    return this.#slice.breathe();
  }
}
