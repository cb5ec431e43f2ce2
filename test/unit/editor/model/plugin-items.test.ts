import assert from 'node:assert/strict';
import type { ItemView } from '../../../../src/editor/model/item-view.ts';
import { presentPluginNode } from '../../../../src/editor/model/plugin-items.ts';
import { childrenOf, pluginsOf } from '../../../../src/editor/model/plugin-nodes.ts';
import type { FolderSnapshot } from '../../../../src/editor/model/snapshot.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import {
  offeredSkill,
  samplePlugin,
  sampleSkill,
  sampleSnapshot,
  sampleUpdate,
} from '../../../support/editor-samples.ts';

/** The whole tree of a folder as a person reads it: label and description, children indented. */
function drawn(snapshot: FolderSnapshot): readonly string[] {
  return pluginsOf(snapshot).flatMap((node) => [
    line(presentPluginNode(node, inEnglish)),
    ...childrenOf(node, [snapshot]).map((child) => `  ${line(presentPluginNode(child, inEnglish))}`),
  ]);
}

function line({ icon, label, description }: ItemView): string {
  return `${icon.id}: ${label}${description === '' ? '' : ` (${description})`}`;
}

function first(part: Parameters<typeof samplePlugin>[1], snapshot: Partial<FolderSnapshot> = {}): ItemView {
  const [node] = pluginsOf(sampleSnapshot({ plugins: [samplePlugin('p', part)], ...snapshot }));
  assert.ok(node);
  return presentPluginNode(node, inEnglish);
}

function firstSkill(skill: ReturnType<typeof sampleSkill>, snapshot: Partial<FolderSnapshot> = {}): ItemView {
  const full = sampleSnapshot({ plugins: [samplePlugin('p', { skills: [skill] })], ...snapshot });
  const [plugin] = pluginsOf(full);
  assert.ok(plugin);
  const [child] = childrenOf(plugin, [full]);
  assert.ok(child);
  return presentPluginNode(child, inEnglish);
}

