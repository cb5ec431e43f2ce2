/** Writes the pages of the preflight that are made from its code: `npm run docs:preflight`. */
import { writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { renderCodes, renderSchema } from './preflight-pages.ts';

const docs = path.join(import.meta.dirname, '..', 'docs');
await writeFile(path.join(docs, 'preflight-codes.md'), renderCodes());
await writeFile(path.join(docs, 'preflight-report.schema.json'), renderSchema());
