import assert from 'node:assert/strict';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { ReviewSession } from '../../../../src/editor/review/review-session.ts';
import { reviewStrings } from '../../../../src/editor/review/review-strings.ts';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { aMergeProposal } from '../../../support/fake-workspace.ts';
import type { DraftPayload } from '../../../../src/app/payloads.ts';
import { aGate } from '../../../support/gate-reports.ts';
import { ReviewDraft } from '../../../support/review-draft.ts';

const ONE_SIDED = { base: 'one\n', local: 'one\n', upstream: 'uno\n' };
const GATES = [aGate('safety', 'passed'), aGate('preservation', 'passed')];
const SKILL = { base: 'one\n', local: 'ONE\n', upstream: 'uno\n' };

function sessionOf(
  writable = true,
  { sides = SKILL, gates = [] as DraftPayload['gates'], id = undefined as Promise<string> | undefined } = {},
) {
  const draft = new ReviewDraft({ documents: { 'SKILL.md': sides }, gates });
  const told: string[] = [];
  const checked = Promise.withResolvers<undefined>();
  const wrote: string[] = [];
  const opened: string[] = [];
  const session = new ReviewSession(id ?? 'draft-1', {
    updates: draft,
    strings: reviewStrings(inEnglish),
    translate: inEnglish,
    locale: 'en',
    writable: () => writable,
    open: (draftId, path, where) => {
      opened.push(`${where} ${draftId} ${path}`);
      return Promise.resolve();
    },
    propose: () => {
      draft.proposal = aMergeProposal({
        conflicts: [
          { id: draft.document('SKILL.md').merge.conflicts[0]?.id ?? '', text: 'both\r\n', problem: null },
        ],
      });
      return Promise.resolve();
    },
    replay: ({ draftId, skillName }, signal) => {
      opened.push(`replay ${draftId} ${skillName}`);
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('stopped'));
        });
      });
    },
    gates: {
      ran: ({ gate }) => told.push(`${gate.gate} ${gate.status}`),
      checked: ({ draft: view }) => {
        told.push(`checked: ${view.status}, ${view.gates.length} gates`);
        checked.resolve(undefined);
      },
      failed: (error) => told.push(String(error)),
    },
    wrote: ({ draftId }) => wrote.push(draftId),
  });
  return { draft, session, wrote, opened, told, checked: checked.promise, handlers: session.handlers };
}

const settled = { kind: 'chunks', path: 'SKILL.md', resolutions: { c1: { take: 'local' } } } as const;

