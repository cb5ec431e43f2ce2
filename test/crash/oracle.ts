import assert from 'node:assert/strict';
import { TARGETS } from './life.ts';
import { foldersIn, imageText, treeOf, type WorkspaceImage } from './workspace-image.ts';

/**
 * What must hold of a workspace, read off its files from the outside: the oracle knows the documented layout and nothing of the code.
 * Numbers are those of the invariants in ARCHITECTURE.md.
 */

/** What is on its way, what other processes are told, what is derived, and temporaries that a crash left beside their files. */
const NOT_STATE = [/^\.beaver\/(?:staging|locks|cache)\//, /\.tmp$/];
const AUDIT = '.beaver/learning/audit.jsonl';

/** Everything that the workspace knows, comparable: two workspaces with equal facts are in the same state. */
export type Facts = Readonly<Record<string, string>>;

export function factsOf(image: WorkspaceImage): Facts {
  const facts: Record<string, string> = {};
  for (const [name, { bytes, executable }] of image) {
    if (NOT_STATE.some((pattern) => pattern.test(name))) continue;
    const text = Buffer.from(bytes).toString('utf8');
    facts[name] = `${executable ? '(executable) ' : ''}${name === AUDIT ? withoutIds(text) : text}`;
  }
  return facts;
}

/** Events carry ids that differ from run to run, and nothing else does. */
function withoutIds(log: string): string {
  return log.replace(/"event_id":"[^"]*"/g, '"event_id":"…"');
}

/** The trees that people and agents see: plugins, the store, and the targets. */
export function visibleFacts(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !name.startsWith('.beaver/')));
}

/** Without the log, in which a command that is given twice shows twice. */
export function withoutLog(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => name !== AUDIT));
}

/** Immutable folders: versions and snapshots, with their content. */
function immutables(image: WorkspaceImage): ReadonlyMap<string, Facts> {
  const found = new Map<string, Facts>();
  for (const skill of foldersIn(image, 'skills')) {
    for (const version of foldersIn(image, `skills/${skill}/versions`)) {
      const folder = `skills/${skill}/versions/${version}`;
      found.set(folder, treeOf(image, folder));
    }
    for (const source of foldersIn(image, `skills/${skill}/upstreams`)) {
      for (const hash of foldersIn(image, `skills/${skill}/upstreams/${source}`)) {
        const folder = `skills/${skill}/upstreams/${source}/${hash}`;
        found.set(folder, treeOf(image, folder));
      }
    }
  }
  return found;
}

/** 1: the packages of plugins are as their authors left them. */
export function assertPluginsUntouched(before: WorkspaceImage, now: WorkspaceImage): void {
  assert.deepEqual(treeOf(now, 'plugins'), treeOf(before, 'plugins'), 'A plugin was written to.');
}

/** 2: whatever was complete has its bytes, and what appeared is one of the trees that were to appear, whole. */
export function assertImmutable(before: WorkspaceImage, now: WorkspaceImage, after: WorkspaceImage): void {
  const [was, is, willBe] = [immutables(before), immutables(now), immutables(after)];
  for (const [folder, tree] of was) assert.deepEqual(is.get(folder), tree, `${folder} lost its bytes.`);
  for (const [folder, tree] of is) {
    if (!was.has(folder)) assert.deepEqual(tree, willBe.get(folder), `${folder} is not whole.`);
  }
}

/** 3 and 4: every pointer names a version that is there, with the tree that the pointer says. */
export function assertPointersHold(now: WorkspaceImage): void {
  for (const skill of foldersIn(now, 'skills')) {
    const pointer = parsed(now, `skills/${skill}/current.json`);
    const version = String(pointer['version']);
    const metadata = parsed(now, `skills/${skill}/versions/${version}/version.json`);
    assert.equal(metadata['tree_hash'], pointer['tree_hash'], `The pointer of ${skill} names another tree.`);
    assert.notEqual(imageText(now, `skills/${skill}/versions/${version}/SKILL.md`), undefined);
  }
}

/** 4: every folder that agents read holds a whole tree that stood there before or was to stand there after. */
export function assertTargetsWhole(
  now: WorkspaceImage,
  states: readonly WorkspaceImage[],
  mayMiss: boolean,
): void {
  for (const target of TARGETS) {
    const names = new Set([now, ...states].flatMap((image) => foldersIn(image, target)));
    for (const name of names) {
      const folder = `${target}/${name}`;
      const there = JSON.stringify(treeOf(now, folder));
      const whole = new Set(states.map((image) => JSON.stringify(treeOf(image, folder))));
      if (mayMiss) whole.add('{}');
      assert.ok(whole.has(there), `${folder} holds a half tree: ${there}`);
    }
  }
}

/** 7: what somebody wrote is in a version or still where it was written. */
export function assertEditsKept(
  now: WorkspaceImage,
  edits: readonly string[],
  places: readonly string[] = ['skills', ...TARGETS],
): void {
  const documents = [...now].filter(([name]) => places.some((place) => name.startsWith(`${place}/`)));
  for (const edit of edits) {
    const kept = documents.some(([, { bytes }]) => Buffer.from(bytes).toString('utf8').includes(edit));
    assert.ok(kept, `An edit is lost: ${edit}`);
  }
}

/** 4: the workspace is in one of the states between two whole changes. @returns the number of the last that it is in. */
export function assertWhole(facts: Facts, states: readonly Facts[]): number {
  const found = states.findLastIndex((state) => equal(state, facts));
  if (found >= 0) return found;
  const nearest =
    states.toSorted((a, b) => differences(a, facts).length - differences(b, facts).length)[0] ?? {};
  const names = differences(nearest, facts);
  const pick = (of: Facts): Facts => Object.fromEntries(names.map((name) => [name, of[name] ?? '(missing)']));
  assert.deepEqual(
    pick(facts),
    pick(nearest),
    'The workspace is in none of the whole states; the nearest differs.',
  );
  return -1;
}

function differences(a: Facts, b: Facts): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
}

function equal(a: Facts, b: Facts): boolean {
  return differences(a, b).length === 0;
}

function parsed(image: WorkspaceImage, name: string): Readonly<Record<string, unknown>> {
  const text = imageText(image, name);
  assert.ok(text !== undefined, `${name} is missing.`);
  const value: unknown = JSON.parse(text);
  assert.ok(typeof value === 'object' && value !== null, `${name} is no object.`);
  return Object.fromEntries(Object.entries(value));
}
