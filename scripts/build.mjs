/**
 * Bundles everything that runs outside the tests into dist/: `node scripts/build.mjs [--production] [--watch] [--outdir=DIR]`.
 *
 *   extension.cjs   the editor's entry; `vscode` is provided by its host
 *   cli.cjs         the command line: switches Node's compile cache on, then loads cli-main.cjs, so that what is large is compiled once
 *   cli-main.cjs    without `vscode` as an external: an import of it, however indirect, fails the build
 *   chunks/*.cjs    what both load with `import()`, and what such parts share: not read before it is needed
 *   chunks/models.cjs  the SDK that the command line asks a model with: apart, as it would make what it shares with the rest larger
 *   release/beaver-release.cjs  the maintainer's command, in one file; not part of the extension
 *   chunks/packages.cjs  the libraries that speak to registries and read archives: once for both programs, loaded when something is fetched
 *   disk-worker.cjs the thread that both start for work on many files
 *   launcher/       the launcher: see launcher-bundles.mjs
 *   review.js/.css  the review webview
 *   merge.mjs       the merge alone, without dependencies
 *   test/host.cjs   the host tests, loaded by mocha inside the extension host
 *
 * The native locks stay outside of the bundles: they load a prebuilt file from beside their own.
 */
import { chmod, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build, context, transform } from 'esbuild';
import { launcherBundles, writeFront } from './launcher-bundles.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const outdir = process.argv.find((argument) => argument.startsWith('--outdir='))?.slice('--outdir='.length);
const dist = path.resolve(root, outdir ?? 'dist');
const at = (/** @type {string[]} */ ...parts) => path.join(root, ...parts);

const CLI_LOADER = `#!/usr/bin/env node
'use strict';
const major = Number.parseInt(process.versions.node, 10);
if (major < 24) {
  process.stderr.write('beaver needs Node 24 or newer; this is Node ' + process.versions.node + '. Install Node 24 and put it first on the PATH.\\n');
  process.exit(3);
}
require('node:module').enableCompileCache();
require('./cli-main.cjs');
`;

/** @type {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  legalComments: 'none',
  logLevel: 'warning',
  // The one use has its answer for CommonJS beside it.
  logOverride: { 'empty-import-meta': 'silent' },
  define: { 'process.env.NODE_ENV': JSON.stringify(production ? 'production' : 'development') },
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  // Packages that offer both give their ESM form, which is what can be cut down to the parts in use.
  mainFields: ['module', 'main'],
};

const NATIVE = 'fs-native-extensions';

/**
 * Commander starts programs of their own for some commands, which ours are not: what starting them takes is loaded by nobody, a fifth of
 * what the command line takes to parse its words.
 * @type {import('esbuild').Plugin}
 */
const commanderAlone = {
  name: 'commander-alone',
  setup({ onLoad }) {
    onLoad({ filter: /commander[/\\]lib[/\\]command\.js$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const contents = text.replace(
        /const childProcess = require\('node:child_process'\);/,
        "const childProcess = { spawn: (...words) => require('node:child_process').spawn(...words) };",
      );
      if (contents === text) throw new Error('commander loads child_process in another way: look again.');
      return { contents, loader: /** @type {const} */ ('js') };
    });
  },
};

/**
 * esbuild splits ES modules only, and VS Code wants CommonJS: the modules are split first, and each file is then converted on its own.
 * @type {import('esbuild').Plugin}
 */
const toCommonJs = {
  name: 'to-common-js',
  setup({ onEnd }) {
    onEnd(async ({ outputFiles = [] }) => {
      for (const { path: file, text } of outputFiles) {
        const { code } = await transform(withPlainEditor(text), {
          format: 'cjs',
          platform: 'node',
          target: 'node24',
          sourcemap: production ? false : 'inline',
          minify: production,
          legalComments: 'none',
          logOverride: { 'empty-import-meta': 'silent' },
          // `import()` becomes `require` in a promise: the compile cache of Node covers it, and no second module system starts.
          supported: { 'dynamic-import': false },
        });
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, code);
      }
    });
  },
};

/**
 * The editor's API is an object as it is. Taken for a module it would be copied, hundreds of members, once for every file that imports it:
 * a third of what it costs to load the extension.
 *
 * @param {string} text
 */
function withPlainEditor(text) {
  return text.replaceAll(
    /\bimport\s*\*\s*as\s+([\w$]+)\s+from\s*"vscode";/g,
    'const $1 = require("vscode");',
  );
}

/** @type {import('esbuild').BuildOptions} for a program in Node: an entry and chunks */
const program = {
  ...node,
  format: 'esm',
  splitting: true,
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: production ? false : 'inline',
  write: false,
  // The form of the package that can be cut down; for Node it offers CommonJS only.
  alias: { yaml: at('node_modules/yaml/browser/index.js') },
  plugins: [toCommonJs],
};

/**
 * The SDK of the models brings its own copy of what the rest has too: shared, those chunks would carry all of it for every command.
 * @type {import('esbuild').Plugin}
 */
