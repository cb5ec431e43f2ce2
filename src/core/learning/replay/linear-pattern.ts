import { RE2JS } from 're2js';
import type { FindPattern } from './check.ts';

/** Longer patterns are not compiled: a repetition of a repetition makes a small one large. */
const LONGEST_PATTERN = 2_000;

/**
 * Finds a pattern that somebody else wrote: RE2 matches in time that grows with the text alone, where JavaScript's own engine can be
 * made to run for ever. Patterns with what RE2 does not have (look-around, back-references) are `unreadable`.
 */
export const findLinear: FindPattern = (pattern, flags, text) => {
  if (pattern.length > LONGEST_PATTERN) return { kind: 'unreadable' };
  const bits =
    (flags.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.multiline ? RE2JS.MULTILINE : 0) |
    (flags.dotAll ? RE2JS.DOTALL : 0);
  let matcher;
  try {
    matcher = RE2JS.compile(pattern, bits).matcher(text);
  } catch {
    return { kind: 'unreadable' };
  }
  return matcher.find() ? { kind: 'found', match: matcher.group() ?? '' } : { kind: 'absent' };
};
