import type { Span } from './safety-report.ts';
import type { ScannedFile } from './scanned-file.ts';

/**
 * Whether a place talks about a pattern instead of asking for it: it is shown in a fence that nothing runs, forbidden by its own
 * clause, an item of a list of what not to do, or a quotation in a sentence about attacks. Cheap signs that an attacker can fake,
 * which is why a critical finding is only lowered by them, never left out.
 */
export function isMention(file: ScannedFile, span: Span): boolean {
  if (file.regionAt(span.start) === 'quoted') return true;
  const { line, column } = file.positionOf(span.start);
  // Longer lines are not sentences, and reading them once for each match would take the square of their length.
  const text = file.lineText(line, LONGEST_LINE);
  if (text.length === LONGEST_LINE) return false;
  const before = text.slice(0, column);
  return (
    NEGATION.test(lastClause(before)) ||
    (isQuotation(before, text.slice(column)) && ABOUT_ATTACKS.test(text)) ||
    (isListed(text) && NEGATED_LEAD.test(leadOf(file, line)))
  );
}

const LONGEST_LINE = 2_000;
/** How far up a list's lead is looked for, in lines. */
const LONGEST_LIST = 40;

const NEGATION =
  /\b(?:never|do not|don['’]t|must not|should not|shouldn['’]t|cannot|can['’]t|won['’]t|avoid|refuse to|instead of|rather than|not to|niemals|nie|nicht|kein|keine|nunca|jamás|evita|evite|no)\b|不要|不得|禁止|切勿|请勿|绝不|严禁|避免|拒绝|别/iu;

const NEGATED_LEAD =
  /\b(?:never|do not|don['’]t|must not|avoid|anti-?patterns?|red flags?|forbidden|prohibited|not allowed|denied|deny|block(?:ed|s|list)?|refuse|reject|dangerous|malicious|suspicious|flag(?:ged|s)?|detect(?:s|ed|ion)?|indicators?|signatures?|look for|scan for|search for|verdächtig\w{0,3}|sospechos[oa]s?|attacks?|injections?|bad|wrong|niemals|verboten|nunca|prohibido)\b|不要|禁止|切勿|严禁|反例|可疑|检测|恶意|攻击|拒绝/iu;

const ABOUT_ATTACKS =
  /\b(?:attacks?|attackers?|injections?|inject|malicious|suspicious|adversar\w{0,8}|untrusted|phishing|jailbreaks?|exploits?|payloads?|detect\w{0,4}|flag(?:ged|s)?|block(?:ed|s)?|reject\w{0,3}|refuse|red flags?|e?grep|rg|search\w{0,3}|treat (?:it|this|that|them) as|is data|as data|not instructions|angriffe?|bösartig\w{0,3}|verdächtig\w{0,3}|ataques?|malicios[oa]s?|sospechos[oa]s?)\b|攻击|注入|恶意|可疑|检测|拒绝|视为数据|当作数据/iu;

function lastClause(before: string): string {
  let start = 0;
  for (const mark of CLAUSE_MARKS) {
    const at = before.lastIndexOf(mark);
    if (at !== -1) start = Math.max(start, at + mark.length);
  }
  return before.slice(before.length - start > LONGEST_CLAUSE ? before.length - LONGEST_CLAUSE : start);
}

const CLAUSE_MARKS = ['. ', '! ', '? ', ': ', '; ', ', ', '。', '！', '？', '：', '；', '，', '— ', ' but '];
const LONGEST_CLAUSE = 80;

function isQuotation(before: string, after: string): boolean {
  return QUOTES.some(([open, close]) => {
    const opened = before.lastIndexOf(open);
    if (opened === -1 || !after.includes(close)) return false;
    return open === close ? before.split(open).length % 2 === 0 : before.lastIndexOf(close) < opened;
  });
}

const QUOTES = [
  ['"', '"'],
  ['`', '`'],
  ["'", "'"],
  ['“', '”'],
  ['„', '“'],
  ['«', '»'],
  ['「', '」'],
] as const;

function isListed(line: string): boolean {
  return /^\s{0,20}(?:[-*+]|\d{1,3}[.)]|\||>)\s/u.test(line);
}

/** The paragraph or heading above the list or table that a line is in. */
function leadOf(file: ScannedFile, line: number): string {
  for (let above = line - 1; above >= 0 && above >= line - LONGEST_LIST; above--) {
    const text = file.lineText(above, LONGEST_LINE);
    if (text.trim() !== '' && !isListed(text) && !text.startsWith('  ')) return text;
  }
  return '';
}
