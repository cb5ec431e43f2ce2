import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { TerminalModes } from '../../../src/launcher/terminal-modes.ts';

const E = '\x1b';
const fed = (...pieces: readonly string[]): TerminalModes => {
  const modes = new TerminalModes();
  for (const piece of pieces) modes.feed(Buffer.from(piece));
  return modes;
};

describe('What a program asked of its terminal', () => {
  it('is taken back, each thing once and the alternate screen last', () => {
    const modes = fed(`${E}[?1049h${E}[?2004h${E}[?1000;1006h${E}[?25l${E}[>1u${E}[>5u${E}[2 q${E}[31mred`);
    assert.equal(
      modes.restoration(),
      `${E}[<2u${E}[0m${E}[0 q${E}[?1000l${E}[?1006l${E}[?2004l${E}[?25h${E}[?1049l`,
    );
    modes.restored();
    assert.equal(modes.restoration(), '');
  });

  it('is nothing where the program has taken it back itself', () => {
    const tidy = `${E}[?1049h${E}[?25l${E}[>1u${E}[1mx${E}[0m${E}[<u${E}[?25h${E}[?1049l`;
    assert.equal(fed(tidy).restoration(), '');
    assert.equal(fed(`${E}[?1049h${E}[?2004h${E}c`).restoration(), '');
  });

  it('ends a sequence that was cut off, so that it swallows nothing', () => {
    assert.equal(fed(`${E}[?2004h${E}]0;a title that never e`).restoration(), `\x18${E}[?2004l`);
  });

  it('is not what stands in a title or in text', () => {
    const modes = fed(`${E}]0;${'x'.repeat(20)}[?1049h\x07[?1049h${E}P[?2004h${E}\\`);
    assert.equal(modes.restoration(), '');
    assert.equal(modes.title, `${'x'.repeat(20)}[?1049h`);
  });

  it('is the same however the output is cut', () => {
    const output = `${E}[?1049h${E}]2;title${E}\\a${E}[38;5;1mb${E}[?1;2004h${E}[>7uc${E}[?2004l${E}[3;20r`;
    const whole = fed(output).restoration();
    fc.assert(
      fc.property(fc.array(fc.nat(output.length)), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), output.length];
        const pieces = at.slice(1).map((end, index) => output.slice(at[index], end));
        assert.equal(fed(...pieces).restoration(), whole);
      }),
    );
  });

  it('can be asked for again', () => {
    const modes = fed(`${E}[?2004h${E}[?1049h${E}[?25l${E}[>3u`);
    assert.equal(modes.application(), `${E}[?1049h${E}[?25l${E}[?2004h${E}[>3u`);
    assert.equal(fed(modes.application()).restoration(), modes.restoration());
  });
});
