import assert from 'node:assert/strict';
import { mergeText } from '../../../../src/core/merge/text-merge.ts';
import { project } from '../../../support/merge-projection.ts';

/** Texts are written as lists of lines. */
function merge(base: string[], local: string[], upstream: string[], path = 'SKILL.md') {
  const text = (lines: string[]) => lines.map((line) => `${line}\n`).join('');
  return mergeText(text(base), text(local), text(upstream), { path });
}

function reasons(result: ReturnType<typeof merge>): string[] {
  return result.decisions.map(({ region, reason }) => `${region}: ${reason}`);
}

describe('edits that touch', () => {
  it('takes both when each side edited lines of its own', () => {
    const result = merge(
      ['First step.', 'Second step.'],
      ['First step, done.', 'Second step.'],
      ['First step.', 'Second step, too.'],
    );
    assert.deepEqual(project(result), ['m First step, done.', 'm Second step, too.']);
    assert.deepEqual(reasons(result), [
      'paragraph: Both sides edited lines that touch; both edits were taken.',
    ]);
  });

  it('takes a line inserted before a line that the other side replaced', () => {
    const result = merge(
      ['## Questions'],
      ['## Questions to ask the user'],
      ['A new paragraph.', '', '## Questions'],
    );
    assert.deepEqual(project(result), ['m A new paragraph.', 'm ', 'm ## Questions to ask the user']);
  });

  it('takes a line inserted between two lines that the other side rewrote', () => {
    const result = merge(
      ['- Run the formatter over all files', '- Commit the change with a message'],
      ['- Run the formatter over all the files', '- Commit the whole change with a message'],
      ['- Run the formatter over all files', '- Push nothing yet', '- Commit the change with a message'],
    );
    assert.deepEqual(project(result), [
      'm - Run the formatter over all the files',
      'm - Push nothing yet',
      'm - Commit the whole change with a message',
    ]);
  });

  it('takes two deletions that share no line but the blank one between them', () => {
    const result = merge(
      ['top', '', 'One thing.', '', 'Another thing.', '', 'end'],
      ['top', '', 'Another thing.', '', 'end'],
      ['top', '', 'One thing.', '', 'end'],
    );
    assert.equal(result.text, 'top\n\nend\n');
  });

  it('adds a line once when the other side replaced the next line by it and more', () => {
    const result = merge(
      ['3. Follow the patterns'],
      ['Mark every commit with the agreed tag.', '', '3. Follow the patterns'],
      ['Mark every commit with the agreed tag.', '', '4. Follow the patterns'],
    );
    assert.equal(result.text, 'Mark every commit with the agreed tag.\n\n4. Follow the patterns\n');
  });

  it('refuses to take a line away that the other side adds', () => {
    const fenced = ['- an item of the list', '', '```'];
    const result = merge(fenced, ['- an item of the list'], [...fenced, '', '```']);
    assert.equal(result.conflicts.length, 1);
  });

  it('refuses new text with a name that the other side renamed', () => {
    const result = merge(
      ['Use page-cro for the page.'],
      ['Use landing-cro for the page.'],
      ['Use page-cro for the page.', 'Then run page-cro again.'],
    );
    assert.equal(result.conflicts.length, 1);
  });
});

describe('edits of one paragraph', () => {
  it('takes words of both sides where an unchanged word is between them', () => {
    const result = merge(
      ['Read the file before you write the report.'],
      ['Read the whole file before you write the report.'],
      ['Read the file before you write the final report.'],
    );
    assert.deepEqual(project(result), ['m Read the whole file before you write the final report.']);
    assert.deepEqual(reasons(result), [
      'paragraph: Both sides edited different words; both edits were taken.',
    ]);
  });

  it('refuses edits of the same words and edits without an unchanged word between them', () => {
    const base = ['Read the file before writing.'];
    assert.equal(
      merge(base, ['Read the page before writing.'], ['Read the book before writing.']).conflicts.length,
      1,
    );
    assert.equal(
      merge(base, ['Read the page before writing.'], ['Read the file after writing.']).conflicts.length,
      1,
    );
  });

  it('keeps joined words whole: a version, a path, a name', () => {
    for (const [base, local, upstream] of [
      ['Needs 1.2.3 here.', 'Needs 1.4.3 here.', 'Needs 1.2.5 here.'],
      ['See docs/cli.md now.', 'See guide/cli.md now.', 'See docs/api.md now.'],
      ['The skill-maker tool.', 'The plugin-maker tool.', 'The skill-writer tool.'],
    ] as const) {
      assert.equal(merge([base], [local], [upstream]).conflicts.length, 1, base);
    }
  });

  it('takes the words of one side where the other only wrapped the paragraph differently', () => {
    const result = merge(
      ['One two three four', 'five six seven eight.'],
      ['One two three', 'four five six', 'seven eight.'],
      ['One and two and three and four', 'and five and six seven eight.'],
    );
    assert.deepEqual(result.conflicts, []);
    assert.equal(
      result.text.split(/\s+/).join(' '),
      'One and two and three and four and five and six seven eight. ',
    );
  });

  it('refuses a deletion against an edit', () => {
    assert.equal(
      merge(['a', 'One line of text.', 'b'], ['a', 'b'], ['a', 'One line of new text.', 'b']).conflicts
        .length,
      1,
    );
  });
});

describe('code', () => {
  const fenced = (...code: string[]) => ['```sh', ...code, '```'];

  it('is never merged by words', () => {
    const result = merge(
      fenced('run build --fast in one step'),
      fenced('run build --slow in one step'),
      fenced('run build --fast in two step'),
    );
    assert.equal(result.conflicts.length, 1);
  });

  it('is merged by lines', () => {
    const result = merge(
      fenced('one', 'two', 'three'),
      fenced('ONE', 'two', 'three'),
      fenced('one', 'two', 'THREE'),
    );
    assert.deepEqual(project(result), ['  ```sh', 'l ONE', '  two', 'u THREE', '  ```']);
  });

  it('is what a script is, by its name', () => {
    const [base, local, upstream] = ['one two three four', 'one 2 three four', 'one two three 4'] as const;
    assert.equal(merge([base], [local], [upstream], 'scripts/run.sh').conflicts.length, 1);
    assert.equal(merge([base], [local], [upstream], 'references/run.md').conflicts.length, 0);
  });
});

describe('manifests', () => {
  it('take the larger of two raised versions and say so', () => {
    const version = (value: string) => ['{', `  "version": "${value}",`, '  "name": "x"', '}'];
    const result = merge(version('1.2.3'), version('1.3.0'), version('1.2.9'), 'plugin.json');
    assert.equal(result.text, '{\n  "version": "1.3.0",\n  "name": "x"\n}\n');
    assert.deepEqual(reasons(result), [
      'version: Both sides raised a version or a count; the larger one stands.',
    ]);
  });

  it('leave other numbers to a person', () => {
    const timeout = (value: number) => ['{', `  "timeout": ${value}`, '}'];
    assert.equal(merge(timeout(10), timeout(20), timeout(30), 'plugin.json').conflicts.length, 1);
  });

  it('do not lend the version rule to prose', () => {
    assert.equal(merge(['Version 1.0.0'], ['Version 1.1.0'], ['Version 1.2.0']).conflicts.length, 1);
  });
});
