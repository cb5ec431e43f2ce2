import { isCollection, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Span } from './safety-report.ts';

/** What the frontmatter of a SKILL.md says to the agent's host, with the places. Unreadable frontmatter says nothing. */
export interface SkillHeader {
  readonly name: HeaderText | undefined;
  readonly description: HeaderText | undefined;
  /** Undefined when no list is given, which means that every tool may be used. */
  readonly tools: readonly HeaderText[] | undefined;
  /** The source of what the skill hooks into its host, where it does. */
  readonly hooks: HeaderText | undefined;
}

export interface HeaderText extends Span {
  readonly value: string;
}

const TOOL_KEYS = ['allowed-tools', 'allowed_tools', 'allowedTools', 'tools'];
const NO_HEADER: SkillHeader = {
  name: undefined,
  description: undefined,
  tools: undefined,
  hooks: undefined,
};
const FRONTMATTER = /^---[ \t]{0,20}\r?\n/u;

export function skillHeader(file: { readonly text: string }): SkillHeader {
  const opening = FRONTMATTER.exec(file.text);
  const close = opening === null ? -1 : file.text.indexOf('\n---', opening[0].length - 1);
  if (opening === null || close === -1) return NO_HEADER;
  const offset = opening[0].length;
  const document = parseDocument(file.text.slice(offset, close), { uniqueKeys: false, logLevel: 'silent' });
  const values = (key: string): readonly HeaderText[] | undefined => {
    const node: unknown = isMap(document.contents) ? document.contents.get(key, true) : undefined;
    const scalars = isSeq(node) ? node.items : [node];
    const texts = scalars.flatMap((scalar) =>
      isScalar(scalar) && typeof scalar.value === 'string'
        ? [
            {
              value: scalar.value,
              start: offset + (scalar.range?.[0] ?? 0),
              end: offset + (scalar.range?.[1] ?? 0),
            },
          ]
        : [],
    );
    return isSeq(node) || texts.length > 0 ? texts : undefined;
  };
  const source = (key: string): HeaderText | undefined => {
    const node: unknown = isMap(document.contents) ? document.contents.get(key, true) : undefined;
    if (!isCollection(node) || node.items.length === 0) return undefined;
    const [start = 0, end = 0] = node.range ?? [];
    return { value: JSON.stringify(node.toJSON()), start: offset + start, end: offset + end };
  };
  const lists = TOOL_KEYS.map(values).filter((list) => list !== undefined);
  return {
    name: values('name')?.[0],
    description: values('description')?.[0],
    tools: lists.length === 0 ? undefined : lists.flat().flatMap(separateTools),
    hooks: source('hooks'),
  };
}

/** "Read, Bash(git add:*) Grep" is three tools: commas and spaces part them outside parentheses. */
function separateTools(list: HeaderText): readonly HeaderText[] {
  const tools: HeaderText[] = [];
  let depth = 0;
  let value = '';
  for (const character of `${list.value} `) {
    if (character === '(') depth++;
    if (character === ')') depth = Math.max(0, depth - 1);
    if (depth > 0 || !/[\s,]/u.test(character)) value += character;
    else if (value !== '') {
      tools.push({ value, start: list.start, end: list.end });
      value = '';
    }
  }
  return value.trim() === '' ? tools : [...tools, { value: value.trim(), start: list.start, end: list.end }];
}
