import assert from 'node:assert/strict';
import type { BeaverWorkspace } from '../../../../src/app/api.ts';
import type { SkillPayload, SyncPayload } from '../../../../src/app/payloads.ts';
import { BeaverError } from '../../../../src/base/errors.ts';
import { FolderSession } from '../../../../src/editor/model/folder-session.ts';
import { samplePlugin, sampleSkill, sampleUpdate } from '../../../support/editor-samples.ts';

type TargetState = SkillPayload['targets'][number]['state'];

/** A workspace that answers from these fields and counts how often it was read; what the session does not call is not there. */
class Answers {
  plugins = [samplePlugin('p')];
  updates = [sampleUpdate('a')];
  targets = new Map<string, TargetState>();
  syncStatus: SyncPayload['sync']['status'] = 'synced';
  failure: Error | undefined;
  changed: () => void = () => undefined;
  /** The listing of plugins waits for it. */
  listed: Promise<void> = Promise.resolve();
  lists = 0;
  shows = 0;

  workspace(): BeaverWorkspace {
    const plugins: Partial<BeaverWorkspace['plugins']> = {
      list: async () => {
        this.lists += 1;
        await this.listed;
        if (this.failure !== undefined) throw this.failure;
        return { plugins: this.plugins, errors: [] };
      },
      failures: () => Promise.resolve([]),
      sync: () =>
        Promise.resolve({
          sync: {
            status: this.syncStatus,
            mirrored: [],
            candidates_created: [],
            candidates_superseded: [],
            already_applied: [],
            reconciled: [],
            captured: [],
            published: [],
            findings: [],
          },
          plugins: this.plugins,
          errors: [],
        }),
    };
    const skills: Partial<BeaverWorkspace['skills']> = {
      show: (name) => {
        this.shows += 1;
        const state = this.targets.get(name);
        return state === undefined
          ? Promise.reject(new Error('no such skill'))
          : Promise.resolve({
              skill: { targets: [{ path: `.agents/skills/${name}`, state }] } as unknown as SkillPayload,
            });
      },
    };
    const updates: Partial<BeaverWorkspace['updates']> = {
      list: () => Promise.resolve({ updates: this.updates }),
    };
    return { plugins, skills, updates } as unknown as BeaverWorkspace;
  }
}

function open(
  answers: Answers,
  createWorkspace = () => answers.workspace(),
): {
  readonly session: FolderSession;
  readonly changes: { count: number };
  readonly failures: string[];
} {
  const changes = { count: 0 };
  const failures: string[] = [];
  const session = new FolderSession({
    folder: 'file:///w',
    name: 'w',
    createWorkspace,
    onChange: () => {
      changes.count += 1;
      answers.changed();
    },
    onFailure: (what) => failures.push(what),
  });
  return { session, changes, failures };
}

