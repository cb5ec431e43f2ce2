import assert from 'node:assert/strict';
import { BLOCKER_KINDS, type Blocker, type BlockerKind } from '../../../../src/core/harness/blocker.ts';
import {
  blockerText,
  type RestartNotice,
  restartNoticeText,
} from '../../../../src/core/harness/restart-words.ts';
import {
  blockerWords,
  noticeWords,
  restoredNotice,
} from '../../../../src/editor/model/harness-restart-words.ts';
import {
  type HarnessActivity,
  NO_ACTIVITY,
  type RunningSession,
  runningSessions,
} from '../../../../src/editor/model/harness-running.ts';
import type { HarnessSnapshot } from '../../../../src/editor/model/harness-snapshot.ts';
import { harnessStatus } from '../../../../src/editor/model/harness-status.ts';
import { withNews } from '../../../../src/editor/model/status-news.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { type EntryParts, harnessEntry } from '../../../support/harness-entry.ts';
import { blocked, sessionRecord } from '../../../support/session-record.ts';

const blocker = (kind: BlockerKind, subject: string | null = null): Blocker => ({
  kind,
  subject,
  source: 'hook',
  since: '2026-11-21T00:00:00Z',
});

function machine(parts: EntryParts, ...sessions: readonly Partial<RunningSession>[]): HarnessSnapshot {
  const activity: HarnessActivity = { ...NO_ACTIVITY, sessions: sessions.map((one) => sessionRecord(one)) };
  return { entries: [harnessEntry(parts)], activity };
}
const said = (snapshot: HarnessSnapshot): string | undefined => harnessStatus(snapshot, inEnglish)?.spoken;

describe('The status bar about harnesses', () => {
  const STAGED = { active: '0.7.1', staged: '0.7.2' };

  it('is silent where nothing waits', () => {
    assert.equal(said(machine({ active: '0.7.1' })), undefined);
    assert.equal(said(machine({ active: '0.7.1' }, {})), undefined);
    assert.equal(said(machine({ ...STAGED, local: '/build/acme' }, {})), undefined);
  });

  it('says what is staged, in the words of the specification', () => {
    const words = 'Beaver: Update staged: acme v0.7.2 will start after this turn.';
    assert.equal(said(machine(STAGED)), words);
    assert.equal(said(machine(STAGED, {})), words);
    assert.equal(said(machine(STAGED, { quiescence: blocked(blocker('model_streaming')) })), words);
    assert.match(
      harnessStatus(machine(STAGED), inEnglish)?.tooltip.join('\n') ?? '',
      /No session is running: it starts with the next one\./,
    );
  });

  it('says what a restart waits for, and all of it in the tooltip', () => {
    const quiescence = blocked(
      blocker('tool_running', 'Bash'),
      blocker('background_task', 'background review'),
    );
    const status = harnessStatus(machine(STAGED, { quiescence }), inEnglish);
    assert.equal(status?.text, '$(clock) Restart deferred: background review is still running.');
    assert.deepEqual(status.tooltip.slice(1), [
      'What the restart waits for:',
      '• Bash is still running',
      '• background review is still running',
      'Click to see the harnesses.',
    ]);
    assert.equal(status.command, 'beaver.harness.focus');
  });

  it('says that it restarts, that an update failed, and that a build was found', () => {
    assert.equal(said(machine(STAGED, { status: 'restarting' })), 'Beaver: Restarting into acme v0.7.2...');
    assert.equal(
      said(machine({ active: '0.7.1', local: '/build/acme' }, { status: 'restarting' })),
      'Beaver: Restarting into the local build of acme...',
    );
    const failed = restartNoticeText({ kind: 'restored', name: 'acme', version: '0.7.1' });
    assert.equal(said(machine({ active: '0.7.1' }, { notice: failed })), `Beaver: ${failed}`);
    const found = restartNoticeText({ kind: 'build_found' });
    assert.equal(said(machine({ active: '0.7.1', local: '/b' }, { notice: found })), `Beaver: ${found}`);
  });

  it('shows the most urgent of several sessions, and the others in its tooltip', () => {
    const status = harnessStatus(
      machine(
        STAGED,
        {},
        { record_id: 'second00', status: 'restarting' },
        {
          record_id: 'third000',
          quiescence: blocked(blocker('unsent_draft')),
        },
      ),
      inEnglish,
    );
    assert.equal(status?.text, '$(sync~spin) Restarting into acme v0.7.2...');
    assert.deepEqual(status.tooltip.slice(1, 3), [
      'Restart deferred: something is written that was not sent.',
      'Update staged: acme v0.7.2 will start after this turn.',
    ]);
  });

  it('calls a program as people do', () => {
    const entry = harnessEntry({ ...STAGED, harness: 'claude-code' });
    assert.equal(
      harnessStatus({ entries: [entry], activity: NO_ACTIVITY }, inEnglish)?.spoken,
      'Beaver: Update staged: Claude Code v0.7.2 will start after this turn.',
    );
  });

  it('gives way to what a command does, and comes before what waits for a review', () => {
    const view = { text: 'review', tooltip: ['review', 'click'], command: 'a', spoken: 'review' };
    const news = { text: 'staged', tooltip: ['staged'], command: 'b', spoken: 'staged' };
    assert.deepEqual(withNews(view, news, false), { ...news, tooltip: ['staged', 'review'] });
    assert.deepEqual(withNews(view, news, true), { ...view, tooltip: ['review', 'click', 'staged'] });
    assert.equal(withNews(undefined, news, true), news);
    assert.equal(withNews(view, undefined, false), view);
    assert.equal(withNews(undefined, undefined, false), undefined);
  });
});

