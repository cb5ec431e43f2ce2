/**
 * What each line of a document is, as far as merging needs to know: where text may be merged by words, where only whole lines
 * may be taken, and what two additions must not share. A scan over lines, not a parser: it never re-prints anything.
 */
export type LineKind = 'frontmatter' | 'heading' | 'code' | 'data' | 'table' | 'list' | 'blank' | 'text';

/** How the text of a file is to be read. */
export type Syntax = 'markdown' | 'data' | 'code';

const MARKDOWN_NAME = /\.(?:md|mdx|markdown|mdc|txt)$/i;
const DATA_NAME = /\.(?:json|jsonc|json5|ya?ml|toml)$/i;
const HAS_EXTENSION = /[^/]\.[^./]+$/;

/** By the name of the file; without one, by how the text begins. */
export function syntaxOf(path: string | undefined, text: string): Syntax {
  if (path !== undefined && HAS_EXTENSION.test(path)) {
    if (MARKDOWN_NAME.test(path)) return 'markdown';
    return DATA_NAME.test(path) ? 'data' : 'code';
  }
  if (/^\uFEFF?\s*(?:\{|\[\s*[[{"\]])/.test(text)) return 'data';
  if (
    /^\uFEFF?(?:#!|<!doctype|<html|<\?|import\s|from\s+\S+\s+import\s|["']use strict|\/\*\*|\/\/|""")/i.test(
      text,
    )
  ) {
    return 'code';
  }
  return 'markdown';
}

const FENCE = /^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})(.*)$/;
/** What a line with a fence can begin with: the fence, a quotation, or a list's mark. */
const BEFORE_FENCE = '`~>-*+0123456789';
const HEADING = /^ {0,3}#{1,6}(?:[ \t]|$)/;
const LIST_ITEM = /^[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;

/** One kind per line; `keys` are lines without their line ends. */
export function lineKinds(keys: readonly string[], syntax: Syntax): LineKind[] {
  if (syntax !== 'markdown') return keys.map((key) => (key.trim() === '' ? 'blank' : syntax));
  const kinds: LineKind[] = [];
  const body = frontmatterEnd(keys);
  let fence: string | undefined;
  for (const [at, key] of keys.entries()) {
    if (at < body) {
      kinds.push('frontmatter');
      continue;
    }
    const first = firstSign(key);
    const mark = BEFORE_FENCE.includes(first) && first !== '' ? FENCE.exec(key) : null;
    if (fence !== undefined) {
      kinds.push('code');
      if (mark?.[1]?.startsWith(fence) === true && mark[2]?.trim() === '') fence = undefined;
    } else if (mark?.[1] !== undefined && !(mark[1].startsWith('`') && mark[2]?.includes('`') === true)) {
      fence = mark[1];
      kinds.push('code');
    } else kinds.push(plainKind(key, first));
  }
  return kinds;
}

/** Empty for a blank line. Most lines are told by it; only where it leaves more than one kind is the whole line looked at. */
function firstSign(key: string): string {
  let at = 0;
  while (key[at] === ' ' || key[at] === '\t') at += 1;
  return key.charAt(at);
}

function plainKind(key: string, first: string): LineKind {
  if (first >= 'A' && first <= '~') return first === '|' ? 'table' : 'text';
  if (first === '#') return HEADING.test(key) ? 'heading' : 'text';
  if (first === '' || key.trim() === '') return 'blank';
  return LIST_ITEM.test(key) ? 'list' : 'text';
}

/** The number of lines that the frontmatter takes, with both its fences; 0 where there is none. */
export function frontmatterEnd(keys: readonly string[]): number {
  if (keys[0]?.trimEnd() !== '---') return 0;
  for (let at = 1; at < keys.length; at += 1) {
    const key = keys[at]?.trimEnd();
    if (key === '---' || key === '...') return at + 1;
  }
  return 0;
}
