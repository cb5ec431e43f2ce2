import { filled, type PhraseParams } from '../../../base/phrase.ts';
import { UNPACK_LIMIT } from './archive.ts';
import { CHANGE_RULES } from './change-rules.ts';
import { FoldedText } from './folded-text.ts';
import { isMention } from './mention.ts';
import type { IsPossible, RuleMatch, SafetyRule } from './safety-rule.ts';
import { FILE_RULES, possibleChains } from './safety-rules.ts';
import type { SafetyFinding, SafetyReport, SafetyTier } from './safety-report.ts';
import { type SafetyFile, ScannedFile } from './scanned-file.ts';

/** A skill's whole tree, SKILL.md included. */
export interface SafetyInput {
  readonly files: readonly SafetyFile[];
}

/** A finding with what it is compared by. */
interface Draft {
  readonly finding: Omit<SafetyFinding, 'added'>;
  readonly key: string;
}

/**
 * Looks for the patterns of the rules in every byte of a skill and says which of them `baseline` (what is in use now) does not have.
 * Without a baseline everything is added. Pure; nothing in the texts is executed, expanded or followed (invariant 11).
 * The time grows with the number of bytes, whatever they are. A report without findings says that no pattern occurs, and no more.
 */
export function checkSafety(tree: SafetyInput, baseline?: SafetyInput): SafetyReport {
  const steps = safetySteps(tree, baseline);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** As `checkSafety`, with a pause after every rule: a large skill takes longer than an editor may stand still. */
export async function checkSafetyInSteps(
  tree: SafetyInput,
  baseline: SafetyInput,
  pause: () => Promise<void>,
): Promise<SafetyReport> {
  const steps = safetySteps(tree, baseline);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause();
  }
}

function* safetySteps(
  tree: SafetyInput,
  baseline: SafetyInput | undefined,
): Generator<undefined, SafetyReport> {
  const files = scannedFiles(tree);
  const before = baseline === undefined ? undefined : scannedFiles(baseline);
  const known = worstByKey(yield* draftsOf(before ?? []));
  const drafts = yield* draftsOf(files);
  const compared = drafts.map(({ finding, key }) => ({
    ...finding,
    added: RANK[known.get(key) ?? 'none'] > RANK[finding.tier],
  }));
  const findings = [...compared, ...(before === undefined ? [] : changes(files, before))].sort(byWeight);
  return {
    passed: !findings.some((finding) => finding.added && finding.tier === 'critical'),
    findings,
    unscanned: files
      .filter(isUnscanned)
      .map((file) => file.path)
      .sort(),
  };
}

const RANK: Readonly<Record<SafetyTier | 'none', number>> = { critical: 0, warning: 1, info: 2, none: 3 };

/** The files of a tree and those inside its archives. */
function scannedFiles(tree: SafetyInput): readonly ScannedFile[] {
  const budget = { remaining: UNPACK_LIMIT };
  return tree.files.flatMap((entry) => {
    const file = new ScannedFile(entry, budget);
    return [file, ...file.inner(budget)];
  });
}

function isUnscanned(file: ScannedFile): boolean {
  return ['media', 'program'].includes(file.kind) || (file.contents?.problems.size ?? 0) > 0;
}

function* draftsOf(files: readonly ScannedFile[]): Generator<undefined, readonly Draft[]> {
  const drafts: Draft[] = [];
  for (const file of files) {
    const isPossible = possibleChains(file);
    yield;
    for (const rule of FILE_RULES) {
      drafts.push(...apply(rule, file, isPossible));
      yield;
    }
  }
  return drafts;
}

/** What only the comparison shows. All of it is added. */
function changes(files: readonly ScannedFile[], baseline: readonly ScannedFile[]): readonly SafetyFinding[] {
  return CHANGE_RULES.flatMap((rule) =>
    rule.find(files, baseline).map((match) => {
      const reason = rule.reasons[match.phrase] ?? '';
      const sentence = { phrase: match.phrase, reason, params: match.params };
      return { ...draft(rule, rule.tier, match.file, match, sentence).finding, added: true };
    }),
  );
}

/** What a finding says: the code of its sentence, the sentence, and what fills it. */
interface Sentence {
  readonly phrase: string;
  readonly reason: string;
  readonly params: PhraseParams;
}

/** Follows the sentence of a finding that stands for others. */
export const GATHERED = ' This one stands for {more} more in the file.';

/** More findings of one rule in one file are told as one that reaches from the first to the last of the rest. */
const MOST_FINDINGS = 50;

