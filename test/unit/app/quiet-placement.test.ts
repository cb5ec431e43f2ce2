import assert from 'node:assert/strict';
import type { BeaverWorkspace, WorkspaceOptions } from '../../../src/app/api.ts';
import { recallSync } from '../../../src/app/unchanged-sync.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';
import { skillText } from '../../support/temp-workspace.ts';

const SKILL = 'draw';
const TARGET = `.agents/skills/${SKILL}/SKILL.md`;
const FIRST = skillText(SKILL, { Lines: 'Draw lines.' });
const SECOND = skillText(SKILL, { Lines: 'Draw curves.' });

describe('A version that is published while an agent is in the middle of a turn', () => {
  let workspace: MemoryWorkspace;
  let busy: boolean;
  let asked: string[];

  const open = (options: Partial<WorkspaceOptions> = {}): BeaverWorkspace =>
    workspace.open(options, {
      quiet: {
        isQuiet: (folder) => {
          asked.push(folder);
          return Promise.resolve(!busy);
        },
      },
    });
  const target = (): Promise<string | undefined> => workspace.text(TARGET);
  const current = async (): Promise<string> => (await open().skills.show(SKILL)).skill.current_version;

  /** The plugin's next release, drafted, approved and published. */
  async function publish(beaver: BeaverWorkspace): Promise<void> {
    await workspace.plugin('art', '1.1.0', { [SKILL]: { 'SKILL.md': SECOND } });
    const [candidate] = (await beaver.plugins.sync()).sync.candidates_created;
    assert.ok(candidate !== undefined);
    const { draft } = await beaver.updates.draft(candidate);
    await beaver.updates.approve(draft.draft_id);
    await beaver.updates.publish(draft.draft_id);
  }

  beforeEach(async () => {
    workspace = new MemoryWorkspace();
    busy = false;
    asked = [];
    await workspace.plugin('art', '1.0.0', { [SKILL]: { 'SKILL.md': FIRST } });
    await open().plugins.enable(['art']);
    assert.equal(await target(), FIRST);
    busy = true;
    asked = [];
  });

  it('is current at once and placed by the first sync after the turn', async () => {
    await publish(open());
    assert.equal(await current(), 'v0002');
    assert.equal(await target(), FIRST, 'it changed under the hands of the agent');
    const during = await open().plugins.sync();
    assert.deepEqual(
      during.sync.findings.map(({ code }) => code),
      ['placement_deferred'],
    );
    assert.equal(await target(), FIRST);
    busy = false;
    assert.deepEqual((await open().plugins.sync()).sync.findings, []);
    assert.equal(await target(), SECOND);
    assert.deepEqual(
      (await open().skills.show(SKILL)).skill.targets.map(({ state }) => state),
      ['in_sync'],
    );
  });

  it('is not lost when everything ends before the turn does: it is on the disk that it waits', async () => {
    await publish(open());
    busy = false;
    // Another process, another time, which knows nothing of the one that published.
    await workspace.open().plugins.sync();
    assert.equal(await target(), SECOND);
  });

  it('is placed at once where the person wants it so', async () => {
    await publish(open({ placeDuringTurn: true }));
    assert.equal(await target(), SECOND);
    assert.equal(asked.length, 0);
  });

  it('keeps a sync from being taken for the last word', async () => {
    const options = { version: '1.2.3' };
    await publish(open(options));
    workspace.ports.clock.advance(3_600_000);
    await open(options).plugins.sync();
    await open(options).plugins.sync();
    const recalled = await recallSync(workspace.files, { root: workspace.root, actor: 'tester', ...options });
    assert.equal(recalled, undefined);
  });

  it('waits for nothing where nothing would change: what an agent edited itself is taken in during its turn', async () => {
    await workspace.write(`.agents/skills/${SKILL}`, { 'SKILL.md': SECOND });
    const { captured } = await open().skills.capture();
    assert.deepEqual(captured, [{ skill_name: SKILL, version: 'v0002' }]);
    assert.deepEqual((await open().plugins.sync()).sync.findings, []);
    assert.equal(await target(), SECOND);
    assert.equal(asked.length, 0);
  });

  it('is placed by a repair that a person asks for, turn or not', async () => {
    await publish(open());
    await open().doctor({ fix: true });
    assert.equal(await target(), SECOND);
  });

  it('a rollback waits in the same way', async () => {
    busy = false;
    await publish(open());
    busy = true;
    await open().skills.rollback(SKILL, 'v0001');
    assert.equal(await target(), SECOND);
    busy = false;
    await open().plugins.sync();
    assert.equal(await target(), FIRST);
  });
});
