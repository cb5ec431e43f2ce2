/** What a person did, as far as it can be told from what their terminal sent. */
export type Typed = 'keys' | 'submit' | 'interrupt' | 'clear';

const PASTE_BEGINS = '\x1b[200~';
const PASTE_ENDS = '\x1b[201~';
/** What a terminal sends by itself: answers to questions, news of focus, size and colours, the mouse. */
const BY_ITSELF = [
  /^\x1b\[M[\s\S]{3}/,
  /^\x1b\[<[0-9;]*[Mm]/,
  /^\x1b\[[IO]/,
  /^\x1b\[[?>=]?[0-9;:]*[cRnt]/,
  /^\x1b\[\?[0-9;:]*(?:u|\$y|n)/,
  /^\x1b\[[0-9;]*\$y/,
  /^\x1b[\]P_^][\s\S]*?(?:\x07|\x1b\\)/,
] as const;

/** Whether all of it is what a terminal sent by itself: nobody typed it, and only the program that asked can use it. */
export function isTerminalReport(bytes: Uint8Array): boolean {
  let text = Buffer.from(bytes).toString('latin1');
  while (text !== '') {
    const report = BY_ITSELF.map((pattern) => pattern.exec(text)?.[0]).find((found) => found !== undefined);
    if (report === undefined) return false;
    text = text.slice(report.length);
  }
  return true;
}

/** Keys that move and do not write: cursor, pages, function keys, in both notations. */
const SEQUENCE = /^\x1b(?:\[[0-9;:<>?]*[ -/]*[@-~]|O[@-~]|.)/s;
/** The kitty protocol's Enter, Ctrl+C and the like: `CSI code ; modifiers u`. */
const KITTY = /^\x1b\[([0-9]+)(?::[0-9:]*)?(?:;([0-9]+)(?::([0-9]+))?)?[0-9;:]*u/;
/** A piece that ends within a sequence waits for its rest; one that is longer is taken as it is. Characters. */
const LONGEST_REST = 256;
const CONTROL = 4;

/**
 * Reads along what is typed, to know whether something was written that was not sent off. Whatever cannot be told counts as keys: a draft
 * too many delays a restart, one too few would lose what somebody wrote.
 */
export class TypedInput {
  #rest = '';
  #pasting = false;
  readonly #decoder = new TextDecoder();

  feed(bytes: Uint8Array): readonly Typed[] {
    const came = this.#decoder.decode(bytes, { stream: true });
    if (came === '') return [];
    // Escape alone was reported when it came; now it shows whether it was the beginning of something else.
    let text = this.#rest === '\x1b' && !/^[[\]OP_^]/.test(came) ? came : this.#rest + came;
    this.#rest = '';
    const found: Typed[] = [];
    while (text !== '') {
      const [typed, length] = this.#pasting ? this.#paste(text) : this.#next(text);
      if (length === 0) {
        if (text === '\x1b' && !this.#pasting) found.push('interrupt');
        this.#rest = text;
        break;
      }
      if (typed !== undefined && (typed !== 'keys' || found.at(-1) !== 'keys')) found.push(typed);
      text = text.slice(length);
    }
    return found;
  }

  /** What one key, or one report, at the start of `text` is, and how long. Length 0: its end has not come yet. */
  #next(text: string): readonly [Typed | undefined, number] {
    if (text.startsWith(PASTE_BEGINS)) {
      this.#pasting = true;
      return [undefined, PASTE_BEGINS.length];
    }
    for (const pattern of BY_ITSELF) {
      const report = pattern.exec(text)?.[0];
      if (report !== undefined) return [undefined, report.length];
    }
    const kitty = KITTY.exec(text);
    if (kitty !== null) {
      return [kittyKey(Number(kitty[1]), Number(kitty[2] ?? 1), Number(kitty[3] ?? 1)), kitty[0].length];
    }
    if (text.startsWith('\x1b')) {
      const sequence = SEQUENCE.exec(text)?.[0];
      const cut = sequence === undefined || (/^\x1b[\]P_^O[]/.test(text) && sequence.length < 3);
      // Escape alone interrupts in most programs.
      if (text === '\x1b') return [undefined, 0];
      if (cut && text.length < LONGEST_REST) return [undefined, 0];
      return ['keys', sequence?.length ?? 1];
    }
    switch (text.charAt(0)) {
      case '\r':
        return ['submit', 1];
      case '\x03':
        return ['interrupt', 1];
      case '\x15':
        return ['clear', 1];
      default:
        return ['keys', String.fromCodePoint(text.codePointAt(0) ?? 0).length];
    }
  }

  #paste(text: string): readonly [Typed | undefined, number] {
    const end = text.indexOf(PASTE_ENDS);
    if (end === 0) {
      this.#pasting = false;
      return [undefined, PASTE_ENDS.length];
    }
    if (end > 0) return ['keys', end];
    // The end may be cut in two.
    const escape = text.lastIndexOf('\x1b');
    if (escape >= 0 && PASTE_ENDS.startsWith(text.slice(escape))) return ['keys', escape];
    return ['keys', text.length];
  }
}

/** `modifiers` is one more than the sum of the keys held; `event` 3 is a release. */
function kittyKey(code: number, modifiers: number, event: number): Typed | undefined {
  if (event === 3) return undefined;
  if (code === 13) return modifiers === 1 ? 'submit' : 'keys';
  if (code === 27) return 'interrupt';
  const held = (modifiers - 1) & CONTROL;
  if (held !== 0 && code === 99) return 'interrupt';
  return held !== 0 && code === 117 ? 'clear' : 'keys';
}
