import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { MARKETPLACE_FILES } from '../../../../src/core/install/preflight/marketplace-file.ts';
import type { PackageSource } from '../../../../src/core/package-ports.ts';
import { makeTarGz } from '../../../support/archives.ts';
import { NpmRegistry } from '../../../support/npm-registry.ts';
import { PackageSandbox, textsIn } from '../../../support/package-sandbox.ts';

type NpmPackage = Extract<PackageSource, { kind: 'npm' }>;

describe('packages of an npm registry', function () {
  this.timeout(20_000);
  let sandbox: PackageSandbox;
  let registry: NpmRegistry;

  before(async () => {
    sandbox = await PackageSandbox.create();
    await mkdir(sandbox.path('storage'));
    registry = await NpmRegistry.start(sandbox.path('storage'));
  });

  after(async () => {
    await registry.close();
    await sandbox.remove();
  });

  const source = (name: string, changes: Partial<NpmPackage> = {}): NpmPackage => ({
    ...{ kind: 'npm', name, range: null, registry: registry.url, subpath: '' },
    ...changes,
  });
  const tarball = (text: string, mark = sandbox.path('ran')): Buffer =>
    makeTarGz([
      {
        name: 'package/package.json',
        content: JSON.stringify({ scripts: { postinstall: `touch ${mark}`, prepare: `touch ${mark}` } }),
      },
      { name: 'package/skills/notes/SKILL.md', content: text },
      { name: 'package/node_modules/dep/index.js', content: 'x' },
      { name: 'package/plugins/inner/skills/inner/SKILL.md', content: '# Inner\n' },
      { name: 'package/.claude-plugin/marketplace.json', content: '{"name":"m","plugins":[]}' },
    ]);

  it('offers every version with its tags, and what a range stands for', async () => {
    const one = await registry.publish('@kit/notes', '1.0.0', tarball('# One\n'));
    const two = await registry.publish('@kit/notes', '1.2.0', tarball('# Two\n'));
    const three = await registry.publish('@kit/notes', '2.0.0-rc.1', tarball('# Three\n'), 'next');
    const packages = sandbox.packages();
    const offer = (integrity: string, version: string, ...tags: string[]) => ({
      identity: { kind: 'integrity', integrity },
      tags,
      version,
    });
    const all = await packages.offers(source('@kit/notes'));
    assert.deepEqual(all.head, offer(two, '1.2.0', 'latest'));
    assert.deepEqual(all.others, [offer(three, '2.0.0-rc.1', 'next'), offer(one, '1.0.0')]);
    const headOf = async (range: string) =>
      (await packages.offers(source('@kit/notes', { range }))).head?.version ?? null;
    assert.equal(await headOf('1.0.0'), '1.0.0');
    assert.equal(await headOf('^1.0.0'), '1.2.0');
    assert.equal(await headOf('next'), '2.0.0-rc.1');
    assert.equal(await headOf('^3'), null);
    await assert.rejects(packages.offers(source('@kit/none')), { code: 'source_not_found' });
  });

  it('gives the files of a version, checked, and runs none of its scripts (P02)', async () => {
    const integrity = await registry.publish('plain', '1.0.0', tarball('# Plain\n'));
    const identity = { kind: 'integrity', integrity } as const;
    const packages = sandbox.packages();
    await packages.fetch({ source: source('plain'), identity, version: '1.0.0' }, sandbox.path('x'));
    const texts = await textsIn(sandbox.path('x'));
    assert.equal(texts['skills/notes/SKILL.md'], '# Plain\n');
    assert.deepEqual(
      Object.keys(texts).filter((name) => name.includes('node_modules')),
      [],
    );
    assert.ok(!(await readdir(sandbox.root)).includes('ran'));
    const inner = { source: source('plain', { subpath: 'plugins/inner' }), identity, version: null };
    await packages.fetch(inner, sandbox.path('y'));
    assert.deepEqual(await textsIn(sandbox.path('y')), { 'skills/inner/SKILL.md': '# Inner\n' });
    await packages.fetch(inner, sandbox.path('z'), { offline: true });
    assert.deepEqual(await textsIn(sandbox.path('z')), await textsIn(sandbox.path('y')));
  });

  it('refuses a version whose content is not what was published', async () => {
    await registry.publish('swapped', '1.0.0', tarball('# Real\n'));
    const { head } = await sandbox.packages().offers(source('swapped'));
    assert.ok(head);
    const { readFileSync, writeFileSync } = await import('node:fs');
    const file = sandbox.path('storage', 'swapped', 'swapped-1.0.0.tgz');
    assert.ok(readFileSync(file).length > 0);
    writeFileSync(file, tarball('# Swapped\n'));
    await assert.rejects(
      sandbox
        .packages()
        .fetch({ source: source('swapped'), identity: head.identity, version: null }, sandbox.path('s')),
      { code: 'package_integrity_mismatch' },
    );
    const other = { kind: 'integrity', integrity: `sha512-${'A'.repeat(86)}==` } as const;
    await assert.rejects(
      sandbox
        .packages()
        .fetch({ source: source('swapped'), identity: other, version: null }, sandbox.path('s')),
      { code: 'package_integrity_mismatch' },
    );
  });

  it('names a content so that it can be recorded, however oddly the registry writes its integrity', async () => {
    const integrity = await registry.publish('odd', '1.0.0', tarball('# Odd\n'));
    const { readFileSync, writeFileSync } = await import('node:fs');
    const file = sandbox.path('storage', 'odd', 'package.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(integrity, `${integrity}?odd md5-AAAA`));
    const { head } = await sandbox.packages().offers(source('odd'));
    assert.deepEqual(head?.identity, { kind: 'integrity', integrity });
    const wanted = { source: source('odd'), identity: head.identity, version: null };
    await sandbox.packages().fetch(wanted, sandbox.path('odd'));
    assert.equal((await textsIn(sandbox.path('odd')))['skills/notes/SKILL.md'], '# Odd\n');
  });

  it('is a marketplace where a catalog is in it', async () => {
    const integrity = await registry.publish('market', '1.0.0', tarball('# M\n'));
    const packages = sandbox.packages();
    const found = await packages.marketplace(source('market'), MARKETPLACE_FILES, null);
    assert.ok(found !== 'unchanged');
    assert.equal(found.revision, integrity);
    assert.equal(Buffer.from(found.bytes).toString(), '{"name":"m","plugins":[]}');
    assert.equal(await packages.marketplace(source('market'), MARKETPLACE_FILES, integrity), 'unchanged');
  });

  it('can be told the registry by the environment, and says when it is not there', async () => {
    const environment = { PATH: process.env['PATH'], BEAVER_NPM_REGISTRY: 'http://127.0.0.1:1/' };
    const packages = sandbox.packages({ environment });
    await assert.rejects(packages.offers(source('plain', { registry: null })), { code: 'fetch_offline' });
    await assert.rejects(packages.offers(source('unseen'), { offline: true }), { code: 'fetch_offline' });
  });

  it('refuses names and ranges that would be something else', async () => {
    for (const bad of [
      source('../x'),
      source('x', { range: 'file:../y' }),
      source('x', { range: 'git+ssh://h/x' }),
    ])
      await assert.rejects(sandbox.packages().offers(bad), { code: 'source_refused' });
  });
});
