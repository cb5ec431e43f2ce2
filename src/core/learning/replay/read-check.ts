import * as z from 'zod';
import type { JsonValue } from '../../../base/json.ts';
import type { Check } from './check.ts';

/** One entry of `expectations` or `assertions`: a sentence in both public dialects, an object with a `type` where tools extend them. */
const objectSchema = z.looseObject({ type: z.string().optional() });
type CheckObject = z.infer<typeof objectSchema>;

/** Undefined for what is neither a sentence nor an object. */
export function readCheck(raw: unknown): Check | undefined {
  if (typeof raw === 'string') return raw.trim() === '' ? undefined : sentence(raw.trim());
  const parsed = objectSchema.safeParse(raw);
  if (!parsed.success) return undefined;
  const object = parsed.data;
  const type = object.type?.toLowerCase().replaceAll(/[\s-]+/g, '_');
  if (type === undefined || PROSE_TYPES.has(type)) {
    const text = firstText(object, PROSE_KEYS);
    return text === undefined ? undefined : { kind: 'prose', text };
  }
  return programmatic(type, object);
}

const PROSE_TYPES: ReadonlySet<string> = new Set([
  'prose',
  'llm',
  'llm_judge',
  'llm_rubric',
  'model',
  'rubric',
  'semantic',
  'custom',
  'expectation',
  'assertion',
]);
const PROSE_KEYS = [
  'text',
  'expectation',
  'assertion',
  'criterion',
  'rubric',
  'expected',
  'value',
  'description',
  'name',
];
const LABEL_KEYS = ['description', 'label', 'name', 'id'];
const VALUE_KEYS = ['value', 'values', 'text', 'keywords', 'substring', 'expected'];
const PATTERN_KEYS = ['pattern', 'value', 'regex', 'expected', 'text'];

function programmatic(type: string, object: CheckObject): Check {
  const negated = /^(?:not|no|does_not)_/.test(type);
  const plain = type.replace(/^(?:not|no|does_not)_/, '');
  const values = allTexts(object, VALUE_KEYS);
  const label = firstText(object, LABEL_KEYS);
  const named = (words: string): string => label ?? words;
  const listed = values.map((value) => JSON.stringify(value)).join(', ');
  switch (plain) {
    case 'contains':
    case 'contain':
    case 'icontains':
    case 'includes':
    case 'substring':
    case 'contains_all':
    case 'contains_any':
    case 'contains_none': {
      if (values.length === 0) break;
      const how = negated || plain === 'contains_none' ? 'none' : plain === 'contains_any' ? 'any' : 'all';
      const words = { all: 'contains', any: 'contains one of', none: 'does not contain' }[how];
      const ignoreCase = plain === 'icontains' || ignoresCase(object);
      return { kind: 'contains', text: named(`The output ${words} ${listed}`), values, how, ignoreCase };
    }
    case 'equals':
    case 'exact':
    case 'starts_with':
    case 'ends_with': {
      const [value] = values;
      if (value === undefined || negated) break;
      const where = plain === 'starts_with' ? 'start' : plain === 'ends_with' ? 'end' : 'whole';
      const words = { whole: 'is', start: 'starts with', end: 'ends with' }[where];
      const text = named(`The output ${words} ${JSON.stringify(value)}`);
      return { kind: 'affix', text, value, where, ignoreCase: ignoresCase(object) };
    }
    case 'regex':
    case 'matches':
    case 'match': {
      const pattern = firstText(object, PATTERN_KEYS);
      if (pattern === undefined) break;
      return regex(pattern, flagsOf(object), negated, label);
    }
    case 'json':
    case 'is_json':
    case 'json_valid':
    case 'valid_json':
      if (negated) break;
      return { kind: 'json', text: named('The output is valid JSON'), path: [] };
    case 'json_equals':
    case 'json_path':
    case 'json_field': {
      const path = firstText(object, ['path', 'field', 'key']);
      const expected = z.json().safeParse(object['expected'] ?? object['equals'] ?? object['value']);
      if (path === undefined || negated) break;
      const names = path
        .replace(/^\$\.?/, '')
        .replaceAll(/\[(\d+)\]/g, '.$1')
        .split('.')
        .filter((name) => name !== '');
      const wanted = expected.success ? ` ${JSON.stringify(expected.data)}` : '';
      return {
        kind: 'json',
        text: named(`The output is JSON with ${names.join('.')}${wanted}`),
        path: names,
        ...(expected.success ? { expected: expected.data as JsonValue } : {}),
      };
    }
    case 'min_length':
    case 'max_length':
    case 'length':
    case 'word_count':
    case 'min_words':
    case 'max_words':
    case 'line_count':
    case 'min_lines':
    case 'max_lines': {
      const check = lengthCheck(plain, object, label);
      if (check === undefined || negated) break;
      return check;
    }
  }
  return { kind: 'uncheckable', text: named(type), type };
}

