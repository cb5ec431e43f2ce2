import type { FileChoice } from '../app/api.ts';

/** What `updates resolve --take` and `--choose` accept. */
export const TAKES = ['local', 'upstream', 'base', 'local_then_upstream', 'upstream_then_local'] as const;
export type TakenSides = (typeof TAKES)[number];
export const CHOICES = ['local', 'upstream', 'base', 'removed'] as const satisfies readonly FileChoice[];

/** The options of `updates resolve`; exactly one of its three ways is to be given. */
export interface ResolveOptions {
  readonly file?: string;
  readonly path?: string;
  readonly choose?: FileChoice;
  readonly conflict?: readonly string[];
  readonly take?: TakenSides;
}
