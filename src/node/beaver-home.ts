import { homedir } from 'node:os';
import * as path from 'node:path';

/** Absolute path of what Beaver keeps for the whole machine: `BEAVER_HOME`, else `.beaver` in the person's own folder. */
export function beaverHome(env: Readonly<Record<string, string | undefined>>): string {
  const named = env['BEAVER_HOME'];
  return named === undefined || named === '' ? path.join(homedir(), '.beaver') : path.resolve(named);
}
