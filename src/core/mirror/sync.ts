import { BeaverError, distinctFindings, type Finding, findingFromError } from '../../base/errors.ts';
import { CandidateBook } from '../learning/candidates.ts';
import type { PluginDiscovery } from '../plugins/discovery.ts';
import { IndexBook } from '../skills/index-book.ts';
import { withTransaction } from '../skills/transaction.ts';
import { type CapturedEdit, captureEdits } from './capture.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import { StateBook } from './state-book.ts';
import { ifReadable, PointerReader, SyncReader } from './sync-reader.ts';
import type { SyncProgress } from './sync-context.ts';
import { SyncRun } from './sync-run.ts';

/** What a sync did. Ids and names only. */
export interface SyncReport {
  readonly mirrored: readonly string[];
  readonly candidates_created: readonly string[];
  readonly candidates_superseded: readonly string[];
  readonly already_applied: readonly string[];
  readonly reconciled: readonly string[];
  readonly captured: readonly CapturedEdit[];
  /** By the setting `beaver.gates.review`; see policy-publication.ts. */
  readonly published: readonly { readonly skill_name: string; readonly version: string }[];
  readonly findings: readonly Finding[];
}

export interface SyncOutcome {
  readonly report: SyncReport;
  /** As it is stored now. */
  readonly state: StateBook;
}

/**
 * Brings every enabled plugin that is not paused up to date: reconciles publications, mirrors new skills, offers upgrades, repairs what
 * agents read. Publishes nothing and calls no model. Expects the write lock; repeated, it changes nothing.
 * @param discovering what is on disk; where it is still being found out, the store is read meanwhile.
 * @param only the id of the one plugin to sync; all of them when it is left out.
 */
export async function syncEnabled(
  deps: MirrorDeps,
  discovering: PluginDiscovery | Promise<PluginDiscovery>,
  only?: string,
): Promise<SyncOutcome> {
  const { files } = deps.ports;
  const progress: SyncProgress = {
    mirrored: [],
    created: [],
    superseded: [],
    alreadyApplied: [],
    reconciled: [],
    captured: [],
    findings: [],
  };
  const pointers = new PointerReader(deps);
  const before = await StateBook.read(files, deps.layout);
  const indexBefore = await IndexBook.read(deps.store, deps.layout);
  const unplacedBefore = await pointers.unplaced(before, indexBefore);
  const discovery = await discovering;
  const reader = new SyncReader(deps, discovery, pointers);
  await captureWhereNeeded(deps, reader, before, unplacedBefore, progress, only);

  // Each capture is a change of its own; what it changed is read anew.
  const captured = progress.captured.length > 0;
  for (const edit of progress.captured) pointers.forget(edit.skill_name);
  const state = captured ? await StateBook.read(files, deps.layout) : before;
  const index = captured ? await IndexBook.read(deps.store, deps.layout) : indexBefore;
  const unplaced = captured ? await pointers.unplaced(state, index) : unplacedBefore;
  const book = await CandidateBook.read(files, deps.layout);
  await withTransaction(deps.transactions, async (transaction) => {
    const run = new SyncRun({ deps, reader, discovery, transaction, state, book, index, progress });
    for (const plugin of state.all())
      if (only === undefined || plugin.plugin_id === only) await run.plugin(plugin);
    await run.place(unplaced);
    transaction.add(...index.steps(), ...book.steps(), ...state.steps());
    await transaction.commit('sync plugins');
  });
  const report: SyncReport = {
    mirrored: progress.mirrored,
    candidates_created: progress.created,
    candidates_superseded: progress.superseded,
    already_applied: progress.alreadyApplied,
    reconciled: progress.reconciled,
    captured: progress.captured,
    published: [],
    findings: distinctFindings(progress.findings),
  };
  return { report, state };
}

/**
 * Edits are taken in before an upgrade is classified, so that it is classified against what is really in use, and before a folder that
 * agents read is brought up to date.
 */
async function captureWhereNeeded(
  deps: MirrorDeps,
  reader: SyncReader,
  state: StateBook,
  unplaced: readonly string[],
  progress: SyncProgress,
  only: string | undefined,
): Promise<void> {
  const skills = new Set(unplaced);
  for (const plugin of state.all()) {
    if (!plugin.enabled || plugin.updates_paused || (only !== undefined && plugin.plugin_id !== only))
      continue;
    const manifest = reader.manifest(plugin.plugin_id);
    for (const declaration of manifest?.skills ?? []) {
      const binding = plugin.skills[declaration.name];
      if (manifest === undefined || binding === undefined) continue;
      const hash = await ifReadable(
        reader.treeHash(manifest, declaration, binding.accepted_upstream_tree_hash),
      );
      if (hash !== undefined && hash !== binding.observed_upstream_tree_hash) skills.add(declaration.name);
    }
  }
  for (const skillName of skills) {
    const captures = await captureEdits(deps, skillName).catch((error: unknown) => {
      if (error instanceof BeaverError)
        return { captured: [], findings: [findingFromError(error, skillName)] };
      throw error;
    });
    progress.captured.push(...captures.captured);
    progress.findings.push(...captures.findings);
  }
}
