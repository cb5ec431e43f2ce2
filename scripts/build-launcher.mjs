/** The launcher alone: `node scripts/build-launcher.mjs DIR`. What tests and benchmarks start. */
import * as path from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import { launcherBundles, writeFront } from './launcher-bundles.mjs';

const root = path.dirname(import.meta.dirname);
const [dist = path.join(root, 'dist')] = process.argv.slice(2);
const [options] = launcherBundles(
  {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    logOverride: { 'empty-import-meta': 'silent' },
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    mainFields: ['module', 'main'],
  },
  path.resolve(dist),
);
await Promise.all([build(options ?? {}), writeFront(root, path.resolve(dist))]);
