import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { frontmatter } from 'micromark-extension-frontmatter';

/** A heading of the document itself. Offsets are UTF-16 code units. */
export interface DocumentHeading {
  /** 1 to 6. */
  readonly depth: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The headings of a document that stand by themselves: not those inside lists, quotations, code and frontmatter. A text without a byte
 * order mark.
 */
export function documentHeadings(text: string): readonly DocumentHeading[] {
  return scanHeadings(text) ?? parseHeadings(text);
}

/** By the rules of CommonMark to the letter. Takes seconds for a document of 20,000 lines, with the square of its length. */
export function parseHeadings(text: string): readonly DocumentHeading[] {
  const tree = fromMarkdown(text, {
    extensions: [frontmatter(['yaml'])],
    mdastExtensions: [frontmatterFromMarkdown(['yaml'])],
  });
  return tree.children.flatMap((node) =>
    node.type === 'heading'
      ? [
          {
            depth: node.depth,
            start: node.position?.start.offset ?? 0,
            end: node.position?.end.offset ?? 0,
          },
        ]
      : [],
  );
}

interface Line {
  readonly text: string;
  readonly start: number;
}

const BLANK = /^[ \t]*$/;
const ATX = /^#{1,6}(?=[ \t]|$)/;
const INDENTED_ATX = /^ {1,3}#{1,6}(?:[ \t]|$)/;
const FENCE = /^([ \t]*)(`{3,}|~{3,})(.*)$/;
const FENCE_IN_CONTAINER = /^[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]).*(?:`{3}|~{3})/;
const UNDERLINE = /^[ \t]*(?:=+|-+)[ \t]*$/;
const HTML = /^ {0,3}<[a-z/!?]/i;
/** Html of these kinds goes on over empty lines, up to its own end. */
const LONG_HTML: readonly (readonly [opens: RegExp, closes: RegExp])[] = [
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
  [/^ {0,3}<![a-z]/i, />/],
];
/** A line that is a paragraph's wherever it stands, or at least cannot be anything but text. */
const PLAIN = /^(?![-+*>[#=_\s]|<[a-z/!?]|\d{1,9}[.)]|`{3}|~{3})/i;

/**
 * The headings by a scan over lines, in linear time; undefined where a line could be read in two ways that matter: then the parser decides.
 * A scan that answers answers what the parser would.
 */
export function scanHeadings(text: string): readonly DocumentHeading[] | undefined {
  if (/\r(?!\n)|\0/.test(text)) return undefined;
  const lines = linesOf(text);
  const headings: DocumentHeading[] = [];
  let at = frontmatterEnd(lines);
  /** Of the text without an empty line that ends here; undefined after anything else. */
  let block: { readonly first: number; plain: boolean } | undefined;
  while (at < lines.length) {
    const { text: line, start } = lines[at] ?? { text: '', start: 0 };
    if (BLANK.test(line)) {
      block = undefined;
      at += 1;
      continue;
    }
    const depth = ATX.exec(line)?.[0].length;
    if (depth !== undefined) {
      headings.push({ depth, start, end: start + line.length });
      block = undefined;
      at += 1;
      continue;
    }
    if (INDENTED_ATX.test(line) || FENCE_IN_CONTAINER.test(line)) return undefined;
    const fence = FENCE.exec(line);
    if (fence !== null && !(fence[2]?.startsWith('`') === true && fence[3]?.includes('`') === true)) {
      const end = fenceEnd(lines, at, fence[1] ?? '', fence[2] ?? '');
      if (end === undefined) return undefined;
      // Far enough to the right it is no code block but the rest of the text above.
      block = fence[1] === '' ? undefined : { first: block?.first ?? at, plain: false };
      at = end;
      continue;
    }
    if (HTML.test(line)) {
      const end = htmlEnd(lines, at);
      if (end === undefined) return undefined;
      block = { first: block?.first ?? at, plain: false };
      at = end;
      continue;
    }
    if (UNDERLINE.test(line) && block !== undefined) {
      if (!block.plain || /^\s/.test(line)) return undefined;
      const first = lines[block.first]?.start ?? 0;
      headings.push({ depth: line.startsWith('=') ? 1 : 2, start: first, end: start + line.length });
      block = undefined;
      at += 1;
      continue;
    }
    block = { first: block?.first ?? at, plain: (block?.plain ?? true) && PLAIN.test(line) };
    at += 1;
  }
  return headings;
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start <= text.length) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    const stop = text[end - 1] === '\r' && end > start ? end - 1 : end;
    lines.push({ text: text.slice(start, stop), start });
    start = end + 1;
  }
  return lines;
}

function frontmatterEnd(lines: readonly Line[]): number {
  const isFence = (line: Line | undefined) => line !== undefined && /^---[ \t]*$/.test(line.text);
  if (!isFence(lines[0])) return 0;
  const close = lines.findIndex((line, at) => at > 0 && isFence(line));
  return close < 0 ? 0 : close + 1;
}

/**
 * The line after a code block. One that is indented may belong to a list item, which a line further left ends with all that is in it: then
 * undefined.
 */
function fenceEnd(lines: readonly Line[], open: number, indent: string, mark: string): number | undefined {
  for (let at = open + 1; at < lines.length; at += 1) {
    const line = lines[at]?.text ?? '';
    if (BLANK.test(line)) continue;
    const close = FENCE.exec(line);
    const closes = close?.[2]?.startsWith(mark) === true && BLANK.test(close[3] ?? '');
    if (indent === '') {
      if (closes && /^ {0,3}$/.test(close[1] ?? '')) return at + 1;
      continue;
    }
    if (!line.startsWith(indent)) return undefined;
    if (closes) return close[1] === indent ? at + 1 : undefined;
  }
  return indent === '' ? lines.length : undefined;
}

/** The line after what may be html, at the latest; undefined where something in it would count if it were none. */
function htmlEnd(lines: readonly Line[], open: number): number | undefined {
  const first = lines[open]?.text ?? '';
  const closes = LONG_HTML.find(([opens]) => opens.test(first))?.[1];
  for (let at = open; at < lines.length; at += 1) {
    const line = lines[at]?.text ?? '';
    if (at > open && countsOutsideHtml(line)) return undefined;
    if (closes === undefined ? BLANK.test(line) : closes.test(line)) {
      return closes === undefined ? at : at + 1;
    }
  }
  return closes === undefined ? lines.length : undefined;
}

function countsOutsideHtml(line: string): boolean {
  return (
    /^ {0,3}#/.test(line) ||
    UNDERLINE.test(line) ||
    /`{3}|~{3}/.test(line) ||
    LONG_HTML.some(([opens]) => opens.test(line))
  );
}
