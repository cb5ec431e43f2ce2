/**
 * What becomes of an installation when something goes wrong, wherever it does: seeded random faults, each in a workspace of its own, and
 * what the next ordinary command finds. `node bench/install-faults.ts [RUNS] [SEED]` writes `bench/install-faults.md`; ends with 1 when a
 * run is stranded.
 */
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import process from 'node:process';
import { PHASES } from '../src/core/install/phases.ts';
import type { FileSystem } from '../src/core/ports.ts';
import { readImage, writeImage, type WorkspaceImage } from '../test/crash/workspace-image.ts';
import { crashStates, type CrashState, toMemoryFiles } from '../test/support/crash-states.ts';
import { type Fault, FaultFileSystem, isMutation } from '../test/support/fault-files.ts';
import {
  assertSettled,
  carryOutInstall,
  forcedRollbacks,
  INSTALL_OPERATIONS,
  type InstalledFacts,
  installedFacts,
  type InstallOperation,
  installReleases,
  openInstalls,
  prepareInstalls,
} from '../test/support/install-faults.ts';
import { MemoryFileSystem } from '../test/support/memory-files.ts';
import { PHASE_FAULTS, phaseWorld, sufferInPhase } from '../test/support/phase-faults.ts';
import { fakePorts } from '../test/support/ports.ts';
import { RecordingFileSystem } from '../test/support/recording-files.ts';
import type { ScriptedPackages } from '../test/support/scripted-packages.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';

const RUNS = Number(process.argv[2] ?? '1000');
const SEED = Number(process.argv[3] ?? '1');
const ROOT = path.resolve('/life');
/** States of a power cut that are kept for drawing, of each operation. */
const KEPT_STATES = 300;

const FAULTS = [
  'a call fails',
  'the disk becomes full',
  'the process is killed',
  'the power is cut',
  'the transfer fails',
  'the transfer hangs',
  'a person cancels',
] as const;
type FaultName = (typeof FAULTS)[number];

interface Stage {
  readonly image: WorkspaceImage;
  readonly calls: number;
  readonly before: InstalledFacts;
  readonly after: InstalledFacts;
  readonly earlier: number;
  readonly states: readonly CrashState[];
}

const ENDS = ['new version', 'rolled back at once', 'rolled back by the next command', 'stranded'] as const;
type End = (typeof ENDS)[number];

async function prepare(operation: InstallOperation, random: SeededRandom): Promise<Stage> {
  const files = new MemoryFileSystem();
  const doors = { root: ROOT, ports: fakePorts(files) };
  await prepareInstalls(doors, operation);
  const image = await readImage(files, ROOT);
  const before = await installedFacts(doors);
  const earlier = await forcedRollbacks(doors);
  const recorder = await RecordingFileSystem.start(files, ROOT);
  const counting = new FaultFileSystem(recorder, {
    at: 0,
    counts: isMutation,
    fault: { kind: 'fail', code: 'EIO' },
  });
  await carryOutInstall({ root: ROOT, ports: fakePorts(counting) }, operation);
  const states: CrashState[] = [];
  let found = 0;
  for (const state of crashStates(recorder.recording(), { limit: 16 })) {
    found += 1;
    const slot = states.length < KEPT_STATES ? states.length : random.below(found);
    if (slot < KEPT_STATES) states[slot] = state;
  }
  return { image, calls: counting.calls.length, before, after: await installedFacts(doors), earlier, states };
}

