import { stripVTControlCharacters } from 'node:util';
import type { Style } from './style.ts';

const GAP = '  ';
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]|\p{Emoji_Presentation}/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\u200b-\u200d\ufe0f]/u;

/**
 * Columns that line up, under a heading, each line ended by a newline. Cells may carry colour; trailing blanks are cut.
 * An empty table is an empty text: the caller says in words that there is nothing.
 */
export function renderTable(
  style: Style,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return '';
  const lines = [headings.map((heading) => style.faint(heading)), ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  return lines
    .map((line) => {
      const cells = widths.map((width, column) => {
        const cell = line[column] ?? '';
        return cell + ' '.repeat(width - widthOf(cell));
      });
      return `${cells.join(GAP).trimEnd()}\n`;
    })
    .join('');
}

/** Columns of a terminal that `text` takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (NO_WIDTH.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}
