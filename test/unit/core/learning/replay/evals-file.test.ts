import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readEvals } from '../../../../../src/core/learning/replay/evals-file.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const read = (file: unknown, extra: Readonly<Record<string, string>> = {}) => {
  const tree = new Map([['evals/evals.json', bytes(typeof file === 'string' ? file : JSON.stringify(file))]]);
  for (const [path, text] of Object.entries(extra)) tree.set(path, bytes(text));
  const found = readEvals(tree, 'draft');
  assert(found !== undefined);
  return found;
};
const codes = (file: unknown): readonly string[] => read(file).findings.map(({ code }) => code);

describe('evals/evals.json', () => {
  it('is read in both public dialects alike', () => {
    const one = { id: 1, prompt: 'Sum up.', expected_output: 'A summary.' };
    const first = read({ skill_name: 's', evals: [{ ...one, expectations: ['It is short'] }] });
    const second = read({ skill_name: 's', evals: [{ ...one, assertions: ['It is short'] }] });
    assert.deepEqual(first, second);
    assert.deepEqual(first.findings, []);
    assert.deepEqual(first.cases[0]?.checks, [{ kind: 'prose', text: 'It is short' }]);
  });

  it('may mix sentences and typed checks, and use texts as ids and names', () => {
    const { cases } = read({
      evals: [
        {
          id: 'init',
          name: 'first steps',
          prompt: 'Go.',
          assertions: ['Is polite', { type: 'contains', value: 'ok' }],
        },
        { id: 2, eval_name: 'second', prompt: 'On.', expectations: ['Is brief'] },
      ],
    });
    assert.deepEqual(
      cases.map(({ id, name, checks }) => [id, name, checks.map(({ kind }) => kind)]),
      [
        ['init', 'first steps', ['prose', 'contains']],
        ['2', 'second', ['prose']],
      ],
    );
  });

  it('with an expected output and no checks is held against that', () => {
    const { cases } = read({ evals: [{ id: 1, prompt: 'Go.', expected_output: 'A plan of three steps.' }] });
    assert.deepEqual(cases[0]?.checks, [
      { kind: 'prose', text: 'The result is what is described here: A plan of three steps.' },
    ]);
  });

  it('finds input files by their path in the skill or beside the evals, and never on the disk', () => {
    const files = ['evals/a.csv', './b.txt', 'gone.pdf', '../../../etc/passwd'];
    const { cases } = read(
      { evals: [{ id: 1, prompt: 'Go.', files, assertions: ['x'] }] },
      { 'evals/a.csv': 'A', 'evals/b.txt': 'B' },
    );
    assert.deepEqual(cases[0]?.files, [
      { path: 'evals/a.csv', text: 'A' },
      { path: 'b.txt', text: 'B' },
      { path: 'gone.pdf', text: null },
      { path: '../../../etc/passwd', text: null },
    ]);
  });

  it('leaves out what cannot be used, says which, and uses the rest', () => {
    const { cases, findings } = read({
      evals: [
        { id: 1, prompt: 'Good.', assertions: ['x', 7] },
        { id: 2 },
        'nonsense',
        { id: 3, prompt: 'Stay out.', should_trigger: false, assertions: ['x'] },
        { id: 4, prompt: 'Files.', assertions: [{ type: 'file_exists', path: 'x' }] },
      ],
    });
    assert.deepEqual(
      cases.map(({ id }) => id),
      ['1', '4'],
    );
    assert.deepEqual(
      findings.map(({ code, field }) => `${code} ${field ?? ''}`),
      [
        'check_unreadable /evals/0',
        'eval_unreadable /evals/1/prompt',
        'eval_unreadable /evals/2',
        'eval_not_replayed /evals/3',
        'check_not_supported /evals/4',
      ],
    );
  });

  it('that is no JSON, or no list of evals, is a finding', () => {
    assert.deepEqual(codes('{'), ['evals_unreadable']);
    assert.deepEqual(codes('[]'), ['evals_unreadable']);
    assert.deepEqual(codes({ cases: [] }), ['evals_unreadable']);
    assert.deepEqual(codes(`\uFEFF${JSON.stringify({ evals: [] })}`), []);
  });

  it('is never stumbled over, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.jsonValue(), { maxLength: 4 }), (any, evals) => {
        const checked = evals.map((value) => ({ id: 1, prompt: 'p', assertions: [value, any] }));
        for (const file of [any, { evals }, { evals: checked }]) {
          const { cases, findings } = read(file);
          assert(cases.length + findings.length >= 0);
        }
      }),
    );
  });

  it('gives an eval a digest that follows everything its result depends on', () => {
    const base = { id: 1, prompt: 'p', expected_output: 'e', files: ['f'], assertions: ['a'] };
    const digest = (change: object, text = 'F'): string =>
      read({ evals: [{ ...base, ...change }] }, { f: text }).cases[0]?.digest ?? '';
    const all = [
      digest({}),
      digest({ prompt: 'q' }),
      digest({ expected_output: 'f' }),
      digest({ assertions: ['b'] }),
      digest({ files: [] }),
      digest({}, 'G'),
    ];
    assert.equal(new Set(all).size, all.length);
    assert.equal(digest({ id: 2, name: 'renamed' }), digest({}));
  });
});
