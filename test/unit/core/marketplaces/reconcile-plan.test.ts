import assert from 'node:assert/strict';
import { DECISION_CODES } from '../../../../src/core/marketplaces/auto-update-plan.ts';
import { DECISION_SENTENCES, decisionText } from '../../../../src/core/marketplaces/decision-text.ts';
import { pluginStanding } from '../../../../src/core/marketplaces/outdated.ts';
import {
  planReconcile,
  type ReconcileObservation,
} from '../../../../src/core/marketplaces/reconcile-plan.ts';
import { parsePin } from '../../../../src/core/package-pin.ts';
import type { PackageOffers } from '../../../../src/core/package-ports.ts';
import { anInstalledPlugin, GIT_SOURCE } from '../../../support/installed-samples.ts';

const KIT = anInstalledPlugin({ marketplace: 'team' });
const GOOD: ReconcileObservation = {
  installed: new Map([['kit@team', KIT]]),
  disk: new Map([['kit@team', { present: true, treeHash: '1'.repeat(64), skills: new Map() }]]),
  unreferenced: [],
  abandonedAttempts: [],
  marketplaces: new Map([['team', new Set(['kit'])]]),
  others: [],
};

describe('planReconcile (P06)', () => {
  for (const [name, over, expected] of [
    ['everything as it should be', {}, []],
    ['a package that is gone', { disk: new Map() }, ['package_missing kit@team fetch']],
    [
      'a package that cannot be read',
      { disk: new Map([['kit@team', { present: true, treeHash: null, skills: new Map() }]]) },
      ['package_modified kit@team restore ?'],
    ],
    [
      'a package with edited files',
      { disk: new Map([['kit@team', { present: true, treeHash: '9'.repeat(64), skills: new Map() }]]) },
      ['package_modified kit@team restore ?'],
    ],
    [
      'a folder that belongs to nothing',
      { unreferenced: ['.beaver/x'] },
      ['package_extra .beaver/x remove ?'],
    ],
    ['an interrupted installation', { abandonedAttempts: ['t0001'] }, ['half_installed t0001 end_attempt']],
    ['a marketplace that is gone', { marketplaces: new Map() }, ['marketplace_gone kit@team none']],
    [
      'a plugin that is not listed any more',
      { marketplaces: new Map([['team', new Set(['other'])]]) },
      ['plugin_delisted kit@team none'],
    ],
    ['a catalog that was never fetched', { marketplaces: new Map([['team', null]]) }, []],
    [
      'a finding of the doctor',
      { others: [{ code: 'target_outdated', message: 'm', next_step: 'n' }] },
      ['other target_outdated none'],
    ],
  ] as const)
    it(`${name}: ${expected.join(', ') || 'nothing to do'}`, () => {
      const { items } = planReconcile({ ...GOOD, ...over });
      assert.deepEqual(
        items.map(
          ({ kind, subject, action, confirm }) => `${kind} ${subject} ${action}${confirm ? ' ?' : ''}`,
        ),
        expected,
      );
    });

  it('asks before whatever removes or overwrites, and about nothing else', () => {
    const { items } = planReconcile({
      ...GOOD,
      disk: new Map([['kit@team', { present: true, treeHash: '9'.repeat(64), skills: new Map() }]]),
      unreferenced: ['b', 'a'],
      abandonedAttempts: ['t0002', 't0001'],
      marketplaces: new Map(),
    });
    for (const { action, confirm } of items)
      assert.equal(confirm, action === 'remove' || action === 'restore');
    assert.deepEqual(
      items.map(({ subject }) => subject),
      ['t0001', 't0002', 'kit@team', 'kit@team', 'a', 'b'],
    );
  });
});

describe('pluginStanding', () => {
  const commit = (digit: string) => ({ kind: 'commit' as const, commit: digit.repeat(40) });
  const offers: PackageOffers = {
    head: { identity: commit('3'), tags: ['v2.0.0'], version: null },
    others: [
      { identity: commit('1'), tags: ['v1.0.0'], version: null },
      { identity: commit('2'), tags: ['v1.1.0'], version: null },
    ],
  };
  const standing = (pin: string | null, defaultPin: string | null, given = offers) =>
    pluginStanding({
      plugin: {
        id: 'kit@team',
        name: 'kit',
        marketplace: 'team',
        source: GIT_SOURCE,
        installed: { identity: commit('1'), version: '1.0.0', tags: ['v1.0.0'] },
        pin: pin === null ? null : parsePin(pin),
        ignored: [],
        active: 'yes',
      },
      source: GIT_SOURCE,
      defaultPin: defaultPin === null ? null : parsePin(defaultPin),
      offers: given,
      unpinned: given,
    });

  it('says what is wanted under the pin, what is the latest, and who pinned it', () => {
    const { wanted, latest, pinnedBy, pin, change, latestChange } = standing('^1', '~1.0');
    assert.deepEqual([wanted?.version, latest?.version, pinnedBy, pin], ['1.1.0', '2.0.0', 'plugin', '^1']);
    assert.deepEqual(
      [change, latestChange],
      [
        { kind: 'upgrade', size: 'minor' },
        { kind: 'upgrade', size: 'major' },
      ],
    );
    assert.deepEqual([standing(null, '~1.0').pinnedBy, standing(null, null).pinnedBy], ['marketplace', null]);
  });

  it('says that a pin stands for nothing', () => {
    const { wanted, problem, change } = standing('^9', null);
    assert.deepEqual([wanted, problem?.code, change.kind], [null, 'pin_not_offered', 'none']);
  });

  it('tells of a moved tag although a pin keeps the plugin where it is (P03)', () => {
    const moved: PackageOffers = {
      ...offers,
      others: [{ identity: commit('9'), tags: ['v1.0.0'], version: null }],
    };
    assert.deepEqual(standing('1'.repeat(40), null, moved).alert, {
      code: 'tag_moved',
      params: { tag: 'v1.0.0' },
    });
  });
});

describe('decisionText', () => {
  it('has a sentence for every reason, with exactly the places that are filled', () => {
    for (const [code, places] of Object.entries(DECISION_CODES)) {
      const sentence = DECISION_SENTENCES[code as keyof typeof DECISION_CODES];
      const named = [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
      for (const name of named) assert.ok((places as readonly string[]).includes(name), `${code}: ${name}`);
    }
    assert.equal(
      decisionText({ code: 'major_version', params: { from: '1.0.0', to: '2.0.0' } }),
      'From 1.0.0 to 2.0.0 is a major step; you decide.',
    );
  });
});
