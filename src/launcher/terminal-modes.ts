/** Private modes that a program may leave set behind it, with what takes each of them back. Order: what hides the screen goes last. */
const PRIVATE_MODES: ReadonlyMap<number, { readonly usual: boolean }> = new Map([
  [1, { usual: false }], // cursor keys send other sequences
  [7, { usual: true }], // wraps at the margin
  [9, { usual: false }], // mouse
  [1000, { usual: false }],
  [1001, { usual: false }],
  [1002, { usual: false }],
  [1003, { usual: false }],
  [1004, { usual: false }], // focus
  [1005, { usual: false }],
  [1006, { usual: false }],
  [1015, { usual: false }],
  [1016, { usual: false }],
  [1007, { usual: false }], // wheel as cursor keys
  [2004, { usual: false }], // bracketed paste
  [2026, { usual: false }], // synchronized output
  [2031, { usual: false }], // news of the colour scheme
  [2048, { usual: false }], // news of the size
  [25, { usual: true }], // cursor
  [47, { usual: false }],
  [1047, { usual: false }],
  [1049, { usual: false }], // alternate screen
]);

const ESC = 0x1b;
/** A sequence that is longer than this is none that matters here. Bytes. */
const LONGEST = 64;
/** More than that is no title. Bytes. */
const LONGEST_STRING = 512;

type Where = 'text' | 'escape' | 'csi' | 'string' | 'string_escape';

/**
 * What a program has asked of its terminal, by its output, so that everything can be taken back when the program cannot do it itself.
 * Sequences may be cut anywhere between two pieces.
 */
export class TerminalModes {
  readonly #changed = new Map<number, boolean>();
  /** Flags of the kitty keyboard protocol on its stack. */
  #keyboard = 0;
  #pushed = 0;
  #keyboardFlags = false;
  #otherKeys = false;
  #keypad = false;
  #cursorShape = false;
  #region = false;
  #attributes = false;
  #where: Where = 'text';
  #sequence = '';
  #words: number[] = [];
  #title = '';

  /** What the program wants the window to be called. */
  get title(): string {
    return this.#title;
  }

  feed(bytes: Uint8Array): void {
    for (const byte of bytes) this.#byte(byte);
  }

