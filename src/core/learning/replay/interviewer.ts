import type { BeaverError } from '../../../base/errors.ts';
import { isBeaverError } from '../../../base/errors.ts';
import type { ModelAnswer, Models } from '../../ports.ts';
import type { BudgetMeter, BudgetStop } from './budget.ts';
import type { ReplayReason } from './replay-report.ts';
import type { Prompt } from './task-prompt.ts';

/** Why a replay ends before all its runs are made. Never leaves the replay: it becomes the reason of the report. */
export class ReplayStopped extends Error {
  readonly reason: ReplayReason;
  readonly errorCode: string | null;

  constructor(reason: ReplayReason, errorCode: string | null = null) {
    super(reason);
    this.name = 'ReplayStopped';
    this.reason = reason;
    this.errorCode = errorCode;
  }
}

export interface Question extends Prompt {
  readonly maxOutputTokens: number;
}

export interface Answered {
  readonly answer: ModelAnswer;
  readonly tokens: number;
  /** The provider did not say how many. */
  readonly estimated: boolean;
}

/** Characters that one token is taken for where nobody counts; few, so that a budget is rather kept than broken. */
const CHARACTERS_PER_TOKEN = 3;

/** Asks a model within a budget, and keeps count. */
export class Interviewer {
  readonly #models: Models;
  readonly #meter: BudgetMeter;
  readonly #signal: AbortSignal;
  readonly #timeUp: AbortSignal | undefined;
  #estimated = false;

  /** `timeUp` is aborted when the time of the budget is over. */
  constructor(models: Models, meter: BudgetMeter, signal?: AbortSignal, timeUp?: AbortSignal) {
    this.#models = models;
    this.#meter = meter;
    this.#timeUp = timeUp;
    const signals = [signal, timeUp].filter((one) => one !== undefined);
    this.#signal = AbortSignal.any(signals);
  }

  /** Whether any token was estimated rather than counted. */
  get estimated(): boolean {
    return this.#estimated;
  }

  /**
   * Asks one question. `reserve` is what must be left for the questions that follow from its answer.
   * @throws ReplayStopped when it may not be asked, was cancelled, or the model failed.
   */
  async ask(
    question: Question,
    reserve: { readonly input: number; readonly output: number },
  ): Promise<Answered> {
    this.#assertGoing();
    const expected = await this.inputTokens(question);
    const stop = this.#meter.stops({
      input: expected + reserve.input,
      output: question.maxOutputTokens + reserve.output,
    });
    if (stop !== undefined) throw new ReplayStopped(stop);
    const answer = await this.#generate(question);
    const input = answer.inputTokens ?? expected;
    const output = answer.outputTokens ?? estimate(answer.text);
    const estimated = answer.inputTokens === null || answer.outputTokens === null;
    this.#estimated ||= estimated;
    this.#meter.add({ input, output });
    return { answer, tokens: input + output, estimated };
  }

  async inputTokens({ system, prompt }: Prompt): Promise<number> {
    const text = `${system}\n${prompt}`;
    return (await this.#failing(() => this.#models.countTokens(text))) ?? estimate(text);
  }

  #generate(question: Question): Promise<ModelAnswer> {
    return this.#failing(() => this.#models.generate({ ...question, signal: this.#signal }));
  }

  async #failing<T>(body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      this.#assertGoing();
      if (!isBeaverError(error) || !error.code.startsWith('model_')) throw error;
      throw new ReplayStopped(reasonOf(error), error.code);
    }
  }

  #assertGoing(): void {
    if (!this.#signal.aborted) return;
    const stop: BudgetStop | 'cancelled' = this.#timeUp?.aborted === true ? 'budget_time' : 'cancelled';
    throw new ReplayStopped(stop);
  }
}

function reasonOf(error: BeaverError): ReplayReason {
  switch (error.code) {
    case 'model_cancelled':
      return 'cancelled';
    case 'model_unavailable':
    case 'model_not_allowed':
      return 'no_model';
    default:
      return 'model_failed';
  }
}

function estimate(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
