import assert from 'node:assert/strict';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import type { FileSystem } from '../../src/core/ports.ts';
import { AnsweringModels } from '../support/answering-models.ts';
import { FaultFileSystem, isMutation } from '../support/fault-files.ts';
import { MemoryWorkspace } from '../support/memory-workspace.ts';
import { fakePorts } from '../support/ports.ts';
import { skillText } from '../support/temp-workspace.ts';

const EVALS = JSON.stringify({
  skill_name: 'one',
  evals: [{ id: 1, prompt: 'Do it.', expectations: ['The output contains "done"'] }],
});
const skill = (end: string) => ({
  one: { 'SKILL.md': skillText('one', { Start: 'Here.', End: end }), 'evals/evals.json': EVALS },
});

/** The process stops at one call and is never heard of again; another one opens the same folder. */
describe('A process that dies during a replay', () => {
  const models = () => new AnsweringModels(() => 'done');
  const open = (workspace: MemoryWorkspace, files: FileSystem): BeaverWorkspace =>
    createWorkspace({ ...fakePorts(files), models: models() }, { root: workspace.root, actor: 'tester' });
  const drafted = async (workspace: MemoryWorkspace): Promise<string> => {
    const beaver = workspace.open();
    await workspace.plugin('kit', '1.0.0', skill('Stop.'));
    await beaver.plugins.enable(['kit']);
    await workspace.plugin('kit', '2.0.0', skill('Stop and clean up.'));
    await beaver.plugins.sync();
    const [update] = (await beaver.updates.list()).updates;
    return (await beaver.updates.draft(update?.candidate_id ?? '')).draft.draft_id;
  };

  it('loses no run that was finished, at whatever write it dies, and the next replay comes to the same verdict', async function () {
    this.timeout(120_000);
    const undisturbed = new MemoryWorkspace();
    const counting = new FaultFileSystem(undisturbed.files);
    const id = await drafted(undisturbed);
    const whole = await open(undisturbed, counting).updates.replay(id);
    const writes = counting.calls.filter(({ method }) => isMutation(method)).length;
    assert(writes > 40, String(writes));
    let kept = 0;
    for (let at = 1; at <= writes; at += 3) {
      const workspace = new MemoryWorkspace();
      await drafted(workspace);
      const died = Promise.withResolvers<undefined>();
      const hook = (): Promise<never> => {
        died.resolve(undefined);
        return new Promise<never>(() => undefined);
      };
      const dying = new FaultFileSystem(workspace.files, {
        at,
        counts: isMutation,
        fault: { kind: 'hook', when: 'before', hook },
      });
      await Promise.race([open(workspace, dying).updates.replay(id), died.promise]);
      const { replay, draft } = await open(workspace, workspace.files).updates.replay(id);
      assert.deepEqual(
        [replay.verdict, replay.difference],
        ['no_worse', whole.replay.difference],
        `call ${at}`,
      );
      assert.deepEqual([replay.runs.finished, draft.status], [6, 'ready'], `call ${at}`);
      // What the dead process had finished is there; at most the one run that it was at is made again.
      assert(replay.runs.kept >= kept, `call ${at}`);
      kept = replay.runs.kept;
    }
    assert.equal(kept, 6);
  });
});
