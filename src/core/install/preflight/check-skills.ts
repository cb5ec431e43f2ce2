import { parseSkillDocument } from '../../skill-document.ts';
import { SKILL_DOCUMENT } from '../../skill-tree.ts';
import { shown } from '../../tree-names.ts';
import type { OwnCode } from './codes.ts';
import { type Draft, type Fix, FILE_START, type Range, TextPositions } from './finding.ts';
import { type PluginSource, textOf } from './plugin-source.ts';

/** A skill folder of the plugin. */
export interface SkillFolder {
  /** POSIX, relative to the plugin; `.` where the plugin is the skill. */
  readonly path: string;
  /** The name that its frontmatter should have: that of the folder. Undefined where the folder may have any name. */
  readonly folderName: string | undefined;
}

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const LONGEST_NAME = 64;
const LONGEST_DESCRIPTION = 1024;
const LONGEST_COMPATIBILITY = 500;
/** Lines of a body that agents should read at once. */
const MANY_LINES = 500;

/** The keys of the Agent Skills specification. */
const SPECIFIED = ['name', 'description', 'license', 'compatibility', 'metadata', 'allowed-tools'];
/** Keys that Claude Code, VS Code or Codex read: no slip of the pen. */
const READ_BY_HOSTS = [
  'when_to_use',
  'argument-hint',
  'arguments',
  'disable-model-invocation',
  'user-invocable',
  'disallowed-tools',
  'model',
  'effort',
  'context',
  'agent',
  'background',
  'hooks',
  'paths',
  'shell',
  'version',
];

/** What of a skill's frontmatter and text the Agent Skills specification, or an agent that follows it, does not take. */
export function checkSkill(source: PluginSource, skill: SkillFolder): readonly Draft[] {
  const file = skill.path === '.' ? SKILL_DOCUMENT : `${skill.path}/${SKILL_DOCUMENT}`;
  const found = source.files.get(file);
  if (found?.bytes === undefined) return [];
  const text = textOf(found);
  if (text === undefined) return [{ code: 'PF-SKILL-ENCODING', file }];
  return new SkillCheck(file, text, skill.folderName).run();
}

class SkillCheck {
  readonly #file: string;
  readonly #text: string;
  readonly #folderName: string | undefined;
  readonly #positions: TextPositions;
  readonly #findings: Draft[] = [];

  constructor(file: string, text: string, folderName: string | undefined) {
    this.#file = file;
    this.#text = text;
    this.#folderName = folderName;
    this.#positions = new TextPositions(text);
  }

  run(): readonly Draft[] {
    const document = parseSkillDocument(this.#text);
    if (this.#text.startsWith('\ufeff')) this.#tell('PF-SKILL-BOM', FILE_START);
    if (this.#text.includes('\r')) this.#tell('PF-SKILL-LINE-ENDS', FILE_START);
    const codes = new Map(document.findings.map((finding) => [finding.code, finding]));
    if (document.frontmatterText === null) {
      const unclosed = codes.has('frontmatter_unclosed');
      this.#tell('PF-SKILL-FRONTMATTER', FILE_START, {
        ...(unclosed ? { message: 'The frontmatter of SKILL.md has no end.' } : {}),
        ...(unclosed ? { nextStep: 'Add a line of "---" after it.' } : {}),
      });
    } else if (this.#readable(codes)) {
      this.#repaired(codes.get('frontmatter_repaired')?.field);
      this.#name(document.frontmatter['name']);
      this.#description(document.frontmatter['description']);
      this.#others(document.frontmatter);
    }
    this.#body(document.body);
    return this.#findings;
  }

  #readable(codes: ReadonlyMap<string, { readonly message: string; readonly field?: string }>): boolean {
    const off =
      codes.get('frontmatter_unreadable') ??
      codes.get('frontmatter_not_a_map') ??
      codes.get('frontmatter_too_long');
    if (off === undefined) return true;
    const line = Number(/line (\d+)/.exec(off.message)?.[1] ?? 2);
    const place = { line, column: 1 };
    this.#tell('PF-SKILL-YAML', { start: place, end: place }, { message: off.message, key: off.field });
    return false;
  }

