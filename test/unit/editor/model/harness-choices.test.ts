import assert from 'node:assert/strict';
import {
  type HarnessAction,
  harnessChoices,
  ignorable,
  ignorableChoices,
  ignoredChoices,
} from '../../../../src/editor/model/harness-choices.ts';
import { readHarnessTarget } from '../../../../src/editor/model/harness-target.ts';
import { NO_ACTIVITY } from '../../../../src/editor/model/harness-running.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { harnessEntry, ignoredVersion, installed } from '../../../support/harness-entry.ts';

const ENTRIES = [
  harnessEntry({ harness: 'fresh' }),
  harnessEntry({
    harness: 'used',
    active: '1.1.0',
    previous: '1.0.0',
    staged: '1.2.0',
    offered: '1.3.0',
    ignored: [ignoredVersion('1.0.5', 'by_hand')],
  }),
  harnessEntry({ harness: 'local', active: '1.0.0', local: '/build/acme' }),
  harnessEntry({ harness: 'npm', installs: [['npm']] }),
  harnessEntry({ harness: 'given', installs: [['npm']], delegated: true }),
];

describe('Choosing a harness', () => {
  const EXPECTED: Readonly<Record<HarnessAction, readonly string[]>> = {
    check: ['fresh', 'used', 'local', 'npm', 'given'],
    update: ['fresh', 'used', 'given'],
    rollback: ['used'],
    ignore: ['used'],
    unignore: ['used'],
    useLocal: ['fresh', 'used', 'npm', 'given'],
    stopLocal: ['local'],
    delegate: ['fresh', 'used', 'local', 'npm'],
    undelegate: ['given'],
  };
  for (const [action, expected] of Object.entries(EXPECTED)) {
    it(`offers those for which ${action} makes sense`, () => {
      const failed = { kind: 'failed', harness: 'broken', failure: new Error() } as const;
      const choices = harnessChoices(
        { entries: [...ENTRIES, failed], activity: NO_ACTIVITY },
        action as HarnessAction,
        inEnglish,
      );
      assert.deepEqual(
        choices.map(({ value }) => value),
        expected,
      );
    });
  }

  it('says what each has', () => {
    const [fresh, used] = harnessChoices({ entries: ENTRIES, activity: NO_ACTIVITY }, 'check', inEnglish);
    assert.deepEqual([fresh?.description, used?.description], ['no version yet', 'v1.1.0 · v1.2.0 staged']);
  });

  it('offers to ignore what is staged and what is offered, once, and never what starts', () => {
    const versions = (parts: Parameters<typeof harnessEntry>[0]) => ignorable(harnessEntry(parts).status);
    assert.deepEqual(versions({ active: '1.0.0', staged: '1.1.0', offered: '1.2.0' }), ['1.1.0', '1.2.0']);
    assert.deepEqual(versions({ active: '1.0.0', staged: '1.1.0', offered: '1.1.0' }), ['1.1.0']);
    assert.deepEqual(versions({ active: '1.1.0', offered: '1.1.0' }), []);
    const ignored = [ignoredVersion('1.2.0', 'rolled_back')];
    assert.deepEqual(versions({ active: '1.0.0', offered: '1.2.0', ignored }), []);
    const [, used] = ENTRIES;
    assert.ok(used !== undefined);
    assert.deepEqual(
      [...ignorableChoices(used, inEnglish), ...ignoredChoices(used, inEnglish)].map(
        ({ label, description }) => `${label} ${description}`,
      ),
      ['v1.2.0 staged', 'v1.3.0 offered', 'v1.0.5 ignored by you'],
    );
  });
});

describe('What a command of the Harness view is about', () => {
  it('is read off a row of its tree, or said by whoever runs the command', () => {
    const version = installed('1.1.0');
    assert.deepEqual(readHarnessTarget({ kind: 'version', harness: 'acme', role: 'staged', version }), {
      harness: 'acme',
      version: '1.1.0',
    });
    const ignored = ignoredVersion('1.0.5', 'by_hand');
    assert.deepEqual(readHarnessTarget({ kind: 'ignored', harness: 'acme', ignored }), {
      harness: 'acme',
      version: '1.0.5',
    });
    assert.deepEqual(readHarnessTarget({ harness: 'acme', version: '2.0.0' }), {
      harness: 'acme',
      version: '2.0.0',
    });
  });

  it('is nothing yet for anything else', () => {
    for (const argument of [
      undefined,
      null,
      'acme',
      7,
      { harness: 7 },
      { ignored: [ignoredVersion('1.0.0', 'by_hand')] },
    ])
      assert.deepEqual(readHarnessTarget(argument), {});
  });
});