describe('ReviewSession', () => {
  it('gives the draft and its first document in the answer to ready', async () => {
    const { handlers } = sessionOf();
    const ready = await handlers.ready.run({});
    assert.equal(ready.draft.status, 'conflicts');
    assert.deepEqual(ready.document?.local, ['ONE\n']);
    assert.equal(ready.strings.sideBase, 'OLD UPSTREAM');
  });

  it('answers before the gates have run, tells of each as it has, and then of the whole', async () => {
    const { handlers, told, checked, draft } = sessionOf(true, { sides: ONE_SIDED, gates: GATES });
    const ready = await handlers.ready.run({});
    assert.deepEqual([ready.draft.checking, ready.draft.status, ready.draft.gates], [true, 'blocked', []]);
    assert.equal(ready.document?.path, 'SKILL.md');
    await checked;
    assert.deepEqual(told, [
      'conflicts passed',
      'safety passed',
      'preservation passed',
      'checked: ready, 3 gates',
    ]);
    assert.deepEqual(draft.writes, []);
  });

  it('lets the gates be stopped, and shows what had run', async () => {
    const { handlers, told, checked, draft } = sessionOf(true, { sides: ONE_SIDED, gates: GATES });
    const turns = [Promise.resolve(), new Promise<void>(() => undefined)];
    const second = Promise.withResolvers<undefined>();
    draft.gateTurn = () => {
      if (turns.length === 1) second.resolve(undefined);
      return turns.shift() ?? Promise.resolve();
    };
    await handlers.ready.run({});
    await second.promise;
    await handlers.cancel.run({});
    await checked;
    assert.deepEqual(told, ['conflicts passed', 'checked: blocked, 1 gates']);
  });

  it('does not tell what the gates say of a draft that was settled meanwhile', async () => {
    const { handlers, told, draft } = sessionOf(true, { gates: GATES });
    const [turn, begun] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const ended = Promise.withResolvers<undefined>();
    let gates = 0;
    draft.gateTurn = async () => {
      gates += 1;
      begun.resolve(undefined);
      if (gates === GATES.length + 1) ended.resolve(undefined);
      await turn.promise;
    };
    await handlers.ready.run({});
    await begun.promise;
    const { draft: view } = await handlers.resolve.run(settled);
    assert.deepEqual([view.checking, view.status], [false, 'ready']);
    turn.resolve(undefined);
    await ended.promise;
    assert.deepEqual(told, []);
  });

  it('brings what the list of updates says of a new draft up to date once the gates have run', async () => {
    const { handlers, draft, wrote, checked } = sessionOf(true, {
      sides: ONE_SIDED,
      gates: GATES,
      id: Promise.resolve('draft-1'),
    });
    const written = Promise.withResolvers<undefined>();
    draft.onWrite = () => {
      written.resolve(undefined);
    };
    await handlers.ready.run({});
    await checked;
    await written.promise;
    assert.deepEqual(draft.writes, ['check']);
    assert.equal(wrote[0], 'draft-1');
  });

  it('has read the draft before it is asked, and reads it again for a view that is loaded again', async () => {
    const { handlers, session, draft } = sessionOf();
    session.prepare();
    await handlers.document.run({ path: 'SKILL.md' });
    draft.makeStale();
    assert.equal((await handlers.ready.run({})).draft.status, 'conflicts');
    assert.equal(await session.hasChanged(), true);
    assert.equal((await handlers.ready.run({})).draft.status, 'stale');
  });

  it('reads the draft again where something has changed before the view asked', async () => {
    const { handlers, session, draft } = sessionOf();
    session.prepare();
    await handlers.document.run({ path: 'SKILL.md' });
    draft.makeStale();
    await session.hasChanged();
    assert.equal((await handlers.ready.run({})).draft.status, 'stale');
  });

  it('settles chunks and answers with the host’s own state', async () => {
    const { handlers, draft, wrote } = sessionOf();
    const { draft: view, state } = await handlers.resolve.run(settled);
    assert.equal(view.status, 'ready');
    assert.deepEqual(state?.unresolved, []);
    assert.deepEqual(draft.writes, ['resolve chunks']);
    assert.deepEqual(wrote, ['draft-1']);
  });

  it('publishes exactly what the reviewer saw', async () => {
    const { handlers, draft } = sessionOf();
    const { draft: seen } = await handlers.resolve.run(settled);
    await draft.resolve('draft-1', { ...settled, resolutions: { c1: { take: 'upstream' } } });
    await assert.rejects(async () => handlers.publish.run({ contentHash: seen.contentHash }), {
      code: 'draft_changed',
    });
    assert.ok(!draft.writes.includes('approve'));
    const { draft: now } = await handlers.draft.run({});
    const { version } = await handlers.publish.run({ contentHash: now.contentHash });
    assert.equal(version, 'v0004');
    assert.deepEqual(draft.writes.slice(-2), ['approve', 'publish']);
  });

  it('does not publish what has an open conflict', async () => {
    const { handlers, draft } = sessionOf();
    const { draft: seen } = await handlers.draft.run({});
    await assert.rejects(async () => handlers.publish.run({ contentHash: seen.contentHash }), {
      code: 'draft_not_ready',
    });
    assert.deepEqual(draft.writes, []);
  });

  it('shows, and refuses to write, in an untrusted workspace', async () => {
    const { handlers, draft } = sessionOf(false);
    assert.equal((await handlers.ready.run({})).draft.writable, false);
    for (const attempt of [
      () => handlers.resolve.run(settled),
      () => handlers.check.run({}),
      () => handlers.publish.run({ contentHash: 'x' }),
      () => handlers.reject.run({ reason: 'no' }),
      () => handlers.redraft.run({}),
    ]) {
      await assert.rejects(async () => attempt(), { code: 'workspace_untrusted' });
    }
    assert.deepEqual(draft.writes, []);
  });

  it('drafts a stale update again and goes on with the new draft', async () => {
    const { handlers, draft, session } = sessionOf();
    draft.makeStale();
    assert.equal((await handlers.ready.run({})).draft.status, 'stale');
    const ready = await handlers.redraft.run({});
    assert.equal(ready.draft.status, 'conflicts');
    assert.equal(session.draftId, 'draft-2');
  });

  it('tells a foreign write from its own', async () => {
    const { handlers, draft, session } = sessionOf();
    await handlers.ready.run({});
    await handlers.resolve.run(settled);
    assert.equal(await session.hasChanged(), false);
    await draft.resolve('draft-1', { ...settled, resolutions: {} });
    assert.equal(await session.hasChanged(), true);
  });

  it('refuses messages that are not of the protocol', () => {
    const { handlers } = sessionOf();
    const refused: readonly [keyof typeof handlers, unknown][] = [
      ['ready', { extra: 1 }],
      ['document', {}],
      ['document', { path: '' }],
      ['resolve', { kind: 'chunks', path: 'SKILL.md', resolutions: { c1: { take: 'everything' } } }],
      ['resolve', { kind: 'chunks', path: 'SKILL.md', resolutions: { c1: { take: 'text' } } }],
      ['resolve', { kind: 'file', path: 'a', choice: 'delete' }],
      ['resolve', { kind: 'other', path: 'a' }],
      ['publish', {}],
      ['reject', { reason: '   ' }],
      ['open', { path: 'SKILL.md', where: 'shell' }],
    ];
    for (const [method, params] of refused)
      assert.throws(() => handlers[method].parse(params), `${method} ${JSON.stringify(params)}`);
    assert.deepEqual(handlers.reject.parse({ reason: ' too early ' }), { reason: 'too early' });
  });

  it('opens the result and the merge editor of its own draft only', async () => {
    const { handlers, opened } = sessionOf();
    await handlers.open.run({ path: 'SKILL.md', where: 'merge_editor' });
    assert.deepEqual(opened, ['merge_editor draft-1 SKILL.md']);
  });

  it('shows what a model proposed beside the choices, without taking any of it', async () => {
    const { handlers, wrote, session } = sessionOf();
    const before = await handlers.ready.run({});
    assert.equal(before.document?.state.proposal, null);
    const { draft } = await handlers.propose.run({});
    assert.equal(draft.status, 'conflicts');
    assert.deepEqual(wrote, ['draft-1']);
    const { state } = await handlers.document.run({ path: 'SKILL.md' });
    const [conflict = ''] = state.unresolved;
    assert.deepEqual(state.proposal, { model: 'scripted-1', texts: { [conflict]: 'both\n' }, withheld: {} });
    assert.equal(await session.hasChanged(), false);
  });

  it('stops a check that waits for another writer, which then never begins', async () => {
    const { handlers, draft } = sessionOf();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    draft.unlocked = promise;
    const checked = handlers.check.run({});
    // The check has begun to wait when what was posted before it is done.
    await handlers.draft.run({});
    await handlers.cancel.run({});
    assert.equal((await checked).draft.status, 'conflicts');
    resolve(undefined);
    await handlers.draft.run({});
    assert.deepEqual(draft.writes, []);
  });

  it('runs the replay of its own draft until a reviewer stops it', async () => {
    const { handlers, opened } = sessionOf();
    const replayed = handlers.replay.run({});
    while (opened.length === 0) await handlers.draft.run({});
    assert.deepEqual(opened, ['replay draft-1 release-notes']);
    await handlers.cancel.run({});
    assert.equal((await replayed).draft.draftId, 'draft-1');
  });

  it('asks no model in a workspace that is not trusted', async () => {
    const { handlers, draft } = sessionOf(false);
    await assert.rejects(
      async () => handlers.propose.run({}),
      (error) => isBeaverError(error, 'workspace_untrusted'),
    );
    assert.equal(draft.proposal, null);
  });
});
