import assert from 'node:assert/strict';
import {
  canDo,
  pluginChoices,
  skillChoices,
  updateChoices,
  versionChoices,
  type PluginAction,
} from '../../../../src/editor/model/choices.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import {
  offeredSkill,
  samplePlugin,
  sampleSkill,
  sampleSnapshot,
  sampleUpdate,
} from '../../../support/editor-samples.ts';

const ACTIONS: readonly PluginAction[] = ['enable', 'pause', 'resume', 'disable', 'adopt', 'reveal'];

describe('what the palette offers', () => {
  it('is only what makes sense for the plugin as it stands', () => {
    const can = (part: Parameters<typeof samplePlugin>[1]): readonly string[] =>
      ACTIONS.filter((action) => canDo(action, samplePlugin('p', part)));
    assert.deepEqual(can({}), ['pause', 'disable', 'adopt', 'reveal']);
    assert.deepEqual(can({ updates_paused: true }), ['resume', 'disable', 'adopt', 'reveal']);
    assert.deepEqual(can({ enabled: false, skills: [offeredSkill('a')] }), ['enable', 'reveal']);
    assert.deepEqual(can({ status: 'missing' }), ['disable', 'adopt']);
  });

  it('names plugins with version and size, and the folder where there are several', () => {
    const one = sampleSnapshot({ plugins: [samplePlugin('p', { enabled: false })] });
    assert.equal(pluginChoices([one], 'enable', inEnglish)[0]?.description, '1.0.0 · 1 skill');
    const other = sampleSnapshot({ folder: 'file:///o', name: 'other' });
    assert.equal(
      pluginChoices([one, other], 'enable', inEnglish)[0]?.description,
      '1.0.0 · 1 skill · workspace',
    );
  });

  it('lists linked skills only, of one plugin or edited ones where asked', () => {
    const snapshot = sampleSnapshot({
      plugins: [
        samplePlugin('p', { skills: [sampleSkill('a'), offeredSkill('b')] }),
        samplePlugin('q', { skills: [sampleSkill('c')] }),
      ],
      marks: new Map([['c', 'edited']]),
    });
    const names = (options: Parameters<typeof skillChoices>[1]): readonly string[] =>
      skillChoices([snapshot], options).map(({ label }) => label);
    assert.deepEqual(names({}), ['a', 'c']);
    assert.deepEqual(names({ pluginId: 'p' }), ['a']);
    assert.deepEqual(names({ editedOnly: true }), ['c']);
  });

  it('lists updates that can still be decided about', () => {
    const snapshot = sampleSnapshot({
      updates: [
        sampleUpdate('open'),
        sampleUpdate('drafted', { status: 'drafted', draft_id: 'd', conflicts: 1 }),
        sampleUpdate('gone', { status: 'superseded' }),
      ],
    });
    const names = (undraftedOnly: boolean): readonly string[] =>
      updateChoices([snapshot], { undraftedOnly }, inEnglish).map(({ label }) => label);
    assert.deepEqual([names(false), names(true)], [['open', 'drafted'], ['open']]);
  });

  it('lists versions newest first, without the current one', () => {
    const versions = ['v0001', 'v0002', 'v0003'].map((version) => ({
      version,
      tree_hash: '',
      content_hash: '',
      created_at: '2026-11-20T08:00:00.000Z',
      reason: 'captured_local_edit',
      provenance: {},
    }));
    assert.deepEqual(
      versionChoices(versions, 'v0003', (iso) => iso.slice(0, 10), inEnglish).map(
        ({ value, description }) => [value, description],
      ),
      [
        ['v0002', '2026-11-20 · edited locally'],
        ['v0001', '2026-11-20 · edited locally'],
      ],
    );
  });
});
