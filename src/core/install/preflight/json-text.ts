import { findNodeAtLocation, getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { Draft, Range } from './finding.ts';
import { FILE_START, TextPositions } from './finding.ts';

type Part = string | number;

/** A JSON file with the place of everything in it. */
export interface JsonText {
  /** What it holds; undefined when it is not valid JSON. */
  readonly value: unknown;
  readonly valid: boolean;
  /** Where the value at a path stands; where the nearest part of the path that is there stands, otherwise. */
  rangeAt(path: readonly Part[]): Range;
  /** As {@link rangeAt}, of the key and not of its value. */
  keyRangeAt(path: readonly Part[]): Range;
  /** What is off with the text itself: syntax, and keys that stand twice. */
  readonly problems: readonly Pick<Draft, 'code' | 'range' | 'pointer' | 'message'>[];
}

const BYTE_ORDER_MARK = '\ufeff';

/** Levels of lists and objects; what is deeper is no manifest, and would overflow the stack of whoever walks it. */
const DEEPEST = 100;

/** Reads strict JSON, a byte order mark aside. Never throws. */
export function readJson(source: string): JsonText {
  const text = source.startsWith(BYTE_ORDER_MARK) ? ` ${source.slice(1)}` : source;
  const positions = new TextPositions(text);
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    const range = positions.range(deep, deep + 1);
    const message = `Lists and objects are inside of each other more than ${DEEPEST} times.`;
    const problems = [{ code: 'PF-SCHEMA-JSON', range, message }] as const;
    return {
      value: undefined,
      valid: false,
      problems,
      rangeAt: () => FILE_START,
      keyRangeAt: () => FILE_START,
    };
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  const problems: Pick<Draft, 'code' | 'range' | 'pointer' | 'message'>[] = [];
  if (first !== undefined || root === undefined) {
    const at = first?.offset ?? 0;
    const range = positions.range(at, at + Math.max(first?.length ?? 0, 1));
    problems.push({ code: 'PF-SCHEMA-JSON', range });
  } else {
    for (const { path, node } of duplicateKeys(root, [])) {
      problems.push({
        code: 'PF-SCHEMA-DUPLICATE-KEY',
        pointer: pointerOf(path),
        range: positions.range(node.offset, node.offset + node.length),
      });
    }
  }
  const nodeRange = (node: Node | undefined): Range =>
    node === undefined ? FILE_START : positions.range(node.offset, node.offset + node.length);
  const nearest = (path: readonly Part[]): Node | undefined => {
    for (let length = path.length; length >= 0; length--) {
      const node = root === undefined ? undefined : findNodeAtLocation(root, path.slice(0, length));
      if (node !== undefined) return length < path.length ? firstPlace(node) : node;
    }
    return undefined;
  };
  return {
    value: first === undefined && root !== undefined ? plain(root) : undefined,
    valid: first === undefined && root !== undefined,
    problems,
    rangeAt: (path) => nodeRange(nearest(path)),
    keyRangeAt: (path) => {
      const node = root === undefined ? undefined : findNodeAtLocation(root, [...path]);
      const key = node?.parent?.type === 'property' ? node.parent.children?.[0] : node;
      return nodeRange(key ?? nearest(path));
    },
  };
}

/** The offset of the first bracket that is too deep, texts aside. */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  for (const { 0: found, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (found === '[' || found === '{') depth += 1;
    else if (found === ']' || found === '}') depth -= 1;
    if (depth > DEEPEST) return index;
  }
  return undefined;
}

/** RFC 6901. */
export function pointerOf(path: readonly Part[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** A whole object would mark the whole file: something that is missing in it is shown at its brace. */
function firstPlace(node: Node): Node {
  return node.type === 'object' || node.type === 'array' ? { ...node, length: 1 } : node;
}

function plain(node: Node): unknown {
  const value: unknown = getNodeValue(node);
  return value;
}

function duplicateKeys(
  node: Node,
  path: readonly Part[],
): readonly { readonly path: readonly Part[]; readonly node: Node }[] {
  if (node.type === 'array') {
    return (node.children ?? []).flatMap((child, index) => duplicateKeys(child, [...path, index]));
  }
  if (node.type !== 'object') return [];
  const seen = new Set<string>();
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    if (key === undefined) return [];
    const name = String(key.value);
    const below = value === undefined ? [] : duplicateKeys(value, [...path, name]);
    if (seen.has(name)) return [{ path: [...path, name], node: key }, ...below];
    seen.add(name);
    return below;
  });
}
