import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ChainGate } from '../../../../../src/core/learning/safety/chain-gate.ts';
import {
  command,
  type CueChain,
  findChain,
  passage,
  phrase,
} from '../../../../../src/core/learning/safety/cue-chain.ts';
import { LiteralScan } from '../../../../../src/core/learning/safety/literal-scan.ts';
import { requiredLiterals } from '../../../../../src/core/learning/safety/required-literals.ts';

/** Whether the chain occurs anywhere, by trying every row of hits. */
function occursByTrying(text: string, chain: CueChain): boolean {
  const from = (at: number, cues: readonly RegExp[]): boolean => {
    const [cue, ...rest] = cues;
    if (cue === undefined) return true;
    return [...text.matchAll(cue)].some((match) => {
      const isFirst = cues.length === chain.cues.length;
      const between = text.slice(at, match.index);
      const joined =
        isFirst || (match.index >= at && between.length <= chain.gap && !separates(between, chain));
      return joined && from(match.index + match[0].length, rest);
    });
  };
  return from(0, chain.cues);
}

function separates(between: string, chain: CueChain): boolean {
  return (
    (chain.within === 'line' && between.includes('\n')) ||
    (chain.within === 'sentence' && /\. |\n/u.test(between))
  );
}

describe('findChain', () => {
  it('joins cues that follow each other and not those too far apart', () => {
    const chain = phrase(5, /one/g, /two/g);
    assert.deepEqual(findChain('one two, one 12345 two, one', chain), [{ start: 0, end: 7 }]);
  });

  it('does not join over the end of a sentence, of a line, or of nothing', () => {
    const text = 'one. two\none\ntwo';
    assert.deepEqual(findChain(text, phrase(9, /one/g, /two/g)), []);
    assert.deepEqual(findChain(text, command(9, /one/g, /two/g)), [{ start: 0, end: 8 }]);
    assert.deepEqual(findChain(text, passage(9, /one/g, /two/g)).length, 2);
  });

  it('finds what trying every row of hits finds', () => {
    const words = fc
      .array(fc.constantFrom('a', 'b', 'c', ' ', '\n', '. '), { maxLength: 24 })
      .map((parts) => parts.join(''));
    const chains = [phrase, command, passage].map((make) => make(3, /a/g, /b/g, /c/g));
    fc.assert(
      fc.property(words, fc.constantFrom(...chains), (text, chain) => {
        assert.equal(findChain(text, chain).length > 0, occursByTrying(text, chain));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('requiredLiterals', () => {
  for (const [source, expected] of [
    ['\\b(?:curl|wget)\\b', ['curl', 'wget']],
    ['abc|de', undefined],
    ['abc(?:de)?fgh', ['abc']],
    ['ab+cde', ['cde']],
    ['x{0,3}hello\\s{1,3}wo', ['hello']],
    ['(?!never)word', ['word']],
    ['[abc]{3}', undefined],
    ['a\\.b\\/c', ['a.b/c']],
    ['忽略|无视', ['忽略', '无视']],
    ['', undefined],
  ] as const) {
    it(`reads ${source === '' ? 'nothing' : source}`, () => {
      assert.deepEqual(requiredLiterals(source), expected);
    });
  }

  it('names a string of every match, for any expression of its syntax', () => {
    const leaf = fc.constantFrom('abc', 'defg', 'x', '\\.', '[a-c]', '\\w', '\\b', 'hij?', 'k{2}lmn');
    const source = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.tuple(tie('any'), tie('any')).map(([a, b]) => `${a}${b}`),
        fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(?:${a}|${b})`),
        tie('any').map((a) => `(?:${a})?`),
      ),
    })).any;
    const text = fc.array(fc.constantFrom('abc', 'defg', 'x', '.', 'hi', 'hij', 'kklmn', 'b'), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(source, text, (expression, parts) => {
        const literals = requiredLiterals(expression);
        const match = new RegExp(expression).exec(parts.join(''))?.[0];
        if (literals === undefined || match === undefined) return;
        assert.ok(
          literals.some((literal) => match.includes(literal)),
          `${expression} on ${match}`,
        );
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('LiteralScan', () => {
  it('finds exactly the strings that occur', () => {
    const short = fc.stringMatching(/^[abc]{1,4}$/u);
    fc.assert(
      fc.property(
        fc.uniqueArray(short, { minLength: 1, maxLength: 12 }),
        fc.stringMatching(/^[abcd]{0,40}$/u),
        (literals, text) => {
          const expected = literals.map((literal) => (text.includes(literal) ? 1 : 0));
          assert.deepEqual([...new LiteralScan(literals).occurring(text)], expected);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('ChainGate', () => {
  it('never rules out a chain that occurs', () => {
    const chains = [phrase(20, /\bignore\b/g, /\b(?:all|any)\b/g), command(9, /\bcurl\b/g, /\|\s{0,4}sh/g)];
    const gate = new ChainGate(chains);
    const words = fc.array(fc.constantFrom('ignore', 'all', 'any', 'curl', '| sh', 'x', '. '), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(words, (parts) => {
        const text = parts.join(' ');
        const isPossible = gate.possibleIn(text);
        for (const chain of chains) assert.ok(isPossible(chain) || findChain(text, chain).length === 0);
      }),
    );
    assert.equal(gate.possibleIn('nothing of the kind')(chains[0] ?? phrase(0)), false);
  });
});
