import Mocha from 'mocha';
import { recordOutcomes } from '../support/results-reporter.ts';

declare global {
  /** Set by the bundle: one function per test file, which registers its tests when it is called. */
  var beaverHostTests: readonly (() => unknown)[];
}

/**
 * What VS Code calls in its extension host (`extensionTestsPath`).
 * Resolves when every test passed, rejects with the number that failed; see {@link recordOutcomes} for the results.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 20_000,
    reporter: 'spec',
    forbidOnly: true,
    forbidPending: true,
  });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  for (const register of globalThis.beaverHostTests) register();
  const failures = await new Promise<number>((resolve) => {
    recordOutcomes(mocha.run(resolve));
  });
  if (failures > 0) throw new Error(`${failures} failed`);
}
