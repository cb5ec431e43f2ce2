import assert from 'node:assert/strict';
import { skillOfTargetPath, watchPatterns } from '../../../../src/editor/model/watch-patterns.ts';

const drawn = (settings: Partial<Parameters<typeof watchPatterns>[0]>): readonly string[] =>
  watchPatterns({ skillsDirectory: 'skills', pluginSearchPaths: [], runtimeTargets: [], ...settings }).map(
    ({ kind, base, glob }) => `${kind}: ${base}/${glob}`,
  );

describe('watchPatterns', () => {
  it('follows packages, the published state and the folders that agents read', () => {
    assert.deepEqual(drawn({}), [
      'packages: plugins/**',
      'store: skills/{index.json,*/current.json}',
      'store: .beaver/plugins/state.json',
      'store: .beaver/learning/**',
      'market: .beaver/marketplaces/{registry.json,auto-update.json,catalogs/*.json}',
      'market: .beaver/installs/{registry.json,staged.json}',
      'targets: .agents/skills/**',
      'targets: .claude/skills/**',
      'targets: .github/skills/**',
    ]);
  });

  it('follows the settings', () => {
    const patterns = drawn({
      skillsDirectory: 'store',
      pluginSearchPaths: ['/opt/plugins'],
      runtimeTargets: ['agents'],
    });
    assert.ok(patterns.includes('packages: /opt/plugins/**'));
    assert.ok(patterns.includes('store: store/{index.json,*/current.json}'));
    assert.deepEqual(
      patterns.filter((pattern) => pattern.startsWith('targets')),
      ['targets: agents/**'],
    );
  });

  it('never takes what Beaver itself writes for a package, so that its writes cannot start a sync', () => {
    const packages = drawn({}).filter((pattern) => pattern.startsWith('packages'));
    assert.deepEqual(packages, ['packages: plugins/**']);
  });
});

describe('skillOfTargetPath', () => {
  it('finds the skill that a changed file belongs to', () => {
    assert.equal(skillOfTargetPath('notes/SKILL.md'), 'notes');
    assert.equal(skillOfTargetPath('notes\\assets\\a.txt'), 'notes');
    assert.equal(skillOfTargetPath('notes'), 'notes');
  });

  it('finds none in the target itself or in hidden folders', () => {
    assert.equal(skillOfTargetPath(''), undefined);
    assert.equal(skillOfTargetPath('.staging/x'), undefined);
  });
});
