import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mergeText } from '../../../../src/core/merge/text-merge.ts';
import { splitLines } from '../../../../src/core/merge/lines.ts';
import { lines, project } from '../../../support/merge-projection.ts';

const LINE = fc.constantFrom('', 'a', 'b', 'c', 'step one', 'step two', '# Head', '- item', '---', '```');
const DOCUMENT = fc
  .tuple(fc.array(LINE, { maxLength: 12 }), fc.boolean())
  .map(([all, ends]) => all.join('\n') + (ends && all.length > 0 ? '\n' : ''));

describe('mergeText, line by line', () => {
  it('takes edits of both sides that leave a line between them', () => {
    const merge = mergeText(lines('one two three'), lines('ONE two three'), lines('one two THREE'));
    assert.deepEqual(project(merge), ['l ONE', '  two', 'u THREE']);
    assert.equal(merge.text, lines('ONE two THREE'));
  });

  it('takes an edit that both sides made once', () => {
    const merge = mergeText(lines('one two three'), lines('one 2 three'), lines('one 2 three'));
    assert.deepEqual(project(merge), ['  one', '= 2', '  three']);
  });

  it('keeps all three sides of a contradiction, between markers in the text', () => {
    const merge = mergeText(lines('one two three'), lines('one zwei three'), lines('one deux three'));
    assert.deepEqual(project(merge), ['  one', '?b two', '?l zwei', '?u deux', '?? c2', '  three']);
    assert.equal(
      merge.text,
      lines('one <<<<<<<_local zwei |||||||_base two ======= deux >>>>>>>_upstream three').replaceAll(
        '_',
        ' ',
      ),
    );
  });

  it('keeps a deletion against an edit as a conflict', () => {
    const merge = mergeText(lines('one two three'), lines('one three'), lines('one TWO three'));
    assert.deepEqual(project(merge), ['  one', '?b two', '?u TWO', '?? c2', '  three']);
  });

  it('covers all three texts in order and without overlap', () => {
    fc.assert(
      fc.property(DOCUMENT, DOCUMENT, DOCUMENT, (base, local, upstream) => {
        const { chunks } = mergeText(base, local, upstream);
        for (const [side, text] of Object.entries({ base, local, upstream })) {
          let at = 0;
          for (const chunk of chunks) {
            const range = chunk[side as 'base' | 'local' | 'upstream'];
            assert.equal(range.start, at);
            at = range.end;
          }
          assert.equal(at, splitLines(text).length);
        }
      }),
    );
  });
});

describe('mergeText, line ends', () => {
  it('keeps CRLF of local and gives it to the lines adopted from upstream', () => {
    const merge = mergeText('a\nb\nc\n', 'A\r\nb\r\nc\r\n', 'a\nb\nC\n');
    assert.equal(merge.text, 'A\r\nb\r\nC\r\n');
  });

  it('sees no conflict where only line ends differ', () => {
    const merge = mergeText('a\r\nb\r\nc\r\n', 'a\nb\nc\nd\n', 'A\r\nb\r\nc\r\n');
    assert.equal(merge.text, 'A\nb\nc\nd\n');
  });

  it('keeps the byte order mark of local and takes none from upstream', () => {
    assert.equal(mergeText('a\nb\nc\n', '\uFEFFa\nb\nC\n', 'A\nb\nc\n').text, '\uFEFFA\nb\nC\n');
    assert.equal(mergeText('a\nb\nc\n', 'a\nb\nC\n', '\uFEFFA\nb\nc\n').text, 'A\nb\nC\n');
  });

  it('keeps the missing last line end of local', () => {
    assert.equal(mergeText('a\nb\nc\n', 'a\nb\nc', 'A\nb\nc\n').text, 'A\nb\nc');
    assert.equal(mergeText('a\nb\nc', 'A\nb\nc\n', 'a\nb\nc').text, 'A\nb\nc\n');
  });

  it('ends a line without line end where another follows it', () => {
    assert.equal(mergeText('a\nb\nc', 'A\nb\nc', 'a\nb\nc\nd\ne').text, 'A\nb\nc\nd\ne');
  });
});

