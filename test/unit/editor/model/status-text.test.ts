import assert from 'node:assert/strict';
import { reviewCounts, statusView } from '../../../../src/editor/model/status-text.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import type { FolderSnapshot } from '../../../../src/editor/model/snapshot.ts';
import { samplePlugin, sampleSnapshot, sampleUpdate } from '../../../support/editor-samples.ts';

const shown = (part: Partial<FolderSnapshot>, waiting = false): readonly [string, string] | undefined => {
  const view = statusView([sampleSnapshot(part)], waiting, inEnglish);
  return view === undefined ? undefined : [view.text, view.command];
};
const conflict = (name: string, count: number): ReturnType<typeof sampleUpdate> =>
  sampleUpdate(name, { status: 'drafted', draft_id: 'd', conflicts: count });

describe('the status bar item', () => {
  it('is quiet when all is in sync, and while the first reading is under way', () => {
    assert.equal(shown({ plugins: [samplePlugin('p')] }), undefined);
    assert.equal(shown({ updates: [sampleUpdate('a', { status: 'published' })] }), undefined);
    assert.equal(shown({ phase: 'loading' }), undefined);
  });

  it('counts what is to be reviewed', () => {
    assert.deepEqual(shown({ updates: [sampleUpdate('a')] }), [
      '$(git-pull-request) 1 skill update to review',
      'beaver.updates.focus',
    ]);
    assert.deepEqual(shown({ updates: [sampleUpdate('a'), sampleUpdate('b', { status: 'ready' })] }), [
      '$(git-pull-request) 2 skill updates to review',
      'beaver.updates.focus',
    ]);
  });

  it('tells conflicts before the rest', () => {
    assert.deepEqual(shown({ updates: [conflict('a', 1), sampleUpdate('b')] }), [
      '$(git-merge) 1 conflict',
      'beaver.updates.focus',
    ]);
    assert.equal(shown({ updates: [conflict('a', 1), conflict('b', 2)] })?.[0], '$(git-merge) 3 conflicts');
  });

  it('counts no conflict of a draft that is out of date', () => {
    assert.equal(
      shown({ updates: [{ ...conflict('a', 1), stale: true }] })?.[0],
      '$(git-pull-request) 1 skill update to review',
    );
  });

  it('tells a deferred sync, and syncs on a click', () => {
    assert.deepEqual(shown({ deferred: true, updates: [sampleUpdate('a')] }), [
      '$(history) Sync deferred: another window is writing',
      'beaver.plugins.sync',
    ]);
  });

  it('tells that a command waits, before anything else', () => {
    assert.equal(shown({ deferred: true }, true)?.[0], '$(loading~spin) Waiting for another window…');
  });

  it('does not hide a folder that cannot be read', () => {
    assert.deepEqual(shown({ phase: 'failed' }), [
      '$(error) Beaver cannot read the skills',
      'beaver.log.show',
    ]);
  });

  it('counts over all folders of the window', () => {
    assert.deepEqual(
      reviewCounts([
        sampleSnapshot({ updates: [conflict('a', 2)] }),
        sampleSnapshot({ updates: [sampleUpdate('b')] }),
      ]),
      { toReview: 2, conflicts: 2 },
    );
  });
});

describe('The status bar about plugin updates', () => {
  it('tells of them when nothing else is to be said, and of those that are staged as such', () => {
    const text = (waiting: number, staged: number) =>
      statusView([], false, inEnglish, { waiting, staged })?.text;
    assert.deepEqual(
      [text(0, 0), text(1, 1), text(2, 2), text(2, 1), text(1, 0)],
      [
        undefined,
        '$(cloud-download) 1 plugin update staged',
        '$(cloud-download) 2 plugin updates staged',
        '$(package) 2 plugin updates wait',
        '$(package) 1 plugin update waits',
      ],
    );
  });
});
