import { sha256 } from '../../../base/digest.ts';
import type { RuleMatch, SafetyRule } from './safety-rule.ts';
import type { ScannedFile } from './scanned-file.ts';

/** Files that nobody can read. Compared with the baseline by their digest. */
export const PROGRAM_RULES: readonly SafetyRule[] = [
  {
    id: 'SAFE046',
    tier: 'critical',
    reason: 'A compiled program, which no reviewer can read.',
    fix: 'Ship the source, or fetch the program from its maker by version and digest.',
    mentionable: false,
    find: (file) => (file.kind === 'program' ? [{ key: sha256(file.bytes) }] : []),
  },
  {
    id: 'SAFE022',
    tier: 'info',
    reason: 'A long piece of encoded data.',
    fix: 'Decode it and look at what it is.',
    mentionable: true,
    find: longEncodings,
  },
];

/** Characters: below this it is a digest, a key or a small icon. */
const LONG_ENCODING = 400;

function longEncodings(file: ScannedFile): readonly RuleMatch[] {
  if (file.kind === 'binary') return [];
  const result: RuleMatch[] = [];
  const { text } = file;
  let start = 0;
  for (let index = 0; index <= text.length; index++) {
    if (index < text.length && isBase64(text.charCodeAt(index))) continue;
    const span = { start, end: index };
    start = index + 1;
    if (span.end - span.start < LONG_ENCODING) continue;
    // A picture in a page, and a row of one character, are not messages.
    const isPicture = /data:(?:image|font)\/[\w.+-]{1,40};base64,$/u.test(
      text.slice(Math.max(0, span.start - 80), span.start),
    );
    if (!isPicture && isMixed(text.slice(span.start, span.start + LONG_ENCODING)))
      result.push({ span, key: sha256(text.slice(span.start, span.end)) });
  }
  return result;
}

function isBase64(code: number): boolean {
  return (
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2b ||
    code === 0x2f ||
    code === 0x3d
  );
}

function isMixed(text: string): boolean {
  return /[A-Z]/u.test(text) && /[a-z]/u.test(text) && /\d/u.test(text) && new Set(text).size > 20;
}
