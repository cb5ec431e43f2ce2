/** Makes `beaver-skills-VERSION.vsix` in the checkout: `npm run package`. */
import { readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { z } from 'zod';
import { projectRoot } from './host/paths.ts';
import { packageExtension } from './package-extension.ts';

const text = readFileSync(path.join(projectRoot, 'package.json'), 'utf8');
const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
const file = path.join(projectRoot, `beaver-skills-${version}.vsix`);
await packageExtension(file);
console.log(`${path.basename(file)} (${Math.round(statSync(file).size / 1000)} kB)`);
