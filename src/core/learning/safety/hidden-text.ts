import { isInvisible } from './folded-text.ts';
import type { SafetyRule, RuleMatch } from './safety-rule.ts';
import type { ScannedFile } from './scanned-file.ts';

/** What a person who reads the file does not see and a model does. */
export const HIDDEN_TEXT_RULES: readonly SafetyRule[] = [
  hidden('SAFE001', tagRuns, {
    reason:
      'Hidden characters that a reader cannot see: Unicode tags, which can spell a whole message to a model.',
    fix: 'Remove them; nothing that is meant to be read is written with them.',
  }),
  hidden('SAFE002', directionMarks, {
    reason:
      'Hidden characters that change the order in which text is shown, so that a reader sees something other than what is there.',
    fix: 'Remove them, then read the line again as it really is.',
  }),
  hidden('SAFE003', zeroWidthRuns, {
    reason:
      'Hidden characters that a reader cannot see: a run of characters without width, which can carry a message.',
    fix: 'Remove them; a single joiner inside a word or an emoji is not meant by this rule.',
  }),
  hidden('SAFE004', selectorRuns, {
    reason:
      'Hidden characters that a reader cannot see: a run of variation selectors, which can carry any data.',
    fix: 'Remove all of them but the first.',
  }),
  {
    id: 'SAFE006',
    tier: 'critical',
    reason: 'A very long stretch of nothing, which pushes what follows out of sight.',
    fix: 'Read to the very end of the file, and remove the empty stretch.',
    mentionable: false,
    find: padding,
  },
  {
    id: 'SAFE007',
    tier: 'warning',
    reason: 'A word that is split by a hidden character, so that a search for the word does not find it.',
    fix: 'Remove the hidden character.',
    mentionable: false,
    find: splitWords,
  },
  {
    id: 'SAFE008',
    tier: 'warning',
    reason: 'Control characters that can rewrite what a terminal shows.',
    fix: 'Remove them, or write them as an escape in the code that needs them.',
    mentionable: false,
    find: terminalControls,
  },
];

/** What a run of Unicode tags spells, for showing it to a person; other characters are left out. */
export function decodeTags(text: string): string {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0)
    .filter((code) => code >= TAGS + 0x20 && code < TAGS + 0x7f)
    .map((code) => String.fromCharCode(code - TAGS))
    .join('');
}

const TAGS = 0xe0000;

type Find = (file: ScannedFile) => readonly RuleMatch[];

function hidden(
  id: 'SAFE001' | 'SAFE002' | 'SAFE003' | 'SAFE004',
  find: Find,
  words: { reason: string; fix: string },
): SafetyRule {
  return {
    id,
    tier: 'critical',
    ...words,
    mentionable: false,
    find: (file) => (file.kind === 'binary' || file.plain ? [] : find(file)),
  };
}

function tagRuns(file: ScannedFile): readonly RuleMatch[] {
  return runs(file.text, /[\u{E0000}-\u{E007F}]/gu, 1).filter(
    ({ span }) => !isFlag(file.text, span.start, span.end),
  );
}

/** England, Scotland, Wales: a black flag, up to six tag letters, the tag that ends it. */
function isFlag(text: string, start: number, end: number): boolean {
  const tags = end - start;
  return (
    text.slice(start - 2, start) === '\u{1F3F4}' && tags <= 14 && text.slice(end - 2, end) === '\u{E007F}'
  );
}

/** Characters around a mark in which the letters it belongs to are. */
const NEIGHBOURHOOD = 100;

function directionMarks(file: ScannedFile): readonly RuleMatch[] {
  const overrides = /[\u202D\u202E]/u;
  const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/u;
  return runs(file.text, /[\u202A-\u202E\u2066-\u2069]/gu, 1).filter(
    // Isolates and embeddings belong to lines of Hebrew and Arabic; an override belongs nowhere.
    ({ span }) =>
      overrides.test(file.text.slice(span.start, span.end)) ||
      !rightToLeft.test(file.text.slice(Math.max(0, span.start - NEIGHBOURHOOD), span.end + NEIGHBOURHOOD)),
  );
}

function zeroWidthRuns(file: ScannedFile): readonly RuleMatch[] {
  return runs(
    file.text,
    /[\u00AD\u034F\u115F\u1160\u17B4\u17B5\u180E\u200B-\u200F\u2060-\u2064\u206A-\u206F\u3164\uFEFF\uFFA0]/gu,
    3,
  );
}

function selectorRuns(file: ScannedFile): readonly RuleMatch[] {
  return [...runs(file.text, /[\uFE00-\uFE0F]/gu, 3), ...runs(file.text, /[\u{E0100}-\u{E01EF}]/gu, 2)];
}

function splitWords(file: ScannedFile): readonly RuleMatch[] {
  if (file.kind === 'binary' || file.plain) return [];
  return runs(file.text, /[\u00AD\u034F\u200B-\u200D\u2060-\u2064\uFEFF]/gu, 1).filter(
    ({ span }) =>
      span.end - span.start < 3 && isLatin(file.text[span.start - 1]) && isLatin(file.text[span.end]),
  );
}

function isLatin(character: string | undefined): boolean {
  return character !== undefined && /[A-Za-z]/u.test(character);
}

function terminalControls(file: ScannedFile): readonly RuleMatch[] {
  // Escape, backspace and a few others; a carriage return only where text follows that would be written over.
  return file.kind === 'binary' || file.plain
    ? []
    : runs(file.text, /[\u0001-\u0008\u000E-\u001F\u007F-\u009F]/gu, 1);
}

/** Hits of a pattern for one code point, joined where they touch; runs of fewer than `least` code points are left out. */
function runs(
  text: string,
  character: RegExp,
  least: number,
): readonly (RuleMatch & { readonly span: { start: number; end: number } })[] {
  const result: { span: { start: number; end: number }; count: number }[] = [];
  for (const match of text.matchAll(character)) {
    const last = result.at(-1);
    if (last?.span.end === match.index) {
      last.span.end += match[0].length;
      last.count++;
    } else result.push({ span: { start: match.index, end: match.index + match[0].length }, count: 1 });
  }
  return result.filter(({ count }) => count >= least).map(({ span }) => ({ span }));
}

const MOST_BLANK_LINES = 2_000;
const LONGEST_BLANK = 20_000;
/** More spaces than this on one line put what follows beyond any window. */
const LONGEST_INDENT = 1_000;

function padding(file: ScannedFile): readonly RuleMatch[] {
  if (file.kind === 'binary' || file.text.length <= LONGEST_INDENT) return [];
  const result: RuleMatch[] = [];
  const { text } = file;
  let start = -1;
  let breaks = 0;
  let lastBreak = 0;
  for (let index = 0; index <= text.length; index++) {
    const code = text.charCodeAt(index);
    const blank =
      index < text.length &&
      (code === 0x20 ||
        (code >= 0x09 && code <= 0x0d) ||
        code === 0xa0 ||
        code === 0x3000 ||
        isInvisible(code));
    if (blank) {
      if (start === -1) {
        start = index;
        breaks = 0;
        lastBreak = index;
      }
      if (code === 0x0a) {
        breaks++;
        lastBreak = index + 1;
      }
    } else if (start !== -1) {
      const span = { start, end: index };
      if (breaks > MOST_BLANK_LINES || index - start >= LONGEST_BLANK) result.push({ span, key: 'padding' });
      else if (index < text.length && index - lastBreak > LONGEST_INDENT)
        result.push({ span, tier: 'warning', key: 'indent' });
      start = -1;
    }
  }
  return result;
}
