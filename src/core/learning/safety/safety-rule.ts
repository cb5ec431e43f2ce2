import { type CueChain, findChain } from './cue-chain.ts';
import type { SafetyRuleId, SafetyTier, Span } from './safety-report.ts';
import type { ScannedFile } from './scanned-file.ts';

/** One place a rule found in one file. */
export interface RuleMatch {
  /** In `file.text`; undefined when the finding is about the whole file. */
  readonly span?: Span;
  /** Instead of the rule's own, where the place says more about it. Never text of the file. */
  readonly tier?: SafetyTier;
  /** What the match is compared by with the baseline, when it is not the text of the span. */
  readonly key?: string;
}

/** A pattern with its words. */
export interface SafetyRule {
  readonly id: SafetyRuleId;
  readonly tier: SafetyTier;
  /** One sentence that goes on after a colon: what was found and why it matters. */
  readonly reason: string;
  readonly fix: string;
  /**
   * Whether a place that only shows or forbids the pattern weighs less: a quoted example, "never run …", a fence that nothing runs.
   * Such a warning is left out, such a critical finding becomes an information. Hidden characters and files are never talk.
   */
  readonly mentionable: boolean;
  /** `isPossible` may rule out chains that cannot occur in the file, to save the search for them. */
  find(file: ScannedFile, isPossible?: IsPossible): readonly RuleMatch[];
}

export type IsPossible = (chain: CueChain) => boolean;

/** A rule that is a list of chains. */
export interface ChainRule extends SafetyRule {
  readonly chains: readonly CueChain[];
}

type ChainRuleParts = Omit<ChainRule, 'mentionable' | 'find'>;

/** A rule about what a text tells its reader to do: chains over folded prose. */
export function proseRule(parts: ChainRuleParts): ChainRule {
  return {
    ...parts,
    mentionable: true,
    find: (file, isPossible = always) =>
      parts.chains
        .filter(isPossible)
        .flatMap((chain) => findChain(file.folded.text, chain))
        .map((span) => ({ span: file.folded.original(span) })),
  };
}

/**
 * A rule about what is run: chains over code. `where: 'code'` leaves out running prose; `readable` takes it in, because an agent runs
 * what it is told to.
 */
export function codeRule({
  where,
  ...parts
}: ChainRuleParts & { readonly where: 'code' | 'readable' }): ChainRule {
  return {
    ...parts,
    mentionable: true,
    find: (file, isPossible = always) =>
      parts.chains
        .filter(isPossible)
        .flatMap((chain) => findChain(chain.cased ? file.code : file.lowerCode, chain))
        .filter((span) => where === 'readable' || file.regionAt(span.start) !== 'prose')
        .map((span) => ({ span })),
  };
}

function always(): boolean {
  return true;
}
