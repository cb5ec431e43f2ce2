import type { Assembled } from './assembly.ts';
import type { Draft } from './drafts.ts';
import type { SafetyFinding } from './safety/safety-report.ts';

/** Drafts that are kept, the latest looked at last. */
const KEPT = 3;
/** Bytes of the three trees of a draft that is worth keeping; larger ones are put together anew each time. */
const LARGEST = 32 * 1024 * 1024;

/**
 * What was put together lately. A review asks for the same draft many times over, and versions, snapshots and texts of drafts are never
 * changed (invariant 2): what a draft refers to says what comes of it.
 */
export class AssemblyMemo {
  readonly #kept = new Map<string, Promise<Assembled>>();
  readonly #added = new WeakMap<Assembled, Promise<readonly SafetyFinding[]>>();

  async assembled(draft: Draft, assemble: () => Promise<Assembled>): Promise<Assembled> {
    const key = references(draft);
    const assembling = this.#kept.get(key) ?? assemble();
    // Before it is there: who asks for it meanwhile waits for the same.
    this.#kept.delete(key);
    this.#kept.set(key, assembling);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
    try {
      const assembled = await assembling;
      if (sizeOf(assembled) > LARGEST) this.#forget(key, assembling);
      return assembled;
    } catch (error) {
      this.#forget(key, assembling);
      throw error;
    }
  }

  #forget(key: string, assembling: Promise<Assembled>): void {
    if (this.#kept.get(key) === assembling) this.#kept.delete(key);
  }

  /** The patterns of the rules that the content adds: they follow from it and from nothing else. */
  added(
    assembled: Assembled,
    find: () => Promise<readonly SafetyFinding[]>,
  ): Promise<readonly SafetyFinding[]> {
    const known = this.#added.get(assembled);
    if (known !== undefined) return known;
    const finding = find();
    this.#added.set(assembled, finding);
    finding.catch(() => this.#added.delete(assembled));
    return finding;
  }
}

function references({ draft_id, base, base_version, upstream, merge_mode, ...draft }: Draft): string {
  const { documents, file_choices } = draft;
  return JSON.stringify([draft_id, base, base_version, upstream, merge_mode, documents, file_choices]);
}

function sizeOf({ sides }: Assembled): number {
  return [sides.base, sides.local, sides.upstream]
    .flatMap(({ digest }) => digest.files)
    .reduce((sum, { size }) => sum + size, 0);
}
