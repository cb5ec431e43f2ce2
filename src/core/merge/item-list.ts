/**
 * Lists in frontmatter (tools, tags) as sets with an order: block lists, flow lists on one line, and the comma-separated strings
 * that agents use for tools. The result has local's order and form; what upstream added stands behind the item it follows there.
 */

interface ItemList {
  /** What stands before the first item: the key, and the bracket of a flow list. */
  readonly head: readonly string[];
  readonly items: readonly Item[];
  readonly form: 'block' | 'inline';
  readonly open: string;
  readonly close: string;
}

interface Item {
  /** The item without quotes: what is compared. */
  readonly value: string;
  /** As written, without the dash or comma. */
  readonly text: string;
  /** Block lists: the line up to the item's text. */
  readonly lead: string;
}

/** The merged lines of one entry, or undefined where a side is not a plain list, repeats an item, or both turned it around differently. */
export function mergeItems(
  base: readonly string[],
  local: readonly string[],
  upstream: readonly string[],
): string[] | undefined {
  const lists = [base, local, upstream].map(listOf);
  const [b, l, u] = lists;
  if (b === undefined || l === undefined || u === undefined) return undefined;
  const has = (list: ItemList, value: string) => list.items.some((item) => item.value === value);
  const items = l.items.filter(({ value }) => has(u, value) || !has(b, value));
  let before = -1;
  for (const item of u.items) {
    const at = items.findIndex(({ value }) => value === item.value);
    if (at >= 0) before = at;
    else if (!has(b, item.value)) {
      before += 1;
      items.splice(before, 0, item);
    }
  }
  return items.length === 0 ? undefined : print(l, items);
}

/** Joins the items as local does; an item that upstream wrote in the other form gets local's lead. */
function print(list: ItemList, items: readonly Item[]): string[] {
  const lead = list.items[0]?.lead ?? '- ';
  if (list.form === 'block') return [...list.head, ...items.map((item) => lead + item.text)];
  return [list.open + items.map(({ text }) => text).join(', ') + list.close];
}

function listOf(lines: readonly string[]): ItemList | undefined {
  const [first = '', ...rest] = lines;
  const list = rest.length === 0 ? inlineList(first) : blockList(first, rest);
  const values = new Set(list?.items.map(({ value }) => value));
  return values.size === list?.items.length ? list : undefined;
}

const LIST_KEY = /(?:tools|tags|keywords|globs|skills)$/i;
/** What stands between commas; a comma within quotes belongs to its item. */
const INLINE_ITEM = /(?:[^,"']|"[^"]*"|'[^']*')+/g;
const PLAIN_ITEM = /^(?:[^[\]{}#&*!|>%@`:]+|"[^"]*"|'[^']*')$/;

function inlineList(line: string): ItemList | undefined {
  const colon = line.indexOf(':');
  const value = line.slice(colon + 1).trim();
  const isFlow = value.startsWith('[') && value.endsWith(']');
  if (colon < 0 || (!isFlow && !LIST_KEY.test(line.slice(0, colon)))) return undefined;
  const body = isFlow ? value.slice(1, -1) : value;
  if (/[[\]{}#]/.test(body)) return undefined;
  const parts = body.match(INLINE_ITEM) ?? [];
  if (parts.join(',') !== body) return undefined;
  const items = parts.map((part) => itemOf(part.trim(), ''));
  if (items.some((item) => item.value === '')) return undefined;
  const open = line.slice(0, line.length - line.slice(colon + 1).trimStart().length) + (isFlow ? '[' : '');
  return { head: [], items, form: 'inline', open, close: isFlow ? ']' : '' };
}

function blockList(first: string, rest: readonly string[]): ItemList | undefined {
  if (!first.trimEnd().endsWith(':')) return undefined;
  const items: Item[] = [];
  for (const line of rest) {
    const lead = /^[ \t]*-[ \t]+/.exec(line)?.[0];
    const text = line.slice(lead?.length).trimEnd();
    if (lead === undefined || !PLAIN_ITEM.test(text)) return undefined;
    items.push(itemOf(text, lead));
  }
  return { head: [first], items, form: 'block', open: '', close: '' };
}

function itemOf(text: string, lead: string): Item {
  return { text, lead, value: text.replace(/^(["'])(.*)\1$/, '$2') };
}
