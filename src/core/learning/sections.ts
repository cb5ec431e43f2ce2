import { documentHeadings, type DocumentHeading } from './headings.ts';

/** A heading with everything below it, its subsections included. Sections of one title are one. */
export interface Section {
  /** As written, without marks. */
  readonly title: string;
  /** The lines below the heading that say something, without their list marks. */
  readonly lines: readonly string[];
  /** Safety and required tools: what a merge must never lose in silence. */
  readonly essential: boolean;
}

/** By {@link sectionKey}, in document order. */
export type Sections = ReadonlyMap<string, Section>;

/**
 * The sections of a document by position: headings inside lists, quotations, code and frontmatter are none.
 * Case, numbering, emphasis and final punctuation of a title do not matter.
 */
export function sectionsOf(content: string): Sections {
  const text = withoutMark(content);
  const headings = headingsOf(text);
  const sections = new Map<string, Section>();
  for (const [index, heading] of headings.entries()) {
    let next = index + 1;
    while ((headings[next]?.depth ?? 0) > heading.depth) next += 1;
    const key = sectionKey(heading.title);
    const known = sections.get(key);
    sections.set(
      key,
      new SectionOfText(
        known?.title ?? heading.title,
        // The document's own title names its subject, not a section of rules.
        isEssential(key) && !(index === 0 && heading.depth === 1),
        text.slice(heading.end, headings[next]?.start),
        known,
      ),
    );
  }
  return sections;
}

/** Its lines are read when they are asked for: of most sections only the title is. */
class SectionOfText implements Section {
  readonly title: string;
  readonly essential: boolean;
  readonly #text: string;
  readonly #before: Section | undefined;
  #lines: readonly string[] | undefined;

  constructor(title: string, essential: boolean, text: string, before: Section | undefined) {
    this.title = title;
    this.essential = essential;
    this.#text = text;
    this.#before = before;
  }

  get lines(): readonly string[] {
    return (this.#lines ??= [...(this.#before?.lines ?? []), ...linesOf(this.#text)]);
  }
}

interface Heading extends DocumentHeading {
  readonly title: string;
}

/** The headings at the top level of a document, in order, as {@link sectionsOf} takes them. */
export function headingsOf(content: string): readonly Heading[] {
  const text = withoutMark(content);
  return documentHeadings(text).map((heading) => ({
    ...heading,
    title: titleOf(text.slice(heading.start, heading.end)),
  }));
}

function withoutMark(content: string): string {
  return content.startsWith('\uFEFF') ? content.slice(1) : content;
}

/** What two titles are compared by. */
export function sectionKey(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[*_`~]|\p{Extended_Pictographic}|\uFE0F/gu, '')
    .replace(/^[\s\d.)(:：、一二三四五六七八九十-]{0,12}(?=\p{L})/u, '')
    .replace(/[\s:：.!?。！？-]{1,12}$/u, '')
    .replace(/\s{1,100}/gu, ' ')
    .trim();
}

function titleOf(source: string): string {
  const [first = ''] = source.split(/\r?\n/u);
  return first
    .replace(/^\s{0,3}#{1,6}/u, '')
    .replace(/\s#{1,20}\s{0,20}$/u, '')
    .trim();
}

/** Titles of essential sections as people write them, for keys. */
const ESSENTIAL = [
  /\b(?:safety|guardrails?|safeguards?)\b/u,
  /^security(?: (?:rules?|notes?|guidelines?|considerations?|constraints?|requirements?|checks?|warnings?|boundaries|policy|and .{1,40}))?$/u,
  /\b(?:required|mandatory|necessary|allowed|permitted|needed) tools?\b|\btools? (?:required|needed|requirements?|allowed)\b|\btool restrictions?\b/u,
  /安全(?!组|组件库|帽)|护栏|防护/u,
  /(?:必需|必须|必要|所需|必备|需要|允许|要求|必須)(?:使用)?的?(?:工具|ツール)|工具(?:要求|需求|限制)/u,
  /\b(?:sicherheit|sicherheits(?:hinweise|regeln|vorgaben|richtlinien))\b|\b(?:erforderliche|benötigte|notwendige|erlaubte) (?:werkzeuge|tools)\b/u,
  /^(?:\S{1,12} de )?seguridad\b|\bherramientas (?:requeridas|necesarias|obligatorias|permitidas)\b/u,
  /^(?:\S{1,12} de )?sécurité\b|\boutils (?:requis|nécessaires|autorisés)\b/u,
];

function isEssential(key: string): boolean {
  return ESSENTIAL.some((title) => title.test(key));
}

function linesOf(text: string): readonly string[] {
  return text
    .split(/\r?\n/u)
    .map((line) =>
      line
        .replace(/^[\s>]{0,80}(?:[-*+]|\d{1,4}[.)])?\s{0,20}/u, '')
        .replace(/[*_`]/gu, '')
        .trim(),
    )
    .filter((line) => /[\p{L}\p{N}]/u.test(line));
}
