import type { SkillsDeps } from '../skills/version-writer.ts';
import type { DraftStore } from './drafts.ts';

/** What the learning domain works on; wired once in `app/`. */
export interface LearningDeps extends SkillsDeps {
  readonly drafts: DraftStore;
}
