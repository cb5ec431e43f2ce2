import assert from 'node:assert/strict';
import { readTarget } from '../../../../src/editor/model/command-target.ts';

describe('readTarget', () => {
  it('reads a tree node and an object of a keybinding alike', () => {
    assert.deepEqual(readTarget({ kind: 'skill', folder: 'f', pluginId: 'p', skillName: 's', skill: {} }), {
      folder: 'f',
      pluginId: 'p',
      skillName: 's',
    });
    assert.deepEqual(readTarget({ pluginId: 'p' }), { pluginId: 'p' });
  });

  it('reads the path of a broken package', () => {
    const node = { kind: 'broken', folder: 'f', finding: { path: 'plugins/x/plugin.json', code: 'c' } };
    assert.deepEqual(readTarget(node), { folder: 'f', path: 'plugins/x/plugin.json' });
  });

  it('takes anything else for nothing given', () => {
    for (const argument of [undefined, null, 'x', 7, { pluginId: 7 }, [], { scheme: 'file', path: '/x' }]) {
      assert.deepEqual(readTarget(argument), {});
    }
  });
});
