import type { Translate } from './translate.ts';

const TEXTS: Readonly<Record<string, (t: Translate) => string>> = {
  proposal_declined: (t) => t('The model declined to answer.'),
  proposal_truncated: (t) => t('The answer was cut off before its end.'),
  proposal_malformed: (t) => t('The answer does not have the shape that was asked for.'),
  proposal_drops_section: (t) => t('It leaves out a section and does not say so.'),
  proposal_weakens_safety: (t) => t('It leaves out a statement about safety or required tools.'),
  proposal_repeats_section: (t) => t('It has a section twice.'),
  proposal_new_frontmatter: (t) => t('It has frontmatter that neither side has.'),
  proposal_new_tool: (t) => t('It gives the skill a tool that neither side gives it.'),
  proposal_new_code: (t) => t('It has code that neither side has.'),
  proposal_new_reference: (t) => t('It names an address, a path or a file that neither side names.'),
  proposal_changes_elsewhere: (t) => t('It changes text where there is no conflict.'),
  proposal_unsafe: (t) => t('It brings in a pattern that the safety rules name.'),
  proposal_new_text: (t) => t('It says something that neither side says there.'),
  proposal_changes_meaning: (t) => t('A sentence lost or gained a word such as "not" or "only".'),
  proposal_empty: (t) => t('It leaves out what both sides say there.'),
  proposal_not_located: (t) => t('It has no text that stands clearly in place of the conflict.'),
  proposal_source_suspicious: (t) =>
    t('The upstream text looks like an instruction to an agent: read it yourself.'),
};

/** Why a proposal is withheld, in the language of the window; in the core's own words for a code that is not known. */
export function proposalProblemText(
  { code, message }: { readonly code: string; readonly message: string },
  t: Translate,
): string {
  return TEXTS[code]?.(t) ?? message;
}
