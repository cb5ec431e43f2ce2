import * as path from 'node:path';
import { IS_WINDOWS } from '../file-calls.ts';

/** Where commands are looked for, and what may follow their names, as a shell with this environment would. */
export function searchedPrograms(env: Readonly<Record<string, string | undefined>>): {
  readonly searched: readonly string[];
  readonly suffixes: readonly string[];
} {
  return {
    searched: (env['PATH'] ?? '').split(path.delimiter),
    suffixes: IS_WINDOWS ? (env['PATHEXT'] ?? '.EXE;.CMD;.BAT').toLowerCase().split(';') : [''],
  };
}
