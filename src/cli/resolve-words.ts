import type { FileChoice } from '../app/api.ts';

/** What `updates resolve --take` and `--choose` accept. */
export const TAKES = [
  'local',
  'upstream',
  'base',
  'local_then_upstream',
  'upstream_then_local',
  'proposal',
] as const;
export type Taken = (typeof TAKES)[number];
export type TakenSides = Exclude<Taken, 'proposal'>;
export const CHOICES = ['local', 'upstream', 'base', 'removed'] as const satisfies readonly FileChoice[];

/** The options of `updates resolve`; exactly one of its three ways is to be given. */
export interface ResolveOptions {
  readonly file?: string;
  readonly path?: string;
  readonly choose?: FileChoice;
  readonly conflict?: readonly string[];
  readonly take?: Taken;
}
