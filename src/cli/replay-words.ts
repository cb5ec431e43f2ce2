import { InvalidArgumentError } from 'commander';

/** The options of `updates replay`, as commander names them. */
export interface ReplayOptions {
  readonly runs?: number;
  readonly maxTokens?: number;
  readonly maxMinutes?: number;
  readonly maxCost?: number;
  readonly price?: { readonly input: number; readonly output: number };
}

export function wholeNumber(value: string): number {
  if (!/^\d{1,12}$/.test(value)) throw new InvalidArgumentError('Give a whole number, 0 or more.');
  return Number(value);
}

export function amount(value: string): number {
  if (!/^\d{1,12}(?:\.\d{1,6})?$/.test(value)) throw new InvalidArgumentError('Give a number, 0 or more.');
  return Number(value);
}

/** `3/15`: of a million input and output tokens. */
export function price(value: string): { readonly input: number; readonly output: number } {
  const [input, output, ...rest] = value.split('/');
  if (input === undefined || output === undefined || rest.length > 0) {
    throw new InvalidArgumentError('Give two prices as INPUT/OUTPUT, 3/15 say.');
  }
  return { input: amount(input), output: amount(output) };
}
