import { BeaverError } from '../../src/base/errors.ts';
import type { ModelAnswer, ModelRequest, Models } from '../../src/core/ports.ts';

/** What a scripted model does when it is asked: an answer, or an error to reject with. */
export type ScriptedAnswer = string | (Partial<ModelAnswer> & { readonly text: string }) | BeaverError;

/** The models port without a model: answers in the order of the script, and keeps what it was asked. */
export class ScriptedModels implements Models {
  readonly calls: ModelRequest[] = [];
  readonly #script: (ScriptedAnswer | ((request: ModelRequest) => ScriptedAnswer))[];

  constructor(...script: (ScriptedAnswer | ((request: ModelRequest) => ScriptedAnswer))[]) {
    this.#script = script;
  }

  selected(): Promise<string | null> {
    return Promise.resolve('scripted-1');
  }

  countTokens(text: string): Promise<number | null> {
    return Promise.resolve(Math.ceil(text.length / 4));
  }

  generate(request: ModelRequest): Promise<ModelAnswer> {
    this.calls.push(request);
    const next = this.#script.shift();
    const said = typeof next === 'function' ? next(request) : next;
    if (request.signal?.aborted === true) {
      return Promise.reject(new BeaverError('model_cancelled', 'Stopped.', { nextStep: 'Ask again.' }));
    }
    if (said === undefined) return Promise.reject(new Error('The script has no answer left.'));
    if (said instanceof BeaverError) return Promise.reject(said);
    const answer = typeof said === 'string' ? { text: said } : said;
    request.onText?.(answer.text);
    return Promise.resolve({
      model: 'scripted-1',
      inputTokens: 100,
      outputTokens: 20,
      finish: 'stop',
      ...answer,
    });
  }
}
