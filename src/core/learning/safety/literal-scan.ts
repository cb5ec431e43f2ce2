/**
 * Which of many strings occur in a text, in one pass (Aho and Corasick, 1975): one step for each character, however many strings there are.
 */
export class LiteralScan {
  /** The class of each UTF-16 unit: 0 for units of no literal. */
  readonly #classes = new Uint16Array(0x10000);
  readonly #width: number;
  /** Row by row: the next state for each class. */
  readonly #next: Uint16Array;
  /** The ids of the literals that end in a state, those of its suffixes included. */
  readonly #ends: readonly (readonly number[])[];
  readonly #count: number;

  /** Ids are the positions in `literals`. Up to 65,535 characters in all. */
  constructor(literals: readonly string[]) {
    this.#count = literals.length;
    let width = 1;
    for (const unit of literals.flatMap(units)) {
      if (this.#classes[unit] === 0) this.#classes[unit] = width++;
    }
    this.#width = width;
    const { children, ends } = this.#trie(literals);
    this.#next = new Uint16Array(children.length * width);
    this.#ends = this.#link(children, ends);
  }

  /** Whether each literal occurs, by id. */
  occurring(text: string): Uint8Array {
    const found = new Uint8Array(this.#count);
    let state = 0;
    for (let index = 0; index < text.length; index++) {
      state = this.#next[state * this.#width + (this.#classes[text.charCodeAt(index)] ?? 0)] ?? 0;
      const ends = this.#ends[state];
      if (ends !== undefined && ends.length > 0) for (const id of ends) found[id] = 1;
    }
    return found;
  }

  #trie(literals: readonly string[]): { children: Map<number, number>[]; ends: number[][] } {
    const children = [new Map<number, number>()];
    const ends: number[][] = [[]];
    for (const [id, literal] of literals.entries()) {
      let state = 0;
      for (const unit of units(literal)) {
        const step = this.#classes[unit] ?? 0;
        let next = children[state]?.get(step);
        if (next === undefined) {
          next = children.length;
          children.push(new Map<number, number>());
          ends.push([]);
          children[state]?.set(step, next);
        }
        state = next;
      }
      ends[state]?.push(id);
    }
    return { children, ends };
  }

  /** Fills the table breadth first: where a state has no child, it goes on where its longest proper suffix would. */
  #link(children: readonly ReadonlyMap<number, number>[], ends: number[][]): readonly (readonly number[])[] {
    const suffix = new Uint16Array(children.length);
    const queue = [0];
    for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
      const fallback = suffix[state] ?? 0;
      if (state !== 0) {
        this.#next.copyWithin(state * this.#width, fallback * this.#width, (fallback + 1) * this.#width);
        ends[state]?.push(...(ends[fallback] ?? []));
      }
      for (const [step, child] of children[state] ?? []) {
        suffix[child] = state === 0 ? 0 : (this.#next[fallback * this.#width + step] ?? 0);
        this.#next[state * this.#width + step] = child;
        queue.push(child);
      }
    }
    return ends;
  }
}

function units(literal: string): readonly number[] {
  return Array.from({ length: literal.length }, (_, index) => literal.charCodeAt(index));
}
