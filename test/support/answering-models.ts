import { BeaverError } from '../../src/base/errors.ts';
import type { ModelAnswer, ModelRequest, Models } from '../../src/core/ports.ts';

/** What the model says to one question: a text, a whole answer, or an error that it fails with. */
export type Script = (request: ModelRequest, count: number) => string | Partial<ModelAnswer> | BeaverError;

/** The models port with a script in place of a model. Keeps every question; honours cancellation as the port asks. */
export class AnsweringModels implements Models {
  readonly calls: ModelRequest[] = [];
  /** What is set up; null for nothing. */
  model: string | null = 'test/model-1';
  /** False for a provider that neither counts tokens nor says how many were used. */
  counts = true;
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  selected(): Promise<string | null> {
    return Promise.resolve(this.model);
  }

  countTokens(text: string): Promise<number | null> {
    return Promise.resolve(this.counts ? tokensOf(text) : null);
  }

  generate(request: ModelRequest): Promise<ModelAnswer> {
    const isCancelled = (): boolean => request.signal?.aborted === true;
    if (isCancelled()) return Promise.reject(cancelled());
    this.calls.push(request);
    const said = this.#script(request, this.calls.length);
    if (said instanceof BeaverError) return Promise.reject(said);
    // The script may have cancelled while it answered, as a person does.
    if (isCancelled()) return Promise.reject(cancelled());
    const partial = typeof said === 'string' ? { text: said } : said;
    const text = partial.text ?? '';
    return Promise.resolve({
      text,
      model: 'model-1-2026',
      inputTokens: this.counts ? tokensOf(`${request.system}\n${request.prompt}`) : null,
      outputTokens: this.counts ? tokensOf(text) : null,
      finish: 'stop',
      ...partial,
    });
  }
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}

function cancelled(): BeaverError {
  return new BeaverError('model_cancelled', 'The question was cancelled.', { nextStep: 'Ask again.' });
}

/** A grader's answer that says the same of every statement it was asked about. */
export function gradesFor({ prompt }: ModelRequest, passes: (statement: string) => boolean): string {
  const statements = [...prompt.matchAll(/^<<<data-[0-9a-f]+ statement \d+\n([^]*?)\ndata-[0-9a-f]+>>>$/gm)];
  return JSON.stringify({
    expectations: statements.map(([, statement = ''], at) => ({
      index: at + 1,
      passed: passes(statement),
      evidence: 'As it says.',
    })),
  });
}

export function isGrading({ system }: ModelRequest): boolean {
  return system.startsWith('You check a result');
}
