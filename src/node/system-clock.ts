import type { Clock } from '../core/ports.ts';

export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }
}
