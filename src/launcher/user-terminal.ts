import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import process from 'node:process';

/** The terminal that the person sits at. It stays the supervisor's, whatever harness is shown in it. */
export class UserTerminal {
  /** As `stty -g` prints them, from before anything was changed; empty where they cannot be had. */
  readonly settings: string;
  readonly #gone = (): void => undefined;

  constructor() {
    this.settings = currentSettings();
    // A window that was closed: the harness is told by a signal, and nobody is left to write to.
    process.stdout.on('error', this.#gone);
    process.stdin.on('error', this.#gone);
  }

  /** The device, to know it again: a path on POSIX. */
  get device(): string | null {
    return terminalDevice();
  }

  get columns(): number {
    return process.stdout.columns > 0 ? process.stdout.columns : 80;
  }

  get rows(): number {
    return process.stdout.rows > 0 ? process.stdout.rows : 24;
  }

  /** Every key goes to `onInput` as it is. */
  enter(onInput: (bytes: Uint8Array) => void, onResize: () => void): void {
    process.stdin.on('data', (data: Buffer | string) => {
      onInput(typeof data === 'string' ? Buffer.from(data) : data);
    });
    process.stdout.on('resize', onResize);
    this.raw(true);
    process.stdin.resume();
  }

  leave(): void {
    this.raw(false);
    process.stdin.pause();
    process.stdin.removeAllListeners('data');
    process.stdin.unref();
  }

  raw(on: boolean): void {
    try {
      process.stdin.setRawMode(on);
    } catch {
      // The window was closed.
    }
  }

  /** False when the terminal cannot take more; `onDrained` is called when it can again. */
  write(bytes: Uint8Array | string, onDrained?: () => void): boolean {
    const taken = process.stdout.write(bytes);
    if (!taken && onDrained !== undefined) process.stdout.once('drain', onDrained);
    return taken;
  }
}

function currentSettings(): string {
  try {
    return execFileSync('stty', ['-g'], {
      encoding: 'utf8',
      stdio: ['inherit', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

export function terminalDevice(): string | null {
  for (const link of ['/proc/self/fd/0', '/dev/fd/0']) {
    try {
      const device = fs.readlinkSync(link);
      if (device.startsWith('/dev/')) return device;
    } catch {
      // Not on this system.
    }
  }
  return null;
}
