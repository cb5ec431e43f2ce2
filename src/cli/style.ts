import type { Terminal } from './terminal.ts';

/** Marks for people: each function answers its text, in colour where the reader wants colour. Meaning is never in the colour alone. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bad: (text: string) => string;
}

const ESCAPE = '\u001b[';

/** Colour only for a terminal that can show it, unless NO_COLOR (any value but empty) or `--no-color` says otherwise. */
export function styleFor(terminal: Pick<Terminal, 'env' | 'interactive'>, wanted: boolean): Style {
  const { env } = terminal;
  const muted = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return wanted && terminal.interactive && !muted ? COLOUR : PLAIN;
}

const unmarked = (text: string) => text;
export const PLAIN: Style = {
  strong: unmarked,
  faint: unmarked,
  good: unmarked,
  warning: unmarked,
  bad: unmarked,
};

const COLOUR: Style = {
  strong: marked(1, 22),
  faint: marked(2, 22),
  good: marked(32, 39),
  warning: marked(33, 39),
  bad: marked(31, 39),
};

function marked(on: number, off: number): (text: string) => string {
  return (text) => (text === '' ? '' : `${ESCAPE}${on}m${text}${ESCAPE}${off}m`);
}

/**
 * Text of a plugin or skill as a terminal may show it. Control characters could move the cursor or hide words, and bidirectional
 * ones reorder them, so each becomes its code point in brackets; line breaks and tabs stay (invariant 11).
 */
export function harmless(text: string): string {
  return text.replace(
    /\r\n|[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (character) => {
      if (character === '\r\n') return '\n';
      if (character === '\n' || character === '\t') return character;
      return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
    },
  );
}

/** As {@link harmless}, on one line. */
export function oneLine(text: string): string {
  return harmless(text).replace(/\s+/g, ' ').trim();
}
