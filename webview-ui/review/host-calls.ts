import { signal } from '@preact/signals';
import { RpcError, type Rpc } from '../../src/protocol/rpc.ts';
import type { ReviewStrings } from '../../src/protocol/review-strings.ts';
import type { HostMethods, WebviewMethods } from '../../src/protocol/review-view.ts';
import type { Announcer } from './announcer.ts';

export type ReviewHost = Pick<Rpc<HostMethods, WebviewMethods>, 'call'>;

/** What a reviewer waits for; only one at a time. */
export type Errand = 'publish' | 'reject' | 'redraft' | 'check' | 'file' | 'propose' | 'replay';

export interface Problem {
  readonly message: string;
  readonly nextStep: string;
  readonly retry: (() => void) | undefined;
}

/** What is asked of the host: whether a reviewer has to wait for it, and what went wrong with the last of it. */
export class HostCalls {
  readonly host: ReviewHost;
  readonly busy = signal<Errand | undefined>(undefined);
  readonly problem = signal<Problem | undefined>(undefined);
  readonly #announcer: Announcer;
  readonly #strings: ReviewStrings;

  constructor(host: ReviewHost, announcer: Announcer, strings: ReviewStrings) {
    this.host = host;
    this.#announcer = announcer;
    this.#strings = strings;
  }

  /** Runs one errand, unless another is under way. */
  async during(errand: Errand, body: () => Promise<void>): Promise<void> {
    if (this.busy.peek() !== undefined) return;
    this.busy.value = errand;
    await this.attempt(body);
    this.busy.value = undefined;
  }

  /** Undefined where it failed; the problem is then shown. */
  async attempt<T>(body: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await body();
      this.problem.value = undefined;
      return result;
    } catch (error) {
      this.fail(error, undefined);
      return undefined;
    }
  }

  fail(error: unknown, retry: (() => void) | undefined): void {
    const { message, nextStep } = this.#told(error);
    this.problem.value = { message, nextStep, retry };
    this.#announcer.say(message);
  }

  /** What the host says is in the person's language already; a silent host says nothing, so the page has the words for that. */
  #told(error: unknown): Pick<Problem, 'message' | 'nextStep'> {
    if (!(error instanceof RpcError)) return { message: String(error), nextStep: '' };
    if (error.code !== 'request_timed_out') return error;
    return { message: this.#strings.noAnswer, nextStep: this.#strings.noAnswerNext };
  }
}