/** The disk that the fault leaves. */
async function suffer(
  stage: Stage,
  operation: InstallOperation,
  fault: FaultName,
  random: SeededRandom,
): Promise<FileSystem> {
  if (fault === 'the power is cut') {
    const state = stage.states[random.below(stage.states.length)];
    if (state !== undefined) return toMemoryFiles(state, ROOT);
  }
  const files = new MemoryFileSystem();
  await writeImage(files, ROOT, stage.image);
  const at = 1 + random.below(stage.calls);
  const killed = Promise.withResolvers<undefined>();
  const controller = new AbortController();
  const plan = diskFault(fault, killed, controller);
  const disk =
    plan === undefined ? files : new FaultFileSystem(files, { at, counts: isMutation, fault: plan });
  const doors = { root: ROOT, ports: fakePorts(disk), deadline: fault === 'the transfer hangs' ? 5 : 60_000 };
  const adjust = (packages: ScriptedPackages): void => {
    if (fault === 'the transfer fails')
      packages.beforeFetch = () => Promise.reject(new Error('The connection ended.'));
    if (fault === 'the transfer hangs') packages.beforeFetch = () => new Promise(() => undefined);
  };
  const ended = carryOutInstall(doors, operation, adjust, controller.signal).catch(() => undefined);
  await Promise.race([ended, killed.promise]);
  return files;
}

function diskFault(
  fault: FaultName,
  killed: PromiseWithResolvers<undefined>,
  controller: AbortController,
): Fault | undefined {
  switch (fault) {
    case 'a call fails':
      return { kind: 'fail', code: 'EIO' };
    case 'the disk becomes full':
      return { kind: 'fail', code: 'ENOSPC', persistent: true, torn: true };
    case 'the process is killed': {
      const reached = (): void => {
        killed.resolve(undefined);
      };
      return { kind: 'halt', reached };
    }
    case 'a person cancels': {
      const hook = (): void => {
        controller.abort();
      };
      return { kind: 'hook', when: 'after', hook };
    }
    case 'the power is cut':
    case 'the transfer fails':
    case 'the transfer hangs':
      return undefined;
  }
}

async function endOf(stage: Stage, files: FileSystem): Promise<{ readonly end: End; readonly why: string }> {
  const doors = { root: ROOT, ports: fakePorts(files) };
  try {
    const atOnce = await assertSettled(doors).then(
      () => true,
      () => false,
    );
    await openInstalls(doors, installReleases(files)).plugins.sync();
    await assertSettled(doors);
    const now = await installedFacts(doors);
    const events = (await forcedRollbacks(doors)) - stage.earlier;
    if (JSON.stringify(now.active) === JSON.stringify(stage.after.active))
      return events === 0
        ? { end: 'new version', why: '' }
        : { end: 'stranded', why: 'new, and rolled back' };
    const same = JSON.stringify(now) === JSON.stringify(stage.before);
    if (!same || events > 1)
      return { end: 'stranded', why: same ? `${events} events` : 'neither before nor after' };
    return { end: atOnce ? 'rolled back at once' : 'rolled back by the next command', why: '' };
  } catch (error) {
    return { end: 'stranded', why: error instanceof Error ? error.message : String(error) };
  }
}

