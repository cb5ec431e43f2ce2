import type { Span } from './safety-report.ts';

/**
 * A text as a reader's eye takes it: lower case, compatibility forms and accents folded, look-alike letters as Latin ones,
 * invisible characters and emphasis marks gone, one space between words, one line break between paragraphs.
 * It defeats the cheap ways to write a phrase so that a pattern does not see it.
 */
export class FoldedText {
  readonly text: string;
  /** The offset in the original of each unit of `text`, and at the end the original's length. */
  readonly #origin: Uint32Array;

  constructor(original: string) {
    const origin = new Uint32Array(original.length * EXPANSION + 1);
    const units = new Uint16Array(original.length * EXPANSION);
    let length = 0;
    /** Where a pending run of white space began; -1 for none. */
    let gapStart = -1;
    let lineBreaks = 0;
    for (let index = 0; index < original.length; index++) {
      const unit = original.charCodeAt(index);
      const code = unit >= 0xd800 && unit < 0xdc00 ? (original.codePointAt(index) ?? unit) : unit;
      if (isSpace(code)) {
        if (gapStart === -1) gapStart = index;
        if (code === LINE_FEED) lineBreaks++;
        continue;
      }
      const plain = code < 0x80 ? (ASCII[code] ?? 0) : foldCodePoint(code);
      if (plain !== 0 && plain !== '') {
        if (gapStart !== -1 && length > 0) {
          origin[length] = gapStart;
          units[length++] = lineBreaks > 1 ? LINE_FEED : SPACE;
        }
        gapStart = -1;
        lineBreaks = 0;
        for (let at = 0; at < (typeof plain === 'number' ? 1 : plain.length); at++) {
          origin[length] = index;
          units[length++] = typeof plain === 'number' ? plain : plain.charCodeAt(at);
        }
      }
      if (code > 0xffff) index++;
    }
    this.text = new TextDecoder('utf-16le').decode(units.subarray(0, length));
    origin[length] = original.length;
    this.#origin = origin.subarray(0, length + 1);
  }

  /** The range of the original that a range of `text` came from. */
  original(span: Span): Span {
    const start = this.#origin[span.start] ?? 0;
    const last = this.#origin[Math.max(span.start, span.end - 1)] ?? start;
    return { start, end: Math.max(last + 1, start) };
  }
}

/** No kept folding of one UTF-16 unit is longer. */
const EXPANSION = 4;
const LINE_FEED = 0x0a;
const SPACE = 0x20;

function isSpace(code: number): boolean {
  if (code > 0x20 && code < 0xa0) return false;
  return (
    (code >= 0x09 && code <= 0x0d) ||
    code === 0x20 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** Letters of other scripts that look like a Latin one. Their own words need no folding: no phrase rule is written in them. */
const LOOK_ALIKES = new Map(
  'аa еe оo рp сc уy хx іi јj ѕs ԁd һh ӏl кk мm тt вb нh αa οo ρp ιi κk νv τt εe υu ɑa ɡg ıi'
    .split(' ')
    .map((pair) => [pair.codePointAt(0) ?? 0, pair.slice(1)] as const),
);

/** What each ASCII character becomes; 0 where it is dropped: controls, and emphasis marks, so that "**ignore** all" reads as its words. */
const ASCII = Uint8Array.from({ length: 0x80 }, (_, code) =>
  code < 0x20 || code === 0x2a || code === 0x5f || code === 0x7e || code === 0x7f
    ? 0
    : String.fromCharCode(code).toLowerCase().charCodeAt(0),
);

/** Foldings are the same for ever; remembering them saves the normalisation of every letter. Bounded by Unicode. */
const folded = new Map<number, string>();

function foldCodePoint(code: number): string {
  const known = folded.get(code);
  if (known !== undefined) return known;
  const result = foldOther(code);
  folded.set(code, result);
  return result;
}

function foldOther(code: number): string {
  const character = String.fromCodePoint(code);
  if (isInvisible(code)) return '';
  if (code === 0x2019 || code === 0x2018 || code === 0x02bc) return "'";
  const plain = character.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const latin = Array.from(plain, (letter) => LOOK_ALIKES.get(letter.codePointAt(0) ?? 0) ?? letter).join('');
  return latin.length > EXPANSION * character.length ? character : latin;
}

/** Code points that take no room on a screen: fillers, joiners, marks of direction, tags, variation selectors. */
export function isInvisible(code: number): boolean {
  return (
    code === 0xad ||
    code === 0x34f ||
    code === 0x61c ||
    code === 0x115f ||
    code === 0x1160 ||
    code === 0x17b4 ||
    code === 0x17b5 ||
    (code >= 0x180b && code <= 0x180e) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0x3164 ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    code === 0xfeff ||
    code === 0xffa0 ||
    (code >= 0xe0000 && code <= 0xe0fff)
  );
}
