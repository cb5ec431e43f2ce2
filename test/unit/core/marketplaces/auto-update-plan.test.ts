import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  AUTO_UPDATE_MODES,
  type AutoUpdateMode,
  mostCautious,
} from '../../../../src/core/marketplaces/auto-update-mode.ts';
import {
  DECISION_CODES,
  planAutoUpdate,
  type SeenMarketplace,
  settledWithoutAsking,
  type UpdatablePlugin,
  type UpdateConditions,
} from '../../../../src/core/marketplaces/auto-update-plan.ts';
import { parsePin } from '../../../../src/core/package-pin.ts';
import type { PackageOffer, PackageOffers, PackageSource } from '../../../../src/core/package-ports.ts';

const SOURCE: PackageSource = {
  kind: 'git',
  url: 'https://example.test/notes.git',
  subpath: '',
  ref: null,
  commit: null,
};
const commit = (digit: string) => ({ kind: 'commit' as const, commit: digit.repeat(40) });
const tagged = (digit: string, ...tags: string[]): PackageOffer => ({
  identity: commit(digit),
  tags,
  version: null,
});
const NOTES: UpdatablePlugin = {
  id: 'notes@team',
  name: 'notes',
  marketplace: 'team',
  source: SOURCE,
  installed: { identity: commit('1'), version: '1.0.0', tags: ['v1.0.0'] },
  pin: null,
  ignored: [],
  active: 'yes',
};
const TEAM: SeenMarketplace = {
  mode: 'apply',
  trusted: true,
  defaultPin: null,
  sources: new Map([['notes', SOURCE]]),
};
const NEWER: PackageOffers = { head: tagged('2', 'v1.1.0'), others: [tagged('1', 'v1.0.0')] };

interface Situation {
  readonly plugin?: Partial<UpdatablePlugin>;
  readonly marketplace?: Partial<SeenMarketplace> | null;
  readonly offers?: PackageOffers | { readonly failed: string };
  readonly conditions?: Partial<UpdateConditions>;
}

/** `action code {what fills it}`, and the alert where there is one. */
function decided({ plugin, marketplace, offers = NEWER, conditions }: Situation): string {
  const [only] = planAutoUpdate(
    [{ ...NOTES, ...plugin }],
    new Map(marketplace === null ? [] : [['team', { ...TEAM, ...marketplace }]]),
    {
      limit: { mode: 'apply', by: null },
      offline: false,
      metered: false,
      offers: new Map([['notes@team', offers]]),
      ...conditions,
    },
  );
  assert.ok(only !== undefined);
  const { action, reason, alert } = only;
  const expected: readonly string[] = DECISION_CODES[reason.code as keyof typeof DECISION_CODES];
  assert.deepEqual(Object.keys(reason.params).sort(), [...expected].sort());
  const filling = Object.values(reason.params).join(' ');
  return `${action} ${reason.code} ${filling}`.trim() + (alert === null ? '' : ` ! ${alert.code}`);
}

