import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  documentHeadings,
  parseHeadings,
  scanHeadings,
  type DocumentHeading,
} from '../../../../src/core/learning/headings.ts';

/** Without the white space at a heading's end, which the two need not see alike. */
function titles(text: string, headings: readonly DocumentHeading[]): readonly string[] {
  return headings.map(({ depth, start, end }) => `${depth} ${start} ${text.slice(start, end).trimEnd()}`);
}

const LINES = [
  ...[
    '',
    '',
    '',
    'Text',
    'Text',
    'more text  ',
    '# One',
    '## Two ##',
    '###',
    '#no',
    ' # Shifted',
    '    # code',
  ],
  ...[
    '===',
    '---',
    '--',
    '-',
    '=',
    '  ---',
    '***',
    '- - -',
    '- item',
    '* item',
    '1. item',
    '2) item',
    '- # in list',
  ],
  ...[
    '  # in item',
    '> quote',
    '> # in quote',
    '>',
    '```',
    '```sh',
    '~~~',
    '   ```',
    '  ```',
    '- ```',
    '> ```',
  ],
  ...[
    '    ```',
    '   # in code',
    '\t# tab',
    '<div>',
    '</div>',
    '<!-- note',
    '-->',
    '<b>x</b> y',
    '<!-- a -->',
  ],
  ...[
    '[a]: /url',
    '"title"',
    '| a | b |',
    '| - | - |',
    '`a',
    'b`',
    '\\# no',
    '1986. year',
    '+ plus',
    '    indented',
  ],
  ...['<pre>', '</pre>', '<?x', '?>', '````', 'a ``` b', '*emphasis*', '_also_', '\u00a0', '  continued'],
];

describe('headings', () => {
  it('are those that the parser finds, whatever stands around them', () => {
    const text = fc.tuple(
      fc.constantFrom('', '---\nname: a\n# no\n---\n', '---\n'),
      fc.array(fc.constantFrom(...LINES), { maxLength: 14 }),
      fc.constantFrom('\n', '\r\n'),
    );
    fc.assert(
      fc.property(text, ([front, lines, end]) => {
        const document = front + lines.join(end);
        const scanned = scanHeadings(document);
        if (scanned === undefined) return;
        assert.deepEqual(titles(document, scanned), titles(document, parseHeadings(document)));
      }),
      { numRuns: 5000 },
    );
  });

  it('are found by a scan in the documents that people write', () => {
    const text = [
      '---\nname: a\n---\n\n# Title\n\nText.\n\n1. Do\n   ```sh\n   # no heading\n   ```\n2. Go\n',
      'Underlined\n----------\n\n```md\n# no heading\n```\n<example>\ntext\n</example>\n\n<!-- a note -->\n## Last\n',
    ].join('\n');
    const scanned = scanHeadings(text);
    assert.ok(scanned !== undefined);
    assert.deepEqual(
      scanned.map(({ depth, start, end }) => [depth, text.slice(start, end)]),
      [
        [1, '# Title'],
        [2, 'Underlined\n----------'],
        [2, '## Last'],
      ],
    );
  });

  it('are left to the parser where a line can be read in two ways', () => {
    for (const text of ['- a\n  # b', '- a\n---', '<div>\n# a\n</div>', '- ```\n# a', ' # a', 'a\rb']) {
      assert.equal(scanHeadings(text), undefined, JSON.stringify(text));
      assert.deepEqual(documentHeadings(text), parseHeadings(text));
    }
  });
});