function lengthCheck(type: string, object: CheckObject, label: string | undefined): Check | undefined {
  const unit = type.includes('word') ? 'words' : type.includes('line') ? 'lines' : 'characters';
  const value = number(object['value']) ?? number(object['expected']);
  const min = number(object['min']) ?? (type.startsWith('max') ? null : value);
  const max = number(object['max']) ?? (type.startsWith('min') ? null : value);
  if (min === null && max === null) return undefined;
  const bounds = [min === null ? '' : `at least ${min}`, max === null ? '' : `at most ${max}`].filter(
    (part) => part !== '',
  );
  return { kind: 'length', text: label ?? `The output has ${bounds.join(' and ')} ${unit}`, unit, min, max };
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Case counts unless the check says otherwise. */
function ignoresCase(object: CheckObject): boolean {
  if (object['case_sensitive'] === false || object['caseSensitive'] === false) return true;
  return object['ignore_case'] === true || object['ignoreCase'] === true || object['ci'] === true;
}

/** Letters, or a list of letters or names. */
function flagsOf(object: CheckObject): string {
  const given = object['flags'];
  const flags: readonly unknown[] = Array.isArray(given) ? given : [given];
  const letters = flags
    .filter((flag) => typeof flag === 'string')
    .map((flag) => (flag.length <= 3 ? flag : flag.toUpperCase() === 'DOTALL' ? 's' : flag.slice(0, 1)));
  return `${letters.join('').toLowerCase()}${ignoresCase(object) ? 'i' : ''}`;
}

function regex(pattern: string, flags: string, negated: boolean, label: string | undefined): Check {
  return {
    kind: 'regex',
    text: label ?? `The output ${negated ? 'does not match' : 'matches'} /${pattern}/`,
    pattern,
    ignoreCase: flags.includes('i'),
    multiline: flags.includes('m'),
    dotAll: flags.includes('s'),
    negated,
  };
}

const SUBJECT = '(?:the )?(?:final )?(?:output|response|answer|result)';
const QUOTED = '(?:"([^"]+)"|“([^”]+)”|\'([^\']+)\'|`([^`]+)`)';
const HAS = new RegExp(
  `^${SUBJECT} (contains|includes|mentions|has) (?:the (?:exact )?(?:text|word|words|phrase|string|name|heading) )?${QUOTED}\\.?$`,
  'i',
);
const LACKS = new RegExp(
  `^${SUBJECT} (?:does not|doesn't|never) (?:contain|include|mention|have)s? (?:the (?:exact )?(?:text|word|words|phrase|string|name|heading) )?${QUOTED}\\.?$`,
  'i',
);
const IS_JSON = new RegExp(`^${SUBJECT} (?:is|must be|should be) (?:valid )?JSON\\.?$`, 'i');
const MATCHES = new RegExp(
  `^${SUBJECT} (?:matches|must match) (?:the )?(?:regex|regular expression|pattern )?\\s*/(.+)/([ims]*)\\.?$`,
  'i',
);

/** A sentence that says one thing about one quoted text can be checked without a model; every other one is prose. */
function sentence(text: string): Check {
  if (IS_JSON.test(text)) return { kind: 'json', text, path: [] };
  for (const [pattern, how] of [
    [HAS, 'all'],
    [LACKS, 'none'],
  ] as const) {
    const found = pattern.exec(text);
    const value = found?.slice(how === 'all' ? 2 : 1).find((part: string | undefined) => part !== undefined);
    if (value !== undefined) return { kind: 'contains', text, values: [value], how, ignoreCase: true };
  }
  const matches = MATCHES.exec(text);
  if (matches?.[1] !== undefined) return { ...regex(matches[1], matches[2] ?? '', false, text), text };
  return { kind: 'prose', text };
}

function firstText(object: CheckObject, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = object[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return undefined;
}

function allTexts(object: CheckObject, keys: readonly string[]): readonly string[] {
  for (const key of keys) {
    const value = object[key];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const texts = list.filter((one): one is string => typeof one === 'string' && one !== '');
    if (texts.length > 0 && texts.length === list.length) return texts;
  }
  return [];
}
