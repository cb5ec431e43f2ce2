import assert from 'node:assert/strict';
import { inEnglish } from '../../../src/editor/model/translate.ts';
import { ReviewSession } from '../../../src/editor/review/review-session.ts';
import { reviewStrings } from '../../../src/editor/review/review-strings.ts';
import { Rpc, type MessagePipe } from '../../../src/protocol/rpc.ts';
import type { HostMethods, WebviewMethods } from '../../../src/protocol/review-view.ts';
import { isBeaverError } from '../../../src/base/errors.ts';
import { ReviewStore } from '../../../webview-ui/review/review-store.ts';
import { aGate } from '../../support/gate-reports.ts';
import { ManualTimers } from '../../support/manual-timers.ts';
import { ReviewDraft, type ReviewDraftOptions } from '../../support/review-draft.ts';

const TWO_CONFLICTS: ReviewDraftOptions = {
  documents: {
    'SKILL.md': {
      base: 'one\n\nmiddle\n\ntwo\n',
      local: 'ONE\n\nmiddle\n\nTWO\n',
      upstream: 'uno\n\nmiddle\n\ndos\n',
    },
    'notes.md': { base: 'a\n', local: 'b\n', upstream: 'c\n' },
  },
  files: { 'run.sh': { base: 'x\n', local: null, upstream: 'y\n' } },
};

const CLEAN: ReviewDraftOptions = {
  documents: { 'SKILL.md': { base: 'one\n', local: 'one\n', upstream: 'uno\n' } },
  gates: [aGate('safety', 'passed')],
};

/** A pipe whose two ends are a store and a session, as in the editor but for the page between them. */
function pipes(): readonly [MessagePipe, MessagePipe] {
  const listeners: [((message: unknown) => void)[], ((message: unknown) => void)[]] = [[], []];
  const end = (own: 0 | 1, other: 0 | 1): MessagePipe => ({
    post: (message) => {
      const data: unknown = structuredClone(message);
      for (const listener of listeners[other])
        queueMicrotask(() => {
          listener(data);
        });
    },
    listen: (listener) => {
      listeners[own].push(listener);
      return () => undefined;
    },
  });
  return [end(0, 1), end(1, 0)];
}

