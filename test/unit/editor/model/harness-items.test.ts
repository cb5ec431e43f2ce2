import assert from 'node:assert/strict';
import * as path from 'node:path';
import { BeaverError } from '../../../../src/base/errors.ts';
import { presentHarnessNode } from '../../../../src/editor/model/harness-items.ts';
import {
  harnessChildren,
  harnessRoots,
  type HarnessTreeNode,
} from '../../../../src/editor/model/harness-nodes.ts';
import type { HarnessEntry } from '../../../../src/editor/model/harness-snapshot.ts';
import type { ItemView } from '../../../../src/editor/model/item-view.ts';
import { NO_ACTIVITY } from '../../../../src/editor/model/harness-running.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { type EntryParts, harnessEntry, ignoredVersion } from '../../../support/harness-entry.ts';
import { blocked, sessionRecord } from '../../../support/session-record.ts';

const words = { t: inEnglish, time: (iso: string) => iso.slice(0, 10) };
const show = (node: HarnessTreeNode): ItemView => presentHarnessNode(node, words);
const line = (node: HarnessTreeNode): string => {
  const { label, description } = show(node);
  return description === '' ? label : `${label} — ${description}`;
};
const roots = (...entries: readonly HarnessEntry[]) => harnessRoots({ entries, activity: NO_ACTIVITY });
const root = (parts: EntryParts): HarnessTreeNode => {
  const [node] = roots(harnessEntry(parts));
  assert.ok(node !== undefined);
  return node;
};
const lines = (parts: EntryParts): readonly string[] => harnessChildren(root(parts)).map(line);