const modelsApart = {
  name: 'models-apart',
  setup({ onResolve }) {
    // From a chunk, which is where whatever asks for it is: it is loaded with `import()`.
    onResolve({ filter: /\/sdk-models\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './models.cjs', external: true } : undefined,
    );
  },
};

/**
 * One copy of these libraries serves both programs: what asks for them lies in a chunk, beside it.
 * @type {import('esbuild').Plugin}
 */
const packageLibrariesApart = {
  name: 'package-libraries-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/package-libraries\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './packages.cjs', external: true } : undefined,
    );
  },
};

/** @returns {Promise<import('esbuild').BuildOptions[]>} one entry per bundle whose source exists */
async function bundles() {
  const all = [
    {
      ...program,
      entryPoints: [{ in: 'src/extension.ts', out: 'extension' }],
      external: ['vscode', NATIVE],
      plugins: [packageLibrariesApart, toCommonJs],
    },
    {
      ...program,
      entryPoints: [{ in: 'src/cli/main.ts', out: 'cli-main' }],
      external: [NATIVE],
      plugins: [commanderAlone, modelsApart, packageLibrariesApart, toCommonJs],
    },
    {
      ...node,
      entryPoints: [{ in: 'src/node/models/sdk-models.ts', out: 'models' }],
      outdir: path.join(dist, 'chunks'),
      outExtension: { '.js': '.cjs' },
    },
    {
      ...node,
      entryPoints: [{ in: 'src/release/main.ts', out: 'beaver-release' }],
      outdir: path.join(dist, 'release'),
      outExtension: { '.js': '.cjs' },
      external: [NATIVE],
      alias: program.alias,
      banner: { js: '#!/usr/bin/env node' },
      sourcemap: false,
    },
    ...launcherBundles({ ...node, alias: program.alias }, dist),
    {
      ...node,
      entryPoints: [{ in: 'src/node/packages/package-libraries.ts', out: 'packages' }],
      outdir: path.join(dist, 'chunks'),
      outExtension: { '.js': '.cjs' },
      // Both are looked for where they are needed, and done without: text in other encodings, and building native parts, which is never done.
      external: ['iconv-lite', 'node-gyp/bin/node-gyp.js'],
    },
    {
      ...node,
      entryPoints: [{ in: 'src/node/disk-worker.ts', out: 'disk-worker' }],
      outdir: dist,
      outExtension: { '.js': '.cjs' },
      sourcemap: false,
    },
    {
      ...shared,
      platform: /** @type {const} */ ('browser'),
      format: /** @type {const} */ ('iife'),
      target: 'es2023',
      jsx: /** @type {const} */ ('automatic'),
      jsxImportSource: 'preact',
      entryPoints: [{ in: 'webview-ui/review/main.tsx', out: 'review' }],
      outdir: dist,
    },
    {
      ...node,
      format: /** @type {const} */ ('esm'),
      entryPoints: [{ in: 'src/core/merge/standalone.ts', out: 'merge' }],
      outdir: dist,
      // As an ES module: the form for Node is CommonJS, and asks for `require`.
      alias: program.alias,
      outExtension: { '.js': '.mjs' },
    },
  ];
  const present = all.filter(({ entryPoints: [entry] }) => entry !== undefined && existsSync(at(entry.in)));
  return production ? present : [...present, await hostTests()];
}

/** Each test file is required from within `run`, after mocha has put its functions in place. */
async function hostTests() {
  const files = [];
  for await (const file of glob('test/host/**/*.test.ts', { cwd: root }))
    files.push(file.split(path.sep).join('/'));
  const requires = files.sort().map((file) => `() => require(${JSON.stringify(`./${file}`)})`);
  const contents = `export { run } from './test/host/run.ts';\nglobalThis.beaverHostTests = [${requires.join(',')}];`;
  return {
    ...node,
    stdin: { contents, resolveDir: root, sourcefile: 'host-tests.js', loader: /** @type {const} */ ('js') },
    outfile: path.join(dist, 'test/host.cjs'),
    external: ['vscode', 'mocha', NATIVE],
  };
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const configurations = await bundles();
const results = await Promise.allSettled([
  ...configurations.map(async (options) => {
    if (watch) await (await context({ ...options, logLevel: 'info' })).watch();
    else await build(options);
  }),
  existsSync(at('src/cli/main.ts')) ? writeCliLoader() : undefined,
  existsSync(at('src/launcher/main.ts')) ? writeFront(root, dist) : undefined,
]);
for (const result of results) {
  if (result.status === 'fulfilled') continue;
  // esbuild has printed its own errors.
  if (!(result.reason instanceof Error && 'errors' in result.reason)) throw result.reason;
  process.exitCode = 1;
}

async function writeCliLoader() {
  await writeFile(path.join(dist, 'cli.cjs'), CLI_LOADER);
  await chmod(path.join(dist, 'cli.cjs'), 0o755);
}
