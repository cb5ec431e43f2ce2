import assert from 'node:assert/strict';
import type { Draft } from '../../../../../src/core/install/preflight/finding.ts';
import { findingsOf } from '../../../../../src/core/install/preflight/verdict.ts';
import { DRAFTS } from '../../../../support/preflight-report.ts';

const same = (file: string): string => file;
const link = (line: number, message = 'The link "a.md" leads nowhere.'): Draft => ({
  code: 'PF-LINK-BROKEN',
  file: 'SKILL.md',
  message,
  range: { start: { line, column: 1 }, end: { line, column: 9 } },
});

describe('findingsOf', () => {
  it('blocks from the severity that is asked for', () => {
    const blocking = (failOn: 'error' | 'warning' | 'info'): number =>
      findingsOf(DRAFTS, same, { failOn }).filter((finding) => finding.blocking).length;
    assert.deepEqual([blocking('error'), blocking('warning'), blocking('info')], [1, 2, 3]);
  });

  it('keeps the fingerprint when lines move, and tells two equal findings apart', () => {
    const [first, second] = findingsOf([link(3), link(9)], same);
    const [moved] = findingsOf([link(40)], same);
    assert.equal(first?.fingerprint, moved?.fingerprint);
    assert.notEqual(first?.fingerprint, second?.fingerprint);
  });

  it('suppresses what the baseline holds, and nothing that came since', () => {
    const known = new Set(findingsOf([link(3)], same).map(({ fingerprint }) => fingerprint));
    const now = findingsOf([link(5), link(7, 'The link "b.md" leads nowhere.')], same, {
      baseline: known,
      failOn: 'warning',
    });
    assert.deepEqual(
      now.map(({ suppressed, blocking }) => [suppressed, blocking]),
      [
        [true, false],
        [false, true],
      ],
    );
  });

  it('ignores by code, by the beginning of a code, and by file', () => {
    const ignored = (code: string, glob?: string): readonly string[] =>
      findingsOf(DRAFTS, same, { ignore: [{ code, glob }] })
        .filter(({ suppressed }) => suppressed)
        .map((finding) => finding.code);
    assert.deepEqual(ignored('PF-LINK-BROKEN'), ['PF-LINK-BROKEN']);
    assert.deepEqual(ignored('PF-S*'), ['PF-SCHEMA-TYPE', 'PF-SAFE-042']);
    assert.deepEqual(ignored('PF-*', 'skills/**'), ['PF-LINK-BROKEN']);
    assert.deepEqual(ignored('PF-LINK'), []);
  });

  it('tells the same thing once', () => {
    assert.equal(findingsOf([link(3), link(3)], same).length, 1);
  });
});
