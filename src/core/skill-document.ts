import { isMap, LineCounter, parseDocument } from 'yaml';
import type { Finding } from '../base/errors.ts';

/** SKILL.md in its two parts. */
export interface SkillDocument {
  /** What could be read of it; empty when there is none. Plain data: nothing in it is resolved or executed. */
  readonly frontmatter: Readonly<Record<string, unknown>>;
  /** The lines between the two `---`, as they are; null when there is no frontmatter. */
  readonly frontmatterText: string | null;
  /** Everything after the frontmatter, as it is. */
  readonly body: string;
  /** What is off with it; none of it makes the skill unusable. */
  readonly findings: readonly Finding[];
}

const BYTE_ORDER_MARK = '\ufeff';
const FRONTMATTER = /^---[ \t]*(?:\r\n|\n|\r)([\s\S]*?)(?:^|(?<=[\r\n]))(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|$)/;
const OPENING = /^---[ \t]*(?:\r\n|\n|\r|$)/;
/** Characters; many times what any agent reads of it. A parser is not fed without bound. */
const LONGEST_FRONTMATTER = 32_768;
/** Flow collections open at once. The parser takes time that grows with the square of it. */
const DEEPEST_NESTING = 64;

/**
 * Reads a SKILL.md leniently: what can be read is used, what is off becomes a finding. Never throws.
 * @param path Display path for the findings.
 */
export function parseSkillDocument(text: string, path = 'SKILL.md'): SkillDocument {
  const findings: Finding[] = [];
  const report: Report = (severity, code, message, nextStep, field) => {
    findings.push({
      code,
      severity,
      message,
      next_step: nextStep,
      path,
      ...(field === undefined ? {} : { field }),
    });
  };
  const marked = text.startsWith(BYTE_ORDER_MARK);
  if (marked)
    report(
      'info',
      'byte_order_mark',
      'The file starts with a byte order mark.',
      'Save it as UTF-8 without a byte order mark.',
    );
  if (text.includes('\r'))
    report('info', 'carriage_returns', 'The file has line ends other than LF.', 'Save it with LF line ends.');
  const content = marked ? text.slice(1) : text;

  if (!OPENING.test(content)) {
    report(
      'info',
      'frontmatter_missing',
      'The skill has no frontmatter.',
      'Add a name and a description between two lines of "---".',
    );
    return { frontmatter: {}, frontmatterText: null, body: content, findings };
  }
  const match = FRONTMATTER.exec(content);
  if (match === null) {
    report('warning', 'frontmatter_unclosed', 'The frontmatter has no end.', 'Add a line of "---" after it.');
    return { frontmatter: {}, frontmatterText: null, body: content, findings };
  }
  const frontmatterText = match[1] ?? '';
  const frontmatter = readFrontmatter(frontmatterText.replace(/\r\n?/g, '\n'), report);
  return { frontmatter, frontmatterText, body: content.slice(match[0].length), findings };
}

type Report = (
  severity: Finding['severity'],
  code: string,
  message: string,
  nextStep: string,
  field?: string,
) => void;

function readFrontmatter(text: string, report: Report): Readonly<Record<string, unknown>> {
  if (text.length > LONGEST_FRONTMATTER) {
    report(
      'warning',
      'frontmatter_too_long',
      `The frontmatter is longer than ${LONGEST_FRONTMATTER} characters and was not read.`,
      'Move the text into the body.',
    );
    return {};
  }
  const first = readYaml(text);
  if (first.kind === 'map') return first.value;
  const second = first.kind === 'broken' ? readYaml(quoteColons(text)) : first;
  if (second.kind === 'map') {
    report(
      'info',
      'frontmatter_repaired',
      'A value of the frontmatter has a colon and no quotes.',
      'Put the value in quotes.',
      first.kind === 'broken' ? first.key : undefined,
    );
    return second.value;
  }
  if (first.kind === 'broken') {
    report(
      'warning',
      'frontmatter_unreadable',
      `The frontmatter is not valid YAML (line ${first.line}).`,
      'Correct the frontmatter.',
      first.key,
    );
  } else if (text.trim() !== '') {
    report(
      'warning',
      'frontmatter_not_a_map',
      'The frontmatter is not a list of keys and values.',
      'Write it as "key: value" lines.',
    );
  }
  return {};
}

type Yaml =
  | { readonly kind: 'map'; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: 'other' }
  /** `line` counts from the first line of the file; `key` is the top-level key it belongs to. */
  | { readonly kind: 'broken'; readonly line: number; readonly key: string | undefined };

function readYaml(text: string): Yaml {
  if (nestsTooDeep(text)) return { kind: 'broken', line: 2, key: undefined };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      strict: false,
      uniqueKeys: false,
      logLevel: 'silent',
      prettyErrors: false,
    });
    const [error] = document.errors;
    if (error !== undefined) {
      const { line } = lines.linePos(error.pos[0]);
      return { kind: 'broken', line: line + 1, key: keyAt(text, line) };
    }
    if (!isMap(document.contents)) return { kind: 'other' };
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return isRecord(value) ? { kind: 'map', value } : { kind: 'other' };
  } catch {
    // Aliases that explode, block nesting that overflows the stack.
    return { kind: 'broken', line: 2, key: undefined };
  }
}

/** Counts brackets wherever they are, in quoted text too: nobody writes that many. */
function nestsTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > DEEPEST_NESTING) return true;
  }
  return false;
}

const KEY = /^([A-Za-z0-9_.-]+):/;
const PLAIN_VALUE = /^([A-Za-z0-9_.-]+):[ \t]+([^\s"'|>&*!%@`[\]{}#-].*)$/;

function keyAt(text: string, line: number): string | undefined {
  const above = text.split('\n').slice(0, line).reverse();
  for (const candidate of above) {
    const key = KEY.exec(candidate)?.[1];
    if (key !== undefined) return key;
  }
  return undefined;
}

/** Quotes plain top-level values that have a colon, with the indented lines that continue them. */
function quoteColons(text: string): string {
  const result: string[] = [];
  let value: { readonly key: string; readonly parts: string[] } | undefined;
  const close = (): void => {
    if (value === undefined) return;
    const whole = value.parts.join(' ');
    result.push(`${value.key}: ${/:(?:\s|$)/.test(whole) ? JSON.stringify(whole) : whole}`);
    value = undefined;
  };
  for (const line of text.split('\n')) {
    if (value !== undefined && /^[ \t]+\S/.test(line)) {
      value.parts.push(line.trim());
      continue;
    }
    close();
    const [, key, rest] = PLAIN_VALUE.exec(line) ?? [];
    if (key === undefined || rest === undefined) result.push(line);
    else value = { key, parts: [rest.trim()] };
  }
  close();
  return result.join('\n');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
