import assert from 'node:assert/strict';
import {
  installedListPayload,
  installHistoryPayload,
  installPayload,
  installUpdatePayload,
} from '../../../src/app/install-payloads.ts';
import { doctorPayload } from '../../../src/app/payloads.ts';
import { BeaverProcess, FROM_SOURCES } from '../../support/beaver-process.ts';
import { skillText, TempWorkspace } from '../../support/temp-workspace.ts';

/** The folder of a plugin beside the workspace's own plugins, to be installed from. */
async function plugin(workspace: TempWorkspace, name: string, version: string): Promise<string> {
  await workspace.write(`sources/${name}`, {
    '.claude-plugin/plugin.json': JSON.stringify({ name, version }),
    [`skills/${name}-notes/SKILL.md`]: skillText(`${name}-notes`, { Use: `As of ${version}.` }),
  });
  return workspace.path(`sources/${name}`);
}

describe('beaver plugins install, in processes of their own', () => {
  let workspace: TempWorkspace;
  let beaver: BeaverProcess;
  beforeEach(async () => {
    workspace = await TempWorkspace.create();
    beaver = new BeaverProcess(workspace.root, FROM_SOURCES);
  });
  afterEach(() => workspace.dispose());

  it('installs a folder, updates it, and goes back', async () => {
    const folder = await plugin(workspace, 'kit', '1.0.0');
    const { install } = await beaver.run(installPayload, ['plugins', 'install', folder]);
    assert.deepEqual([install.id, install.status, install.to?.version], ['kit@direct', 'installed', '1.0.0']);
    assert.match(await workspace.text('.agents/skills/kit-notes/SKILL.md'), /As of 1\.0\.0/);
    await plugin(workspace, 'kit', '2.0.0');
    const asked = await beaver.run(installUpdatePayload, ['plugins', 'update'], 1);
    const accept = asked.updates[0]?.consent?.digest ?? '';
    await beaver.run(installUpdatePayload, ['plugins', 'update', '--accept', accept]);
    await beaver.run(installPayload, ['plugins', 'rollback', 'kit@direct']);
    const { history } = await beaver.run(installHistoryPayload, ['history', 'kit@direct']);
    assert.deepEqual(
      history.map(({ event, to }) => [event, to?.version]),
      [
        ['installed', '1.0.0'],
        ['blocked', '2.0.0'],
        ['updated', '2.0.0'],
        ['rolled_back', '1.0.0'],
      ],
    );
    assert.deepEqual((await beaver.run(doctorPayload, ['doctor'])).findings, []);
  });

  it('installs three plugins from three processes at once and loses none, nor a fourth twice (P10)', async () => {
    const names = ['one', 'two', 'three', 'four', 'four'];
    const folders: string[] = [];
    for (const name of names) folders.push(await plugin(workspace, name, '1.0.0'));
    const done = await Promise.all(
      folders.map((folder) => beaver.run(installPayload, ['plugins', 'install', folder])),
    );
    assert.deepEqual(done.map(({ install }) => install.status).sort(), [
      'installed',
      'installed',
      'installed',
      'installed',
      'unchanged',
    ]);
    const { installed } = await beaver.run(installedListPayload, ['plugins', 'installed']);
    assert.deepEqual(
      installed.map(({ id }) => id),
      ['four@direct', 'one@direct', 'three@direct', 'two@direct'],
    );
    assert.deepEqual((await beaver.run(doctorPayload, ['doctor'])).findings, []);
  });
});
