import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { NodeFileSystem } from '../../src/node/node-files.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { skillText, TempWorkspace } from '../support/temp-workspace.ts';
import type { ContenderOrder } from './contention-messages.ts';
import { Contenders } from './contenders.ts';
import { openLife } from './crash-ports.ts';
import { TARGETS } from './life.ts';
import { assertEditsKept, assertImmutable, assertPointersHold } from './oracle.ts';
import { readImage, type WorkspaceImage } from './workspace-image.ts';

const ROUNDS = 50;
const PROCESSES = 8;

describe('Many processes in one workspace', function () {
  this.timeout(300_000);
  const files = new NodeFileSystem();
  let temp: TempWorkspace;
  let beaver: BeaverWorkspace;
  let contenders: Contenders | undefined;

  const release = async (round: number): Promise<void> => {
    const sections = {
      Layout: `Use a grid of ${round}.`,
      Review: 'Check the panels.',
      Output: 'Write a PDF.',
    };
    await temp.plugin('kit', `1.${round}.0`, {
      draw: { 'SKILL.md': skillText('draw', sections), 'panel.txt': `panel ${round}` },
    });
  };
  const audit = async (): Promise<readonly { readonly event: string; readonly candidate: unknown }[]> => {
    const lines = (await temp.text('.beaver/learning/audit.jsonl')).trimEnd().split('\n');
    return lines.map((line) => {
      const event = JSON.parse(line) as { event: string; detail: { candidate_id?: unknown } };
      return { event: event.event, candidate: event.detail.candidate_id };
    });
  };
  const image = (): Promise<WorkspaceImage> => readImage(files, temp.root);

  beforeEach(async () => {
    temp = await TempWorkspace.create();
    beaver = openLife(nodePorts(), temp.root);
    await release(0);
    await beaver.plugins.enable(['kit']);
  });
  afterEach(async () => {
    await contenders?.end();
    contenders = undefined;
    await temp.dispose();
  });

  it(`offers each release once, with ${PROCESSES} syncing it at the same time, ${ROUNDS} times`, async () => {
    contenders = await Contenders.start(PROCESSES, temp.root);
    let before = await image();
    for (let round = 1; round <= ROUNDS; round += 1) {
      await release(round);
      // One in three does not wait, as at the start of the editor.
      const orders = Array.from({ length: PROCESSES }, (_, one): ContenderOrder => ({
        kind: 'sync',
        wait: one % 3 === 2 ? 'never' : 'bounded',
      }));
      const answers = await contenders.together(orders);
      for (const [one, answer] of answers.entries())
        assert.ok(
          answer === 'synced' || (one % 3 === 2 && answer === 'deferred_lock_busy'),
          `${answer} in round ${round}`,
        );
      const { updates } = await beaver.updates.list();
      const open = updates.filter(({ status }) => status === 'open');
      assert.deepEqual([updates.length, open.length, open[0]?.plugin_version], [round, 1, `1.${round}.0`]);
      const now = await image();
      assertImmutable(before, now, now);
      before = now;
    }
    const made = (await audit()).filter(({ event }) => event === 'plugin_update_created');
    assert.deepEqual([made.length, new Set(made.map(({ candidate }) => candidate)).size], [ROUNDS, ROUNDS]);
    assert.deepEqual(await fs.readdir(temp.path('skills/draw/versions')), ['v0001']);
    assert.equal((await fs.readdir(temp.path('skills/draw/upstreams/kit'))).length, ROUNDS + 1);
    assert.deepEqual((await beaver.doctor()).findings, []);
  });

  it('keeps every edit and every version while some publish, capture, sync and roll back at the same time', async () => {
    contenders = await Contenders.start(4, temp.root);
    const random = new SeededRandom(7);
    const edits: string[] = [];
    let before = await image();
    for (let round = 1; round <= 15; round += 1) {
      await release(round);
      const target = TARGETS[random.below(TARGETS.length)] ?? TARGETS[0];
      const versions = (await beaver.skills.show('draw')).skill.versions.map(({ version }) => version);
      const document = `${target}/draw/SKILL.md`;
      const edit = `An agent learned ${round}.`;
      await fs.appendFile(temp.path(document), `\n${edit}\n`);
      edits.push(edit);
      const orders: readonly ContenderOrder[] = [
        { kind: 'publish', skill: 'draw' },
        { kind: 'capture', skill: 'draw' },
        { kind: 'sync', wait: 'bounded' },
        { kind: 'rollback', skill: 'draw', version: versions[random.below(versions.length)] ?? 'v0001' },
      ];
      await contenders.together(orders);
      const now = await image();
      assertImmutable(before, now, now);
      assertPointersHold(now);
      assertEditsKept(now, edits);
      before = now;
    }
    await beaver.skills.capture();
    await beaver.plugins.sync();
    const end = await image();
    assertPointersHold(end);
    // Every one of them is in a version now, and no number was given twice.
    assertEditsKept(end, edits, ['skills']);
    const versions = (await beaver.skills.show('draw')).skill.versions.map(({ version }) => version);
    assert.deepEqual([...new Set(versions)], versions);
    assert.deepEqual((await beaver.doctor()).findings, []);
  });
});
