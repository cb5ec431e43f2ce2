import assert from 'node:assert/strict';
import type { WhyPayload } from '../../../../src/app/upkeep-payloads.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { consentText } from '../../../../src/editor/upkeep/consent-words.ts';
import {
  repairsItself,
  type RepairItem,
  repairText,
  toConfirm,
} from '../../../../src/editor/upkeep/repair-plan.ts';
import { rolledBackNotice, rolledBackSince } from '../../../../src/editor/upkeep/rolled-back.ts';
import { type InstallEventPayload, timelineText } from '../../../../src/editor/upkeep/timeline.ts';
import { whyText } from '../../../../src/editor/upkeep/why-text.ts';
import { content, recordSample } from '../../../support/market-samples.ts';

const asIs = (iso: string): string => iso;

function event(over: Partial<InstallEventPayload>): InstallEventPayload {
  return {
    ...{ at: '2026-11-20T08:00:00Z', event: 'updated', id: 'notes@tools', correlation_id: 'c1' },
    ...{ actor: 'ann', automatic: false, from: content('1'), to: content('2'), phase: null },
    ...{ reason: null, detail: {} },
    ...over,
  };
}

const rolledBack = event({
  ...{ at: '2026-11-20T09:00:00Z', event: 'rolled_back', correlation_id: 'c2', automatic: true },
  ...{ from: content('2'), to: content('1', '1.2.3'), phase: 'health-check' },
  reason: { code: 'install_unhealthy', message: 'A program is missing.' },
});

describe('The timeline of a plugin', () => {
  it('has everything that became of it and what was decided, newest first', () => {
    const decision = { ...recordSample('offline', { at: '2026-11-20T08:30:00Z' }) };
    assert.equal(
      timelineText('notes@tools', [event({}), rolledBack], [decision], asIs, inEnglish),
      [
        'Timeline of notes@tools',
        '',
        '2026-11-20T09:00:00Z  rolled back to 1.2.3  (by itself)',
        '    A program is missing. [install_unhealthy]',
        '    in the phase health-check',
        '    correlation id c2',
        '',
        '2026-11-20T08:30:00Z  Auto-update: There is no network.',
        '',
        '2026-11-20T08:00:00Z  updated from 1.0.0 to 2.0.0  (ann)',
        '    correlation id c1',
        '',
      ].join('\n'),
    );
  });

  it('says that nothing is recorded', () => {
    assert.match(timelineText('notes@tools', [], [], asIs, inEnglish), /Nothing is recorded\./);
  });
});

describe('What was rolled back by itself', () => {
  it('is told once, with its version and its reason', () => {
    const early = event({ ...rolledBack, phase: 'download' });
    const asked = event({ ...rolledBack, automatic: false });
    const events = rolledBackSince([event({}), early, asked, rolledBack], '2026-11-20T08:00:00Z');
    assert.deepEqual(events, [rolledBack]);
    assert.deepEqual(rolledBackSince(events, rolledBack.at), []);
    assert.equal(
      rolledBackNotice(events, inEnglish),
      'notes@tools was rolled back to 1.2.3. A program is missing.',
    );
  });

  it('says when nothing was there to go back to, and sums several up', () => {
    assert.equal(
      rolledBackNotice([{ ...rolledBack, to: null }], inEnglish),
      'notes@tools was taken out of use. A program is missing.',
    );
    assert.equal(
      rolledBackNotice([rolledBack, { ...rolledBack, id: 'log@tools' }], inEnglish),
      '2 plugins were rolled back: notes@tools, log@tools.',
    );
  });
});