describe('planAutoUpdate', () => {
  const cases: readonly (readonly [name: string, situation: Situation, expected: string])[] = [
    ['a minor release', {}, 'apply mode_apply 1.0.0 1.1.0'],
    ['a release that is to be staged', { marketplace: { mode: 'stage' } }, 'stage mode_stage 1.0.0 1.1.0'],
    ['a release that is to be told', { marketplace: { mode: 'notify' } }, 'notify mode_notify 1.0.0 1.1.0'],
    ['a marketplace that is off', { marketplace: { mode: 'off' } }, 'none marketplace_off team'],
    [
      'a machine that holds back',
      { conditions: { limit: { mode: 'notify', by: 'setting' } } },
      'notify mode_notify 1.0.0 1.1.0',
    ],
    [
      'a machine that forbids',
      { conditions: { limit: { mode: 'off', by: 'ci' } } },
      'none auto_update_off ci',
    ],
    [
      'a marketplace that is not trusted',
      { marketplace: { trusted: false } },
      'none marketplace_untrusted team',
    ],
    ['a marketplace that is gone', { marketplace: null }, 'none marketplace_gone team'],
    ['a plugin from no marketplace', { plugin: { marketplace: null } }, 'none not_from_a_marketplace'],
    ['a disabled plugin (P09)', { plugin: { active: 'disabled' } }, 'none plugin_disabled'],
    ['a paused plugin', { plugin: { active: 'paused' } }, 'none updates_paused'],
    [
      'a plugin held to a commit',
      { plugin: { pin: parsePin('1'.repeat(40)) } },
      `none pinned ${'1'.repeat(40)}`,
    ],
    ['a plugin held to a range', { plugin: { pin: parsePin('~1.0') } }, 'none up_to_date 1.0.0'],
    [
      'a range of the marketplace',
      { marketplace: { defaultPin: parsePin('~1.0') } },
      'none up_to_date 1.0.0',
    ],
    [
      'a pin of the plugin before that of its marketplace',
      { plugin: { pin: parsePin('^1') }, marketplace: { defaultPin: parsePin('~1.0') } },
      'apply mode_apply 1.0.0 1.1.0',
    ],
    ['a range that nothing satisfies', { plugin: { pin: parsePin('^7') } }, 'none pin_not_offered ^7'],
    ['no network', { conditions: { offline: true } }, 'none offline'],
    ['a metered network', { conditions: { metered: true } }, 'none metered'],
    ['an entry that is gone', { marketplace: { sources: new Map() } }, 'none entry_gone team'],
    [
      'an entry that points elsewhere (P08)',
      { marketplace: { sources: new Map([['notes', { ...SOURCE, url: 'https://evil.test/notes.git' }]]) } },
      'notify source_changed team',
    ],
    [
      'a source that does not answer',
      { offers: { failed: 'fetch_timeout' } },
      'none check_failed fetch_timeout',
    ],
    ['a ref that is gone', { offers: { head: null, others: [] } }, 'none nothing_offered'],
    [
      'a release that failed here before (P07)',
      { plugin: { ignored: [{ identity: commit('2'), reason: 'no skill parsed' }] } },
      'none offers_ignored  no skill parsed',
    ],
    ['the same content', { offers: { head: tagged('1', 'v1.0.0'), others: [] } }, 'none up_to_date 1.0.0'],
    [
      'the same content under a new tag',
      { offers: { head: tagged('1', 'v1.0.0', 'v1.0.1'), others: [] } },
      'none up_to_date 1.0.0',
    ],
    [
      'a major release (P08)',
      { offers: { head: tagged('2', 'v2.0.0'), others: [] } },
      'notify major_version 1.0.0 2.0.0',
    ],
    [
      'an older release',
      { offers: { head: tagged('2', 'v0.9.0'), others: [] } },
      'notify downgrade 1.0.0 0.9.0',
    ],
    [
      'a tag that was moved (P03)',
      { offers: { head: tagged('2', 'v1.0.0'), others: [] } },
      'notify tag_moved v1.0.0 ! tag_moved',
    ],
    [
      'a tag that was moved behind a newer release (P03)',
      { offers: { head: tagged('2', 'v1.1.0'), others: [tagged('3', 'v1.0.0')] } },
      'apply mode_apply 1.0.0 1.1.0 ! tag_moved',
    ],
    [
      'a branch that went on under the same version',
      {
        plugin: { installed: { identity: commit('1'), version: null, tags: [] } },
        offers: { head: tagged('2'), others: [] },
      },
      'apply mode_apply 111111111111 222222222222',
    ],
  ];
  for (const [name, situation, expected] of cases)
    it(`does about ${name}: ${expected}`, () => {
      assert.equal(decided(situation), expected);
    });

  it('has a case for every reason', () => {
    const seen = new Set(cases.map(([, , expected]) => expected.split(' ')[1]));
    const missing = Object.keys(DECISION_CODES).filter((code) => !seen.has(code));
    // The first needs a registry (below), the others an installation.
    assert.deepEqual(missing, ['version_republished', 'consent_required', 'not_installed']);
  });

  it('asks about a version that a registry gave other content (P03)', () => {
    const source: PackageSource = { kind: 'npm', name: 'notes', range: null, registry: null, subpath: '' };
    const integrity = (letter: string) => ({
      kind: 'integrity' as const,
      integrity: `sha512-${letter.repeat(86)}==`,
    });
    const situation: Situation = {
      plugin: { source, installed: { identity: integrity('A'), version: '1.0.0', tags: ['latest'] } },
      marketplace: { sources: new Map([['notes', source]]) },
      offers: { head: { identity: integrity('B'), version: '1.0.0', tags: ['latest'] }, others: [] },
    };
    assert.equal(decided(situation), 'notify version_republished 1.0.0');
  });

  it('decides about every plugin once, in the order of ids', () => {
    const ids = ['b@team', 'a@team', 'c@gone'].map((id) => ({ ...NOTES, id, marketplace: id.slice(2) }));
    const plan = planAutoUpdate(ids, new Map([['team', TEAM]]), {
      limit: { mode: 'apply', by: null },
      offline: false,
      metered: false,
      offers: new Map([['b@team', NEWER]]),
    });
    assert.deepEqual(
      plan.map(({ id, action, reason }) => [id, action, reason.code]),
      [
        ['a@team', 'none', 'check_failed'],
        ['b@team', 'apply', 'mode_apply'],
        ['c@gone', 'none', 'marketplace_gone'],
      ],
    );
  });

  it('never does more than the marketplace and the machine both allow', () => {
    const modes = fc.constantFrom<AutoUpdateMode>(...AUTO_UPDATE_MODES);
    fc.assert(
      fc.property(modes, modes, (ofMarketplace, ofMachine) => {
        const [action] = decided({
          marketplace: { mode: ofMarketplace },
          conditions: { limit: { mode: ofMachine, by: 'setting' } },
        }).split(' ');
        const least = mostCautious(ofMarketplace, ofMachine);
        assert.equal(action, least === 'off' ? 'none' : least);
      }),
    );
  });
});

describe('settledWithoutAsking', () => {
  const conditions = { limit: { mode: 'apply' as const, by: null }, offline: false, metered: false };

  it('leaves open only what the source has to be asked about', () => {
    assert.equal(settledWithoutAsking(NOTES, new Map([['team', TEAM]]), conditions), undefined);
    assert.equal(
      settledWithoutAsking(NOTES, new Map([['team', TEAM]]), { ...conditions, offline: true })?.reason.code,
      'offline',
    );
  });
});
