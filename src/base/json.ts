/** JSON values as Beaver writes them: canonical, so that equal data gives equal bytes on every platform (invariant 6). */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined };

/** Keys sorted by UTF-16 code unit at every depth, `undefined` members left out, two-space indent, one trailing newline. */
export function canonicalJson(value: JsonValue): string {
  return `${written(value, '\n')}\n`;
}

/** As {@link canonicalJson} on one line, for JSON Lines files and digests. No trailing newline. */
export function canonicalJsonLine(value: JsonValue): string {
  return written(value, undefined);
}

/** Whether two values have the same canonical text, without writing it. */
export function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isArray(a) || isArray(b)) {
    return (
      isArray(a) && isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]))
    );
  }
  return (
    Object.keys(a).every((key) => sameJson(a[key], member(b, key))) &&
    Object.keys(b).every((key) => b[key] === undefined || member(a, key) !== undefined)
  );
}

/** Own members only: a key may be named like one that every object inherits. */
function member(
  value: { readonly [key: string]: JsonValue | undefined },
  key: string,
): JsonValue | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * `line` is what starts a line at this depth; undefined for one line. Written by hand because an object of JavaScript cannot hold its
 * keys in this order: those that look like numbers, such as the plugin ids `9` and `10`, always come first and by their value.
 */
function written(value: JsonValue, line: string | undefined): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = line === undefined ? undefined : `${line}  `;
  if (isArray(value)) {
    const items = value.map((item) => written(item, inner));
    return items.length === 0 ? '[]' : `[${inner ?? ''}${items.join(`,${inner ?? ''}`)}${line ?? ''}]`;
  }
  const colon = line === undefined ? ':' : ': ';
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}${colon}${written(member, inner)}`);
  }
  return members.length === 0 ? '{}' : `{${inner ?? ''}${members.join(`,${inner ?? ''}`)}${line ?? ''}}`;
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
