import { mergeText } from './text-merge.ts';

export interface StandaloneMerge {
  /** The merged text; conflicts stand between marker lines. */
  readonly text: string;
  /** How many. */
  readonly conflicts: number;
}

/**
 * The entry of `dist/merge.mjs`: the merge of three texts as one function without dependencies, for scorers and for other tools.
 * `path` tells what kind of text it is; without it the text itself does.
 */
export function merge(base: string, local: string, upstream: string, path?: string): StandaloneMerge {
  const named = typeof path === 'string' ? { path } : {};
  const { text, conflicts } = mergeText(base, local, upstream, named);
  return { text, conflicts: conflicts.length };
}
