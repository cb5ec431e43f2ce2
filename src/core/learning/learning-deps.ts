import type { SkillsDeps } from '../skills/version-writer.ts';
import type { AssemblyMemo } from './assembly-memo.ts';
import type { DraftStore } from './drafts.ts';
import type { ReplayPolicy } from './replay/replay-gate.ts';
import type { ReportStore } from './replay/report-store.ts';

/** What the learning domain works on; wired once in `app/`. */
export interface LearningDeps extends SkillsDeps {
  readonly drafts: DraftStore;
  readonly reports: ReportStore;
  /** The setting `beaver.gates.replay`. */
  readonly replayPolicy: ReplayPolicy;
  readonly memo: AssemblyMemo;
}
