import type { Logger, LogLevel } from '../core/ports.ts';
import { oneLine } from './style.ts';

const ORDER: Readonly<Record<LogLevel, number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4 };

/** A log for people on standard error: warnings and errors, and from `info` on with `--verbose`. Never standard output. */
export function stderrLog(write: (text: string) => void, verbose: boolean): Logger {
  const least = ORDER[verbose ? 'info' : 'warn'];
  return {
    log(level, message, fields) {
      if (ORDER[level] < least) return;
      const details = Object.entries(fields ?? {}).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
      write(`${level}: ${oneLine(message + details.join(''))}\n`);
    },
  };
}
