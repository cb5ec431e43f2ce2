import { FieldDigest, type Sha256 } from '../../../base/digest.ts';
import { canonicalJsonLine } from '../../../base/json.ts';
import type { Check } from './check.ts';

/** A file that a task works on. `text` is null for what is not text or not there: the task is then given its name only. */
export interface InputFile {
  readonly path: string;
  readonly text: string | null;
}

export type EvalOrigin = 'draft' | 'local' | 'recorded';

/** One task and how its result is checked, whichever dialect it was written in. */
export interface EvalCase {
  /** As its author wrote it. Not necessarily unique. */
  readonly id: string;
  readonly name: string;
  readonly origin: EvalOrigin;
  readonly prompt: string;
  /** What success looks like, in words; for the grader, never for the one who does the task. */
  readonly expectedOutput: string | null;
  readonly files: readonly InputFile[];
  readonly checks: readonly Check[];
  /** Of everything that the result and its grading depend on. */
  readonly digest: Sha256;
}

export function evalCase(content: Omit<EvalCase, 'digest'>): EvalCase {
  const digest = new FieldDigest('beaver-eval-v1').field(content.prompt).field(content.expectedOutput ?? '');
  for (const file of content.files)
    digest
      .field(file.path)
      .flag(file.text !== null)
      .field(file.text ?? '');
  digest.field(canonicalJsonLine(content.checks));
  return { ...content, digest: digest.hex() };
}
