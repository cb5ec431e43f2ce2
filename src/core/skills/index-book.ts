import type { WorkspaceLayout } from '../layout.ts';
import type { SkillIndex, SkillIndexEntry } from './models.ts';
import type { SkillStore } from './skill-store.ts';
import type { TransactionStep } from './transaction-steps.ts';
import { indexStep } from './version-plan.ts';

/** The published index in memory, for one transaction. */
export class IndexBook {
  readonly #layout: WorkspaceLayout;
  readonly #skills: Record<string, SkillIndexEntry>;
  #changed = false;

  private constructor(layout: WorkspaceLayout, index: SkillIndex | undefined) {
    this.#layout = layout;
    this.#skills = { ...index?.skills };
  }

  static async read(store: SkillStore, layout: WorkspaceLayout): Promise<IndexBook> {
    return new IndexBook(layout, await store.index());
  }

  set(skillName: string, entry: SkillIndexEntry): void {
    this.#skills[skillName] = entry;
    this.#changed = true;
  }

  get(skillName: string): SkillIndexEntry | undefined {
    return this.#skills[skillName];
  }

  /** One step that stores the index; none when nothing changed. */
  steps(): readonly TransactionStep[] {
    return this.#changed ? [indexStep(this.#layout, { schema_version: 1, skills: this.#skills })] : [];
  }
}
