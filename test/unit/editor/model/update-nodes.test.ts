import assert from 'node:assert/strict';
import type { UpdatePayload } from '../../../../src/app/payloads.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { presentGroup, presentUpdate, updateGroups } from '../../../../src/editor/model/update-nodes.ts';
import { sampleSnapshot, sampleUpdate } from '../../../support/editor-samples.ts';

const drawn = (updates: readonly UpdatePayload[]): readonly string[] =>
  updateGroups([sampleSnapshot({ updates })]).flatMap((group) => [
    `${presentGroup(group, inEnglish).label} ${presentGroup(group, inEnglish).description}`,
    ...group.updates.map((node) => {
      const { label, description } = presentUpdate(node, inEnglish);
      return `  ${label} (${description})`;
    }),
  ]);

describe('the Updates tree', () => {
  it('puts what needs a person first, and leaves out what is settled', () => {
    assert.deepEqual(
      drawn([
        sampleUpdate('waits', { merge_mode: 'fast_forward' }),
        sampleUpdate('done', { status: 'published', version: 'v0003' }),
        sampleUpdate('clear', { status: 'ready', draft_id: 'd1', conflicts: 0 }),
        sampleUpdate('held', { status: 'drafted', draft_id: 'd3', conflicts: 0 }),
        sampleUpdate('fights', { status: 'drafted', draft_id: 'd2', conflicts: 1 }),
        sampleUpdate('refused', { status: 'rejected' }),
        sampleUpdate('old', { status: 'superseded' }),
      ]),
      [
        'Conflicts 1',
        '  fights (1 conflict · 1.1.0)',
        'Ready to Review 2',
        '  clear (three-way · 1.1.0)',
        '  held (held back by a check · 1.1.0)',
        'Waiting 1',
        '  waits (fast-forward · 1.1.0)',
        'Published Lately 1',
        '  done (v0003 · 1.1.0)',
      ],
    );
  });

  it('says nothing of a draft that is out of date but that it is, and offers to make it again', () => {
    const stale = sampleUpdate('moved', { status: 'drafted', draft_id: 'd1', conflicts: 1, stale: true });
    assert.deepEqual(drawn([stale]), ['Waiting 1', '  moved (draft out of date · 1.1.0)']);
    const [node] = updateGroups([sampleSnapshot({ updates: [stale] })])[0]?.updates ?? [];
    assert.ok(node);
    const { context, tooltip } = presentUpdate(node, inEnglish);
    assert.match(context, /draftable/);
    assert.match(tooltip.lines.at(-1) ?? '', /Draft it again/);
  });

  it('shows no empty group', () => {
    assert.deepEqual(drawn([]), []);
  });

  it('keeps the ten newest of the published ones, newest first', () => {
    const published = Array.from({ length: 14 }, (_, index) =>
      sampleUpdate(`s${index}`, {
        status: 'published',
        version: 'v0002',
        updated_at: new Date(Date.UTC(2026, 0, index + 1)).toISOString(),
      }),
    );
    const [group] = updateGroups([sampleSnapshot({ updates: published })]);
    assert.ok(group);
    assert.deepEqual(
      group.updates.map(({ skillName }) => skillName),
      ['s13', 's12', 's11', 's10', 's9', 's8', 's7', 's6', 's5', 's4'],
    );
  });

  it('names the kind and the mode of a plugin update', () => {
    const [group] = updateGroups([sampleSnapshot({ updates: [sampleUpdate('a')] })]);
    assert.ok(group?.updates[0]);
    assert.equal(
      presentUpdate(group.updates[0], inEnglish).tooltip.lines[0],
      'Plugin update merge · three-way',
    );
  });

  it('gives the reason of a proposed revision, and does not speak of a plugin', () => {
    const updates = [
      sampleUpdate('a', {
        kind: 'skill_revision',
        merge_mode: 'fast_forward',
        plugin_id: null,
        reason: 'Clearer.',
      }),
    ];
    const node = updateGroups([sampleSnapshot({ updates })])[0]?.updates[0];
    assert.ok(node);
    const { lines } = presentUpdate(node, inEnglish).tooltip;
    assert.deepEqual(lines.slice(0, 2), ['Skill revision · fast-forward', 'Reason: Clearer.']);
    assert(!lines.join(' ').includes('The plugin'), lines.join(' '));
  });

  it('says which folder an update is of, where there are several', () => {
    const updates = [sampleUpdate('a')];
    const [group] = updateGroups([
      sampleSnapshot({ folder: 'file:///x', name: 'x', updates }),
      sampleSnapshot({ folder: 'file:///y', name: 'y', updates }),
    ]);
    assert.deepEqual(
      group?.updates.map((node) => presentUpdate(node, inEnglish).description),
      ['three-way · 1.1.0 · x', 'three-way · 1.1.0 · y'],
    );
  });

  it('reviews on a click while there is something to decide, and opens the skill after', () => {
    const command = (update: UpdatePayload): string | undefined => {
      const node = updateGroups([sampleSnapshot({ updates: [update] })])[0]?.updates[0];
      assert.ok(node);
      return presentUpdate(node, inEnglish).command?.id;
    };
    assert.equal(command(sampleUpdate('a')), 'beaver.updates.review');
    assert.equal(command(sampleUpdate('a', { status: 'published' })), 'beaver.skills.openSkill');
  });
});
