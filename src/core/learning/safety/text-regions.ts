import type { FileKind } from './file-kind.ts';

/**
 * What a place of a text is to its reader: `prose` is read and followed, `code` is run, `quoted` is shown
 * (a fence of a language that nothing runs), `frontmatter` is read by the agent's host.
 */
export type Region = 'prose' | 'code' | 'quoted' | 'frontmatter';

/** Fences that an agent runs or may take for commands. A fence without a language is one of them: leaving it out would be too easy. */
const RUN_LANGUAGES = new Set(
  `sh bash zsh fish ksh shell console terminal shell-session shellsession cmd bat batch dos powershell ps1 pwsh ps python python3 py
   javascript js mjs cjs node typescript ts tsx jsx ruby rb perl pl php lua applescript osascript r go rust make makefile
   dockerfile docker`.split(/\s+/u),
);

const FENCE = /^[ \t>]{0,40}(`{3,40}|~{3,40})[ \t]{0,8}([^\s`]{0,40})/u;

interface Part {
  readonly start: number;
  readonly region: Region;
}

/** The regions of one text, in order and without gaps. Markdown is read line by line: only what fences and frontmatter need. */
export class TextRegions {
  readonly #parts: readonly Part[];

  constructor(text: string, kind: FileKind) {
    if (kind === 'markdown') this.#parts = markdownParts(text);
    else this.#parts = [{ start: 0, region: kind === 'prose' ? 'prose' : 'code' }];
  }

  at(offset: number): Region {
    let low = 0;
    let high = this.#parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#parts[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#parts[low]?.region ?? 'prose';
  }
}

function markdownParts(text: string): readonly Part[] {
  const parts: Part[] = [{ start: 0, region: 'prose' }];
  let fence: string | undefined;
  let inFrontmatter = false;
  let start = 0;
  while (start < text.length) {
    const feed = text.indexOf('\n', start);
    const next = feed === -1 ? text.length : feed + 1;
    const line = text.slice(start, Math.min(next, start + LONGEST_MARK)).trimEnd();
    if (start === 0 && line === '---') {
      inFrontmatter = true;
      parts[0] = { start: 0, region: 'frontmatter' };
    } else if (inFrontmatter) {
      if (line === '---' || line === '...') {
        inFrontmatter = false;
        parts.push({ start: next, region: 'prose' });
      }
    } else {
      const match = FENCE.exec(line);
      const marks = match?.[1];
      if (fence === undefined && marks !== undefined) {
        fence = marks;
        parts.push({ start, region: isRun(match?.[2] ?? '') ? 'code' : 'quoted' });
      } else if (fence !== undefined && marks !== undefined && closes(line, marks, fence)) {
        fence = undefined;
        parts.push({ start: next, region: 'prose' });
      }
    }
    start = next;
  }
  return parts;
}

/** A fence's marks and its language are at the head of the line. */
const LONGEST_MARK = 200;

function isRun(language: string): boolean {
  const name = language
    .toLowerCase()
    .replace(/^\{?\.?/u, '')
    .replace(/[},:].*$/u, '');
  return name === '' || RUN_LANGUAGES.has(name);
}

function closes(line: string, marks: string, fence: string): boolean {
  return marks[0] === fence[0] && marks.length >= fence.length && line.endsWith(marks);
}
