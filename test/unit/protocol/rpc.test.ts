import assert from 'node:assert/strict';
import { Rpc, RpcError, type MessagePipe, type RpcHandlers } from '../../../src/protocol/rpc.ts';
import { ManualTimers } from '../../support/manual-timers.ts';

type Host = {
  readonly double: { readonly params: number; readonly result: number };
  readonly fail: { readonly params: null; readonly result: null };
};
type View = { readonly ping: { readonly params: null; readonly result: string } };

/** Two ends of one pipe; messages cross as structured clones, one turn later. */
function pipes(): readonly [MessagePipe, MessagePipe] {
  const listeners: [Set<(message: unknown) => void>, Set<(message: unknown) => void>] = [
    new Set(),
    new Set(),
  ];
  const end = (own: 0 | 1, other: 0 | 1): MessagePipe => ({
    post: (message) => {
      const data: unknown = structuredClone(message);
      queueMicrotask(() => {
        for (const listener of [...listeners[other]]) listener(data);
      });
    },
    listen: (listener) => {
      listeners[own].add(listener);
      return () => listeners[own].delete(listener);
    },
  });
  return [end(0, 1), end(1, 0)];
}

const hostHandlers: RpcHandlers<Host> = {
  double: {
    parse: (params) => {
      if (typeof params !== 'number') throw new Error('not a number: /secret/path');
      return params;
    },
    run: (value) => value * 2,
  },
  fail: {
    parse: () => null,
    run: () => {
      throw new Error('ENOENT /secret/path');
    },
  },
};

function connected(options: { readonly timers?: ManualTimers; readonly timeout?: number } = {}) {
  const [left, right] = pipes();
  const view = new Rpc<Host, View>(left, { ping: { parse: () => null, run: () => 'pong' } }, options);
  const host = new Rpc<View, Host>(right, hostHandlers);
  return { view, host, left, right };
}

describe('Rpc', () => {
  it('answers in both directions over one pipe', async () => {
    const { view, host } = connected();
    assert.deepEqual(
      await Promise.all([view.call('double', 21), host.call('ping', null), view.call('double', 4)]),
      [42, 'pong', 8],
    );
  });

  it('refuses params that the handler does not accept, without running it', async () => {
    const { view } = connected();
    const wrong: unknown = 'text';
    await assert.rejects(view.call('double', wrong as number), { name: 'RpcError', code: 'message_invalid' });
  });

  it('tells nothing of an unexpected error but that there was one', async () => {
    const { view } = connected();
    await assert.rejects(view.call('fail', null), (error: unknown) => {
      assert.ok(error instanceof RpcError);
      assert.equal(error.code, 'unexpected');
      assert.doesNotMatch(error.message + error.nextStep, /secret/);
      return true;
    });
  });

  it('refuses methods that are not served, names of the prototype among them', async () => {
    const { view, left } = connected();
    const answers: unknown[] = [];
    left.listen((message) => answers.push(message));
    for (const method of ['toString', '__proto__', 'constructor', 'nope']) {
      left.post({ rpc: 'request', id: 1000, method, params: null });
    }
    await view.call('double', 1);
    const errors = answers.flatMap((answer) => {
      const { id, error } = answer as { readonly id: number; readonly error?: { readonly code: string } };
      return id === 1000 ? [error?.code] : [];
    });
    assert.deepEqual(errors, ['method_unknown', 'method_unknown', 'method_unknown', 'method_unknown']);
  });

  it('drops what is no message of the protocol', async () => {
    const { view, left, right } = connected();
    for (const noise of [
      null,
      7,
      'text',
      [],
      {},
      { rpc: 'answer' },
      { rpc: 'answer', id: 99 },
      { rpc: 'request' },
    ]) {
      left.post(noise);
      right.post(noise);
    }
    assert.equal(await view.call('double', 2), 4);
  });

  it('rejects a request without an answer when its time is over, and ignores the late answer', async () => {
    const timers = new ManualTimers();
    const [left, right] = pipes();
    const requests: { readonly id: number }[] = [];
    right.listen((message) => requests.push(message as { readonly id: number }));
    const view = new Rpc<Host, View>(
      left,
      { ping: { parse: () => null, run: () => 'pong' } },
      { timers, timeout: 500 },
    );
    const call = view.call('double', 1);
    await Promise.resolve();
    timers.pass(500);
    await assert.rejects(call, { code: 'request_timed_out' });
    right.post({ rpc: 'answer', id: requests[0]?.id, ok: true, result: 2 });
    const slow = view.call('double', 3, 2000);
    await Promise.resolve();
    timers.pass(1999);
    right.post({ rpc: 'answer', id: requests[1]?.id, ok: true, result: 6 });
    assert.equal(await slow, 6);
  });

  it('leaves no timer behind an answer', async () => {
    const timers = new ManualTimers();
    const { view } = connected({ timers });
    await view.call('double', 1);
    assert.deepEqual(timers.pending, []);
  });

  it('rejects what is open, and what comes later, once it is disposed', async () => {
    const { view } = connected();
    const open = view.call('double', 1);
    view.dispose();
    await assert.rejects(open, { code: 'channel_closed' });
    await assert.rejects(view.call('double', 1), { code: 'channel_closed' });
  });
});
