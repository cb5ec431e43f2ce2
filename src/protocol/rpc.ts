/**
 * One small request-and-answer protocol, used by both ends of a webview with the contracts swapped. Requests time out and reject;
 * what cannot be read is answered with an error where it is a request, and dropped where it is not.
 */

/** What one end answers: by method, what it takes and what it gives. */
export type Contract = Readonly<Record<string, { readonly params: unknown; readonly result: unknown }>>;

/** The pipe under the protocol: `webview.postMessage` on one side, `acquireVsCodeApi().postMessage` on the other. */
export interface MessagePipe {
  post(message: unknown): void;
  /** Returns what ends the listening. */
  listen(listener: (message: unknown) => void): () => void;
}

export interface RpcTimers {
  /** Milliseconds. Returns what cancels it. */
  set(delay: number, run: () => void): () => void;
}

/** `parse` throws on params it does not accept: at the host a zod schema. */
export interface RpcHandler<Params, Result> {
  parse(params: unknown): Params;
  run(params: Params): Promise<Result> | Result;
}

export type RpcHandlers<Served extends Contract> = {
  readonly [M in keyof Served]: RpcHandler<Served[M]['params'], Served[M]['result']>;
};

/** A failure as it crosses the pipe: code, what happened, what to do. */
export interface RpcErrorBody {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
}

export class RpcError extends Error {
  readonly code: string;
  readonly nextStep: string;

  constructor(body: RpcErrorBody) {
    super(body.message);
    this.name = 'RpcError';
    this.code = body.code;
    this.nextStep = body.nextStep;
  }
}

export interface RpcOptions {
  /** Turns what a handler threw into what the other end may see. */
  readonly describe?: (error: unknown) => RpcErrorBody;
  /** Milliseconds until a request rejects with `request_timed_out`; default 30,000. */
  readonly timeout?: number;
  readonly timers?: RpcTimers;
}

interface Pending {
  readonly settle: (answer: Answer) => void;
  readonly cancelTimer: () => void;
}

type Answer =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: RpcErrorBody };

const DEFAULT_TIMEOUT = 30_000;

const systemTimers: RpcTimers = {
  set(delay, run) {
    const timer = setTimeout(run, delay);
    return () => {
      clearTimeout(timer);
    };
  },
};

export class Rpc<Called extends Contract, Served extends Contract> {
  readonly #pipe: MessagePipe;
  readonly #handlers: ReadonlyMap<string, RpcHandler<unknown, unknown>>;
  readonly #describe: (error: unknown) => RpcErrorBody;
  readonly #timeout: number;
  readonly #timers: RpcTimers;
  readonly #pending = new Map<number, Pending>();
  readonly #stop: () => void;
  #nextId = 1;
  #disposed = false;

  constructor(pipe: MessagePipe, handlers: RpcHandlers<Served>, options: RpcOptions = {}) {
    this.#pipe = pipe;
    this.#handlers = new Map(Object.entries(handlers));
    this.#describe = options.describe ?? describeUnknown;
    this.#timeout = options.timeout ?? DEFAULT_TIMEOUT;
    this.#timers = options.timers ?? systemTimers;
    this.#stop = pipe.listen((message) => {
      this.#receive(message);
    });
  }

  /**
   * Asks the other end. Rejects with an `RpcError`: the other end's own, `request_timed_out`, or `channel_closed`.
   * The answer is taken at its word: the caller decides whether the other end is to be trusted. `timeout` in milliseconds.
   */
  call<M extends string & keyof Called>(
    method: M,
    params: Called[M]['params'],
    timeout = this.#timeout,
  ): Promise<Called[M]['result']> {
    if (this.#disposed) return Promise.reject(new RpcError(CLOSED));
    const id = this.#nextId++;
    return new Promise<Called[M]['result']>((resolve, reject) => {
      const cancelTimer = this.#timers.set(timeout, () => {
        this.#pending.delete(id);
        reject(new RpcError(TIMED_OUT));
      });
      this.#pending.set(id, {
        cancelTimer,
        settle: (answer) => {
          if (answer.ok) resolve(answer.result);
          else reject(new RpcError(answer.error));
        },
      });
      this.#pipe.post({ rpc: 'request', id, method, params });
    });
  }

  /** Rejects what is still open with `channel_closed` and stops listening. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#stop();
    for (const { settle, cancelTimer } of this.#pending.values()) {
      cancelTimer();
      settle({ ok: false, error: CLOSED });
    }
    this.#pending.clear();
  }

  #receive(message: unknown): void {
    if (!isRecord(message)) return;
    const { rpc, id } = message;
    if (typeof id !== 'number') return;
    if (rpc === 'answer') this.#settle(id, message);
    else if (rpc === 'request') void this.#serve(id, message['method'], message['params']);
  }

  #settle(id: number, message: Readonly<Record<string, unknown>>): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.cancelTimer();
    pending.settle(
      message['ok'] === true
        ? { ok: true, result: message['result'] }
        : { ok: false, error: errorBody(message['error']) },
    );
  }

  async #serve(id: number, method: unknown, params: unknown): Promise<void> {
    const answer = await this.#answer(method, params);
    if (!this.#disposed) this.#pipe.post({ rpc: 'answer', id, ...answer });
  }

  async #answer(method: unknown, params: unknown): Promise<Answer> {
    const handler = typeof method === 'string' ? this.#handlers.get(method) : undefined;
    if (handler === undefined) return { ok: false, error: NOT_SERVED };
    let checked: unknown;
    try {
      checked = handler.parse(params);
    } catch {
      return { ok: false, error: INVALID };
    }
    try {
      return { ok: true, result: await handler.run(checked) };
    } catch (error) {
      return { ok: false, error: this.#describe(error) };
    }
  }
}

const CLOSED: RpcErrorBody = {
  code: 'channel_closed',
  message: 'The view was closed.',
  nextStep: 'Open it again.',
};
const TIMED_OUT: RpcErrorBody = {
  code: 'request_timed_out',
  message: 'There was no answer in time.',
  nextStep: 'Try again; if it stays so, reload the window.',
};
const NOT_SERVED: RpcErrorBody = {
  code: 'method_unknown',
  message: 'The request is not known here.',
  nextStep: 'Reload the window.',
};
const INVALID: RpcErrorBody = {
  code: 'message_invalid',
  message: 'The request could not be read.',
  nextStep: 'Reload the window.',
};

/** What an unexpected error says to the other end: nothing of its text, which may hold paths or content (invariant 9). */
function describeUnknown(error: unknown): RpcErrorBody {
  if (error instanceof RpcError) {
    return { code: error.code, message: error.message, nextStep: error.nextStep };
  }
  return { code: 'unexpected', message: 'Something unexpected happened.', nextStep: 'See the log.' };
}

function errorBody(value: unknown): RpcErrorBody {
  const body = isRecord(value) ? value : {};
  const { code, message, nextStep } = body;
  return {
    code: typeof code === 'string' ? code : 'unexpected',
    message: typeof message === 'string' ? message : 'Something unexpected happened.',
    nextStep: typeof nextStep === 'string' ? nextStep : 'See the log.',
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
