/**
 * Strings of which every match of an expression holds at least one, or undefined when there is no such list: `\b(?:curl|wget)\b` needs
 * "curl" or "wget". Reads the part of the syntax that the cues are written in; what it does not know it takes for anything,
 * so that the answer is never too narrow.
 */
export function requiredLiterals(source: string): readonly string[] | undefined {
  return new SourceReader(source).alternatives();
}

/** Shorter strings are in every text. A Han character says as much as a word. */
const SHORTEST = 3;
const SHORTEST_HAN = 2;

class SourceReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** Up to the end or the closing parenthesis: every alternative has to need something. */
  alternatives(): readonly string[] | undefined {
    let needed: readonly string[] | undefined = this.#sequence();
    while (this.#source[this.#at] === '|') {
      this.#at++;
      const next = this.#sequence();
      needed = needed === undefined || next === undefined ? undefined : [...needed, ...next];
    }
    return needed;
  }

  /** The best of what the parts of a sequence need: all of them have to match. */
  #sequence(): readonly string[] | undefined {
    let best: readonly string[] | undefined;
    let run = '';
    const offer = (literals: readonly string[] | undefined): void => {
      if (literals !== undefined && literals.every(isTelling) && worth(literals) > worth(best))
        best = literals;
    };
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      const atom = this.#atom();
      const quantifier = this.#quantifier();
      if (quantifier !== 'optional' && typeof atom === 'string') {
        run += atom;
        if (quantifier === 'once') continue;
      } else if (quantifier !== 'optional' && typeof atom === 'object') offer(atom);
      offer([run]);
      run = '';
    }
    offer([run]);
    return best;
  }

  /** A character, what a group needs, or undefined for anything else. */
  #atom(): string | readonly string[] | undefined {
    const character = this.#source[this.#at++] ?? '';
    switch (character) {
      case '\\':
        return this.#escape();
      case '[':
        this.#skipClass();
        return undefined;
      case '(':
        return this.#group();
      case '.':
      case '^':
      case '$':
        return undefined;
      default:
        return character;
    }
  }

  #escape(): string | undefined {
    const character = this.#source[this.#at++] ?? '';
    // A letter or digit after a backslash is a class, an assertion or a code; only punctuation stands for itself.
    return /[A-Za-z\d]/u.test(character) ? undefined : character;
  }

  #skipClass(): void {
    for (; this.#at < this.#source.length; this.#at++) {
      if (this.#source[this.#at] === '\\') this.#at++;
      else if (this.#source[this.#at] === ']') break;
    }
    this.#at++;
  }

  #group(): readonly string[] | undefined {
    const opening = /^\?(?:[:=!]|<[=!])/u.exec(this.#source.slice(this.#at, this.#at + 3))?.[0] ?? '';
    this.#at += opening.length;
    const needed = this.alternatives();
    this.#at++;
    // What a lookahead needs need not be in the match, and what a negative one names must not.
    return opening === '' || opening === '?:' ? needed : undefined;
  }

  #quantifier(): 'once' | 'several' | 'optional' {
    const quantifier = /^(?:[?*+]|\{(\d{1,4}),?\d{0,4}\})/u.exec(this.#source.slice(this.#at, this.#at + 12));
    if (quantifier === null) return 'once';
    this.#at += quantifier[0].length;
    const optional = ['?', '*'].includes(quantifier[0]) || Number(quantifier[1] ?? 1) === 0;
    return optional ? 'optional' : 'several';
  }
}

function isTelling(literal: string): boolean {
  return literal.length >= (/^\p{Script=Han}{2}/u.test(literal) ? SHORTEST_HAN : SHORTEST);
}

/** Longer literals are rarer, and the shortest one decides. */
function worth(literals: readonly string[] | undefined): number {
  return literals === undefined || literals.length === 0
    ? 0
    : Math.min(...literals.map((literal) => literal.length));
}