describe('The rows of the Harness view', () => {
  it('show in one line which version starts, what is staged, and whose the command is', () => {
    assert.equal(line(root({})), 'acme — no version yet');
    assert.equal(line(root({ active: '1.0.0', staged: '1.1.0' })), 'acme — v1.0.0 · v1.1.0 staged');
    assert.equal(
      line(root({ active: '1.0.0', installs: [['npm']] })),
      'acme — v1.0.0 · global package of npm',
    );
    assert.equal(line(root({ active: '1.0.0', installs: [['npm']], delegated: true })), 'acme — v1.0.0');
    assert.equal(line(root({ active: '1.0.0', local: '/build/acme-dev' })), 'acme — local build');
  });

  it('show what is to know first, then what starts, what is ignored, and where the command is from', () => {
    assert.deepEqual(
      lines({
        active: '1.1.0',
        staged: '1.2.0',
        previous: '1.0.0',
        revoked: ['1.1.0'],
        ignored: [ignoredVersion('1.0.5', 'crash_loop'), ignoredVersion('1.1.5', 'by_hand')],
        installs: [['direct'], ['other_manager', { manager: 'mise', package: 'acme' }]],
      }),
      [
        'Version 1.1.0 was withdrawn by its publisher',
        '“acme” is found 2 times; the first one runs',
        '“acme” was installed by something else; Beaver leaves it alone',
        'v1.2.0 — staged',
        'v1.1.0 — active',
        'v1.0.0 — previous',
        '2 ignored versions',
        'acme — kept by Beaver',
        'acme — installed by mise · acme · not the first',
      ],
    );
    assert.deepEqual(lines({}), ['acme — not found on the PATH']);
  });

  it('say of each ignored version why, the latest first', () => {
    const ignored = [
      ignoredVersion('1.0.1', 'smoke_test_failed', 'It printed nothing.'),
      ignoredVersion('1.0.2', 'rolled_back'),
    ];
    const group = harnessChildren(root({ ignored })).find(({ kind }) => kind === 'ignoredGroup');
    assert.ok(group !== undefined);
    const rows = harnessChildren(group);
    assert.deepEqual(rows.map(line), ['v1.0.2 — rolled back', 'v1.0.1 — did not start when it was tried']);
    assert.deepEqual(rows.map(show)[1]?.tooltip.lines, ['It printed nothing.', '2026-11-20']);
  });

  it('offer only what makes sense for a harness as it stands', () => {
    const context = (parts: EntryParts): string => show(root(parts)).context;
    assert.equal(context({ active: '1.0.0' }), 'harness updatable released');
    assert.equal(
      context({ active: '1.1.0', previous: '1.0.0', staged: '1.2.0' }),
      'harness updatable staged revertible released',
    );
    assert.equal(context({ installs: [['npm']] }), 'harness released foreign');
    assert.equal(context({ installs: [['npm']], delegated: true }), 'harness updatable released delegated');
    assert.equal(context({ installs: [['development']] }), 'harness released');
    assert.equal(context({ active: '1.0.0', local: '/acme' }), 'harness local');
  });

  it('tell what a person could do about an installation of somebody else', () => {
    const tooltip = (...install: NonNullable<EntryParts['installs']>[number]): string =>
      harnessChildren(root({ installs: [install] }))
        .filter(({ kind }) => kind === 'install')
        .map((node) => show(node).tooltip.lines[0])
        .join();
    assert.equal(
      tooltip('npm', { package: '@acme/cli' }),
      'Beaver leaves it alone. Update it with: npm install --global @acme/cli@latest',
    );
    assert.match(tooltip('development'), /no release is looked for/);
    assert.match(tooltip('unknown'), /Nothing shows who installed it/);
    assert.match(tooltip('direct'), /signed releases/);
  });

  it('show a local build with its whole path, and what waits behind it', () => {
    const file = path.resolve('/build/acme-dev');
    const [build, active] = harnessChildren(root({ active: '1.0.0', local: file }));
    assert.ok(build !== undefined && active !== undefined);
    assert.equal(line(build), 'Local build — acme-dev · starts instead');
    assert.equal(show(build).tooltip.lines[0], file);
    assert.equal(line(active), 'v1.0.0 — active once the local build is no longer used');
  });

  it('show each session with what it waits for, and each blocker with who told of it and since when', () => {
    const since = '2026-11-21T01:00:00Z';
    const blockers = [
      { kind: 'tool_running', subject: 'Bash', source: 'hook', since },
      { kind: 'background_task', subject: 'background review', source: 'job_registry', since },
    ] as const;
    const job = {
      schema_version: 1,
      job_id: 'j1',
      harness: 'acme',
      session_id: 'session-1',
      kind: 'review',
      label: 'background review',
      is_durable: false,
      process: null,
      status: 'running',
      started_at: since,
      ended_at: null,
      exit_code: null,
    } as const;
    const sessions = [
      sessionRecord({ quiescence: blocked(...blockers) }),
      sessionRecord({ record_id: 'other000', harness: 'other' }),
      sessionRecord({ record_id: 'quiet000', version: null }),
      sessionRecord({ record_id: 'again000', status: 'restarting' }),
    ];
    const activity = {
      sessions,
      jobs: [job, { ...job, job_id: 'j2', status: 'lost' as const, is_durable: true }],
    };
    const entries = [harnessEntry({ active: '0.7.1', staged: '0.7.2' })];
    const [acme] = harnessRoots({ entries, activity });
    assert.ok(acme !== undefined);
    const rows = harnessChildren(acme).slice(0, 5);
    assert.deepEqual(rows.map(line), [
      'harbour — v0.7.1 · background review is still running',
      'harbour — local build · quiet',
      'harbour — v0.7.1 · restarting',
      'background review — running · blocks a restart',
      'background review — lost',
    ]);
    const [first] = rows;
    assert.ok(first !== undefined);
    assert.deepEqual(
      rows.map((row) => show(row).context),
      ['session restartable', 'session restartable', 'session', 'job', 'job'],
    );
    assert.equal(show(first).expandable, 'collapsed');
    const waits = harnessChildren(first);
    assert.deepEqual(waits.map(line), [
      'Bash is still running — since 2026-11-21',
      'background review is still running — since 2026-11-21',
    ]);
    assert.deepEqual(
      waits.map((row) => show(row).tooltip.lines[0]),
      [
        'Keeps the session from being restarted: told by a hook of the harness.',
        'Keeps the session from being restarted: recorded as a job.',
      ],
    );
    assert.equal(new Set([...rows, ...waits].map((row) => show(row).id)).size, 7);
  });

  it('keep their ids over readings, and differ in them', () => {
    const parts = {
      active: '1.1.0',
      staged: '1.2.0',
      previous: '1.0.0',
      ignored: [ignoredVersion('1.0.5', 'by_hand')],
    };
    const ids = () => [root(parts), ...harnessChildren(root(parts))].map((node) => show(node).id);
    assert.deepEqual(ids(), ids());
    assert.equal(new Set(ids()).size, ids().length);
  });

  it('show one that cannot be read with its reason, beside the others', () => {
    const failure = new BeaverError('storage_unsafe', 'The folder "trust" can be changed by others.', {
      nextStep: 'Make it yours.',
    });
    const nodes = roots({ kind: 'failed', harness: 'broken', failure }, harnessEntry({ active: '1.0.0' }));
    assert.deepEqual(nodes.map(line), ['broken — cannot be read', 'acme — v1.0.0']);
    const [broken] = nodes;
    assert.ok(broken !== undefined);
    assert.deepEqual(harnessChildren(broken), []);
    assert.match(show(broken).tooltip.lines[0] ?? '', /can be changed by others/);
  });

  it('say when nothing was looked for, nothing came, or a look failed', () => {
    const last = { at: '2026-11-01T00:00:00Z', outcome: 'timeout', succeeded_at: '2026-10-01T00:00:00Z' };
    const all = lines({ active: '1.0.0', offered: '1.0.0', lastCheck: last, origin: 'recovered' });
    assert.deepEqual(all.slice(0, 3), [
      'What says which version starts was damaged; the newest whole version counts',
      'The last look for an update failed: timeout',
      'No look for an update succeeded since 2026-10-01',
    ]);
  });
});
