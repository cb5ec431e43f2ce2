/**
 * The alignment of two sequences: Myers' O(ND) comparison in linear space with a bound on its search, on symbols that occur
 * in both, then the changed groups slid to the one position that both sequences agree on. It follows the published algorithm
 * and, for the sliding, what git's users are used to, so that a line merge built on it is clean where git's is.
 */

/** A changed piece: `a[aStart, aEnd)` became `b[bStart, bEnd)`. Hunks are in order and never touch. */
export interface Hunk {
  readonly aStart: number;
  readonly aEnd: number;
  readonly bStart: number;
  readonly bEnd: number;
}

/**
 * A sequence that others are compared with, its items as numbers: equal items have equal numbers. Only what an edit reaches is
 * numbered: most of a text is the same, and hashing it would take longer than comparing it.
 */
export class NumberedItems {
  readonly items: readonly string[];
  /** Of the items from `#start` to `#end`. */
  readonly symbols: Int32Array;
  readonly #table = new Map<string, number>();
  #start = 0;
  #end = 0;

  constructor(items: readonly string[]) {
    this.items = items;
    this.symbols = new Int32Array(items.length);
  }

  /** How many numbers there are. */
  get size(): number {
    return this.#table.size;
  }

  cover(start: number, end: number): void {
    if (this.#start === this.#end) this.#start = this.#end = start;
    const [from, to] = [Math.min(start, this.#start), Math.max(end, this.#end)];
    this.#number(from, this.#start);
    this.#number(this.#end, to);
    this.#start = from;
    this.#end = to;
  }

  /** -1 for an item that was not met. */
  symbolOf(item: string): number {
    return this.#table.get(item) ?? -1;
  }

  #number(start: number, end: number): void {
    for (let at = start; at < end; at += 1) {
      const item = this.items[at] ?? '';
      let symbol = this.#table.get(item);
      if (symbol === undefined) {
        symbol = this.#table.size;
        this.#table.set(item, symbol);
      }
      this.symbols[at] = symbol;
    }
  }
}

/** The hunks that turn `before` into `b`. Minimal up to {@link SEARCH_BOUND} edits in one stretch, good beyond. */
export function diffItems(before: NumberedItems, b: readonly string[]): Hunk[] {
  const a = before.items;
  let start = 0;
  let aEnd = a.length;
  let bEnd = b.length;
  while (start < aEnd && start < bEnd && a[start] === b[start]) start += 1;
  if (start === aEnd && start === bEnd) return [];
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd -= 1;
    bEnd -= 1;
  }
  const changedA = new Uint8Array(a.length + 1);
  const changedB = new Uint8Array(b.length + 1);
  if (start === aEnd || start === bEnd) {
    changedA.fill(1, start, aEnd);
    changedB.fill(1, start, bEnd);
  } else compareMiddles(before, b, { start, aEnd, bEnd }, changedA, changedB);
  slideGroups(a, changedA, changedB);
  slideGroups(b, changedB, changedA);
  return hunksOf(changedA, a.length, changedB, b.length);
}

/** Marks what differs between `start` and the ends. */
function compareMiddles(
  before: NumberedItems,
  b: readonly string[],
  { start, aEnd, bEnd }: { readonly start: number; readonly aEnd: number; readonly bEnd: number },
  changedA: Uint8Array,
  changedB: Uint8Array,
): void {
  before.cover(start, aEnd);
  const { symbols } = before;
  const present = new Uint8Array(before.size);
  for (let at = start; at < aEnd; at += 1) present[symbolAt(symbols, at)] = IN_A;
  const commonB = new CommonItems(bEnd - start);
  const a = before.items;
  // Runs of equal items are compared in place, which spares hashing them.
  let shift = 0;
  for (let at = start; at < bEnd; at += 1) {
    const item = b[at] ?? '';
    let near = at + shift;
    if (near < start || near >= aEnd || a[near] !== item) near = at + aEnd - bEnd;
    let symbol: number;
    if (near >= start && near < aEnd && a[near] === item) {
      shift = near - at;
      symbol = symbolAt(symbols, near);
    } else symbol = before.symbolOf(item);
    if (symbol >= 0 && (present[symbol] ?? 0) !== 0) {
      present[symbol] = IN_BOTH;
      commonB.add(symbol, at);
    } else changedB[at] = 1;
  }
  const commonA = new CommonItems(aEnd - start);
  for (let at = start; at < aEnd; at += 1) {
    const symbol = symbolAt(symbols, at);
    if (present[symbol] === IN_BOTH) commonA.add(symbol, at);
    else changedA[at] = 1;
  }
  if (commonA.length > 0) new Comparison(commonA, commonB, changedA, changedB).run();
}

const IN_A = 1;
const IN_BOTH = 2;

/** Edits after which a stretch is split at the furthest point reached instead of the best one. */
const SEARCH_BOUND = 256;

/** Items of one sequence that occur in the other too, as numbers: equal items have equal numbers. */
class CommonItems {
  readonly symbols: Int32Array;
  /** Where each of them stands in its sequence. */
  readonly places: Int32Array;
  length = 0;

