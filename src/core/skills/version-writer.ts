import * as path from 'node:path';
import { BeaverError, type Finding } from '../../base/errors.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem, Ports } from '../ports.ts';
import { parseSkillDocument } from '../skill-document.ts';
import type { IndexBook } from './index-book.ts';
import {
  type CurrentPointer,
  type PointerAction,
  type SkillSpec,
  type TreeFile,
  versionAfter,
  versionNumber,
} from './models.ts';
import { planPlacement, planRemoval, readPlacements } from './placement.ts';
import type { InspectedTarget, RuntimeTargets, TargetInspector } from './runtime-targets.ts';
import { type LoadedSkill, recordedBits, type SkillStore } from './skill-store.ts';
import { stepPath, type TransactionDeps } from './transaction-steps.ts';
import type { Transaction } from './transaction.ts';
import {
  indexEntry,
  pointer,
  pointerStep,
  specStep,
  type VersionContent,
  versionFiles,
} from './version-plan.ts';

/** Everything of the skills domain that a change needs; wired once in `app/`. */
export interface SkillsDeps {
  readonly ports: Ports;
  readonly layout: WorkspaceLayout;
  readonly store: SkillStore;
  readonly inspector: TargetInspector;
  readonly transactions: TransactionDeps;
  /** Who is recorded with what is written. */
  readonly actor: string;
  /** Looked up anew for each change: a target may have appeared. */
  targets(): Promise<RuntimeTargets>;
}

/** A version is current and not yet placed: a sync that found this is not the last one. */
export const PLACEMENT_DEFERRED = 'placement_deferred';

export function timestamp(ports: Ports): string {
  return new Date(ports.clock.now()).toISOString();
}

export interface PlannedVersion {
  readonly version: string;
  readonly current: CurrentPointer;
  readonly findings: readonly Finding[];
}

/** Plans a new version that becomes the current one: promoted first, pointer last (invariant 3), then placed where agents read. */
export async function planNewVersion(
  deps: SkillsDeps,
  transaction: Transaction,
  index: IndexBook,
  loaded: LoadedSkill,
  content: VersionContent,
  action: PointerAction,
): Promise<PlannedVersion> {
  const version = await planStoredVersion(deps, transaction, content);
  const current = pointer(content, version, action, loaded.current.version);
  const findings = await planSwitch(deps, transaction, index, loaded, current, content.files);
  return { version, current, findings };
}

/** Plans a version that is stored and not made current: a captured edit that must be merged first. */
export async function planStoredVersion(
  deps: SkillsDeps,
  transaction: Transaction,
  content: VersionContent,
): Promise<string> {
  const names = await deps.store.versionNames(content.skillName);
  const version = versionAfter(names.reduce((highest, name) => Math.max(highest, versionNumber(name)), 0));
  const name = `versions/${content.skillName}/${version}`;
  await transaction.stageTree(name, versionFiles(version, content));
  transaction.add({
    kind: 'promote',
    from: name,
    to: stepPath(deps.layout, deps.layout.version(content.skillName, version)),
  });
  return version;
}

/** Plans that the pointer moves to a version that exists, or is promoted by the same transaction. */
export async function planSwitch(
  deps: SkillsDeps,
  transaction: Transaction,
  index: IndexBook,
  loaded: LoadedSkill,
  current: CurrentPointer,
  files: readonly TreeFile[],
): Promise<readonly Finding[]> {
  const spec: SkillSpec = { ...loaded.spec, updated_at: current.updated_at };
  index.set(
    spec.skill_name,
    indexEntry(spec, current, parseSkillDocument(await skillDocument(deps.ports.files, files)).frontmatter),
  );
  transaction.add(specStep(deps.layout, spec), ...index.steps(), pointerStep(deps.layout, current));
  if (spec.status === 'disabled') return [];
  return planPlacements(deps, transaction, loaded.current, current, files);
}

/**
 * Plans that `next` stands in every runtime target; `previous` is what is current until then. While an agent here is in the middle of a
 * turn, nothing changes under its hands: the version is current and waits, and the first sync after the turn places it, as it places
 * whatever does not stand where it should. `now`: a person wants it done, turn or not.
 */
export async function planPlacements(
  deps: SkillsDeps,
  transaction: Transaction,
  previous: CurrentPointer,
  next: CurrentPointer,
  files: readonly TreeFile[],
  when: 'quiet' | 'now' = 'quiet',
): Promise<readonly Finding[]> {
  const { targets, findings: targetFindings } = await transaction.once('targets', () => deps.targets());
  const findings: Finding[] = [...targetFindings];
  const placements = await transaction.once('placements', () =>
    readPlacements(deps.ports.files, deps.layout),
  );
  let waits = false;
  for (const target of targets) {
    const inspected = await deps.inspector.inspect(target, previous, placements, recordedOf(files));
    if (when === 'quiet' && wouldMove(inspected, next) && !(await isQuiet(deps, transaction))) waits = true;
    else findings.push(...(await planPlacement(transaction, deps.layout, inspected, next, files)));
  }
  if (waits) findings.push(placementDeferred(next.skill_name));
  return findings;
}

/** Whether a placement would change what agents see; what it leaves alone, or only records, it may do at any time. */
function wouldMove({ state, tree }: InspectedTarget, next: CurrentPointer): boolean {
  if (state === 'local_edits' || state === 'target_occupied') return false;
  return tree?.treeHash !== next.tree_hash;
}

async function isQuiet({ ports: { quiet }, layout }: SkillsDeps, transaction: Transaction): Promise<boolean> {
  return quiet === undefined || (await transaction.once('quiet', () => quiet.isQuiet(layout.root)));
}

function placementDeferred(skillName: string): Finding {
  return {
    code: PLACEMENT_DEFERRED,
    severity: 'info',
    message: `An agent is in the middle of a turn: "${skillName}" is placed where agents read after it.`,
    next_step: 'Nothing to do; the first sync after the turn places it.',
    path: skillName,
  };
}

/** Plans that the skill is no longer offered to agents. Its versions stay. */
export async function planRemovals(
  deps: SkillsDeps,
  transaction: Transaction,
  current: CurrentPointer,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const placements = await readPlacements(deps.ports.files, deps.layout);
  for (const target of (await deps.targets()).targets) {
    const inspected = await deps.inspector.inspect(target, current, placements);
    findings.push(...planRemoval(transaction, deps.layout, inspected, current.skill_name));
  }
  return findings;
}

export function recordedOf(files: readonly TreeFile[]): ReadonlyMap<string, boolean> {
  return recordedBits(files.filter((file) => file.executable).map((file) => file.path));
}

async function skillDocument(files: FileSystem, tree: readonly TreeFile[]): Promise<string> {
  const document = tree.find((file) => file.path === 'SKILL.md');
  if (document === undefined) {
    throw new BeaverError('skill_document_missing', 'The tree has no SKILL.md.', {
      nextStep: 'Add a SKILL.md at the root of the skill.',
    });
  }
  const bytes =
    document.content.kind === 'bytes' ? document.content.bytes : await files.readFile(document.content.from);
  return Buffer.from(bytes ?? new Uint8Array()).toString('utf8');
}

/** Absolute path of a file of a stored version. */
export function versionFile(
  layout: WorkspaceLayout,
  skillName: string,
  version: string,
  file: string,
): string {
  return path.join(layout.version(skillName, version), ...file.split('/'));
}