  /** True on the alternate screen, where nothing can be said without being in a program's way. */
  get alternateScreen(): boolean {
    return [47, 1047, 1049].some((mode) => this.#changed.get(mode) === true);
  }

  get bracketedPaste(): boolean {
    return this.#changed.get(2004) === true;
  }

  /** Between two characters of output, so that something of ours can be said here without cutting a sequence. */
  get atRest(): boolean {
    return this.#where === 'text' && this.#changed.get(2026) !== true;
  }

  /** What takes back all that is still asked for; empty where the program did so itself. */
  restoration(): string {
    const parts: string[] = [];
    if (this.#keyboard > 0) parts.push(`\x1b[<${this.#keyboard}u`);
    if (this.#keyboardFlags) parts.push('\x1b[=0u');
    if (this.#otherKeys) parts.push('\x1b[>4;0m');
    if (this.#keypad) parts.push('\x1b>');
    if (this.#region) parts.push('\x1b[r');
    if (this.#attributes) parts.push('\x1b[0m');
    if (this.#cursorShape) parts.push('\x1b[0 q');
    for (const [mode, { usual }] of PRIVATE_MODES) {
      if (this.#changed.has(mode)) parts.push(`\x1b[?${mode}${usual ? 'h' : 'l'}`);
    }
    // A sequence that was cut off would swallow what comes next.
    return (this.#where === 'text' ? '' : '\x18') + parts.join('');
  }

  /** What asks for all of it again, after {@link restoration}. */
  application(): string {
    const modes = [...PRIVATE_MODES.keys()].toReversed().filter((mode) => this.#changed.has(mode));
    return [
      ...modes.map((mode) => `\x1b[?${mode}${this.#changed.get(mode) === true ? 'h' : 'l'}`),
      ...(this.#keypad ? ['\x1b='] : []),
      ...Array.from({ length: this.#keyboard }, () => `\x1b[>${this.#pushed}u`),
    ].join('');
  }

  /** After {@link restoration} was written. */
  restored(): void {
    this.#changed.clear();
    this.#keyboard = 0;
    this.#keyboardFlags = this.#otherKeys = this.#keypad = false;
    this.#cursorShape = this.#region = this.#attributes = false;
    this.#where = 'text';
  }

  #byte(byte: number): void {
    switch (this.#where) {
      case 'text':
        if (byte === ESC) this.#where = 'escape';
        return;
      case 'escape':
        this.#escape(byte);
        return;
      case 'csi':
        this.#csi(byte);
        return;
      case 'string':
        if (byte === 0x07) this.#endString();
        else if (byte === 0x18 || byte === 0x1a) this.#where = 'text';
        else if (byte === ESC) this.#where = 'string_escape';
        else if (this.#words.length < LONGEST_STRING) this.#words.push(byte);
        return;
      case 'string_escape':
        if (byte === 0x5c) this.#endString();
        else this.#escape(byte);
        return;
    }
  }

  #escape(byte: number): void {
    this.#where = 'text';
    const character = String.fromCharCode(byte);
    if (character === '[') {
      this.#where = 'csi';
      this.#sequence = '';
    } else if (']P_^X'.includes(character)) {
      this.#where = 'string';
      this.#words = [];
      // Only what begins with `]` can be a title: anything else is filled up, and so never read as one.
      if (character !== ']') this.#words.push(0);
    } else if (byte === ESC) this.#where = 'escape';
    else if (character === '=') this.#keypad = true;
    else if (character === '>') this.#keypad = false;
    else if (character === 'c') this.restored();
  }

  #endString(): void {
    this.#where = 'text';
    const words = Buffer.from(this.#words).toString('utf8');
    if (/^[02];/.test(words)) this.#title = words.slice(2);
  }

  #csi(byte: number): void {
    if (byte === ESC) this.#where = 'escape';
    else if (byte === 0x18 || byte === 0x1a) this.#where = 'text';
    else if (byte >= 0x40 && byte <= 0x7e) {
      this.#where = 'text';
      this.#apply(this.#sequence, String.fromCharCode(byte));
    } else if (byte >= 0x20 && this.#sequence.length < LONGEST) this.#sequence += String.fromCharCode(byte);
  }

  #apply(parameters: string, final: string): void {
    if ((final === 'h' || final === 'l') && parameters.startsWith('?')) {
      for (const mode of parameters.slice(1).split(';').map(Number)) this.#set(mode, final === 'h');
    } else if (final === 'u') this.#kitty(parameters);
    else if (final === 'm') {
      if (parameters.startsWith('>4')) this.#otherKeys = !/^>4(;0?)?$/.test(parameters);
      else if (!parameters.startsWith('>'))
        this.#attributes = !/^0*$/.test(parameters.split(';').at(-1) ?? '');
    } else if (final === 'q' && parameters.endsWith(' ')) {
      this.#cursorShape = !/^0? $/.test(parameters);
    } else if (final === 'r' && !parameters.startsWith('?')) this.#region = parameters !== '';
    else if (final === 'p' && parameters === '!') this.restored();
  }

  #set(mode: number, on: boolean): void {
    const known = PRIVATE_MODES.get(mode);
    if (known === undefined) return;
    if (on === known.usual) this.#changed.delete(mode);
    else this.#changed.set(mode, on);
  }

  #kitty(parameters: string): void {
    const number = Number(parameters.slice(1).split(';')[0] ?? '');
    if (parameters.startsWith('>')) {
      this.#keyboard += 1;
      this.#pushed = number;
    } else if (parameters.startsWith('<')) this.#keyboard = Math.max(0, this.#keyboard - Math.max(1, number));
    else if (parameters.startsWith('=')) this.#keyboardFlags = number !== 0;
  }
}
