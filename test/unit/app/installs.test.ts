import assert from 'node:assert/strict';
import type { BeaverWorkspace } from '../../../src/app/api.ts';
import type { InstallTarget } from '../../../src/core/install/wanted-plugin.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';
import { repository, ScriptedPackages } from '../../support/scripted-packages.ts';

const REGISTRY = '.beaver/installs/registry.json';

function target(name: string): InstallTarget {
  return { kind: 'source', source: repository(name) };
}

class Installs {
  readonly workspace = new MemoryWorkspace();
  readonly packages = new ScriptedPackages(this.workspace.files);
  /** Programs that are not on this machine. */
  readonly missing = new Set<string>();

  open(options: Parameters<MemoryWorkspace['open']>[0] = {}): BeaverWorkspace {
    const programs = { exists: (command: string) => Promise.resolve(!this.missing.has(command)) };
    return this.workspace.open(options, { packages: this.packages, programs });
  }

  async names(): Promise<readonly string[]> {
    const { history } = await this.open().installs.history();
    return history.map(
      ({ event, id, from, to }) => `${event} ${id} ${from?.version ?? '-'} → ${to?.version ?? '-'}`,
    );
  }

  async active(): Promise<readonly string[]> {
    const { installed } = await this.open().installs.list();
    return installed.map(({ id, active }) => `${id} ${active.version ?? '-'}`);
  }

  async visible(skill: string): Promise<string | undefined> {
    return this.workspace.text(`.agents/skills/${skill}/SKILL.md`);
  }
}

describe('Installing a plugin', () => {
  it('puts its skills in use, keeps its package, and says in which phase it is', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    const phases: string[] = [];
    const { install } = await here.open().installs.install(target('kit'), {
      onProgress: ({ phase, number, of }) => phases.push(`${phase} ${number}/${of}`),
    });
    assert.equal(install.status, 'installed');
    assert.deepEqual(phases, [
      'download 1/5',
      'verify 2/5',
      'dependency-prepare 3/5',
      'activate 4/5',
      'health-check 5/5',
    ]);
    assert.match((await here.visible('kit-notes')) ?? '', /As of 1\.0\.0/);
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
    assert.deepEqual(await here.names(), ['installed kit@direct - → 1.0.0']);
    assert.deepEqual((await here.open().doctor()).findings, []);
  });

  it('does nothing, and fetches nothing, when the content is in use already', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    const before = await here.workspace.text(REGISTRY);
    const { install } = await here.open().installs.install(target('kit'));
    assert.equal(install.status, 'unchanged');
    assert.equal(here.packages.fetched, 1);
    assert.equal(await here.workspace.text(REGISTRY), before);
    assert.equal((await here.names()).length, 1);
  });

  it('leaves the skills of a new plugin out of use when that is wanted', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'), { enable: false });
    const { plugins } = await here.open().plugins.list();
    assert.deepEqual(
      plugins.map(({ id, status }) => [id, status]),
      [['kit', 'discovered']],
    );
    assert.equal(await here.visible('kit-notes'), undefined);
  });

  it('offers an update of a skill and takes nothing of it', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    here.packages.plugin('kit', '1.1.0');
    const { updates } = await here.open().installs.update([]);
    assert.deepEqual(
      updates.map(({ id, status }) => [id, status]),
      [['kit@direct', 'updated']],
    );
    assert.match((await here.visible('kit-notes')) ?? '', /As of 1\.0\.0/);
    const candidates = (await here.open().updates.list()).updates;
    assert.deepEqual(
      candidates.map(({ skill_name, status }) => [skill_name, status]),
      [['kit-notes', 'open']],
    );
  });
});
