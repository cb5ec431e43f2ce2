import { hasStrength, wordsOf } from '../wording.ts';
import type { ProposalProblem } from './problems.ts';

/**
 * Words that join what two sides say and add nothing to it. Everything else in a proposal must be a word of a side at the same place.
 */
const JOINING = new Set(
  (
    'a an the and or then also both as well with in on at of to for from by is are be it its this that these those each first next after ' +
    'finally where when while so but than into if do does use using ' +
    'der die das ein eine einen und oder dann auch sowie mit in im an am zu zum zur von für bei ist sind danach zuerst dabei wenn ' +
    'el la los las un una y e o u luego también con en de del al para por es son después primero cuando que si ' +
    'le les des et ou puis aussi avec dans à au aux pour par est sont après ' +
    '的 和 与 及 并 且 或 在 了 后 再 先 然 也 还 时 以 中 同 是 到 从 对 把 将 用 则 即'
  ).split(' '),
);

/** How many of a side's words a statement must have to be that side's statement: less is a part that was taken for the whole. */
const SAME_STATEMENT = 0.6;
/** Letters that two forms of one word share at least, and by how many they may differ in length. */
const STEM = 4;
const INFLECTION = 3;

/**
 * Whether `proposed` says at one place what `sides` say there, and no more: every word is a side's or only joins, and every sentence is
 * one of a side's, whole, with its "not" and "only". Pure; works on words, in any language with spaces and in Chinese.
 */
export function checkStatements(proposed: string, sides: readonly string[]): ProposalProblem | undefined {
  const known = new Set(sides.flatMap(wordsOf));
  const fresh = wordsOf(proposed).some(
    (word) => !known.has(word) && !JOINING.has(word) && !(!hasStrength(word) && isForm(word, known)),
  );
  if (fresh) {
    return { code: 'proposal_new_text', message: 'The text has words that neither side has at that place.' };
  }
  const statements = sides.flatMap(statementsOf).map((statement) => new Set(wordsOf(statement)));
  for (const statement of statementsOf(proposed)) {
    const words = new Set(wordsOf(statement));
    const meaningful = [...words].some((word) => !JOINING.has(word));
    if (!meaningful) continue;
    const sources = statements.filter((source) => shared(source, words) >= source.size * SAME_STATEMENT);
    if (sources.length === 0) {
      const message = 'A sentence of the text is only a part of what a side says.';
      return { code: 'proposal_new_text', message };
    }
    const strong = [...words].filter(hasStrength);
    const whole = sources.some((source) => [...source].filter(hasStrength).every((word) => words.has(word)));
    const earned = strong.every((word) => sources.some((source) => source.has(word)));
    if (!whole || !earned) {
      const message = 'A sentence of the text lost or gained a word such as "not" or "only".';
      return { code: 'proposal_changes_meaning', message };
    }
  }
  return undefined;
}

function shared(source: ReadonlySet<string>, words: ReadonlySet<string>): number {
  return [...source].filter((word) => words.has(word) || (!hasStrength(word) && isForm(word, words))).length;
}

function isForm(word: string, known: ReadonlySet<string>): boolean {
  if (word.length < STEM) return false;
  const stem = word.slice(0, Math.max(STEM, word.length - INFLECTION));
  for (const other of known) {
    if (other.startsWith(stem) && Math.abs(other.length - word.length) <= INFLECTION) return true;
  }
  return false;
}

/** Sentences and lines that say something, without list marks. What stands behind a colon belongs to the sentence before it, as what is quoted does. */
function statementsOf(text: string): readonly string[] {
  return text
    .split(/\r?\n|(?<=[.!?])\s|(?<=[。！？])/u)
    .map((part) => part.replace(/^[\s>#]{0,80}(?:[-*+]|\d{1,4}[.)])?\s{0,20}/u, '').trim())
    .filter((part) => wordsOf(part).length > 0);
}
