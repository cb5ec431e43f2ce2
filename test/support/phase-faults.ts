import * as path from 'node:path';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import type { InstallEvent } from '../../src/core/install/install-events.ts';
import { readInstallEvents } from '../../src/core/install/install-events.ts';
import { type Phase, PHASES } from '../../src/core/install/phases.ts';
import { WorkspaceLayout } from '../../src/core/layout.ts';
import type { FileSystem } from '../../src/core/ports.ts';
import { crashStates, toMemoryFiles } from './crash-states.ts';
import { type Fault, FaultFileSystem, isMutation } from './fault-files.ts';
import { MemoryFileSystem } from './memory-files.ts';
import { type FakePorts, fakePorts } from './ports.ts';
import { RecordingFileSystem } from './recording-files.ts';
import { ScriptedPackages } from './scripted-packages.ts';
import { readImage, writeImage, type WorkspaceImage } from '../crash/workspace-image.ts';

/** What goes wrong in a phase of an update that brings a dependency with it. */
export const PHASE_FAULTS = [
  'a call fails',
  'it hangs',
  'the process is killed',
  'the disk is full',
  'the power is cut',
] as const;
export type PhaseFault = (typeof PHASE_FAULTS)[number];

const ROOT = path.resolve('/life');
/** Milliseconds. A phase that hangs ends then; what does not hang has a minute. */
const SHORT = 20;
/** States of the disk that are looked at where the power is cut, of each phase. */
const STATES = 40;

/** A workspace in which `kit` 1.0.0 is in use; 1.1.0 needs `other`, which is not installed. */
export interface PhaseWorld {
  readonly image: WorkspaceImage;
  /** Digest of the consent that the update asks for. */
  readonly accept: string;
  /** The number of the first call of each phase, among all and among those that change the disk; and the first operation of the recording. */
  readonly starts: ReadonlyMap<
    Phase,
    { readonly call: number; readonly change: number; readonly operation: number }
  >;
  readonly cuts: ReadonlyMap<Phase, readonly (() => Promise<FileSystem>)[]>;
}

/** What is found after the next ordinary command. */
export interface PhaseEnd {
  /** By id. */
  readonly active: Readonly<Record<string, string | null>>;
  readonly visible: readonly string[];
  /** Correlation ids of attempts whose journal was there before the next command. */
  readonly open: readonly string[];
  readonly rollbacks: readonly InstallEvent[];
  readonly files: FileSystem;
}

function releases(files: FileSystem, newest: '1.0.0' | '1.1.0'): ScriptedPackages {
  const packages = new ScriptedPackages(files);
  const server = { mcpServers: { draw: { command: 'drawer' } } };
  packages.plugin('other', '1.0.0');
  packages.plugin('kit', '1.0.0', { manifest: server });
  if (newest === '1.1.0')
    packages.plugin('kit', newest, { manifest: { ...server, dependencies: ['other'] } });
  packages.list('kit', 'other');
  return packages;
}

function open(
  ports: FakePorts,
  packages: ScriptedPackages,
  deadlines: Partial<Record<Phase, number>> = {},
): BeaverWorkspace {
  return createWorkspace(
    { ...ports, packages, programs: { exists: () => Promise.resolve(true) } },
    { root: ROOT, actor: 'tester', runtimeTargets: ['.agents/skills'], installDeadlines: deadlines },
  );
}

export async function phaseWorld(): Promise<PhaseWorld> {
  const files = new MemoryFileSystem();
  const first = open(fakePorts(files), releases(files, '1.0.0'));
  const place = { directory: ROOT, home: ROOT };
  await first.marketplaces.add('https://git.example.com/team.git', { ...place, trust: true });
  await first.installs.install({ kind: 'listed', name: 'kit', marketplace: 'team' });
  await first.plugins.sync();
  // A plugin that comes along is new: a person is asked, once.
  const asked = await open(fakePorts(files), releases(files, '1.1.0')).installs.update(['kit@team']);
  const accept = asked.updates[0]?.consent?.digest ?? '';
  const image = await readImage(files, ROOT);
  const disk = new MemoryFileSystem();
  await writeImage(disk, ROOT, image);
  const recorder = await RecordingFileSystem.start(disk, ROOT);
  const counting = new FaultFileSystem(recorder);
  const starts = new Map<Phase, { call: number; change: number; operation: number }>();
  const onProgress = ({ phase }: { readonly phase: Phase }): void => {
    const changes = counting.calls.filter(({ method }) => isMutation(method)).length;
    starts.set(phase, {
      call: counting.calls.length + 1,
      change: changes + 1,
      operation: recorder.recording().operations.length,
    });
  };
  const { installs } = open(fakePorts(counting), releases(counting, '1.1.0'));
  await installs.update(['kit@team'], { accept, onProgress });
  const cuts = new Map<Phase, (() => Promise<FileSystem>)[]>();
  for (const state of crashStates(recorder.recording(), { limit: 8 })) {
    // From the first call of a phase to the last one before the next; of the last phase, while its end is not on the disk.
    const phase = PHASES.findLast((one) => state.afterOperation > (starts.get(one)?.operation ?? Infinity));
    if (phase === undefined) continue;
    cuts.set(phase, [...(cuts.get(phase) ?? []), () => toMemoryFiles(state, ROOT)]);
  }
  for (const [phase, states] of cuts) {
    const every = Math.max(1, Math.ceil(states.length / STATES));
    cuts.set(
      phase,
      states.filter((_, index) => index % every === 0),
    );
  }
  return { image, accept, starts, cuts };
}