/** Everything that was posted is answered. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

async function openReview(
  options: ReviewDraftOptions = TWO_CONFLICTS,
  state?: unknown,
  gateTurn?: () => Promise<void>,
) {
  const draft = new ReviewDraft(options);
  if (gateTurn !== undefined) draft.gateTurn = gateTurn;
  const session = new ReviewSession('draft-1', {
    updates: draft,
    strings: reviewStrings(inEnglish),
    translate: inEnglish,
    locale: 'en',
    writable: () => true,
    open: () => Promise.resolve(),
    propose: () => Promise.resolve(),
    replay: () => Promise.resolve(),
    gates: {
      ran: (step) => void host.call('gate', step),
      checked: (step) => void host.call('checked', step),
      failed: (error) => {
        throw error;
      },
    },
    wrote: () => undefined,
  });
  const [left, right] = pipes();
  const describeError = (error: unknown) => ({
    code: isBeaverError(error) ? error.code : 'unexpected',
    message: error instanceof Error ? error.message : '',
    nextStep: '',
  });
  const host = new Rpc<WebviewMethods, HostMethods>(right, session.handlers, { describe: describeError });
  const shown: { store?: ReviewStore } = {};
  const view = new Rpc<HostMethods, WebviewMethods>(left, {
    changed: {
      parse: () => null,
      run: async () => {
        await shown.store?.refresh();
        return null;
      },
    },
    gate: {
      parse: (params) => params as WebviewMethods['gate']['params'],
      run: (step) => {
        shown.store?.gateRan(step);
        return null;
      },
    },
    checked: {
      parse: (params) => params as WebviewMethods['checked']['params'],
      run: ({ draft: view }) => {
        shown.store?.checked(view);
        return null;
      },
    },
    replayed: { parse: () => ({ finished: 0, planned: 0 }), run: () => null },
  });
  const timers = new ManualTimers();
  const kept: { state: unknown } = { state };
  const keeper = { get: () => kept.state, set: (value: unknown) => (kept.state = structuredClone(value)) };
  const store = new ReviewStore(
    { host: view, keeper, timers, nonce: 'n', wide: true },
    await view.call('ready', {}),
  );
  shown.store = store;
  await settled();
  return { store, draft, timers, kept, host };
}

describe('ReviewStore', () => {
  it('starts at the first open conflict and says why it cannot be published', async () => {
    const { store } = await openReview();
    const document = store.document.value;
    assert.ok(document);
    assert.equal(document.current.value, 0);
    assert.equal(store.cursor.positionText(document, 0), 'Conflict 1 of 2');
    assert.deepEqual(store.block.value, { reason: 'conflicts', count: 4 });
  });

  it('shows each gate as it has run, and publishes nothing before all have', async () => {
    const turns = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const waiting = turns.map(({ promise }) => promise);
    const { store } = await openReview(CLEAN, undefined, async () => {
      await waiting.shift();
    });
    assert.deepEqual(store.draft.value.gates, []);
    assert.deepEqual(store.block.value, { reason: 'checking' });
    turns[0]?.resolve(undefined);
    await settled();
    assert.deepEqual(
      store.draft.value.gates.map(({ gate }) => gate),
      ['conflicts'],
    );
    assert.deepEqual(store.block.value, { reason: 'checking' });
    turns[1]?.resolve(undefined);
    await settled();
    assert.deepEqual([store.draft.value.checking, store.block.value], [false, undefined]);
  });

  it('asks for the checks where they were stopped', async () => {
    const { store } = await openReview(CLEAN, undefined, () => new Promise(() => undefined));
    await store.cancel();
    await settled();
    assert.deepEqual(store.block.value, { reason: 'unchecked' });
    await store.check();
    assert.equal(store.block.value, undefined);
  });

  it('goes on to the next open conflict when one is settled, says so, and tells the host', async () => {
    const { store, draft } = await openReview();
    store.cursor.choose(0, 'local');
    assert.equal(store.document.value?.current.value, 2);
    assert.equal(store.announcer.text.value, 'Resolved, 1 left. Conflict 2 of 2');
    store.cursor.choose(2, 'upstream_then_local');
    assert.equal(store.announcer.text.value, 'Resolved. No conflict is left.');
    await settled();
    assert.equal(draft.document('SKILL.md').result, 'ONE\n\nmiddle\n\ndos\nTWO\n');
    assert.equal(store.document.value.dirty, false);
  });

  it('publishes only when every file is settled, saved, and shown as it is', async () => {
    const { store, draft } = await openReview();
    store.cursor.choose(0, 'local');
    store.cursor.choose(2, 'local');
    await settled();
    await store.select('notes.md');
    store.cursor.choose(0, 'upstream');
    await store.publish();
    await settled();
    assert.ok(!draft.writes.includes('publish'));
    await store.select('run.sh');
    await store.chooseFile('run.sh', 'removed');
    assert.equal(store.block.value, undefined);
    await store.publish();
    assert.deepEqual(draft.writes.slice(-2), ['approve', 'publish']);
    assert.equal(store.draft.value.status, 'published');
    assert.equal(store.writable, false);
  });

  it('undoes and redoes choices, at the host too', async () => {
    const { store, draft } = await openReview();
    store.cursor.choose(0, 'local');
    await settled();
    store.undo();
    await settled();
    assert.deepEqual(draft.document('SKILL.md').unresolved, ['c1', 'c3']);
    store.redo();
    await settled();
    assert.deepEqual(draft.document('SKILL.md').unresolved, ['c3']);
  });

  it('keeps what the host has not confirmed, and sends it after a reload', async () => {
    const first = await openReview();
    first.draft.resolve = () => new Promise(() => undefined);
    first.store.cursor.choose(0, 'local');
    first.timers.pass(1000);
    const second = await openReview(TWO_CONFLICTS, first.kept.state);
    await settled();
    assert.deepEqual(second.draft.document('SKILL.md').unresolved, ['c3']);
    assert.equal(second.store.document.value?.dirty, false);
  });

  it('comes back to the file and the chunk that were shown', async () => {
    const first = await openReview();
    await first.store.select('notes.md');
    first.store.anchor = { chunk: 0, fraction: 0.5 };
    first.store.keep();
    first.timers.pass(1000);
    const second = await openReview(TWO_CONFLICTS, first.kept.state);
    assert.equal(second.store.path.value, 'notes.md');
    assert.deepEqual(second.store.restored, { chunk: 0, fraction: 0.5 });
  });

  it('keeps a choice that could not be saved and offers to try again', async () => {
    const { store, draft } = await openReview();
    const resolve = draft.resolve.bind(draft);
    draft.resolve = () => Promise.reject(new Error('busy'));
    store.cursor.choose(0, 'local');
    await settled();
    assert.equal(store.calls.problem.value?.message, 'busy');
    assert.equal(store.document.value?.dirty, true);
    draft.resolve = resolve;
    store.calls.problem.value.retry?.();
    await settled();
    assert.equal(store.calls.problem.value, undefined);
    assert.deepEqual(draft.document('SKILL.md').unresolved, ['c3']);
  });

  it('takes in what another window wrote', async () => {
    const { store, draft, host } = await openReview();
    await draft.resolve('draft-1', { kind: 'text', path: 'SKILL.md', text: 'whole\n' });
    await host.call('changed', null);
    assert.equal(store.document.value?.editor.whole, true);
    assert.equal(store.document.value.editor.text, 'whole\n');
    store.useChunks();
    await settled();
    assert.equal(draft.document('SKILL.md').override, null);
    assert.equal(store.document.value.open.value.length, 2);
  });

  it('blocks publishing when the display says something else than the host', async () => {
    const { store } = await openReview({
      documents: { 'SKILL.md': { base: 'a\n', local: 'a\n', upstream: 'b\n' } },
    });
    assert.equal(store.block.value, undefined);
    const document = store.document.value;
    assert.ok(document);
    document.host.value = { ...document.host.value, resultDigest: 'other' };
    assert.deepEqual(store.block.value, { reason: 'mismatch' });
  });

  it('rejects with a reason, and then only shows', async () => {
    const { store, draft } = await openReview();
    await store.reject('Too early.');
    assert.equal(store.draft.value.review?.reason, 'Too early.');
    store.cursor.choose(0, 'local');
    await settled();
    assert.deepEqual(draft.writes, ['reject']);
  });

  it('drafts a stale update again', async () => {
    const { store, draft } = await openReview();
    draft.makeStale();
    await store.refresh();
    assert.deepEqual(store.block.value, { reason: 'state' });
    await store.redraft();
    assert.equal(store.draft.value.draftId, 'draft-2');
    assert.equal(store.writable, true);
  });
});
