import type { PhraseParams } from '../../../base/phrase.ts';

/** `critical` blocks a publication; `warning` must be acknowledged by a person; `info` is only told. */
export type SafetyTier = 'critical' | 'warning' | 'info';

/** `SAFE` and three digits. An id never changes its meaning: baselines, acknowledgements and documents refer to it. */
export type SafetyRuleId = `SAFE${number}`;

/**
 * One place where a rule's pattern was found. Lines and columns are zero-based, columns count UTF-16 units, the end is exclusive;
 * a finding about a whole file (a compiled program, an archive) is at 0:0–0:0. `reason` and `fix` hold no text of the file (invariant 9).
 */
export interface SafetyFinding {
  readonly rule: SafetyRuleId;
  readonly tier: SafetyTier;
  /** POSIX, relative to the skill folder; a file inside an archive is `archive.zip!/inner/path`. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** One sentence: what was found. */
  readonly reason: string;
  /** Code of that sentence: the rule's id, with a suffix where the rule has several. */
  readonly phrase: string;
  /** What fills the sentence; `more` where the finding stands for that many others of its rule in the file. */
  readonly params: PhraseParams;
  /** One sentence: what to do about it. */
  readonly fix: string;
  /** True when the baseline has no equal finding: what this change brings in. */
  readonly added: boolean;
}

/** What the patterns found. It says which patterns occur, never that a skill is harmless. */
export interface SafetyReport {
  /** False when a critical finding was added. */
  readonly passed: boolean;
  /** By tier, path and position. */
  readonly findings: readonly SafetyFinding[];
  /** Files that no text rule could read (pictures, fonts, locked archives), sorted: a person has to know them. */
  readonly unscanned: readonly string[];
}

/** A half-open range of UTF-16 offsets in a file's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
