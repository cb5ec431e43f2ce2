import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { BeaverWorkspace } from '../../../../src/app/api.ts';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { nodePorts } from '../../../../src/node/node-ports.ts';
import { skillText, TempWorkspace, type Texts } from '../../../support/temp-workspace.ts';

const LANGUAGES = ['english', 'chinese', 'german', 'spanish', 'commands'];
const caseSchema = z.array(
  z.object({
    id: z.string(),
    path: z.string(),
    content: z.string(),
    expect: z.object({ tier: z.enum(['critical', 'warning', 'info']).nullable() }),
  }),
);
type Case = z.infer<typeof caseSchema>[number];

const CASES = LANGUAGES.flatMap((name) =>
  caseSchema.parse(
    JSON.parse(
      readFileSync(new URL(`../../../fixtures/injection/${name}.json`, import.meta.url), 'utf8'),
    ) as unknown,
  ),
);
const skillName = (index: number): string => `case-${String(index + 1).padStart(3, '0')}`;
const harmless = (name: string): string => skillText(name, { Use: 'Keep the notes tidy.' });

/** The update that brings the case into a skill that had nothing of it. */
function hostile({ path, content }: Case, name: string): Texts {
  return path === 'SKILL.md'
    ? { 'SKILL.md': content.replace(/^name: .*$/m, `name: ${name}`) }
    : { 'SKILL.md': harmless(name), [path]: content };
}

describe('The injection corpus at the gates', function () {
  this.timeout(240_000);
  let temp: TempWorkspace;
  let beaver: BeaverWorkspace;
  let byPolicy: BeaverWorkspace;

  before(async () => {
    temp = await TempWorkspace.create();
    beaver = temp.open();
    byPolicy = temp.open(nodePorts(), { gates: { review: 'clean_fast_forwards' } });
    const of = (texts: (one: Case, name: string) => Texts) =>
      Object.fromEntries(CASES.map((one, index) => [skillName(index), texts(one, skillName(index))]));
    await temp.plugin(
      'corpus',
      '1.0.0',
      of((_one, name) => ({ 'SKILL.md': harmless(name) })),
    );
    await beaver.plugins.enable(['corpus']);
    await temp.plugin('corpus', '2.0.0', of(hostile));
    await beaver.plugins.sync();
  });
  after(() => temp.dispose());

  it('has at least sixty cases in three languages and more', () => {
    assert(CASES.length >= 60, String(CASES.length));
    assert.equal(new Set(CASES.map(({ id }) => id)).size, CASES.length);
  });

  it('lets none be published by an approval alone where the rules see it, and none at all without one', async () => {
    const updates = new Map(
      (await beaver.updates.list()).updates.map((update) => [update.skill_name, update]),
    );
    for (const [index, one] of CASES.entries()) {
      const name = skillName(index);
      const { draft } = await beaver.updates.draft(updates.get(name)?.candidate_id ?? '');
      const refused = async (attempt: Promise<unknown>, ...codes: readonly string[]) =>
        assert.rejects(
          attempt,
          (error) => codes.some((code) => isBeaverError(error, code)),
          `${one.id} was not refused with ${codes.join(' or ')}`,
        );
      switch (one.expect.tier) {
        case 'critical':
          await refused(beaver.updates.approve(draft.draft_id), 'draft_not_ready');
          await beaver.updates.acknowledge(draft.draft_id);
          await refused(beaver.updates.approve(draft.draft_id), 'draft_not_ready');
          await refused(beaver.updates.publish(draft.draft_id), 'draft_not_ready');
          break;
        case 'warning':
          await refused(beaver.updates.approve(draft.draft_id), 'acknowledgement_missing', 'draft_not_ready');
          await refused(beaver.updates.publish(draft.draft_id), 'acknowledgement_missing', 'draft_not_ready');
          break;
        case 'info':
        case null:
          // What no pattern sees is for the person who reviews: nothing is published without one.
          await refused(
            beaver.updates.publish(draft.draft_id),
            'review_missing',
            'acknowledgement_missing',
            'draft_not_ready',
          );
      }
      assert.equal((await beaver.skills.show(name)).skill.current_version, 'v0001', one.id);
      assert.equal(await temp.text(`.agents/skills/${name}/SKILL.md`), harmless(name), one.id);
    }
  });

  it('lets none that the rules see be published by the setting for clean fast-forwards', async () => {
    const { sync } = await byPolicy.plugins.sync();
    const seen = new Set(
      CASES.flatMap(({ expect }, index) =>
        expect.tier === 'critical' || expect.tier === 'warning' ? [skillName(index)] : [],
      ),
    );
    assert(seen.size >= 90, String(seen.size));
    assert.deepEqual(
      sync.published.map(({ skill_name }) => skill_name).filter((name) => seen.has(name)),
      [],
    );
  });
});