describe('What is said of restarts in the editor', () => {
  for (const kind of Object.keys(BLOCKER_KINDS) as readonly BlockerKind[]) {
    it(`is in English what the core says: ${kind}`, () => {
      for (const subject of [null, 'cargo test'])
        assert.equal(blockerWords(blocker(kind, subject), inEnglish), blockerText(blocker(kind, subject)));
    });
  }

  it('is in English what the core says: each notice', () => {
    const notices: readonly RestartNotice[] = [
      { kind: 'staged', name: 'Every Code', version: '0.7.2' },
      { kind: 'deferred', blocker: blocker('background_task', 'background review') },
      { kind: 'restarting', name: 'Every Code', target: { kind: 'version', version: '0.7.2' } },
      { kind: 'restarting', name: 'Every Code', target: { kind: 'build' } },
      { kind: 'restored', name: 'Every Code', version: '0.7.1' },
      { kind: 'build_found' },
    ];
    for (const notice of notices) assert.equal(noticeWords(notice, inEnglish), restartNoticeText(notice));
  });

  it('reads a rollback back from what a record keeps, and nothing else', () => {
    const notice = { kind: 'restored', name: 'Every Code', version: '0.7.1' } as const;
    assert.deepEqual(restoredNotice(restartNoticeText(notice)), notice);
    for (const other of [null, '', 'Update failed', restartNoticeText({ kind: 'build_found' })])
      assert.equal(restoredNotice(other), undefined);
  });
});

describe('The sessions of this machine', () => {
  it('are those whose supervisor runs, the oldest first; what is no record is left out', () => {
    const late = sessionRecord({ record_id: 'late0000', started_at: '2026-11-21T02:00:00Z' });
    const gone = sessionRecord({
      record_id: 'gone0000',
      supervisor: { pid: 99, started_at: late.started_at },
    });
    const early = sessionRecord({ record_id: 'early000' });
    const records = [late, undefined, 7, { ...early, status: 'asleep' }, gone, early];
    assert.deepEqual(
      runningSessions(records, ({ pid }) => pid !== 99).map(({ record_id: id }) => id),
      ['early000', 'late0000'],
    );
  });
});
