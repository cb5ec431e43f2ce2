import assert from 'node:assert/strict';
import * as path from 'node:path';
import fc from 'fast-check';
import { isBeaverError } from '../../../src/base/errors.ts';
import { isInside, WorkspaceLayout } from '../../../src/core/layout.ts';

const ROOT = path.resolve('/workspace');
const relative = (absolute: string): string => path.relative(ROOT, absolute).split(path.sep).join('/');

describe('WorkspaceLayout', () => {
  const layout = new WorkspaceLayout(ROOT);

  it('keeps the places that other programs share', () => {
    assert.deepEqual(
      [
        layout.pluginState,
        layout.placements,
        layout.writeLock,
        layout.staging,
        layout.candidates,
        layout.audit,
        layout.draft('draft-1'),
        layout.skillIndex,
        layout.skillSpec('one'),
        layout.currentPointer('one'),
        layout.version('one', 'v0001'),
        layout.upstream('one', 'kit', 'abc'),
      ].map(relative),
      [
        '.beaver/plugins/state.json',
        '.beaver/plugins/placements.json',
        '.beaver/locks/plugin-skill-write.lock',
        '.beaver/staging/plugin-skills',
        '.beaver/learning/candidates.jsonl',
        '.beaver/learning/audit.jsonl',
        '.beaver/learning/drafts/draft-1',
        'skills/index.json',
        'skills/one/skill.json',
        'skills/one/current.json',
        'skills/one/versions/v0001',
        'skills/one/upstreams/kit/abc',
      ],
    );
  });

  it('moves the store, and nothing else, to a folder of the setting', () => {
    const moved = new WorkspaceLayout(ROOT, 'docs/managed');
    assert.equal(relative(moved.version('one', 'v0001')), 'docs/managed/one/versions/v0001');
    assert.equal(moved.pluginState, layout.pluginState);
  });

  it('refuses a store outside the workspace', () => {
    for (const folder of ['..', '../skills', path.resolve('/elsewhere'), '../workspace-2']) {
      assert.throws(
        () => new WorkspaceLayout(ROOT, folder),
        (error) => isBeaverError(error, 'skills_directory_outside'),
        folder,
      );
    }
  });

  it('refuses names that would be another path', () => {
    for (const name of ['', '.', '..', 'a/b', 'a\\b', '../one', 'a b', 'é', 'a\0', 'x'.repeat(256)]) {
      const made = [
        () => layout.skill(name),
        () => layout.version('one', name),
        () => layout.upstream('one', name, 'abc'),
        () => layout.upstream('one', 'kit', name),
        () => layout.draft(name),
      ];
      for (const make of made)
        assert.throws(make, (error) => isBeaverError(error, 'invalid_name'), JSON.stringify(name));
    }
  });

  it('makes of any name a path below its folder, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        let made: string;
        try {
          made = layout.skill(name);
        } catch (error) {
          assert(isBeaverError(error, 'invalid_name'));
          return;
        }
        assert.equal(path.dirname(made), layout.skills);
      }),
    );
  });

  it('shows paths of the workspace as they are in it, and of others the last part alone', () => {
    assert.equal(layout.display(layout.version('one', 'v0001')), 'skills/one/versions/v0001');
    assert.equal(layout.display(ROOT), '.');
    assert.equal(layout.display(path.resolve('/home/ann/secret/kit')), '<external>/kit');
    assert.equal(layout.display(`${ROOT}-2`), '<external>/workspace-2');
  });
});

describe('isInside', () => {
  it('knows a folder itself and what is below it, and no neighbour of a similar name', () => {
    const inside = ['/workspace', '/workspace/a', '/workspace/..a', '/workspace/a/../b'];
    const outside = ['/', '/work', '/workspace2', '/workspace/..', '/workspace/../a'];
    assert.deepEqual(
      inside.map((entry) => isInside(ROOT, path.resolve(entry))),
      inside.map(() => true),
    );
    assert.deepEqual(
      outside.map((entry) => isInside(ROOT, path.resolve(entry))),
      outside.map(() => false),
    );
  });
});
