import assert from 'node:assert/strict';
import { reviewStrings } from '../../../src/editor/review/review-strings.ts';
import { Rpc, RpcError } from '../../../src/protocol/rpc.ts';
import type { HostMethods, WebviewMethods } from '../../../src/protocol/review-view.ts';
import { Announcer } from '../../../webview-ui/review/announcer.ts';
import { HostCalls } from '../../../webview-ui/review/host-calls.ts';
import { ManualTimers } from '../../support/manual-timers.ts';

/** Parses what nobody sends here. */
function unasked(): never {
  throw new Error('not asked for');
}

describe('HostCalls', () => {
  const timers = new ManualTimers();
  /** A host that hears everything and says nothing. */
  const silent = new Rpc<HostMethods, WebviewMethods>(
    { post: () => undefined, listen: () => () => undefined },
    {
      changed: { parse: () => null, run: () => null },
      gate: { parse: unasked, run: () => null },
      checked: { parse: unasked, run: () => null },
      replayed: { parse: () => ({ finished: 0, planned: 0 }), run: () => null },
    },
    { timers },
  );
  const calls = (): HostCalls => {
    const announcer = new Announcer();
    return new HostCalls(
      silent,
      announcer,
      reviewStrings((text) => `[${text}]`),
    );
  };

  it('says in the words of the window that the host does not answer', async () => {
    const asked = calls();
    const done = asked.during('check', async () => {
      await asked.host.call('ready', {});
    });
    timers.pass(30_000);
    await done;
    assert.deepEqual(asked.problem.value, {
      message: '[There was no answer in time.]',
      nextStep: '[Try again; if it stays so, reload the window.]',
      retry: undefined,
    });
    assert.equal(asked.busy.value, undefined);
  });

  it('repeats what the host says, which is translated already', () => {
    const asked = calls();
    asked.fail(new RpcError({ code: 'lock_held', message: 'Besetzt.', nextStep: 'Warten.' }), undefined);
    assert.deepEqual(asked.problem.value, { message: 'Besetzt.', nextStep: 'Warten.', retry: undefined });
  });
});
