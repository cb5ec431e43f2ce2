import type { CueChain } from './cue-chain.ts';
import { LiteralScan } from './literal-scan.ts';
import { requiredLiterals } from './required-literals.ts';

/**
 * Which of many chains can occur in a text at all: each of their cues needs one of its literals. One pass over the text
 * leaves a handful of chains to look for, which is what makes a hundred of them affordable in every file.
 */
export class ChainGate {
  readonly #scan: LiteralScan;
  /** For each chain, for each of its cues that needs a literal, the ids of those that will do. */
  readonly #needs: ReadonlyMap<CueChain, readonly (readonly number[])[]>;

  constructor(chains: readonly CueChain[]) {
    const ids = new Map<string, number>();
    const idOf = (literal: string): number => {
      const id = ids.get(literal) ?? ids.size;
      ids.set(literal, id);
      return id;
    };
    this.#needs = new Map(
      chains.map((chain) => [
        chain,
        chain.cues
          .map((cue) => requiredLiterals(cue.source)?.map((literal) => idOf(literal.toLowerCase())))
          .filter((literals) => literals !== undefined),
      ]),
    );
    this.#scan = new LiteralScan([...ids.keys()]);
  }

  /** `text` is in lower case. A chain that this gate does not know is possible. */
  possibleIn(text: string): (chain: CueChain) => boolean {
    const found = this.#scan.occurring(text);
    return (chain) =>
      (this.#needs.get(chain) ?? []).every((literals) => literals.some((id) => found[id] === 1));
  }
}
