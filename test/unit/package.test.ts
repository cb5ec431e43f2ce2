import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { packageExtension } from '../../scripts/package-extension.ts';
import { unpack, type ZipEntry, zipEntries } from '../support/zip.ts';

const LOADERS = 'require-addon|which-runtime|bare-addon-resolve|bare-module-resolve|bare-semver';

/** What may be in the package. Something else is either forgotten here or should not be shipped. */
const EXPECTED: readonly RegExp[] = [
  /^(extension\.vsixmanifest|\[Content_Types\]\.xml)$/,
  /^extension\/(package\.json|package\.nls(\.zh-cn)?\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^extension\/l10n\/bundle\.l10n(\.zh-cn)?\.json$/,
  /^extension\/media\/[a-z/-]+\.(svg|png|md)$/,
  /^extension\/dist\/(extension|cli|cli-main|disk-worker|chunks\/([a-z-]+-[A-Z0-9]{8}|models|packages))\.cjs$/,
  /^extension\/dist\/launcher\/(beaver-launch|(hook|launch|supervisor|supervisor-main)\.cjs)$/,
  /^extension\/dist\/review\.(js|css)$/,
  /^extension\/node_modules\/fs-native-extensions\/(package\.json|LICENSE|index\.js|binding\.js)$/,
  /^extension\/node_modules\/fs-native-extensions\/prebuilds\/(darwin|linux|win32)-(x64|arm64)\/fs-native-extensions\.node$/,
  new RegExp(`^extension/node_modules/(${LOADERS})/(package\\.json|LICENSE|index\\.js|lib/[a-z]+\\.js)$`),
];

const REQUIRED: readonly string[] = [
  ...[
    'package.json',
    'package.nls.json',
    'package.nls.zh-cn.json',
    'readme.md',
    'changelog.md',
    'LICENSE.txt',
  ],
  ...[
    'dist/extension.cjs',
    'dist/cli.cjs',
    'dist/cli-main.cjs',
    'dist/disk-worker.cjs',
    'dist/review.js',
    'dist/launcher/beaver-launch',
    'dist/launcher/hook.cjs',
    'dist/launcher/launch.cjs',
  ],
  ...['darwin-x64', 'darwin-arm64', 'linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64'].map(
    (platform) => `node_modules/fs-native-extensions/prebuilds/${platform}/fs-native-extensions.node`,
  ),
].map((name) => `extension/${name}`);

/** A bundle and the chunks that it requires while it is evaluated; those behind `import()` come later, in an arrow function. */
function loadedAtOnce(entries: readonly ZipEntry[], main: string): readonly ZipEntry[] {
  const names = new Set([main]);
  for (const name of names) {
    const code = entries.find((entry) => entry.name === name)?.bytes.toString('utf8') ?? '';
    for (const [, chunk = ''] of code.matchAll(/(?<!=>[\w$]*\(?)require\("([.][^"]+)"\)/g)) {
      names.add(path.posix.join(path.posix.dirname(name), chunk));
    }
  }
  return entries.filter(({ name }) => names.has(name));
}

describe('the package', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'beaver-package-'));
  const file = path.join(directory, 'beaver.vsix');
  let entries: readonly ZipEntry[];

  before(async function () {
    this.timeout(60_000);
    await packageExtension(file);
    entries = zipEntries(readFileSync(file));
  });

  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('takes the editor as it is, and not a copy of it for each file that asks for it', () => {
    const bundles = entries.filter(({ name }) => name.endsWith('.cjs'));
    const text = bundles.map(({ bytes }) => bytes.toString('utf8')).join('\n');
    assert.match(text, /=require\("vscode"\)/);
    assert.doesNotMatch(text, /\(require\("vscode"\)\)|from ?"vscode"/);
  });

  it('holds what it must', () => {
    const names = new Set(entries.map(({ name }) => name));
    assert.deepEqual(
      REQUIRED.filter((name) => !names.has(name)),
      [],
    );
  });

  it('holds nothing else: no sources, no source maps, no tests', () => {
    assert.deepEqual(
      entries.map(({ name }) => name).filter((name) => !EXPECTED.some((pattern) => pattern.test(name))),
      [],
    );
    assert.ok(entries.every(({ bytes }) => !bytes.includes('sourceMappingURL=')));
  });

  it('comes of a build whose merge is an ES module of its own, for other tools', function () {
    this.timeout(60_000);
    const dist = path.join(directory, 'dist');
    execFileSync(process.execPath, ['scripts/build.mjs', '--production', `--outdir=${dist}`]);
    const caller = path.join(directory, 'caller.mjs');
    writeFileSync(
      caller,
      `import { merge } from './dist/merge.mjs'; console.log(JSON.stringify(merge('a\\n', 'a\\nb\\n', 'c\\na\\n')));`,
    );
    const answer = execFileSync(process.execPath, [caller], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(answer), { text: 'c\na\nb\n', conflicts: 0 });
  });

  it('stays small: what activation loads under 400 kB, the whole under 3 MB', () => {
    const loaded = loadedAtOnce(entries, 'extension/dist/extension.cjs');
    const size = loaded.reduce((sum, { bytes }) => sum + bytes.length, 0);
    assert.ok(size < 400_000, `${size} bytes in ${loaded.map(({ name }) => name).join(', ')}`);
    assert.ok(statSync(file).size < 3_000_000, `${statSync(file).size} bytes`);
  });

  it('names no path of the machine that made it', () => {
    const own = entries.filter(({ name }) => !name.includes('/prebuilds/'));
    assert.deepEqual(
      own
        .filter(({ bytes }) => bytes.includes(path.resolve(import.meta.dirname, '..', '..')))
        .map(({ name }) => name),
      [],
    );
  });

  it('loads the native locks from inside itself', () => {
    unpack(entries, directory);
    const loaded = execFileSync(process.execPath, ['-p', "typeof require('fs-native-extensions').tryLock"], {
      cwd: path.join(directory, 'extension'),
      encoding: 'utf8',
    });
    assert.equal(loaded.trim(), 'function');
  });

  it('finds the SDK of the models where the command line looks for it', () => {
    unpack(entries, directory);
    const chunks = path.join(directory, 'extension', 'dist', 'chunks');
    const asking = entries.filter(({ bytes }) => bytes.includes('require("./models.cjs")'));
    assert.equal(asking.length, 1);
    assert.match(asking[0]?.name ?? '', /^extension\/dist\/chunks\//);
    const loaded = execFileSync(process.execPath, ['-p', "typeof require('./models.cjs').generateWithSdk"], {
      cwd: chunks,
      encoding: 'utf8',
    });
    assert.equal(loaded.trim(), 'function');
  });

  it('finds the libraries that fetch packages where both programs look for them', () => {
    unpack(entries, directory);
    const chunks = path.join(directory, 'extension', 'dist', 'chunks');
    const asking = entries.filter(({ bytes }) => bytes.includes('require("./packages.cjs")'));
    assert.ok(asking.length >= 2, `only ${asking.length} parts ask for them`);
    for (const { name } of asking) assert.match(name, /^extension\/dist\/chunks\//);
    const script =
      "const l = require('./packages.cjs'); [l.pacote.packument, l.openZip, l.TarParser, l.getAgent].map((one) => typeof one).join()";
    const loaded = execFileSync(process.execPath, ['-p', script], { cwd: chunks, encoding: 'utf8' });
    assert.equal(loaded.trim(), 'function,function,function,function');
  });

  it('starts its command line', () => {
    unpack(entries, directory);
    const cli = path.join(directory, 'extension', 'dist', 'cli.cjs');
    const version = execFileSync(process.execPath, [cli, '--version'], { encoding: 'utf8' });
    assert.match(version, /^\d+\.\d+\.\d+/);
  });
});
