import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { PackageSandbox, textsIn } from '../../../support/package-sandbox.ts';

describe('packages in folders', () => {
  let sandbox: PackageSandbox;

  beforeEach(async () => {
    sandbox = await PackageSandbox.create();
    await sandbox.write('plugin', {
      'skills/notes/SKILL.md': '# Notes\n',
      '.git/config': 'x',
      'node_modules/dep/index.js': 'x',
    });
  });

  afterEach(async () => {
    await sandbox.remove();
  });

  const offered = async () => {
    const source = { kind: 'local', path: sandbox.path('plugin') } as const;
    const { head } = await sandbox.packages().offers(source);
    assert.ok(head);
    return { source, identity: head.identity, version: null };
  };

  it('copies the files, not what belongs to git or npm', async () => {
    await sandbox.packages().fetch(await offered(), sandbox.path('x'));
    assert.deepEqual(await textsIn(sandbox.path('x')), { 'skills/notes/SKILL.md': '# Notes\n' });
  });

  it('is the same content wherever it lies, and another when a file changes', async () => {
    const before = await offered();
    await sandbox.packages().fetch(before, sandbox.path('x'));
    const copy = await sandbox.packages().offers({ kind: 'local', path: sandbox.path('x') });
    assert.deepEqual(copy.head?.identity, before.identity);
    await sandbox.write('plugin', { 'skills/notes/SKILL.md': '# Newer\n' });
    assert.notDeepEqual((await offered()).identity, before.identity);
    await assert.rejects(sandbox.packages().fetch(before, sandbox.path('y')), {
      code: 'package_integrity_mismatch',
    });
  });

  it('copies through links that stay inside and refuses others', async () => {
    await symlink('notes', sandbox.path('plugin', 'skills', 'copy'));
    await sandbox.packages().fetch(await offered(), sandbox.path('x'));
    assert.equal((await textsIn(sandbox.path('x')))['skills/copy/SKILL.md'], '# Notes\n');
    await mkdir(sandbox.path('outside'));
    await symlink('../../outside', sandbox.path('plugin', 'skills', 'out'));
    await assert.rejects(offered(), { code: 'package_unsafe' });
  });

  it('finds a catalog, and nothing new when it has not changed', async () => {
    await sandbox.write('plugin', {
      '.plugin/marketplace.json': '{}',
      '.agents/plugins/marketplace.json': '[]',
    });
    const source = { kind: 'local', path: sandbox.path('plugin') } as const;
    const files = ['.plugin/marketplace.json', '.agents/plugins/marketplace.json'];
    const found = await sandbox.packages().marketplace(source, files, null);
    assert.ok(found !== 'unchanged');
    assert.equal(found.file, '.plugin/marketplace.json');
    assert.equal(await sandbox.packages().marketplace(source, files, found.revision), 'unchanged');
  });

  it('says when nothing is there', async () => {
    const source = { kind: 'local', path: sandbox.path('none') } as const;
    await assert.rejects(sandbox.packages().offers(source), { code: 'source_not_found' });
    await assert.rejects(sandbox.packages().offers({ kind: 'local', path: 'relative' }), {
      code: 'source_refused',
    });
  });
});
