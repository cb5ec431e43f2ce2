import assert from 'node:assert/strict';
import type { DoctorPayload } from '../../src/app/payloads.ts';
import type { FileSystem, Ports } from '../../src/core/ports.ts';
import { type FileCall, FaultFileSystem } from '../support/fault-files.ts';
import { changesDisk, openLife, openStage, SmallSteps } from './crash-ports.ts';
import { LIFE, Outside, type Stage } from './life.ts';
import { type Facts, factsOf, visibleFacts } from './oracle.ts';
import { imageText, readImage, type WorkspaceImage, writeImage } from './workspace-image.ts';

/** A state between two whole changes. */
export interface WholeState {
  readonly facts: Facts;
  /** Edits that nobody has captured yet are the only thing that the doctor may speak of. */
  readonly findings: DoctorPayload['findings'];
}

/** One stage of the life as it goes when nothing disturbs it: what every disturbed one is held against. */
export interface StageRecord {
  readonly stage: Stage;
  /** Prepared, and nothing done yet. */
  readonly before: WorkspaceImage;
  readonly after: WorkspaceImage;
  /** `before`, then the disk after each change of the stage. */
  readonly images: readonly WorkspaceImage[];
  /** Of `images`, each after a sync: where a disturbed workspace may be after the sync that follows. */
  readonly states: readonly WholeState[];
  /** The facts after the stage and a sync. */
  readonly done: Facts;
  /** The calls that change the disk. */
  readonly calls: readonly FileCall[];
  /** What somebody wrote into a target up to now. */
  readonly edits: readonly string[];
}

export interface LifeRecord {
  readonly stages: readonly StageRecord[];
  /** What people and agents see at the end. */
  readonly end: Facts;
}

/** Lives the life once in `root`, which it replaces. `ports` gives ports over the files that it is given. */
export async function recordLife(
  files: FileSystem,
  root: string,
  ports: (files: FileSystem) => Ports,
): Promise<LifeRecord> {
  const stages: StageRecord[] = [];
  const edits: string[] = [];
  const sync = async (image: WorkspaceImage): Promise<WholeState> => {
    await writeImage(files, root, image);
    await openLife(ports(files), root).plugins.sync();
    const { findings } = await openLife(ports(files), root).doctor();
    assert.deepEqual(
      findings.filter(({ code }) => code !== 'local_edits_found'),
      [],
    );
    return { facts: factsOf(await readImage(files, root)), findings };
  };
  const run = async (
    stage: Stage,
    image: WorkspaceImage,
    faulty: FaultFileSystem,
  ): Promise<WorkspaceImage> => {
    await writeImage(files, root, image);
    await stage.act(openStage(stage, ports(new SmallSteps(faulty)), root));
    return readImage(files, root);
  };
  let image: WorkspaceImage = new Map();
  for (const stage of LIFE) {
    await writeImage(files, root, image);
    await stage.prepare?.(new Outside(files, root));
    edits.push(...(stage.edits ?? []));
    const before = await readImage(files, root);
    const counting = new FaultFileSystem(files, {
      at: 0,
      counts: changesDisk,
      fault: { kind: 'hook', when: 'before', hook: () => undefined },
    });
    const after = await run(stage, before, counting);
    const images = [before];
    for (const { number } of counting.calls.filter(endsChange)) {
      const watching = new FaultFileSystem(files, {
        at: number,
        counts: changesDisk,
        fault: {
          kind: 'hook',
          when: 'after',
          hook: async () => {
            images.push(await readImage(files, root));
          },
        },
      });
      await run(stage, before, watching);
    }
    if (stage.event !== undefined)
      assert.match(imageText(after, '.beaver/learning/audit.jsonl') ?? '', new RegExp(`"${stage.event}"`));
    assert.equal(images.length - 1, stage.changes, `changes of the stage "${stage.name}"`);
    const states: WholeState[] = [];
    for (const one of images) states.push(await sync(one));
    const done = await sync(after);
    assert.deepEqual(done.findings, [], stage.name);
    stages.push({
      stage,
      before,
      after,
      images,
      states,
      done: done.facts,
      calls: counting.calls,
      edits: [...edits],
    });
    image = after;
  }
  return { stages, end: visibleFacts((await sync(image)).facts) };
}

/** A change is complete when the journal that would carry it out again is gone. */
function endsChange(call: FileCall): boolean {
  return call.method === 'remove' && call.path.endsWith('commit.json');
}
