import assert from 'node:assert/strict';
import type { BeaverWorkspace } from '../../../../src/app/api.ts';
import { BeaverError } from '../../../../src/base/errors.ts';
import { MarketSession } from '../../../../src/editor/model/market-session.ts';
import { fakeWorkspace, aMarketplace, anOfferedPlugin } from '../../../support/fake-workspace.ts';
import { installedSample, outdatedSample } from '../../../support/market-samples.ts';

interface Here {
  readonly session: MarketSession;
  readonly changes: () => number;
  readonly failures: readonly unknown[];
}

function open(over: (workspace: BeaverWorkspace) => Partial<BeaverWorkspace> = () => ({})): Here {
  const { workspace } = fakeWorkspace();
  const failures: unknown[] = [];
  let changes = 0;
  const session = new MarketSession({
    folder: 'file:///workspace',
    name: 'workspace',
    workspace: () => ({ ...workspace, ...over(workspace) }),
    environment: {},
    onChange: () => (changes += 1),
    onFailure: (_, error) => failures.push(error),
  });
  return { session, changes: () => changes, failures };
}

describe('The marketplaces of a folder', () => {
  it('are read when somebody looks for the first time, and once', async () => {
    const { session, changes } = open();
    await session.follow();
    assert.equal(session.snapshot.phase, 'loading');
    await Promise.all([session.firstRead(), session.firstRead()]);
    assert.equal(session.snapshot.phase, 'ready');
    assert.deepEqual([...session.snapshot.offered.keys()], ['tools']);
    await session.follow();
    assert.equal(changes(), 1, 'what has not changed is not drawn again');
  });

  it('keep the others in sight when one catalog cannot be read', async () => {
    const { session } = open(({ marketplaces }) => ({
      marketplaces: {
        ...marketplaces,
        list: () => Promise.resolve({ marketplaces: [aMarketplace(), aMarketplace({ name: 'torn' })] }),
        browse: ({ marketplace } = {}) =>
          marketplace === 'torn'
            ? Promise.reject(new BeaverError('stored_file_unreadable', 'Torn.', { nextStep: 'Refresh.' }))
            : Promise.resolve({ plugins: [anOfferedPlugin()], errors: [] }),
      },
    }));
    await session.refresh();
    assert.deepEqual([...session.snapshot.offered.keys()], ['tools']);
    assert.equal(session.snapshot.unreadable.get('torn')?.code, 'stored_file_unreadable');
  });

  it('keep what was read last when reading fails, and say so', async () => {
    let broken = false;
    const { session, failures } = open(({ marketplaces }) => ({
      marketplaces: {
        ...marketplaces,
        list: () =>
          broken
            ? Promise.reject(new BeaverError('schema_newer', 'Newer.', { nextStep: 'Update.' }))
            : marketplaces.list(),
      },
    }));
    await session.refresh();
    broken = true;
    await session.refresh();
    assert.equal(session.snapshot.phase, 'failed');
    assert.equal(session.snapshot.marketplaces.length, 1);
    assert.equal(failures.length, 1);
  });

  it('tell of updates that their sources were asked for', async () => {
    const { session } = open(({ installs, upkeep }) => ({
      installs: { ...installs, list: () => Promise.resolve({ installed: [installedSample()] }) },
      upkeep: {
        ...upkeep,
        outdated: () => Promise.resolve({ outdated: [outdatedSample()], up_to_date: [] }),
      },
    }));
    await session.refresh();
    assert.equal(session.snapshot.available.size, 0);
    await session.look([], {});
    assert.deepEqual([...session.snapshot.available.keys()], ['notes@tools']);
  });

  it('show how far an installation is', async () => {
    const { session } = open();
    await session.refresh();
    session.progress('notes@tools', { id: 'notes@tools', phase: 'verify', number: 2, of: 5 });
    assert.equal(session.snapshot.running.get('notes@tools')?.phase, 'verify');
    session.progress('notes@tools', undefined);
    assert.equal(session.snapshot.running.size, 0);
  });
});
