import picomatch from 'picomatch';
import { sha256 } from '../../../base/digest.ts';
import type { FindingSeverity } from '../../../base/errors.ts';
import { type Draft, FILE_START, messageOf, nextStepOf, severityOf } from './finding.ts';
import type { PreflightFinding } from './report.ts';

/** A code that is not to count, everywhere or in the files of a glob. */
export interface IgnoreRule {
  /** Compared exactly; `PF-LINK-*` stands for all that begin so. */
  readonly code: string;
  /** Over `file` of the findings; undefined for all files. */
  readonly glob: string | undefined;
}

export interface VerdictOptions {
  /** The least severity that blocks. Default `error`. */
  readonly failOn?: FindingSeverity;
  readonly ignore?: readonly IgnoreRule[];
  /** Fingerprints of findings that are known and do not block. */
  readonly baseline?: ReadonlySet<string>;
}

const RANK: Readonly<Record<FindingSeverity, number>> = { error: 0, warning: 1, info: 2 };

/** The drafts about one target as findings: with their places and fingerprints, by weight, file and line. */
export function findingsOf(
  drafts: readonly Draft[],
  shownFile: (file: string) => string,
  options: VerdictOptions = {},
): readonly PreflightFinding[] {
  const { failOn = 'error', baseline = new Set<string>() } = options;
  const ignored = (options.ignore ?? []).map(({ code, glob }) => ({
    isCode: picomatch(code),
    isFile: glob === undefined ? () => true : picomatch(glob, { dot: true }),
  }));
  const seen = new Map<string, number>();
  return distinct(drafts)
    .map((draft): Omit<PreflightFinding, 'fingerprint' | 'suppressed' | 'blocking'> => {
      const { start, end } = draft.range ?? FILE_START;
      return {
        code: draft.code,
        severity: severityOf(draft),
        file: shownFile(draft.file),
        field: {
          pointer: draft.pointer ?? null,
          line: start.line,
          column: start.column,
          end_line: end.line,
          end_column: end.column,
        },
        message: messageOf(draft),
        next_step: nextStepOf(draft),
        fix: draft.fix === undefined ? null : shownFix(draft.fix),
      };
    })
    .sort(byWeight)
    .map((finding) => {
      const fingerprint = fingerprintOf(finding, seen);
      const suppressed =
        baseline.has(fingerprint) ||
        ignored.some(({ isCode, isFile }) => isCode(finding.code) && isFile(finding.file));
      return {
        ...finding,
        fingerprint,
        suppressed,
        blocking: !suppressed && RANK[finding.severity] <= RANK[failOn],
      };
    });
}

/** What it is and where, apart from lines: the second of two equal ones is told from the first. */
function fingerprintOf(
  { code, file, field, message }: Pick<PreflightFinding, 'code' | 'file' | 'field' | 'message'>,
  seen: Map<string, number>,
): string {
  const key = [code, file, field.pointer ?? '', message.replace(/\d+/g, '#')].join('\0');
  const ordinal = seen.get(key) ?? 0;
  seen.set(key, ordinal + 1);
  return sha256(`${key}\0${ordinal}`).slice(0, 16);
}

function shownFix({ title, edits }: NonNullable<Draft['fix']>): PreflightFinding['fix'] {
  return {
    title,
    edits: edits.map(({ start, end, text }) => ({
      line: start.line,
      column: start.column,
      end_line: end.line,
      end_column: end.column,
      text,
    })),
  };
}

/** Two checks may see the same thing. */
function distinct(drafts: readonly Draft[]): readonly Draft[] {
  return [
    ...new Map(
      drafts.map((draft) => [
        JSON.stringify([draft.code, draft.file, draft.pointer, draft.range?.start, messageOf(draft)]),
        draft,
      ]),
    ).values(),
  ];
}

type Sortable = Pick<PreflightFinding, 'severity' | 'file' | 'field' | 'code' | 'message'>;

function byWeight(a: Sortable, b: Sortable): number {
  return (
    RANK[a.severity] - RANK[b.severity] ||
    order(a.file, b.file) ||
    a.field.line - b.field.line ||
    a.field.column - b.field.column ||
    order(a.code, b.code) ||
    order(a.message, b.message)
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
