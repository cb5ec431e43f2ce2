import process from 'node:process';
import { runLauncher } from './run-launcher.ts';

// A failure is an unhandled rejection: the front takes it for what it is.
void runLauncher(process.argv.slice(2), process.env).then((code) => {
  process.exitCode = code;
});
