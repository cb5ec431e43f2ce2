/** What a replay may use at most; what is absent is not limited. */
export interface ReplayBudget {
  /** Input and output tokens of all questions together. */
  readonly maxTokens?: number;
  /** Of wall time. */
  readonly maxSeconds?: number;
  /** In the currency of `price`; without a price it limits nothing. */
  readonly maxCost?: number;
  /** Per million tokens, where it is known. */
  readonly price?: { readonly input: number; readonly output: number };
}

export const DEFAULT_BUDGET: ReplayBudget = { maxTokens: 500_000, maxSeconds: 3_600 };

export interface TokenCount {
  readonly input: number;
  readonly output: number;
}

export type BudgetStop = 'budget_tokens' | 'budget_cost' | 'budget_time';

/** Keeps count. A question is asked only when its answer fits in, however long it becomes. */
export class BudgetMeter {
  readonly #budget: ReplayBudget;
  readonly #now: () => number;
  readonly #started: number;
  #input = 0;
  #output = 0;

  /** `now` in milliseconds. */
  constructor(budget: ReplayBudget, now: () => number) {
    this.#budget = budget;
    this.#now = now;
    this.#started = now();
  }

  get tokens(): number {
    return this.#input + this.#output;
  }

  /** Null without a price. */
  get cost(): number | null {
    return this.#costOf({ input: this.#input, output: this.#output });
  }

  get seconds(): number {
    return (this.#now() - this.#started) / 1000;
  }

  add({ input, output }: TokenCount): void {
    this.#input += input;
    this.#output += output;
  }

  /** Why a question of at most this size must not be asked; undefined when it may. */
  stops(next: TokenCount): BudgetStop | undefined {
    const { maxTokens, maxSeconds, maxCost } = this.#budget;
    if (maxSeconds !== undefined && this.seconds >= maxSeconds) return 'budget_time';
    if (maxTokens !== undefined && this.tokens + next.input + next.output > maxTokens) return 'budget_tokens';
    const cost = this.#costOf({ input: this.#input + next.input, output: this.#output + next.output });
    return maxCost !== undefined && cost !== null && cost > maxCost ? 'budget_cost' : undefined;
  }

  #costOf({ input, output }: TokenCount): number | null {
    const { price } = this.#budget;
    return price === undefined ? null : (input * price.input + output * price.output) / 1_000_000;
  }
}