/** The ends of an update that `fault` strikes in `phase`: one, or as many as there are disks that a power cut may leave. */
export async function sufferInPhase(
  world: PhaseWorld,
  phase: Phase,
  fault: PhaseFault,
): Promise<readonly PhaseEnd[]> {
  if (fault === 'the power is cut') {
    const ends: PhaseEnd[] = [];
    for (const left of world.cuts.get(phase) ?? []) ends.push(await endOf(await left()));
    return ends;
  }
  const files = new MemoryFileSystem();
  await writeImage(files, ROOT, world.image);
  const start = world.starts.get(phase);
  if (start === undefined) throw new Error(`the phase ${phase} never began`);
  const killed = Promise.withResolvers<undefined>();
  const never = (): Promise<never> => new Promise<never>(() => undefined);
  // Whatever hangs inside the write lock may still happen: only the wait for the lock has a deadline there.
  const locked = fault === 'it hangs' && phase === 'activate';
  const plans: Readonly<Record<Exclude<PhaseFault, 'the power is cut'>, Fault>> = {
    'a call fails': { kind: 'fail', code: 'EIO' },
    'it hangs': { kind: 'hook', when: 'before', hook: never },
    'the process is killed': {
      kind: 'halt',
      reached: () => {
        killed.resolve(undefined);
      },
    },
    'the disk is full': { kind: 'fail', code: 'ENOSPC', persistent: true, torn: true },
  };
  const full = fault === 'the disk is full';
  const faulty = new FaultFileSystem(files, {
    at: locked ? 0 : full ? start.change : start.call,
    ...(full ? { counts: isMutation } : {}),
    fault: plans[fault],
  });
  const ports = fakePorts(faulty);
  const { installs } = open(
    ports,
    releases(faulty, '1.1.0'),
    fault === 'it hangs' && !locked ? { [phase]: SHORT } : {},
  );
  const onProgress = (progress: { readonly phase: Phase }): void => {
    if (locked && progress.phase === phase)
      ports.lock.heldElsewhere = { pid: 4711, acquiredAt: 0, purpose: 'sync plugins' };
  };
  const gone = new AbortController();
  const ended = installs
    .update(['kit@team'], { accept: world.accept, onProgress, signal: gone.signal })
    .catch(() => undefined);
  await Promise.race([ended, killed.promise]);
  const end = await endOf(files);
  // What is killed has no timers any more; its calls go nowhere.
  gone.abort();
  return [end];
}

async function endOf(files: FileSystem): Promise<PhaseEnd> {
  const layout = new WorkspaceLayout(ROOT);
  const journals = (await files.readDirectory(layout.installAttempts)) ?? [];
  const next = open(fakePorts(files), releases(files, '1.0.0'));
  await next.plugins.sync();
  const { installed } = await next.installs.list();
  const targets = path.join(ROOT, '.agents', 'skills');
  const names = ((await files.readDirectory(targets)) ?? []).map(({ name }) => name).sort();
  return {
    active: Object.fromEntries(installed.map(({ id, active }) => [id, active.version])),
    visible: names,
    open: journals.flatMap(({ name }) => /^(.+)[.]json$/.exec(name)?.[1] ?? []),
    rollbacks: (await readInstallEvents(files, layout)).filter(({ event }) => event === 'rolled_back'),
    files,
  };
}

/** The same update once more, by somebody whom nothing befalls. @returns what is in use then. */
export async function updateAgain(
  { accept }: PhaseWorld,
  files: FileSystem,
): Promise<Readonly<Record<string, string | null>>> {
  const workspace = open(fakePorts(files), releases(files, '1.1.0'));
  await workspace.installs.update(['kit@team'], { accept });
  const { installed } = await workspace.installs.list();
  return Object.fromEntries(installed.map(({ id, active }) => [id, active.version]));
}

/** The doors by which the promises about a settled workspace are looked at. */
export function doorsTo(files: FileSystem): { readonly root: string; readonly ports: FakePorts } {
  return { root: ROOT, ports: fakePorts(files) };
}
