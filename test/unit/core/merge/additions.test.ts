import assert from 'node:assert/strict';
import { mergeText } from '../../../../src/core/merge/text-merge.ts';
import { project } from '../../../support/merge-projection.ts';

/** Both sides add at the end of one base text. */
function add(base: string[], local: string[], upstream: string[]) {
  const text = (lines: string[]) => lines.map((line) => `${line}\n`).join('');
  return mergeText(text(base), text([...base, ...local]), text([...base, ...upstream]));
}

describe('additions of both sides at one place', () => {
  it("keeps list items of both, local's first", () => {
    const result = add(['- one'], ['- check the links'], ['- run every test']);
    assert.deepEqual(project(result), ['  - one', 'm - check the links', 'm - run every test']);
    assert.deepEqual(
      result.decisions.map(({ region, reason }) => [region, reason]),
      [['list', "Both sides added here; local's addition comes first."]],
    );
  });

  it('keeps table rows of both', () => {
    const table = ['| name | use |', '|---|---|'];
    const result = add(table, ['| alpha | reading |'], ['| beta | writing |']);
    assert.deepEqual(project(result).slice(2), ['m | alpha | reading |', 'm | beta | writing |']);
  });

  it('keeps what both added once', () => {
    const result = add(
      ['# Log', ''],
      ['## 1.1', '- Fixes the parser', ''],
      ['## 1.2', '- Adds the writer', '', '## 1.1', '- Fixes the parser', ''],
    );
    assert.deepEqual(result.conflicts, []);
    assert.equal(result.text, '# Log\n\n## 1.2\n- Adds the writer\n\n## 1.1\n- Fixes the parser\n\n');
  });

  it('puts the items of both under one heading that both added', () => {
    const result = add(
      ['# Log', ''],
      ['## 2026-02-18', '- Adds a skill for churn', ''],
      ['## 2026-02-18', '- Moves patterns elsewhere', ''],
    );
    assert.deepEqual(result.conflicts, []);
    assert.equal(result.text.match(/## 2026-02-18/g)?.length, 1);
    assert.match(result.text, /churn[^]*patterns/);
  });

  it('makes one entry of two for one release, under the later date, with the line below it once', () => {
    const entry = (date: string, change: string) => [
      `## [1.1.0] - ${date}`,
      '',
      '### Added',
      '',
      change,
      '',
      '---',
      '',
    ];
    const later = ['## [1.2.0] - 2026-02-20', '', '### Added', '', '- Adds the writer', '', '---', ''];
    const result = add(['# Log', ''], entry('2026-02-14', '- Finds the targets'), [
      ...later,
      ...entry('2026-02-17', '- Reads Kiro'),
    ]);
    assert.deepEqual(project(result).slice(2), [
      ...later.map((line) => `m ${line}`),
      ...['## [1.1.0] - 2026-02-17', '', '### Added', '', '- Finds the targets', '', '- Reads Kiro', ''].map(
        (line) => `m ${line}`,
      ),
      ...['m ---', 'm '],
    ]);
    assert.deepEqual(
      result.decisions.map(({ code }) => code),
      ['additions_joined', 'release_joined'],
    );
  });

  it('refuses two entries for one release whose headings differ in more than the date, or that are no lists', () => {
    const titled = add(['# Log', ''], ['## 1.1.0 Parser', '- a', ''], ['## 1.1.0 Writer', '- b', '']);
    assert.equal(titled.conflicts.length, 1);
    const told = add(
      ['# Log', ''],
      ['## 1.1.0 (2026-02-14)', 'The parser is new.', ''],
      ['## 1.1.0 (2026-02-17)', 'Writing works at last.', ''],
    );
    assert.equal(told.conflicts.length, 1);
  });

  it('keeps two releases apart that have headings of their own but equal parts', () => {
    const result = add(
      ['# Log', ''],
      ['## 1.2', '### Fixed', '- Nothing yet', ''],
      ['## 1.1', '### Fixed', '- Nothing yet', ''],
    );
    assert.deepEqual(result.conflicts, []);
    assert.equal(result.text.match(/### Fixed\n- Nothing yet/g)?.length, 2);
  });

  it('refuses two texts under one heading', () => {
    const result = add(
      ['# Skill', ''],
      ['## Platforms', '', 'Skills speak in actions and never name tools.', ''],
      ['## Platforms', '', 'The mapping of names loads by itself at start.', ''],
    );
    assert.equal(result.conflicts.length, 1);
  });

  it('refuses two rows or items that begin with the same head', () => {
    assert.equal(add(['| a | b |', '|---|---|'], ['| x | one |'], ['| x | two |']).conflicts.length, 1);
    assert.equal(add(['- a'], ['- **Lead**: says this'], ['- **Lead**: means that']).conflicts.length, 1);
  });

  it('refuses two wordings of one thing', () => {
    const result = add(
      ['Text.', ''],
      ['Always run the whole test suite before you push a branch.'],
      ['Always run the test suite before you push the branch.'],
    );
    assert.equal(result.conflicts.length, 1);
  });
});