describe('mergeText, for any texts', () => {
  it('gives upstream where local has no edit', () => {
    fc.assert(
      fc.property(DOCUMENT, DOCUMENT, (base, upstream) => {
        assert.equal(mergeText(base, base, upstream).text, upstream);
      }),
    );
    assert.equal(mergeText('a\nb', 'a\nb', '\uFEFFa\r\nb\r\nc\n').text, '\uFEFFa\r\nb\r\nc\n');
  });

  it('gives local where upstream has no edit', () => {
    fc.assert(
      fc.property(DOCUMENT, DOCUMENT, (base, local) => {
        assert.equal(mergeText(base, local, base).text, local);
      }),
    );
  });

  it('gives local where both sides are equal', () => {
    fc.assert(
      fc.property(DOCUMENT, DOCUMENT, (base, both) => {
        assert.equal(mergeText(base, both, both).text, both);
      }),
    );
  });

  it('conflicts in the same places when the sides are swapped', () => {
    fc.assert(
      fc.property(DOCUMENT, DOCUMENT, DOCUMENT, (base, local, upstream) => {
        const one = mergeText(base, local, upstream).conflicts;
        const other = mergeText(base, upstream, local).conflicts;
        const bare = (text: string) => text.replace(/\n$/, '');
        assert.deepEqual(
          one.map((conflict) => [bare(conflict.base), bare(conflict.local), bare(conflict.upstream)]),
          other.map((conflict) => [bare(conflict.base), bare(conflict.upstream), bare(conflict.local)]),
        );
      }),
    );
  });

  it('takes every line that it did not merge from the side it names', () => {
    fc.assert(
      fc.property(DOCUMENT, DOCUMENT, DOCUMENT, (base, local, upstream) => {
        const known = new Set(splitLines(`${base}\n${local}\n${upstream}\n`));
        for (const chunk of mergeText(base, local, upstream).chunks) {
          if (chunk.kind === 'merged') continue;
          for (const line of splitLines(chunk.text ?? ''))
            assert.ok(known.has(line.replace(/\n?$/, '\n')), line);
        }
      }),
    );
  });

  it('invents no word', () => {
    const words = (text: string) => text.match(/\w+/g) ?? [];
    fc.assert(
      fc.property(DOCUMENT, DOCUMENT, DOCUMENT, (base, local, upstream) => {
        const known = new Set([...words(base), ...words(local), ...words(upstream)]);
        for (const { text } of mergeText(base, local, upstream).chunks) {
          assert.ok(words(text ?? '').every((word) => known.has(word)));
        }
      }),
    );
  });

  it('gives the same result every time, and for a text of unknown kind that is Markdown', () => {
    fc.assert(
      fc.property(DOCUMENT, DOCUMENT, DOCUMENT, (base, local, upstream) => {
        const merge = mergeText(base, local, upstream, { path: 'SKILL.md' });
        assert.deepEqual(mergeText(base, local, upstream), merge);
      }),
    );
  });

  it('never throws', () => {
    const any = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(any, any, any, (base, local, upstream) => {
        assert.equal(typeof mergeText(base, local, upstream).text, 'string');
      }),
    );
  });
});

describe('mergeText, for hostile texts', () => {
  it('ends, however long and repetitive a line is', () => {
    for (const piece of [' ', '#', 'a', '| ', '"', ', ', '- ', '`', ': ', '**', '0.', '[', "' "]) {
      const long = piece.repeat(5_000);
      for (const line of [
        `# ${long}x`,
        `tools: ${long}#`,
        `- ${long}`,
        `|${long}`,
        `  "version": ${long}`,
        long,
      ]) {
        const text = (value: string) => `---\nname: ${value}\n${line}${value}\n---\n${line}${value}\n`;
        const merge = mergeText(text('a'), text('b'), text('c'));
        assert.notEqual(merge.conflicts.length, 0);
      }
    }
  });

  it('keeps the byte order mark at the start, where upstream puts a line before the first', () => {
    assert.equal(mergeText('a\nb\n', '\uFEFFa\nb\n', 'first\na\nb\n').text, '\uFEFFfirst\na\nb\n');
  });

  it('ends every line of a conflict alike', () => {
    const { text } = mergeText('a\nb\nc\n', 'a\r\nlocal\r\nc\r\n', 'a\nupstream\nc\n');
    assert.doesNotMatch(text, /[^\r]\n/);
  });
});
