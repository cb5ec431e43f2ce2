import assert from 'node:assert/strict';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { readClaudeRecords, readSkillsLock } from '../../../../src/core/marketplaces/imported-records.ts';

const SHA = '3'.repeat(40);

describe('readClaudeRecords', () => {
  const marketplaces = JSON.stringify({
    team: {
      source: { source: 'github', repo: 'o/r', ref: 'main' },
      installLocation: '/x',
      lastUpdated: 'now',
      autoUpdate: true,
    },
    own: { source: { source: 'git', url: 'https://git.test/own.git' }, installLocation: '/x' },
    plain: { source: { source: 'url', url: 'https://a.test/marketplace.json' } },
    packed: { source: { source: 'npm', package: '@a/plugins', version: '^1' } },
    folder: { source: { source: 'directory', path: '/srv/plugins' } },
    later: { source: { source: 'quantum', at: '?' } },
    broken: 7,
    sly: { source: { source: 'github', repo: '../../etc' } },
  });
  const plugins = JSON.stringify({
    version: 2,
    plugins: {
      'notes@team': [{ scope: 'user', installPath: '/x', version: '1.0.0', gitCommitSha: SHA }],
      'tasks@own': [
        { scope: 'project', projectPath: '/home/me/here', installPath: '/x', version: 'unknown' },
      ],
      'other@own': [{ scope: 'project', projectPath: '/home/me/elsewhere', installPath: '/x', version: '1' }],
      'two@own': [
        { scope: 'project', projectPath: '/home/me/elsewhere', gitCommitSha: '4'.repeat(40) },
        { scope: 'local', projectPath: '/home/me/here', gitCommitSha: SHA },
      ],
      'torn@team': [{}],
      nonsense: [{ scope: 'user' }],
    },
  });
  const records = readClaudeRecords({ marketplaces, plugins, workspace: '/home/me/here' });

  it('takes marketplaces of every kind that Beaver reads', () => {
    const git = (url: string, ref: string | null) => ({ kind: 'git', url, subpath: '', ref, commit: null });
    assert.deepEqual(Object.fromEntries(records.marketplaces), {
      team: git('https://github.com/o/r', 'main'),
      own: git('https://git.test/own.git', null),
      plain: { kind: 'url', url: 'https://a.test/marketplace.json' },
      packed: { kind: 'npm', name: '@a/plugins', range: '^1', registry: null, subpath: '' },
      folder: { kind: 'local', path: '/srv/plugins' },
    });
  });

  it('takes what is installed for everybody or for this project, at the recorded commit', () => {
    const exact = { kind: 'exact', identity: { kind: 'commit', commit: SHA } };
    assert.deepEqual(records.plugins, [
      { name: 'notes', marketplace: 'team', source: null, pin: exact },
      { name: 'tasks', marketplace: 'own', source: null, pin: null },
      { name: 'two', marketplace: 'own', source: null, pin: exact },
    ]);
  });

  it('says what is passed over, entry by entry', () => {
    assert.deepEqual(
      records.findings.map(({ path, field }) => `${path} ${field ?? ''}`),
      [
        'known_marketplaces.json /broken',
        'known_marketplaces.json /later',
        'known_marketplaces.json /sly',
        'installed_plugins.json /plugins/nonsense',
        'installed_plugins.json /plugins/torn@team',
      ],
    );
  });

  it('is empty where there are no files', () => {
    const empty = readClaudeRecords({ marketplaces: undefined, plugins: undefined, workspace: '/w' });
    assert.deepEqual([empty.marketplaces.size, empty.plugins, empty.findings], [0, [], []]);
  });

  it('refuses files of another version, or that are none', () => {
    for (const text of ['{', '[]', '{"version":1,"plugins":{}}', '{"version":2}'])
      assert.throws(
        () => readClaudeRecords({ marketplaces: undefined, plugins: text, workspace: '/w' }),
        (error) => isBeaverError(error, 'import_unreadable'),
      );
  });
});

describe('readSkillsLock', () => {
  it('makes one plugin of each repository', () => {
    const { plugins, findings } = readSkillsLock(
      JSON.stringify({
        version: 1,
        skills: {
          alpha: {
            source: 'o/skills',
            sourceType: 'github',
            skillPath: 'skills/alpha/SKILL.md',
            computedHash: 'x',
          },
          beta: { source: 'o/skills', sourceType: 'github', computedHash: 'y' },
          gamma: { source: 'o/skills', sourceType: 'github', ref: 'next', computedHash: 'y' },
          delta: { source: 'g/l', sourceType: 'gitlab' },
          local: { source: './x', sourceType: 'local' },
          bad: null,
        },
      }),
    );
    assert.deepEqual(
      plugins.map(({ name, source }) => [
        name,
        source?.kind === 'git' ? `${source.url}#${source.ref ?? ''}` : '',
      ]),
      [
        ['skills', 'https://github.com/o/skills#'],
        ['l', 'https://gitlab.com/g/l#'],
        ['skills', 'https://github.com/o/skills#next'],
      ],
    );
    assert.deepEqual(
      findings.map(({ field }) => field),
      ['/skills/bad', '/skills/local'],
    );
  });

  it('refuses another version', () => {
    assert.throws(
      () => readSkillsLock('{"version":3,"skills":{}}'),
      (error) => isBeaverError(error, 'import_unreadable'),
    );
  });
});
