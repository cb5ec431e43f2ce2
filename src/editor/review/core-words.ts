import type { PhraseParams } from '../../base/phrase.ts';
import { findingText } from '../model/finding-text.ts';
import type { Translate } from '../model/translate.ts';
import { GATE_FINDING_WORDS, GATE_FIX_WORDS, GATE_REASON_WORDS } from './gate-words.ts';
import { MERGE_WORDS } from './merge-words.ts';
import { SAFETY_FIXES, SAFETY_REASONS } from './safety-words.ts';
import { value, type Words } from './words.ts';

interface SaidFinding {
  readonly code: string;
  readonly phrase: string;
  readonly params: PhraseParams;
  readonly message: string;
  readonly next_step: string;
}

/** The words of a gate's report; the core's English where the code is of a newer core. */
export function gateWords(
  gate: { readonly code: string; readonly params: PhraseParams; readonly reason: string },
  t: Translate,
): string {
  return said(GATE_REASON_WORDS, gate.code, gate.params, gate.reason, t);
}

export function findingWords(
  finding: SaidFinding,
  t: Translate,
): { readonly message: string; readonly fix: string } {
  const { code, phrase, params, message, next_step } = finding;
  if (!Object.hasOwn(SAFETY_REASONS, phrase) && !Object.hasOwn(GATE_FINDING_WORDS, phrase)) {
    // Of evals, or of a report that cannot be read: such findings are not only of gates.
    const said = findingText(finding, t);
    return { message: said.message, fix: said.nextStep };
  }
  const known = said({ ...SAFETY_REASONS, ...GATE_FINDING_WORDS }, phrase, params, message, t);
  const more =
    params['more'] === undefined
      ? ''
      : ` ${t('This one stands for {0} more in the file.', value(params, 'more'))}`;
  const isOurs = Object.hasOwn(SAFETY_REASONS, phrase);
  return {
    message: isOurs ? known + more : known,
    fix: said({ ...SAFETY_FIXES, ...GATE_FIX_WORDS }, code, params, next_step, t),
  };
}

/** Why a part of a merge, or a file of a draft, is as it is. */
export function reasonWords(
  reasoned: { readonly code: string; readonly params: PhraseParams; readonly reason: string },
  t: Translate,
): string {
  return said(MERGE_WORDS, reasoned.code, reasoned.params, reasoned.reason, t);
}

/** What kind of text a decision is about. */
export function regionWords(region: string, t: Translate): string {
  switch (region) {
    case 'frontmatter':
      return t('frontmatter');
    case 'lines':
      return t('lines');
    case 'paragraph':
      return t('paragraph');
    case 'list':
      return t('list');
    case 'table':
      return t('table');
    case 'code':
      return t('code');
    case 'section':
      return t('section');
    case 'heading':
      return t('heading');
    case 'version':
      return t('version');
    default:
      return region;
  }
}

function said(
  table: Readonly<Record<string, Words>>,
  code: string,
  params: PhraseParams,
  english: string,
  t: Translate,
): string {
  const words = Object.hasOwn(table, code) ? table[code] : undefined;
  return words === undefined ? english : words(t, params);
}