function apply(rule: SafetyRule, file: ScannedFile, isPossible: IsPossible): readonly Draft[] {
  const found = rule.find(file, isPossible);
  if (found.length === 0) return NONE;
  const matches = withoutOverlap(
    found.flatMap((match) => {
      const tier = weigh(rule, file, match);
      return tier === undefined ? [] : [{ match, tier }];
    }),
  );
  const told = matches
    .slice(0, MOST_FINDINGS)
    .map(({ match, tier }) =>
      draft(rule, tier, file, match, { phrase: rule.id, reason: rule.reason, params: {} }),
    );
  const rest = matches.slice(MOST_FINDINGS);
  return rest.length === 0 ? told : [...told, gathered(rule, file, rest)];
}

const NONE: readonly Draft[] = [];

interface Weighed {
  readonly match: RuleMatch;
  readonly tier: SafetyTier;
}

/** In order; of two that overlap, as the chains of several languages do, the heavier one. */
function withoutOverlap(matches: readonly Weighed[]): readonly Weighed[] {
  const result: Weighed[] = [];
  for (const next of matches.toSorted((a, b) => (a.match.span?.start ?? -1) - (b.match.span?.start ?? -1))) {
    const last = result.at(-1);
    const overlaps =
      last?.match.span !== undefined &&
      next.match.span !== undefined &&
      next.match.span.start < last.match.span.end;
    if (!overlaps) result.push(next);
    else if (RANK[next.tier] < RANK[last.tier]) result[result.length - 1] = next;
  }
  return result;
}

/** One finding for many, as heavy as the heaviest, that reaches from the first to the last. */
function gathered(rule: SafetyRule, file: ScannedFile, rest: readonly Weighed[]): Draft {
  const heaviest = rest.reduce((worst, next) => (RANK[next.tier] < RANK[worst.tier] ? next : worst));
  const start = rest[0]?.match.span?.start ?? 0;
  const end = rest.at(-1)?.match.span?.end ?? start;
  const sentence = { phrase: rule.id, reason: rule.reason + GATHERED, params: { more: rest.length } };
  return draft(rule, heaviest.tier, file, { ...heaviest.match, span: { start, end } }, sentence);
}

/** The tier of a match after the cuts against false alarms; undefined when it is left out. */
function weigh(rule: SafetyRule, file: ScannedFile, match: RuleMatch): SafetyTier | undefined {
  const tier = match.tier ?? rule.tier;
  if (!rule.mentionable || match.span === undefined) return tier;
  if (isMention(file, match.span)) return tier === 'critical' ? 'info' : undefined;
  if (file.fixture) return tier === 'critical' ? 'warning' : undefined;
  return tier;
}

function draft(
  rule: Pick<SafetyRule, 'id' | 'fix'>,
  tier: SafetyTier,
  file: ScannedFile,
  match: RuleMatch,
  sentence: Sentence,
): Draft {
  const { span } = match;
  const start = span === undefined ? ORIGIN : file.positionOf(span.start);
  const end = span === undefined ? ORIGIN : file.positionOf(span.end);
  const text = span === undefined ? '' : file.text.slice(span.start, span.end);
  return {
    key: `${rule.id}\0${match.key ?? normalised(text)}`,
    finding: {
      rule: rule.id,
      tier,
      path: file.path,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      reason: filled(sentence.reason, sentence.params),
      phrase: sentence.phrase,
      params: sentence.params,
      fix: rule.fix,
    },
  };
}

const ORIGIN = { line: 0, column: 0 };

/** Equal for texts that differ in case, emphasis, spacing and line breaks only; hidden characters count as they are. */
function normalised(text: string): string {
  const folded = new FoldedText(text).text.replace(/\s+/gu, ' ').trim();
  return folded === '' ? text : folded;
}

function worstByKey(drafts: readonly Draft[]): ReadonlyMap<string, SafetyTier> {
  const worst = new Map<string, SafetyTier>();
  for (const { finding, key } of drafts) {
    if (RANK[finding.tier] < RANK[worst.get(key) ?? 'none']) worst.set(key, finding.tier);
  }
  return worst;
}

function byWeight(a: SafetyFinding, b: SafetyFinding): number {
  return (
    RANK[a.tier] - RANK[b.tier] ||
    (a.path === b.path ? 0 : a.path < b.path ? -1 : 1) ||
    a.line - b.line ||
    a.column - b.column ||
    (a.rule === b.rule ? 0 : a.rule < b.rule ? -1 : 1)
  );
}
