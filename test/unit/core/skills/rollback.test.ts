import assert from 'node:assert/strict';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { WorkspaceLayout } from '../../../../src/core/layout.ts';
import { planRollback } from '../../../../src/core/skills/rollback.ts';
import { SkillStore } from '../../../../src/core/skills/skill-store.ts';
import type { TransactionStep } from '../../../../src/core/skills/transaction-steps.ts';
import { Transaction } from '../../../../src/core/skills/transaction.ts';
import { MemoryWorkspace } from '../../../support/memory-workspace.ts';
import { skillText } from '../../../support/temp-workspace.ts';

const V1 = skillText('one', { Use: 'First.' });
const V2 = skillText('one', { Use: 'Second.' }, 'The newer one');

/** A skill with two versions, the second current. */
async function edited(): Promise<MemoryWorkspace> {
  const workspace = new MemoryWorkspace();
  await workspace.plugin('kit', '1.0.0', { one: { 'SKILL.md': V1 } });
  const beaver = workspace.open();
  await beaver.plugins.enable(['kit']);
  await workspace.write('.agents/skills/one', { 'SKILL.md': V2 });
  await beaver.skills.capture();
  return workspace;
}

async function plan(workspace: MemoryWorkspace, version: string) {
  const { deps } = workspace.domains();
  const transaction = Transaction.begin(deps.transactions);
  const steps: TransactionStep[] = [];
  const add = transaction.add.bind(transaction);
  transaction.add = (...added) => {
    steps.push(...added);
    add(...added);
  };
  const planned = await planRollback(deps, transaction, 'one', version);
  return { ...planned, steps, transaction };
}

describe('A rollback', () => {
  it('moves the pointer, and writes it after all that speaks of it', async () => {
    const { current, findings, steps } = await plan(await edited(), 'v0001');
    assert.deepEqual(
      [current.version, current.previous_version, current.action, findings],
      ['v0001', 'v0002', 'rollback', []],
    );
    assert.deepEqual(
      steps.map((step) => (step.kind === 'write' ? step.path : step.kind)),
      ['skills/one/skill.json', 'skills/index.json', 'skills/one/current.json', 'place'],
    );
  });

  it('makes no version and changes none', async () => {
    const workspace = await edited();
    const before = await workspace.text('skills/one/versions/v0002/version.json');
    const { transaction } = await plan(workspace, 'v0001');
    await transaction.commit('roll back');
    const { skill } = await workspace.open().skills.show('one');
    assert.deepEqual(
      [skill.current_version, skill.versions.map(({ version }) => version)],
      ['v0001', ['v0001', 'v0002']],
    );
    assert.equal(await workspace.text('.agents/skills/one/SKILL.md'), V1);
    assert.equal(await workspace.text('skills/one/versions/v0002/version.json'), before);
    const index = await new SkillStore(workspace.files, new WorkspaceLayout(workspace.root)).index();
    assert.equal(index?.skills['one']?.description, 'The one skill');
  });

  it('goes forward as well', async () => {
    const workspace = await edited();
    await (await plan(workspace, 'v0001')).transaction.commit('back');
    const { current, transaction } = await plan(workspace, 'v0002');
    await transaction.commit('and forth');
    assert.deepEqual([current.version, current.previous_version], ['v0002', 'v0001']);
    assert.equal(await workspace.text('.agents/skills/one/SKILL.md'), V2);
  });

  it('refuses the current version, one that is not there, and one that is damaged', async () => {
    const workspace = await edited();
    await assert.rejects(plan(workspace, 'v0002'), (error) => isBeaverError(error, 'version_current'));
    await assert.rejects(plan(workspace, 'v0003'), (error) => isBeaverError(error, 'version_unknown'));
    await workspace.write('skills/one/versions/v0001', { 'SKILL.md': 'damaged' });
    await assert.rejects(plan(workspace, 'v0001'), (error) => isBeaverError(error, 'version_damaged'));
  });

  it('of a disabled skill moves the pointer and places nothing', async () => {
    const workspace = await edited();
    await workspace.open().plugins.disable('kit', { disableLinkedSkills: true });
    const { steps, transaction } = await plan(workspace, 'v0001');
    assert(!steps.some(({ kind }) => kind === 'place'));
    await transaction.commit('roll back');
    assert.equal(await workspace.text('.agents/skills/one/SKILL.md'), undefined);
    assert.equal((await workspace.open().skills.show('one')).skill.current_version, 'v0001');
  });
});
