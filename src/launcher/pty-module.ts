import { createRequire } from 'node:module';
import process from 'node:process';

/** The part of a terminal of its own that is used here. With `encoding: null` it takes and gives bytes. */
export interface Pty {
  readonly pid: number;
  onData(listener: (data: string) => void): unknown;
  onExit(listener: (end: { readonly exitCode: number; readonly signal?: number }) => void): unknown;
  write(data: string | Uint8Array): void;
  resize(columns: number, rows: number): void;
  pause(): void;
  resume(): void;
}

export interface PtyModule {
  spawn(
    file: string,
    args: string[],
    options: {
      readonly name: string;
      readonly cols: number;
      readonly rows: number;
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
      readonly encoding: null;
    },
  ): Pty;
}

/**
 * The native part that makes terminals: the package's own, or the one that `BEAVER_PTY` names (an editor has one). Undefined where none
 * can be loaded.
 */
export async function loadPtyModule(named: string | undefined): Promise<PtyModule | undefined> {
  try {
    if (named !== undefined && named !== '') {
      const module: unknown = createRequire(process.execPath)(named);
      return isPtyModule(module) ? module : undefined;
    }
    return await import('@lydell/node-pty');
  } catch {
    return undefined;
  }
}

function isPtyModule(module: unknown): module is PtyModule {
  return (
    typeof module === 'object' && module !== null && 'spawn' in module && typeof module.spawn === 'function'
  );
}