  constructor(most: number) {
    this.symbols = new Int32Array(most);
    this.places = new Int32Array(most);
  }

  add(symbol: number, place: number): void {
    this.symbols[this.length] = symbol;
    this.places[this.length] = place;
    this.length += 1;
  }
}

class Comparison {
  readonly #a: Int32Array;
  readonly #b: Int32Array;
  readonly #aLength: number;
  readonly #bLength: number;
  readonly #indexA: Int32Array;
  readonly #indexB: Int32Array;
  readonly #changedA: Uint8Array;
  readonly #changedB: Uint8Array;
  readonly #forward: Int32Array;
  readonly #backward: Int32Array;
  readonly #origin: number;

  constructor(a: CommonItems, b: CommonItems, changedA: Uint8Array, changedB: Uint8Array) {
    this.#a = a.symbols;
    this.#b = b.symbols;
    this.#aLength = a.length;
    this.#bLength = b.length;
    this.#indexA = a.places;
    this.#indexB = b.places;
    this.#changedA = changedA;
    this.#changedB = changedB;
    const diagonals = a.length + b.length + 3;
    this.#forward = new Int32Array(diagonals);
    this.#backward = new Int32Array(diagonals);
    this.#origin = b.length + 1;
  }

  run(): void {
    this.#compare(0, this.#aLength, 0, this.#bLength);
  }

  #compare(a0: number, a1: number, b0: number, b1: number): void {
    const a = this.#a;
    const b = this.#b;
    for (;;) {
      while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) {
        a0 += 1;
        b0 += 1;
      }
      while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) {
        a1 -= 1;
        b1 -= 1;
      }
      if (a0 === a1 || b0 === b1) {
        for (let at = a0; at < a1; at += 1) this.#changedA[symbolAt(this.#indexA, at)] = 1;
        for (let at = b0; at < b1; at += 1) this.#changedB[symbolAt(this.#indexB, at)] = 1;
        return;
      }
      const [x, y] = this.#split(a0, a1, b0, b1);
      this.#compare(a0, x, b0, y);
      a0 = x;
      b0 = y;
    }
  }

  /** A point that a shortest path through the rectangle passes (or, past the bound, the furthest point reached). */
  #split(a0: number, a1: number, b0: number, b1: number): readonly [number, number] {
    const a = this.#a;
    const b = this.#b;
    const forward = this.#forward;
    const backward = this.#backward;
    const origin = this.#origin;
    const lowest = a0 - b1;
    const highest = a1 - b0;
    const forwardMiddle = a0 - b0;
    const backwardMiddle = a1 - b1;
    const odd = ((forwardMiddle - backwardMiddle) & 1) !== 0;
    let forwardLow = forwardMiddle;
    let forwardHigh = forwardMiddle;
    let backwardLow = backwardMiddle;
    let backwardHigh = backwardMiddle;
    forward[origin + forwardMiddle] = a0;
    backward[origin + backwardMiddle] = a1;

    for (let cost = 1; ; cost += 1) {
      if (forwardLow > lowest) forward[origin + --forwardLow - 1] = -1;
      else forwardLow += 1;
      if (forwardHigh < highest) forward[origin + ++forwardHigh + 1] = -1;
      else forwardHigh -= 1;
      for (let k = forwardHigh; k >= forwardLow; k -= 2) {
        const below = symbolAt(forward, origin + k - 1);
        const above = symbolAt(forward, origin + k + 1);
        let x = below >= above ? below + 1 : above;
        let y = x - k;
        while (x < a1 && y < b1 && a[x] === b[y]) {
          x += 1;
          y += 1;
        }
        forward[origin + k] = x;
        if (odd && backwardLow <= k && k <= backwardHigh && symbolAt(backward, origin + k) <= x)
          return [x, y];
      }

      if (backwardLow > lowest) backward[origin + --backwardLow - 1] = FAR;
      else backwardLow += 1;
      if (backwardHigh < highest) backward[origin + ++backwardHigh + 1] = FAR;
      else backwardHigh -= 1;
      for (let k = backwardHigh; k >= backwardLow; k -= 2) {
        const below = symbolAt(backward, origin + k - 1);
        const above = symbolAt(backward, origin + k + 1);
        let x = below < above ? below : above - 1;
        let y = x - k;
        while (x > a0 && y > b0 && a[x - 1] === b[y - 1]) {
          x -= 1;
          y -= 1;
        }
        backward[origin + k] = x;
        if (!odd && forwardLow <= k && k <= forwardHigh && x <= symbolAt(forward, origin + k)) return [x, y];
      }

      if (cost >= SEARCH_BOUND) {
        let bestX = a0;
        let bestY = b0;
        for (let k = forwardHigh; k >= forwardLow; k -= 2) {
          const x = Math.min(symbolAt(forward, origin + k), a1);
          const y = Math.min(x - k, b1);
          if (y >= b0 && x + y > bestX + bestY) {
            bestX = y + k;
            bestY = y;
          }
        }
        return [bestX, bestY];
      }
    }
  }
}

