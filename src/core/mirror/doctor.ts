import { BeaverError, type Finding } from '../../base/errors.ts';
import type { SkillIndex } from '../skills/models.ts';
import { CandidateBook } from '../learning/candidates.ts';
import { withTransaction } from '../skills/transaction.ts';
import { copiesOf, indexStep } from '../skills/version-plan.ts';
import { planPlacements, planRemovals } from '../skills/version-writer.ts';
import { examineLines, examineStaging, setLinesAside } from './doctor-files.ts';
import { examineTemporaries, removeTemporary } from './doctor-temporaries.ts';
import { type Diagnosis, inOrder, keyOf, readable, type Repair } from './doctor-finding.ts';
import { derivedIndex, examineIndex } from './doctor-index.ts';
import { examineLinks } from './doctor-links.ts';
import { examineUpdates } from './doctor-updates.ts';
import { examineStore } from './doctor-store.ts';
import { examineTargets } from './doctor-targets.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import { StateBook } from './state-book.ts';

export interface DoctorReport {
  /** What is off now; after a repair, what is still off. By path, then code. */
  readonly findings: Finding[];
  /** Codes of the findings that the repair ended, sorted; one per finding. */
  readonly fixed: string[];
}

/** Runs a body under the write lock, after whatever a crash interrupted has been completed. */
export type UnderLock = <T>(body: () => Promise<T>) => Promise<T>;

/**
 * Checks every invariant that can be read off the disk. Looking takes no lock and changes nothing; with `fix`, what can be repaired
 * without losing anything is repaired under the lock, and the workspace is looked at again.
 * @throws BeaverError `plugin_write_busy` or `lock_unavailable`, with `fix` only.
 */
export async function diagnose(deps: MirrorDeps, fix: boolean, underLock: UnderLock): Promise<DoctorReport> {
  const before = await examineTwice(deps);
  if (!fix || before.every((one) => one.repair === null)) return report(before, []);
  const after = await repairAll(deps, underLock, before);
  return report(after, ended(before, after));
}

/** What is off at two looks: without the lock, one look may fall into the middle of what another process is writing. */
async function examineTwice(deps: MirrorDeps): Promise<readonly Diagnosis[]> {
  const first = await examine(deps);
  if (first.length === 0) return first;
  const again = new Set((await examine(deps)).map(keyOf));
  return first.filter((one) => again.has(keyOf(one)));
}

/** Everything that is off, with what could be done about it. */
async function examine(deps: MirrorDeps): Promise<readonly Diagnosis[]> {
  const staging = await examineStaging(deps);
  const { skills, trees, pointers } = await examineStore(deps);
  const found = [...staging, ...trees, ...(await examineTemporaries(deps))];
  // An interrupted change explains every disagreement between files that its steps write; those are looked at once it is completed.
  if (staging.some(({ finding }) => finding.code === 'transaction_unfinished')) return inOrder(found);
  const lines = await examineLines(deps);
  const torn = new Set(lines.map(({ finding }) => finding.path));
  const { files } = deps.ports;
  const { candidates } = deps.layout;
  const book = await readable(deps.layout, candidates, found, () => CandidateBook.read(files, deps.layout));
  found.push(...(await examineLinks(deps, skills, book)), ...(await examineUpdates(deps, skills, book)));
  found.push(...(await examineIndex(deps, skills)), ...(await examineTargets(deps, skills)));
  found.push(...pointers);
  return inOrder([...lines, ...found.filter(({ finding }) => !toldByLines(finding, torn))]);
}

/** A torn line makes its whole file unreadable: one finding is enough. */
function toldByLines(finding: Finding, torn: ReadonlySet<string>): boolean {
  return finding.code === 'stored_file_unreadable' && torn.has(finding.path);
}

async function repairAll(
  deps: MirrorDeps,
  underLock: UnderLock,
  before: readonly Diagnosis[],
): Promise<readonly Diagnosis[]> {
  try {
    return await underLock(async () => {
      // Taking the lock may have ended some, and what stood behind an interrupted change only shows now.
      for (const { repair } of await examine(deps)) if (repair !== null) await carryOut(deps, repair);
      return examine(deps);
    });
  } catch (error) {
    if (
      !(error instanceof BeaverError) ||
      error.code === 'plugin_write_busy' ||
      error.code === 'lock_unavailable'
    )
      throw error;
    // A journal that cannot be read stops every writer, this one too: what was found stands.
    deps.ports.log.log('warn', 'Nothing could be repaired', { code: error.code });
    return before;
  }
}

/** A repair that is not possible after all (the version to place is damaged, say) is left: its finding stays. */
async function carryOut(deps: MirrorDeps, repair: Repair): Promise<void> {
  try {
    await applyRepair(deps, repair);
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    deps.ports.log.log('warn', 'A repair was not possible', { repair: repair.kind, code: error.code });
  }
}

async function applyRepair(deps: MirrorDeps, repair: Repair): Promise<void> {
  const { layout, ports, store, transactions } = deps;
  switch (repair.kind) {
    case 'recover':
      // Done before the body of whoever holds the lock runs.
      return;
    case 'set_lines_aside':
      return setLinesAside(ports.files, repair.file);
    case 'remove_temporary':
      return removeTemporary(ports.files, repair.file);
    case 'rebuild_index': {
      const before = await readIndexOrSetAside(deps);
      const index = await derivedIndex(deps, (await examineStore(deps)).skills, before);
      return withTransaction(transactions, async (transaction) => {
        transaction.add(indexStep(layout, index));
        await transaction.commit('write the index anew');
      });
    }
    case 'place': {
      const { current } = await store.load(repair.skillName);
      const tree = await store.versionTree(repair.skillName, current.version);
      return withTransaction(transactions, async (transaction) => {
        await planPlacements(deps, transaction, current, current, copiesOf(tree.folder, tree.digest), 'now');
        await transaction.commit('place a skill');
      });
    }
    case 'withdraw': {
      const { current } = await store.load(repair.skillName);
      return withTransaction(transactions, async (transaction) => {
        await planRemovals(deps, transaction, current);
        await transaction.commit('take a disabled skill out');
      });
    }
    case 'follow_pointer': {
      const { current } = await store.load(repair.skillName);
      const state = await StateBook.read(ports.files, layout);
      const binding = state.get(repair.pluginId).skills[repair.skillName];
      if (binding === undefined) return;
      state.setBinding(repair.pluginId, repair.skillName, {
        ...binding,
        current_beaver_version: current.version,
      });
      return withTransaction(transactions, async (transaction) => {
        transaction.add(...state.steps());
        await transaction.commit('let a link follow its skill');
      });
    }
  }
}

async function readIndexOrSetAside(deps: MirrorDeps): Promise<SkillIndex | undefined> {
  const { layout, ports, store } = deps;
  try {
    return await store.index();
  } catch (error) {
    if (!(error instanceof BeaverError) || error.code !== 'stored_file_unreadable') throw error;
    await ports.files.rename(layout.skillIndex, `${layout.skillIndex}.damaged`);
    await ports.files.flush([layout.skills]);
    return undefined;
  }
}

function ended(before: readonly Diagnosis[], after: readonly Diagnosis[]): string[] {
  const left = new Set(after.map(keyOf));
  return before
    .filter((one) => !left.has(keyOf(one)))
    .map(({ finding }) => finding.code)
    .sort();
}

function report(diagnoses: readonly Diagnosis[], fixed: string[]): DoctorReport {
  return { findings: diagnoses.map(({ finding }) => finding), fixed };
}