describe('Why a plugin was or was not updated', () => {
  const why: WhyPayload['why'] = {
    ...{ id: 'notes@tools', current: content('1'), source: 'example/tools', marketplace: 'tools' },
    ...{ mode: 'stage', pin: null, pinned_by: null, requested: false, needed_by: ['log@tools'] },
    ignored: [{ ...content('3'), reason: 'It was unhealthy.' }],
    last: recordSample('metered'),
    decisions: [recordSample('metered')],
    next_check: '2026-11-21T08:00:00Z',
    staged: { ...content('2'), id: 'notes@tools', staged_at: '', needs: [], asks: [] },
  };

  it('is said first, with the next look, what is staged and what holds it', () => {
    const text = whyText({ why }, asIs, inEnglish);
    assert.deepEqual(text.split('\n').slice(0, 5), [
      'notes@tools',
      '',
      'The network is metered. (2026-11-20T08:00:00.000Z)',
      'Staged: 2.0.0; it needs no network.',
      'The next look is due: 2026-11-21T08:00:00Z',
    ]);
    assert.match(text, /Marketplace: tools \(auto-update: stage\)/);
    assert.match(text, /It is here because log@tools needs it\./);
    assert.match(text, /Not installed again: 3\.0\.0 \(It was unhealthy\.\)/);
  });

  it('says of what waited that it is in use, once it is', () => {
    const last = recordSample('mode_stage', { action: 'stage', ...content('2') });
    const updated = { ...why, current: content('2'), last, staged: null };
    assert.equal(
      whyText({ why: updated }, asIs, inEnglish).split('\n')[2],
      '2.0.0 waited for you, and is in use now.',
    );
  });

  it('is said of one that auto-update has not looked at', () => {
    const fresh = { ...why, last: null, decisions: [], next_check: null, staged: null };
    assert.match(whyText({ why: fresh }, asIs, inEnglish), /has not looked yet\.\nNo look is planned\./);
  });
});

describe('The plan of repairs', () => {
  const item = (over: Partial<RepairItem>): RepairItem => ({
    ...{ kind: 'package_missing', subject: 'notes@tools', action: 'fetch', confirm: false },
    ...{ message: 'm', next_step: 'n', outcome: 'planned', error: null },
    ...over,
  });
  const modified = item({ kind: 'package_modified', action: 'restore', confirm: true });

  it('says what is off, what would be done, and what asks first', () => {
    const reconcile = { status: 'drift' as const, items: [item({}), modified] };
    assert.equal(
      repairText({ reconcile }, 'here', inEnglish),
      [
        'Installed plugins of here',
        '',
        'notes@tools: Its package is gone or cannot be read.',
        '    The same content is fetched again.',
        '',
        'notes@tools: Files of its package were changed after it was installed.',
        '    The folder is moved aside and the recorded content is fetched again. (asks first)',
        '',
      ].join('\n'),
    );
  });

  it('says "Synced" only when it is', () => {
    const words = (status: 'synced' | 'drift' | 'repaired', items: RepairItem[]): boolean =>
      repairText({ reconcile: { status, items } }, 'here', inEnglish).includes('Synced');
    assert.deepEqual(
      [words('synced', []), words('drift', [modified]), words('repaired', [item({ outcome: 'done' })])],
      [true, false, false],
    );
  });

  it('asks about what removes or overwrites, and about nothing else', () => {
    const told = item({ kind: 'marketplace_gone', action: 'none' });
    assert.deepEqual(toConfirm([item({}), told, modified, { ...modified, outcome: 'done' }]), [modified]);
    assert.deepEqual([repairsItself([modified, told]), repairsItself([item({})])], [false, true]);
  });
});

describe('What asks for consent', () => {
  it('is one question for all plugins', () => {
    const text = consentText(
      [
        {
          id: 'notes@tools',
          changes: [{ kind: 'major_version', id: 'notes@tools', value: '1.0.0 → 2.0.0' }],
        },
        { id: 'log@tools', changes: [{ kind: 'new_plugin', id: 'base@tools', value: 'example/base' }] },
      ],
      inEnglish,
    );
    assert.equal(
      text,
      'notes@tools:\n• Major version: 1.0.0 → 2.0.0\n\nlog@tools:\n• Another plugin: example/base (base@tools)',
    );
  });
});
