import process from 'node:process';
import { isBeaverError } from '../base/errors.ts';
import { launchLineText } from '../core/harness/launch-line.ts';
import { type LaunchDeps, type LaunchNotice, LaunchPreparation } from '../core/harness/launch-preparation.ts';
import { HarnessLayout } from '../core/harness/layout.ts';
import { beaverHome } from '../node/beaver-home.ts';
import { NodeMachine } from '../node/harness/node-machine.ts';
import { nodePorts } from '../node/node-ports.ts';
import { launchNotice } from './launch-notices.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const WORDS = `Usage: beaver-launch HARNESS [arguments…]

Starts the version of a harness that Beaver keeps, or the one on the PATH where Beaver keeps none.
A staged version becomes the active one first. "beaver harness status" says which versions are there.

  BEAVER_HOME             where Beaver keeps its versions; ~/.beaver unless set
  BEAVER_NODE             the Node that looks after sessions; "node" on the PATH unless set
  BEAVER_SUPERVISOR=off   starts a session without anybody who could restart it
`;

/** What the front hands over to Node. Answers the exit code; for `prepare`, 0 only when a line was printed. */
export async function runLauncher([verb, ...rest]: readonly string[], env: Environment): Promise<number> {
  switch (verb) {
    case 'prepare':
      return prepare(rest[0] ?? '', env);
    case 'words': {
      const asked = rest[0] === '--help' || rest[0] === '-h';
      (asked ? process.stdout : process.stderr).write(WORDS);
      return asked ? 0 : 2;
    }
    case undefined:
    default:
      return 2;
  }
}

/** Prints the line of what is to be started. */
async function prepare(harness: string, env: Environment): Promise<number> {
  const say = (words: string): void => void process.stderr.write(`beaver-launch: ${words}\n`);
  try {
    const { files, lock, log } = nodePorts();
    const deps: LaunchDeps = { files, lock, log, machine: new NodeMachine() };
    const layout = new HarnessLayout(beaverHome(env), harness);
    const { line, notices } = await new LaunchPreparation(deps, layout, harness).prepare();
    for (const notice of notices) if (isShown(notice)) say(launchNotice(harness, notice));
    process.stdout.write(launchLineText(line));
    return 0;
  } catch (error) {
    say(isBeaverError(error) ? `${error.message} ${error.nextStep}` : 'the versions could not be looked at.');
    return 1;
  }
}

/** Good news is for people only: whoever reads the output of a harness does not expect it there. */
function isShown(notice: LaunchNotice): boolean {
  return notice.kind !== 'activated' || process.stderr.isTTY;
}