describe('rows of the Plugins tree', () => {
  it('reads as a person would tell it', () => {
    const snapshot = sampleSnapshot({
      plugins: [
        samplePlugin('calm'),
        samplePlugin('fresh', {
          discovered_version: '1.1.0',
          skills: [
            sampleSkill('notes', { pending_candidate_id: 'c1', current_beaver_version: 'v0002' }),
            sampleSkill('log', { pending_candidate_id: 'c2' }),
          ],
        }),
        samplePlugin('resting', { updates_paused: true }),
        samplePlugin('gone', { status: 'missing', discovered_version: null, manifest_path: null }),
        samplePlugin('offered', {
          enabled: false,
          status: 'discovered',
          installed_version: null,
          skills: [offeredSkill('new')],
        }),
      ],
      errors: [
        {
          code: 'manifest_invalid',
          severity: 'error',
          message: 'Not JSON.',
          next_step: 'Repair it.',
          path: 'plugins/broken/plugin.json',
        },
      ],
      updates: [
        sampleUpdate('notes', { candidate_id: 'c1', status: 'drafted', draft_id: 'd', conflicts: 2 }),
        sampleUpdate('log', { candidate_id: 'c2' }),
      ],
      marks: new Map([['calm-skill', 'edited']]),
    });
    assert.deepEqual(drawn(snapshot), [
      'pass: calm (in sync · 1 edited · 1.0.0)',
      '  edit: calm-skill (v0001 · edited)',
      'arrow-circle-up: fresh (2 updates · 1.0.0 → 1.1.0)',
      '  git-merge: notes (v0002 · 2 conflicts)',
      '  arrow-circle-up: log (v0001 · update)',
      'debug-pause: resting (updates paused · 1.0.0)',
      '  book: resting-skill (v0001)',
      'warning: gone (package missing · 1.0.0)',
      '  book: gone-skill (v0001)',
      'circle-large-outline: offered (not enabled · 1.0.0)',
      '  book: new',
      'error: broken (Not JSON.)',
      '  lightbulb: Repair it.',
    ]);
  });

  it('says of a missing package that its skills stay active and updates are suspended', () => {
    const { tooltip } = first({ status: 'missing' });
    assert.ok(tooltip.lines.some((text) => text.includes('stay active, but updates are suspended')));
  });

  it('offers for each state what can be done with it, and nothing else', () => {
    const words = (part: Parameters<typeof samplePlugin>[1]): string => first(part).context;
    assert.equal(words({}), 'plugin synced disableable pausable revealable');
    assert.equal(words({ updates_paused: true }), 'plugin paused disableable resumable revealable');
    assert.equal(words({ enabled: false, status: 'discovered' }), 'plugin available enableable revealable');
    assert.equal(words({ status: 'missing', manifest_path: null }), 'plugin missing disableable');
    assert.equal(words({ enabled: false, status: 'missing' }), 'plugin missing');
  });

  it('tells a collection from a plugin', () => {
    const part = { enabled: false, status: 'discovered', manifest_path: 'plugins/p' } as const;
    assert.match(first(part).tooltip.lines.join(' '), /collection of 1 skill without a manifest/);
  });

  it('opens by itself what a person has to act on', () => {
    assert.equal(first({}).expandable, 'collapsed');
    assert.equal(first({}, { marks: new Map([['p-skill', 'edited']]) }).expandable, 'expanded');
    assert.equal(first({ skills: [sampleSkill('a', { pending_candidate_id: 'c' })] }).expandable, 'expanded');
    assert.equal(first({ skills: [] }).expandable, 'none');
  });

  it('says the state aloud, so that no one needs the icon', () => {
    assert.equal(first({}).spoken, 'p, 1.0.0, in sync');
    assert.equal(
      firstSkill(sampleSkill('a'), { marks: new Map([['a', 'edited']]) }).spoken,
      'a, v0001, edited',
    );
  });

  it('marks a skill that has more than its plugin released', () => {
    const view = firstSkill(sampleSkill('a', { current_beaver_version: 'v0003' }));
    assert.equal(view.description, 'v0003 · learned');
    assert.ok(view.tooltip.lines.includes('Version v0003: has what you added since v0001.'));
  });

  it('offers to capture edits and to review only where there are some', () => {
    assert.equal(firstSkill(sampleSkill('a')).context, 'skill linked');
    assert.equal(firstSkill(offeredSkill('a')).context, 'skill offered');
    const busy = firstSkill(sampleSkill('a', { pending_candidate_id: 'c' }), {
      marks: new Map([['a', 'edited']]),
      updates: [sampleUpdate('a', { candidate_id: 'c' })],
    });
    assert.equal(busy.context, 'skill linked edited reviewable');
  });

  it('says of an adopted skill that it is yours, not that it waits to be mirrored', () => {
    const view = firstSkill(offeredSkill('a', { status: 'adopted' }));
    assert.deepEqual(
      [view.description, view.context, view.spoken],
      ['adopted', 'skill adopted', 'a, adopted'],
    );
    assert.deepEqual(view.tooltip.lines, [
      'You adopted this skill: it is yours, and releases of the plugin no longer change it.',
    ]);
  });

  it('warns of a name that is taken and of a target that is occupied', () => {
    assert.equal(firstSkill(offeredSkill('a', { status: 'conflict' })).icon.id, 'warning');
    const occupied = firstSkill(sampleSkill('a'), { marks: new Map([['a', 'occupied']]) });
    assert.deepEqual([occupied.icon.id, occupied.description], ['warning', 'v0001 · target occupied']);
  });

  it('keeps the ids of rows apart and stable over refreshes', () => {
    const make = (): readonly string[] =>
      pluginsOf(sampleSnapshot({ plugins: [samplePlugin('a'), samplePlugin('b')] })).map(
        (node) => presentPluginNode(node, inEnglish).id,
      );
    assert.equal(new Set(make()).size, 2);
    assert.deepEqual(make(), make());
  });
});