describe('FolderSession', () => {
  it('knows nothing and reads nothing before it is asked', () => {
    const answers = new Answers();
    const { session } = open(answers);
    assert.deepEqual([session.snapshot.phase, answers.lists], ['loading', 0]);
  });

  it('reads plugins and updates, and says that something changed', async () => {
    const { session, changes } = open(new Answers());
    await session.refresh();
    await session.firstRead;
    const { phase, plugins, updates } = session.snapshot;
    assert.deepEqual([phase, plugins.length, updates.length, changes.count], ['ready', 1, 1, 1]);
  });

  it('answers requests that come while it reads with one more reading', async () => {
    const answers = new Answers();
    const { session } = open(answers);
    await Promise.all(Array.from({ length: 50 }, () => session.refresh()));
    assert.ok(answers.lists <= 2, `read ${answers.lists} times`);
  });

  it('shows what became of an update while the packages are still being looked through', async () => {
    const answers = new Answers();
    const { session, changes } = open(answers);
    await session.refresh();
    const listed = Promise.withResolvers<undefined>();
    answers.listed = listed.promise;
    answers.updates = [sampleUpdate('a', { status: 'drafted', draft_id: 'd', conflicts: 0 })];
    const before = changes.count;
    const shown = new Promise<void>((resolve) => (answers.changed = resolve));
    const refreshed = session.refresh();
    await shown;
    assert.deepEqual([session.snapshot.updates[0]?.draft_id, changes.count], ['d', before + 1]);
    listed.resolve(undefined);
    await refreshed;
    assert.equal(changes.count, before + 1);
  });

  it('keeps what it last read when a reading fails, and recovers', async () => {
    const answers = new Answers();
    const { session, failures } = open(answers);
    await session.refresh();
    answers.failure = new BeaverError('state_unreadable', 'Broken.', { nextStep: 'Repair it.' });
    await session.refresh();
    assert.deepEqual(
      [session.snapshot.phase, session.snapshot.plugins.length, failures],
      ['failed', 1, ['list']],
    );
    answers.failure = undefined;
    await session.refresh();
    assert.deepEqual([session.snapshot.phase, session.snapshot.failure], ['ready', undefined]);
  });

  it('fails as a reading does where the settings cannot work', async () => {
    const { session } = open(new Answers(), () => {
      throw new BeaverError('skills_directory_outside', 'Outside.', { nextStep: 'Set it.' });
    });
    await session.refresh();
    assert.equal(session.snapshot.phase, 'failed');
  });

  it('remembers a deferred sync until one is done', async () => {
    const answers = new Answers();
    const { session } = open(answers);
    answers.syncStatus = 'deferred_lock_busy';
    assert.equal((await session.sync({ kind: 'never' })).status, 'deferred_lock_busy');
    assert.equal(session.snapshot.deferred, true);
    answers.syncStatus = 'synced';
    await session.sync({ kind: 'never' });
    assert.equal(session.snapshot.deferred, false);
  });

  it('reads again after a sync, done or not', async () => {
    const answers = new Answers();
    const { session } = open(answers);
    await session.sync({ kind: 'never' });
    assert.equal(answers.lists, 1);
  });

  it('marks skills that were edited or cannot be placed, and takes the mark away after', async () => {
    const answers = new Answers();
    answers.targets = new Map<string, TargetState>([
      ['a', 'local_edits'],
      ['b', 'target_occupied'],
      ['c', 'in_sync'],
    ]);
    const { session } = open(answers);
    await session.lookAtTargets(['a', 'b', 'c']);
    assert.deepEqual(
      [...session.snapshot.marks],
      [
        ['a', 'edited'],
        ['b', 'occupied'],
      ],
    );
    answers.targets.set('a', 'in_sync');
    await session.lookAtTargets(['a']);
    assert.deepEqual([...session.snapshot.marks], [['b', 'occupied']]);
  });

  it('keeps the marks of two looks that overlap', async () => {
    const answers = new Answers();
    answers.targets = new Map<string, TargetState>([
      ['a', 'local_edits'],
      ['b', 'local_edits'],
    ]);
    const { session } = open(answers);
    await Promise.all([session.lookAtTargets(['a']), session.lookAtTargets(['b'])]);
    assert.deepEqual([...session.snapshot.marks.keys()].sort(), ['a', 'b']);
  });

  it('keeps the mark of a skill that cannot be read, and reports it', async () => {
    const answers = new Answers();
    answers.targets.set('a', 'local_edits');
    const { session, failures } = open(answers);
    await session.lookAtTargets(['a']);
    answers.targets.delete('a');
    await session.lookAtTargets(['a']);
    assert.deepEqual([[...session.snapshot.marks.keys()], failures], [['a'], ['show']]);
  });

  it('looks at a skill that is shown only the first time', async () => {
    const answers = new Answers();
    answers.targets.set('a', 'in_sync');
    const { session } = open(answers);
    await session.lookAtNew(['a']);
    await session.lookAtNew(['a']);
    assert.equal(answers.shows, 1);
  });

  it('looks at a bounded number of skills at the start', async () => {
    const answers = new Answers();
    const names = Array.from({ length: 500 }, (_, index) => `s${index}`);
    answers.plugins = [samplePlugin('p', { skills: names.map((name) => sampleSkill(name)) })];
    for (const name of names) answers.targets.set(name, 'in_sync');
    const { session } = open(answers);
    await session.refresh();
    await session.lookAtStart();
    assert.equal(answers.shows, 300);
  });

  it('is silent once it is disposed of, and keeps nobody waiting', async () => {
    const { session, changes } = open(new Answers());
    session.dispose();
    await session.refresh();
    await session.firstRead;
    assert.equal(changes.count, 0);
  });
});
