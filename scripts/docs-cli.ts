/** Writes docs/cli.md from the code of the command line: `npm run docs:cli`. */
import { writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { renderManual } from '../src/cli/manual.ts';

await writeFile(path.join(import.meta.dirname, '..', 'docs', 'cli.md'), renderManual());
