import * as path from 'node:path';
import process from 'node:process';
import { beaverHome } from '../node/beaver-home.ts';
import { endAs, type Ending } from './ending.ts';
import { startInherited } from './harness-process.ts';
import type { Launch } from './launch.ts';
import { tidyUp } from './leftovers.ts';
import { loadPtyModule } from './pty-module.ts';
import { Supervisor } from './supervisor.ts';

const FORWARDED = ['SIGTERM', 'SIGHUP'] as const;

/** `HARNESS PROGRAM VERSION DIRECTORY -- arguments…`, as the front says it. */
function readLaunch([
  harness = '',
  program = '',
  version = '',
  directory = '',
  ,
  ...args
]: readonly string[]): Launch {
  const isVersion = directory !== '-';
  return {
    harness,
    program,
    version: isVersion ? version : null,
    directory: isVersion ? directory : null,
    args,
    front: path.join(path.dirname(path.resolve(process.argv[1] ?? '')), 'beaver-launch'),
  };
}

/** Without a terminal of its own for the harness: it has the person's, and we wait for its end. */
async function inherit({ program, args }: Launch): Promise<Ending> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const { child, ended } = startInherited({ program, args, env, cwd: process.cwd() });
  for (const name of FORWARDED) process.on(name, () => child.kill(name));
  // The terminal sends these to the harness as well; it decides what they mean.
  for (const name of ['SIGINT', 'SIGQUIT'] as const) process.on(name, () => undefined);
  return ended;
}

async function supervise(): Promise<void> {
  const settings = tidyUp(beaverHome(process.env));
  // Not from here: Node gives a terminal back in the state in which it was when Node started.
  if (settings !== undefined) {
    const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    process.execve?.(
      '/bin/sh',
      ['sh', '-c', 'stty "$1"; shift; exec "$@"', 'sh', settings, ...again],
      process.env,
    );
  }
  const launch = readLaunch(process.argv.slice(2));
  const module = await loadPtyModule(process.env['BEAVER_PTY']);
  const ending =
    module === undefined
      ? await inherit(launch)
      : await new Supervisor(launch, beaverHome(process.env), process.env, module).run();
  endAs(ending);
}

void supervise();
