import assert from 'node:assert/strict';
import type { BeaverWorkspace } from '../../../src/app/api.ts';
import { parsePin } from '../../../src/core/package-pin.ts';
import type { InstallTarget } from '../../../src/core/install/wanted-plugin.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';
import { repository, ScriptedPackages } from '../../support/scripted-packages.ts';

const KIT: InstallTarget = { kind: 'source', source: repository('kit') };

class Looks {
  readonly workspace = new MemoryWorkspace();
  readonly packages = new ScriptedPackages(this.workspace.files);

  open(options: Parameters<MemoryWorkspace['open']>[0] = {}): BeaverWorkspace {
    const programs = { exists: () => Promise.resolve(true) };
    return this.workspace.open(options, { packages: this.packages, programs });
  }
}

describe('Looking at a package', () => {
  it('tells which versions there are, the highest first, and what is had without a pin', async () => {
    const here = new Looks();
    here.packages.plugin('kit', '1.0.0');
    here.packages.plugin('kit', '1.1.0');
    const { versions } = await here.open().looks.versions(KIT);
    assert.deepEqual(
      versions.offers.map(({ version, tags }) => [version, tags]),
      [
        ['1.1.0', ['v1.1.0']],
        ['1.0.0', ['v1.0.0']],
      ],
    );
    assert.equal(versions.head?.version, '1.1.0');
    assert.equal(versions.id, 'kit@direct');
  });

  it('tells what it could run and what the preflight says, and puts nothing in use', async () => {
    const here = new Looks();
    here.packages.plugin('kit', '1.0.0', { texts: { 'bin/run.sh*': '#!/bin/sh\necho ready\n' } });
    const { look } = await here.open().looks.look(KIT);
    assert.deepEqual(look.skills, ['kit-notes']);
    assert.ok(look.surface.some(({ kind, value }) => kind === 'executable' && value === 'bin/run.sh'));
    assert.equal(look.preflight.passed, true);
    assert.equal(look.before, null);
    assert.deepEqual(look.changes, []);
    assert.deepEqual((await here.open().installs.list()).installed, []);
    assert.deepEqual(
      await here.workspace.files.readDirectory(here.workspace.path('.beaver/staging/packages')),
      [],
    );
  });

  it('lets exactly what was looked at be installed, whatever is released in between', async () => {
    const here = new Looks();
    here.packages.plugin('kit', '1.0.0');
    const { resolution } = await here.open().looks.look(KIT);
    here.packages.plugin('kit', '1.1.0');
    const { install } = await here.open().installs.install(KIT, { resolution });
    assert.equal(install.to?.version, '1.0.0');
  });

  it('looks at the content that a pin stands for', async () => {
    const here = new Looks();
    here.packages.plugin('kit', '1.0.0');
    here.packages.plugin('kit', '1.1.0');
    const { look } = await here.open().looks.look(KIT, { pin: parsePin('1.0.0') });
    assert.equal(look.version, '1.0.0');
  });

  it('shows of an update what is there now, and each text that changes', async () => {
    const here = new Looks();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(KIT);
    here.packages.plugin('kit', '1.1.0', { texts: { 'bin/run.sh*': '#!/bin/sh\n' } });
    const { look } = await here.open().looks.look({ kind: 'installed', id: 'kit@direct' });
    assert.equal(look.before?.version, '1.0.0');
    assert.deepEqual(
      look.changes.map(({ path, before }) => [path, before === null]),
      [
        ['.claude-plugin/plugin.json', false],
        ['bin/run.sh', true],
        ['skills/kit-notes/SKILL.md', false],
      ],
    );
  });

  it('says of what is installed what it could run, without asking anybody', async () => {
    const here = new Looks();
    here.packages.plugin('kit', '1.0.0', { texts: { 'bin/run.sh*': '#!/bin/sh\n' } });
    await here.open().installs.install(KIT);
    here.packages.beforeFetch = () => Promise.reject(new Error('asked'));
    const { contents } = await here.open().looks.contents('kit@direct');
    assert.deepEqual(contents.skills, ['kit-notes']);
    assert.ok(contents.surface.some(({ value }) => value === 'bin/run.sh'));
  });

  it('fetches nothing into a workspace that is not trusted', async () => {
    const here = new Looks();
    here.packages.plugin('kit', '1.0.0');
    await assert.rejects(here.open({ mayWrite: () => false }).looks.look(KIT), {
      code: 'workspace_untrusted',
    });
    assert.equal(here.packages.fetched, 0);
  });
});
