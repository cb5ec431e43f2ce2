import assert from 'node:assert/strict';
import { harmless, oneLine, PLAIN, styleFor } from '../../../src/cli/style.ts';
import { renderTable, widthOf } from '../../../src/cli/table.ts';

describe('a table', () => {
  it('lines up under colour and wide characters, without trailing blanks', () => {
    const style = styleFor({ env: {}, interactive: true }, true);
    const table = renderTable(
      style,
      ['A', 'B', 'C'],
      [
        [style.bad('插件'), 'x', ''],
        ['ab', style.good('long'), 'z'],
      ],
    );
    assert.equal(table.replace(/\u001b\[\d+m/g, ''), 'A     B     C\n插件  x\nab    long  z\n');
  });

  it('is an empty text without rows', () => {
    assert.equal(renderTable(PLAIN, ['A'], []), '');
  });

  it('counts what a terminal shows', () => {
    assert.equal(widthOf('e\u0301'), 1);
    assert.equal(widthOf('合并ok'), 6);
    assert.equal(widthOf('\u001b[31mred\u001b[39m'), 3);
  });
});

describe('text of others', () => {
  it('keeps line breaks and tabs, and shows every other control character by its number', () => {
    assert.equal(harmless('a\r\nb\tc\u0007\u009b\u2066'), 'a\nb\tc<U+0007><U+009B><U+2066>');
  });

  it('goes on one line where a line is wanted', () => {
    assert.equal(oneLine('  a\n\tb \r\n'), 'a b');
  });
});
