import process from 'node:process';
import { CommanderError } from 'commander';
import { BeaverError } from '../base/errors.ts';
import { toBeaverError } from '../base/system-errors.ts';
import { SystemClock } from '../node/system-clock.ts';
import { ReleaseTool } from './commands.ts';
import { buildReleaseProgram } from './program.ts';

/** The entry of `beaver-release`. Exit codes are those of `beaver`: 2 for words that are off, 3 for what failed. */
async function main(args: readonly string[]): Promise<number> {
  const tool = new ReleaseTool(new SystemClock(), (line) => void process.stdout.write(`${line}\n`));
  const program = buildReleaseProgram(tool).exitOverride();
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said what it has to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const known = toBeaverError(error);
    if (!(known instanceof BeaverError)) throw error;
    process.stderr.write(`beaver-release: ${known.message} [${known.code}]\n${known.nextStep}\n`);
    return known.code === 'usage' ? 2 : 3;
  }
}

void main(process.argv.slice(2)).then((exit) => {
  process.exitCode = exit;
});