/** One row for each phase: with what an update ended that a fault struck there, and the reason in its one rollback event. */
async function phaseTable(): Promise<string> {
  const world = await phaseWorld();
  const rows: string[] = [];
  for (const phase of PHASES) {
    const cells: string[] = [];
    for (const fault of PHASE_FAULTS) {
      const ends = await sufferInPhase(world, phase, fault);
      const codes = new Map<string, number>();
      for (const { active, rollbacks } of ends) {
        const version = active['kit@team'] ?? 'none';
        const reason = rollbacks.map((event) => event.reason?.code ?? '').join(' and ');
        const cell = `${version}${reason === '' ? '' : ` \`${reason}\``}`;
        codes.set(cell, (codes.get(cell) ?? 0) + 1);
      }
      const told = [...codes].map(([code, count]) => (ends.length === 1 ? code : `${count} × ${code}`));
      cells.push(told.join(', '));
    }
    rows.push(`| ${phase} | ${cells.join(' | ')} |`);
  }
  return rows.join('\n');
}

const random = new SeededRandom(SEED);
const stages = new Map<InstallOperation, Stage>();
for (const operation of INSTALL_OPERATIONS) stages.set(operation, await prepare(operation, random));
const counts = new Map<FaultName, Map<End, number>>(FAULTS.map((fault) => [fault, new Map()]));
const stranded: string[] = [];
const startedAt = performance.now();
for (let run = 0; run < RUNS; run += 1) {
  const operation = INSTALL_OPERATIONS[random.below(INSTALL_OPERATIONS.length)] ?? 'update';
  // These transfer nothing.
  const possible =
    operation === 'roll back' || operation === 'uninstall'
      ? FAULTS.filter((fault) => !fault.startsWith('the transfer'))
      : FAULTS;
  const fault = possible[random.below(possible.length)] ?? 'a call fails';
  const stage = stages.get(operation);
  if (stage === undefined) continue;
  const { end, why } = await endOf(stage, await suffer(stage, operation, fault, random));
  const row = counts.get(fault);
  row?.set(end, (row.get(end) ?? 0) + 1);
  if (end === 'stranded') stranded.push(`run ${run}: ${operation}, ${fault}: ${why}`);
}
const seconds = (performance.now() - startedAt) / 1000;

const total = (end: End): number => [...counts.values()].reduce((sum, row) => sum + (row.get(end) ?? 0), 0);
const table = FAULTS.map((fault) => {
  const row = counts.get(fault) ?? new Map<End, number>();
  const runs = [...row.values()].reduce((sum, count) => sum + count, 0);
  return `| ${fault} | ${runs} | ${ENDS.map((end) => row.get(end) ?? 0).join(' | ')} |`;
});
const recovered = ((RUNS - total('stranded')) / RUNS) * 100;
const text = `# Installations that something goes wrong in

\`node bench/install-faults.ts ${RUNS} ${SEED}\`: ${RUNS} runs with seed ${SEED}. Each is an installation beside another plugin, an update, a
rollback or an uninstallation in a workspace of its own, with one fault at a random place: any call that changes the disk, any state of the disk that a power cut may
leave, the transfer, or a cancellation at any moment. Then an ordinary sync runs, and everything is looked at: the registry names packages that
are whole on disk and nothing else is there, no attempt is open, what agents read is as before or as after, and there is at most one rollback event.

| fault | runs | ${ENDS.join(' | ')} |
| --- | ---: | ---: | ---: | ---: | ---: |
${table.join('\n')}
| **all** | **${RUNS}** | ${ENDS.map((end) => `**${total(end)}**`).join(' | ')} |

Recovered without a hand: ${recovered.toFixed(1)} %. Stranded: ${total('stranded')}. The new version counts as a recovery: a cancellation after the
activation, and a fault after the change had been committed, come too late to undo it.

## Each phase

An update from 1.0.0 to 1.1.0 that brings a dependency along is struck at the first call of each phase (a power cut: at up to 40 states of the disk
that may be left anywhere in the phase). Every cell is a test in \`test/unit/core/install/phase-faults.test.ts\`: what is in use after the next
ordinary command, the reason in the one rollback event, the registry is what is on disk, and the same update goes through afterwards.

| phase | ${PHASE_FAULTS.join(' | ')} |
| --- | --- | --- | --- | --- | --- |
${await phaseTable()}

In \`activate\` what hangs is another writer that keeps the write lock. A call of the system that never returns while the lock is held has no deadline: what
may still happen cannot be undone. 1.1.0 after a power cut in the last phase are states in which its end is on the disk.

The crash suite (\`test/crash/install-crash.test.ts\`) kills a real process with SIGKILL before and after every call that changes the disk, of an
installation, an update, a rollback and an uninstallation; none of those kills is simulated. Reading in between leaves the disk as it is.
`;
writeFileSync(new URL('install-faults.md', import.meta.url), text);
console.log(text);
for (const line of stranded) console.log(line);
console.log(`${seconds.toFixed(1)} s`);
if (stranded.length > 0) process.exitCode = 1;