  #repaired(key: string | undefined): void {
    if (key === undefined) return;
    const range = this.#valueRange(key);
    const fix = this.#quoted(key);
    this.#tell('PF-SKILL-YAML-COLON', range, {
      key,
      message: `The value of ${shown(key)} has a colon and no quotes.`,
      ...(fix === undefined ? {} : { fix }),
    });
  }

  #name(name: unknown): void {
    const folder = this.#folderName;
    if (name === undefined || name === null || name === '') {
      const after = { line: 2, column: 1 };
      const fix: Fix | undefined =
        folder === undefined || !NAME.test(folder) || name !== undefined
          ? undefined
          : {
              title: `Add the name ${folder}`,
              edits: [{ start: after, end: after, text: `name: ${folder}\n` }],
            };
      this.#tell('PF-SKILL-NAME-MISSING', this.#keyRange('name'), { key: 'name', ...(fix && { fix }) });
      return;
    }
    const range = this.#valueRange('name');
    if (typeof name !== 'string') {
      // A number or a date that YAML made of it: agents take its text, when they take it.
      this.#tell('PF-SKILL-FIELD-TYPE', range, { key: 'name', message: 'The name is not a text.' });
      return;
    }
    const fix = this.#rename(range);
    if (!NAME.test(name) || name.length > LONGEST_NAME) {
      const what =
        name.length > LONGEST_NAME ? `has ${name.length} characters` : 'has characters that are not allowed';
      this.#tell('PF-SKILL-NAME-INVALID', range, {
        key: 'name',
        message: `The name ${shown(name)} ${what}.`,
        ...(fix && { fix }),
      });
    } else if (folder !== undefined && name !== folder) {
      const message = `The skill is named ${shown(name)} and its folder ${shown(folder)}.`;
      this.#tell('PF-SKILL-NAME-FOLDER', range, { key: 'name', message, ...(fix && { fix }) });
    }
  }

  #rename(range: Range): Fix | undefined {
    const folder = this.#folderName;
    if (folder === undefined || !NAME.test(folder) || folder.length > LONGEST_NAME) return undefined;
    return { title: `Use the folder’s name ${folder}`, edits: [{ ...range, text: folder }] };
  }

  #description(description: unknown): void {
    const empty = description === undefined || description === null;
    if (empty || (typeof description === 'string' && description.trim() === '')) {
      this.#tell('PF-SKILL-DESCRIPTION-MISSING', this.#keyRange('description'), { key: 'description' });
    } else if (typeof description !== 'string') {
      const message = 'The description is not a text.';
      this.#tell('PF-SKILL-FIELD-TYPE', this.#valueRange('description'), { key: 'description', message });
    } else if (codePoints(description) > LONGEST_DESCRIPTION) {
      const message = `The description has ${codePoints(description)} characters; agents read 1,024.`;
      this.#tell('PF-SKILL-DESCRIPTION-LONG', this.#keyRange('description'), { key: 'description', message });
    }
  }

  #others(frontmatter: Readonly<Record<string, unknown>>): void {
    const { license, compatibility, metadata } = frontmatter;
    if (license !== undefined && typeof license !== 'string') this.#wrongType('license', 'is not a text');
    if (compatibility !== undefined) {
      if (typeof compatibility !== 'string') this.#wrongType('compatibility', 'is not a text');
      else if (compatibility.trim() === '' || compatibility.length > LONGEST_COMPATIBILITY) {
        this.#tell('PF-SKILL-COMPATIBILITY', this.#keyRange('compatibility'), { key: 'compatibility' });
      }
    }
    if (
      metadata !== undefined &&
      (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    ) {
      this.#wrongType('metadata', 'is not a list of keys and texts');
    }
    const tools = frontmatter['allowed-tools'];
    if (tools !== undefined && typeof tools !== 'string') {
      this.#tell('PF-SKILL-FIELD-TYPE', this.#keyRange('allowed-tools'), {
        key: 'allowed-tools',
        // Claude Code takes lists as well, so nothing is lost there.
        ...(Array.isArray(tools) ? { severity: 'info' } : {}),
        message: 'The field "allowed-tools" is not one text with spaces between the tools.',
      });
    }
    for (const key of Object.keys(frontmatter)) {
      if (SPECIFIED.includes(key) || READ_BY_HOSTS.includes(key)) continue;
      const message = `The key ${shown(key)} is not in the Agent Skills specification.`;
      this.#tell('PF-SKILL-UNKNOWN-KEY', this.#keyRange(key), { key, message });
    }
  }

  #wrongType(key: string, what: string): void {
    this.#tell('PF-SKILL-FIELD-TYPE', this.#keyRange(key), { key, message: `The field "${key}" ${what}.` });
  }

  #body(body: string): void {
    if (body.trim() === '') this.#tell('PF-SKILL-BODY-EMPTY', FILE_START);
    const lines = body.trimEnd().split('\n').length;
    if (lines <= MANY_LINES) return;
    const message = `The body of SKILL.md has ${lines} lines.`;
    this.#tell('PF-SKILL-BODY-LONG', FILE_START, { message });
  }

  #keyRange(key: string): Range {
    const line = this.#lineOf(key);
    return line === undefined ? FILE_START : this.#positions.range(line.start, line.start + key.length);
  }

  /** The value as far as it stands on the line of its key. */
  #valueRange(key: string): Range {
    const line = this.#lineOf(key);
    if (line === undefined) return FILE_START;
    return line.value === line.end ? this.#keyRange(key) : this.#positions.range(line.value, line.end);
  }

  #quoted(key: string): Fix | undefined {
    const line = this.#lineOf(key);
    if (line === undefined) return undefined;
    const value = this.#text.slice(line.value, line.end);
    const after = this.#text.slice(line.end).replace(/^\r?\n/, '');
    // A value that goes on in the next line, or that has quotes already, is for a person.
    if (/["\\]/.test(value) || /^[ \t]+\S/.test(after)) return undefined;
    const at = (offset: number): Range => this.#positions.range(offset, offset);
    return {
      title: 'Put the value in quotes',
      edits: [
        { ...at(line.value), text: '"' },
        { ...at(line.end), text: '"' },
      ],
    };
  }

  #lineOf(key: string): { readonly start: number; readonly value: number; readonly end: number } | undefined {
    const limit = this.#text.indexOf('\n---', 3);
    const pattern = new RegExp(`^["']?${escaped(key)}["']?[ \\t]*:[ \\t]*([^\\r\\n]*?)[ \\t]*\\r?$`, 'mu');
    const match = pattern.exec(limit === -1 ? this.#text : this.#text.slice(0, limit + 1));
    if (match === null) return undefined;
    const end = match.index + match[0].trimEnd().length;
    return { start: match.index, value: end - (match[1] ?? '').length, end };
  }

  #tell(
    code: OwnCode,
    range: Range,
    {
      key,
      ...rest
    }: Partial<Pick<Draft, 'message' | 'nextStep' | 'fix' | 'severity'>> & { key?: string | undefined } = {},
  ): void {
    this.#findings.push({
      code,
      file: this.#file,
      range,
      ...(key === undefined ? {} : { pointer: `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` }),
      ...rest,
    });
  }
}

/** Characters as the specification counts them. */
function codePoints(text: string): number {
  return Array.from(text).length;
}

function escaped(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}
