import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isTerminalReport, TypedInput } from '../../../src/launcher/typed-input.ts';

const E = '\x1b';
const typed = (...pieces: readonly string[]): readonly string[] => {
  const input = new TypedInput();
  return pieces.flatMap((piece) => input.feed(Buffer.from(piece)));
};

describe('What a person types', () => {
  it('Q07, Q18: is keys until it is sent off', () => {
    assert.deepEqual(typed('hello', '\r'), ['keys', 'submit']);
    assert.deepEqual(typed('é漢', `${E}[A`, '\x7f'), ['keys', 'keys', 'keys']);
    assert.deepEqual(typed('x\x15', '\x03'), ['keys', 'clear', 'interrupt']);
  });

  it('is keys where it is pasted, line ends and all', () => {
    assert.deepEqual(typed(`${E}[200~a\rb\x03${E}[201~`, '\r'), ['keys', 'submit']);
    assert.deepEqual(typed(`${E}[200~a`, `b${E}[20`, '1~\r'), ['keys', 'keys', 'submit']);
  });

  it('is told from what only the terminal can have said', () => {
    const report = (text: string): boolean => isTerminalReport(Buffer.from(text));
    assert.equal(report(`${E}[?62;22c${E}[24;80R`), true);
    for (const text of ['y', `${E}[A`, `${E}[?62;22cy`, `y${E}[24;80R`])
      assert.equal(report(text), false, text);
  });

  it('is nothing of what a terminal says by itself', () => {
    const reports = [
      `${E}[I`,
      `${E}[O`,
      `${E}[<35;10;5M`,
      `${E}[<0;10;5m`,
      `${E}[M !!`,
      `${E}[24;80R`,
      `${E}[?62;4c`,
      `${E}[>0;276;0c`,
      `${E}[?2026;2$y`,
      `${E}[?1u`,
      `${E}]11;rgb:0000/0000/0000${E}\\`,
      `${E}P>|xterm(1)${E}\\`,
      `${E}[8;24;80t`,
    ];
    for (const report of reports) assert.deepEqual(typed(report), [], JSON.stringify(report));
    assert.deepEqual(typed(reports.join('')), []);
  });

  it('knows the keys of the kitty protocol', () => {
    assert.deepEqual(typed(`${E}[97u`, `${E}[13u`), ['keys', 'submit']);
    assert.deepEqual(typed(`${E}[13;2u`, `${E}[99;5u`, `${E}[117;5u`, `${E}[27u`), [
      'keys',
      'interrupt',
      'clear',
      'interrupt',
    ]);
    assert.deepEqual(typed(`${E}[97;1:3u`), []);
  });

  it('a draft is never missed, however what was typed is cut', () => {
    const text = `${E}[I${E}[<0;1;1Mhello ${E}[200~x\ry${E}[201~${E}[24;80R`;
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
        const found = typed(...pieces);
        assert.ok(found.includes('keys'));
        assert.ok(!found.includes('submit'));
      }),
    );
  });
});