const FAR = 0x7fffffff;

function symbolAt(symbols: Int32Array, at: number): number {
  return symbols[at] ?? -1;
}

/**
 * A changed group whose neighbour equals its first or last symbol can slide. Each group is slid as far down as it goes, over
 * groups it meets (they become one), unless on the way it lines up with a change of the other sequence: then it stops there.
 */
function slideGroups(own: readonly string[], changed: Uint8Array, otherChanged: Uint8Array): void {
  const length = own.length;
  let at = 0;
  let otherAt = 0;
  for (;;) {
    while (at < length && changed[at] === 0) {
      while (otherChanged[otherAt] === 1) otherAt += 1;
      at += 1;
      otherAt += 1;
    }
    if (at >= length) return;
    let start = at;
    let otherStart = otherAt;
    while (changed[at] === 1) at += 1;
    while (otherChanged[otherAt] === 1) otherAt += 1;
    let size: number;
    let stop: number;
    do {
      size = at - start;
      while (start > 0 && own[start - 1] === own[at - 1]) {
        changed[--start] = 1;
        changed[--at] = 0;
        while (start > 0 && changed[start - 1] === 1) start -= 1;
        otherStart -= 1;
        otherAt = otherStart;
        while (otherChanged[otherStart - 1] === 1) otherStart -= 1;
      }
      stop = otherAt > otherStart ? at : -1;
      while (at < length && own[start] === own[at]) {
        changed[start++] = 0;
        changed[at++] = 1;
        while (changed[at] === 1) at += 1;
        otherAt += 1;
        otherStart = otherAt;
        while (otherChanged[otherAt] === 1) otherAt += 1;
        if (otherAt > otherStart) stop = at;
      }
    } while (size !== at - start);
    while (stop >= 0 && stop < at) {
      changed[--start] = 1;
      changed[--at] = 0;
      otherStart -= 1;
      otherAt = otherStart;
      while (otherChanged[otherStart - 1] === 1) otherStart -= 1;
    }
  }
}

function hunksOf(changedA: Uint8Array, aLength: number, changedB: Uint8Array, bLength: number): Hunk[] {
  const hunks: Hunk[] = [];
  let a = 0;
  let b = 0;
  while (a < aLength || b < bLength) {
    if (changedA[a] === 1 || changedB[b] === 1) {
      const aStart = a;
      const bStart = b;
      while (changedA[a] === 1) a += 1;
      while (changedB[b] === 1) b += 1;
      hunks.push({ aStart, aEnd: a, bStart, bEnd: b });
    } else {
      a += 1;
      b += 1;
    }
  }
  return hunks;
}
