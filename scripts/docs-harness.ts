/** Writes the JSON Schema of the harness contract from its code: `npm run docs:harness`. */
import { writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { renderHarnessSchema } from './harness-schema.ts';

await writeFile(
  path.join(import.meta.dirname, '..', 'docs', 'harness-contract.schema.json'),
  renderHarnessSchema(),
);
