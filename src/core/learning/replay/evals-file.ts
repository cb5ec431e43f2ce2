import * as z from 'zod';
import type { Finding } from '../../../base/errors.ts';
import { decodeText } from '../decoded-text.ts';
import type { Check } from './check.ts';
import { evalCase, type EvalCase, type EvalOrigin, type InputFile } from './eval-case.ts';
import { readCheck } from './read-check.ts';

/** Where both public dialects keep the evals of a skill. */
export const EVALS_FILE = 'evals/evals.json';
/** What may not be shown to whoever does the tasks: it says what is expected. */
export const EVALS_FOLDER = 'evals/';

/** Bytes of the file, evals in it, characters of one prompt: many times what public files have. */
const LARGEST_FILE = 4 * 1024 * 1024;
const MOST_EVALS = 500;
const LONGEST_PROMPT = 200_000;

const fileSchema = z.looseObject({ evals: z.array(z.unknown()) });
const evalSchema = z.looseObject({
  id: z.union([z.int(), z.string().min(1).max(200)]).optional(),
  name: z.string().optional(),
  eval_name: z.string().optional(),
  prompt: z.string().min(1).max(LONGEST_PROMPT),
  expected_output: z.string().nullish(),
  files: z.array(z.string()).nullish(),
  /** The one dialect. */
  expectations: z.array(z.unknown()).nullish(),
  /** The other. */
  assertions: z.array(z.unknown()).nullish(),
  should_trigger: z.boolean().nullish(),
});

export interface ReadEvals {
  readonly cases: readonly EvalCase[];
  readonly findings: readonly Finding[];
}

/** The files of the tree that holds the evals, by POSIX path. */
export type TreeBytes = ReadonlyMap<string, Uint8Array>;

/**
 * Reads the evals of a skill in either public dialect (`expectations`, `assertions`), and what tools add to them: checks with a `type`,
 * ids and names that are texts. An eval that cannot be used becomes a finding and the others stand. Never throws; undefined without the file.
 */
export function readEvals(tree: TreeBytes, origin: EvalOrigin): ReadEvals | undefined {
  const bytes = tree.get(EVALS_FILE);
  if (bytes === undefined) return undefined;
  const findings: Finding[] = [];
  const raw = parseJson(bytes);
  const file = fileSchema.safeParse(raw);
  if (!file.success) {
    findings.push(
      finding(
        'evals_unreadable',
        raw === undefined ? 'The file is not JSON.' : 'The file has no list "evals".',
        'Write the evals as {"skill_name": …, "evals": [{"id", "prompt", "expectations"}]}.',
      ),
    );
    return { cases: [], findings };
  }
  const cases: EvalCase[] = [];
  for (const [index, entry] of file.data.evals.slice(0, MOST_EVALS).entries()) {
    const read = readOne(entry, index, tree, origin, findings);
    if (read !== undefined) cases.push(read);
  }
  if (file.data.evals.length > MOST_EVALS)
    findings.push(
      finding('evals_too_many', `Only the first ${MOST_EVALS} evals are used.`, 'Keep fewer.', '/evals'),
    );
  return { cases, findings };
}

function readOne(
  entry: unknown,
  index: number,
  tree: TreeBytes,
  origin: EvalOrigin,
  findings: Finding[],
): EvalCase | undefined {
  const field = `/evals/${index}`;
  const parsed = evalSchema.safeParse(entry);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('/') ?? '';
    findings.push(
      finding(
        'eval_unreadable',
        'An eval is not what it should be and is left out.',
        'Give it an id, a prompt and expectations.',
        where === '' ? field : `${field}/${where}`,
      ),
    );
    return undefined;
  }
  const { data } = parsed;
  if (data.should_trigger === false) {
    findings.push(
      finding(
        'eval_not_replayed',
        'An eval asks whether the skill stays out of a task: a replay always uses the skill.',
        'Nothing; it is left out here.',
        field,
        'info',
      ),
    );
    return undefined;
  }
  const { checks, unreadable } = readChecks([...(data.expectations ?? []), ...(data.assertions ?? [])]);
  if (unreadable > 0)
    findings.push(
      finding(
        'check_unreadable',
        'A check is neither a sentence nor an object with a "type".',
        'Write it as a sentence.',
        field,
      ),
    );
  for (const type of new Set(checks.flatMap((check) => (check.kind === 'uncheckable' ? [check.type] : []))))
    findings.push(
      finding(
        'check_not_supported',
        `A check of type ${JSON.stringify(type.slice(0, 40))} needs what a replay does not have; it counts neither way.`,
        'Use a sentence, or contains, regex or json.',
        field,
        'info',
      ),
    );
  const id = String(data.id ?? index + 1);
  const expectedOutput = data.expected_output ?? null;
  return evalCase({
    id,
    name: data.name ?? data.eval_name ?? `Eval ${id}`,
    origin,
    prompt: data.prompt,
    expectedOutput,
    files: (data.files ?? []).map((path) => inputFile(path, tree)),
    checks: withExpectedOutput(checks, expectedOutput),
  });
}

export interface ReadChecks {
  readonly checks: readonly Check[];
  /** How many could not be read as a check. */
  readonly unreadable: number;
}

export function readChecks(raw: readonly unknown[]): ReadChecks {
  const read = raw.map(readCheck);
  const checks = read.filter((check) => check !== undefined);
  return { checks, unreadable: read.length - checks.length };
}

/** Many evals say in words what is expected and no more: that is then the one thing to check. */
export function withExpectedOutput(
  checks: readonly Check[],
  expectedOutput: string | null,
): readonly Check[] {
  if (checks.length > 0 || expectedOutput === null || expectedOutput.trim() === '') return checks;
  return [{ kind: 'prose', text: `The result is what is described here: ${expectedOutput.trim()}` }];
}

/** Paths are relative to the skill; many authors mean the folder of the evals. Looked up in the tree, never on the disk. */
function inputFile(path: string, tree: TreeBytes): InputFile {
  const clean = path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  const bytes = tree.get(clean) ?? tree.get(`${EVALS_FOLDER}${clean}`);
  return { path: clean, text: decodeText(bytes) ?? null };
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.byteLength > LARGEST_FILE) return undefined;
  try {
    return JSON.parse(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    ) as unknown;
  } catch {
    return undefined;
  }
}

function finding(
  code: string,
  message: string,
  nextStep: string,
  field?: string,
  severity: Finding['severity'] = 'warning',
): Finding {
  return {
    code,
    severity,
    message,
    next_step: nextStep,
    path: EVALS_FILE,
    ...(field === undefined ? {} : { field }),
  };
}
