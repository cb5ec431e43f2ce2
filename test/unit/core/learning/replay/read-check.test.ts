import assert from 'node:assert/strict';
import { runCheck, type ProgramCheck } from '../../../../../src/core/learning/replay/check.ts';
import { findLinear } from '../../../../../src/core/learning/replay/linear-pattern.ts';
import { readCheck } from '../../../../../src/core/learning/replay/read-check.ts';

function programmatic(raw: unknown): ProgramCheck {
  const check = readCheck(raw);
  assert(
    check !== undefined && check.kind !== 'prose' && check.kind !== 'uncheckable',
    JSON.stringify(check),
  );
  return check;
}

const passes = (raw: unknown, output: string): boolean =>
  runCheck(programmatic(raw), output, findLinear).passed;

describe('A check of an eval', () => {
  it('is prose for a model when it is a sentence, in either dialect', () => {
    const text = 'The chart has labelled axes';
    assert.deepEqual(readCheck(text), { kind: 'prose', text });
    assert.deepEqual(readCheck({ text }), { kind: 'prose', text });
    assert.deepEqual(readCheck({ type: 'llm-judge', criterion: text }), { kind: 'prose', text });
  });

  it('is checked without a model when the sentence names one quoted text, a pattern or JSON', () => {
    assert.equal(passes('The output includes the name "Ada Lovelace".', 'By ada lovelace, 1843'), true);
    assert.equal(passes('The response does not mention “internal error”', 'All fine'), true);
    assert.equal(passes('The answer does not contain `DRAFT`', 'draft: later'), false);
    assert.equal(passes('The output matches the pattern /v\\d+\\.\\d+/', 'release v2.1'), true);
    assert.equal(passes('The output is valid JSON', '```json\n{"a": 1}\n```'), true);
    assert.equal(passes('The output is valid JSON', 'Here it is: {"a": 1}'), false);
  });

  it('stays prose when a sentence says more than one thing', () => {
    for (const text of [
      'The output includes "a" and "b"',
      'The output includes a section titled "Risks" with at least three entries',
      'The output is valid JSON with a key "name"',
    ]) {
      assert.equal(readCheck(text)?.kind, 'prose', text);
    }
  });

  for (const [name, raw, good, bad] of [
    [
      'contains',
      { type: 'contains', value: 'api.method()' },
      'use api.method() here',
      'use API.METHOD() here',
    ],
    ['contains without case', { type: 'contains', value: 'Paris', case_sensitive: false }, 'PARIS', 'Rome'],
    ['icontains', { type: 'icontains', value: 'Paris' }, 'paris', 'Rome'],
    ['not_contains', { type: 'not_contains', text: 'shutdown' }, 'start', 'shutdown -h'],
    ['not-contains', { type: 'not-contains', value: 'shutdown' }, 'start', 'shutdown -h'],
    ['contains_all', { type: 'contains_all', values: ['a1', 'b2'] }, 'b2 a1', 'a1'],
    ['contains_any', { type: 'contains_any', keywords: ['a1', 'b2'] }, 'b2', 'c3'],
    ['contains_none', { type: 'contains_none', values: ['a1', 'b2'] }, 'c3', 'b2'],
    ['regex', { type: 'regex', pattern: '^total: \\d+$', flags: 'im' }, 'x\nTotal: 12\ny', 'total: none'],
    ['regex with a list of flags', { type: 'regex', pattern: 'a.b', flags: ['DOTALL'] }, 'a\nb', 'ab'],
    ['not_regex', { type: 'not_regex', value: 'MUST_FIX|BLOCK' }, 'APPROVE', 'BLOCK it'],
    ['equals', { type: 'equals', value: 'yes' }, ' yes\n', 'yes, sir'],
    ['starts_with', { type: 'starts_with', value: '# ' }, '# Title', 'Title'],
    ['ends_with', { type: 'ends_with', value: 'done.' }, 'all done.\n', 'done. not'],
    ['json_valid', { type: 'json_valid' }, '[1, 2]', '[1, 2'],
    [
      'json_equals',
      { type: 'json_equals', path: 'items.0.id', expected: 7 },
      '{"items":[{"id":7}]}',
      '{"items":[]}',
    ],
    [
      'json_path',
      { type: 'json_path', path: '$.a[1]', value: { x: 1, y: 2 } },
      '{"a":[0,{"y":2,"x":1}]}',
      '{"a":[0,1]}',
    ],
    ['json_path without a value', { type: 'json_path', path: 'a.b' }, '{"a":{"b":null}}', '{"a":{}}'],
    ['max_words', { type: 'max_words', value: 3 }, 'one two three', 'one two three four'],
    ['min_length', { type: 'min_length', value: 3 }, '日本語', '日本'],
    ['line_count', { type: 'line_count', min: 2, max: 3 }, 'a\nb\n', 'a'],
  ] as const) {
    it(`of type ${name} passes what fits and fails what does not`, () => {
      assert.deepEqual([passes(raw, good), passes(raw, bad)], [true, false]);
    });
  }

  it('shows its own words, and says why it passed or failed', () => {
    const labelled = programmatic({ type: 'contains', value: 'x', description: 'Uses x' });
    assert.deepEqual(runCheck(labelled, 'y', findLinear), {
      text: 'Uses x',
      passed: false,
      evidence: 'Lacks "x".',
    });
    const plain = programmatic({ type: 'not_contains', value: 'x' });
    assert.equal(plain.text, 'The output does not contain "x"');
  });

  it('that needs files or commands counts neither way', () => {
    for (const raw of [
      { type: 'file_exists', target: 'out.csv', name: 'has out.csv' },
      { type: 'command', run: 'go test ./...' },
      { type: 'contains' },
      { type: 'not_equals', value: 'a' },
    ])
      assert.equal(readCheck(raw)?.kind, 'uncheckable', JSON.stringify(raw));
  });

  it('that is neither a sentence nor an object is none', () => {
    for (const raw of [7, null, '', '  ', ['a'], {}])
      assert.equal(readCheck(raw), undefined, JSON.stringify(raw));
  });

  it('takes a pattern that would run for ever in a moment, and one it cannot read as failed', () => {
    const evil = programmatic({ type: 'regex', pattern: '^(a+)+$' });
    assert.equal(runCheck(evil, `${'a'.repeat(50_000)}!`, findLinear).passed, false);
    for (const pattern of ['(?=look)ahead', '(a)\\1', '(unclosed', 'x'.repeat(5_000)])
      for (const type of ['regex', 'not_regex'])
        assert.equal(
          runCheck(programmatic({ type, pattern }), 'text', findLinear).passed,
          false,
          `${type} ${pattern.slice(0, 20)}`,
        );
  });
});
