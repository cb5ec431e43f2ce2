import process from 'node:process';
import { processTerminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** The entry of the `beaver` command. What most calls do not need is loaded only by those that do. */
async function main(args: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    terminal.out(`${VERSION}\n`);
    return 0;
  }
  const { runCli } = await import('./run-cli.ts');
  return runCli(args, terminal, {
    open: async (request) => {
      (await import('./lean-memory.ts')).keepMemoryLean();
      return (await import('./open-workspace.ts')).openWorkspace(request);
    },
    marketplaces: async (request) => (await import('./read-marketplaces.ts')).readMarketplaces(request),
    recallSync: async (request) => (await import('./recall-sync.ts')).recallLastSync(request),
  });
}

// Set instead of exiting, so that what stands in a pipe is still written.
void main(process.argv.slice(2)).then((exit) => {
  process.exitCode = exit;
});
