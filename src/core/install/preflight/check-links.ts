import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { frontmatter } from 'micromark-extension-frontmatter';
import { shown } from '../../tree-names.ts';
import { type Draft, TextPositions } from './finding.ts';
import { type PluginSource, textOf } from './plugin-source.ts';
import type { SkillFolder } from './check-skills.ts';

/** A text is only parsed when it could have a link to a file in it: most have none, and parsing is what takes time. */
const MAYBE = /\]\(\s*<?(?!https?:|mailto:|#)[^)\s]|^\s{0,3}\[[^\]]+\]:\s*<?(?!https?:|mailto:|#)\S/m;
/** Characters; what is longer is no document for an agent. */
const LONGEST_PARSED = 512 * 1024;
/** Not a file: another protocol, a place in the document, or a word that a template fills in. */
const NO_FILE = /^(?:[a-z][a-z0-9+.-]*:|#|\/\/|$)/i;
const TEMPLATE = /[{}<>$|*]|\.\.\.|^(?:url|link|path|href|file|image-url)$/i;

/** Links of the documents of a skill (SKILL.md and the Markdown files beside it) that lead to no file. */
export function checkLinks(source: PluginSource, skill: SkillFolder): readonly Draft[] {
  const prefix = skill.path === '.' ? '' : `${skill.path}/`;
  const folded = new Map(
    [...source.files.keys(), ...source.folders].map((path) => [path.toLowerCase(), path]),
  );
  const documents = [...source.files.values()].filter(
    ({ path }) => path.startsWith(prefix) && isDocument(path.slice(prefix.length)),
  );
  return documents.flatMap((file) => {
    const text = textOf(file);
    if (text === undefined || text.length > LONGEST_PARSED || !MAYBE.test(text)) return [];
    const positions = new TextPositions(text);
    return linksOf(text).flatMap((link) => {
      const draft = judge(source, folded, prefix, file.path, link.target);
      return draft === undefined ? [] : [{ ...draft, range: positions.range(link.start, link.end) }];
    });
  });
}

/** SKILL.md, and what it refers to. Examples, templates and tests show links that are not theirs. */
function isDocument(path: string): boolean {
  if (path === 'SKILL.md') return true;
  return /^(?:references?|docs)\/[^/]+\.md$/.test(path);
}

interface Link {
  readonly target: string;
  readonly start: number;
  readonly end: number;
}

type MarkdownNode = ReturnType<typeof fromMarkdown> | ReturnType<typeof fromMarkdown>['children'][number];

function linksOf(text: string): readonly Link[] {
  const root = fromMarkdown(text, {
    extensions: [frontmatter(['yaml'])],
    mdastExtensions: [frontmatterFromMarkdown(['yaml'])],
  });
  const links: Link[] = [];
  const visit = (node: MarkdownNode): void => {
    if (node.type === 'link' || node.type === 'image' || node.type === 'definition') {
      links.push({
        target: node.url,
        start: node.position?.start.offset ?? 0,
        end: node.position?.end.offset ?? 0,
      });
    }
    if ('children' in node) for (const child of node.children) visit(child);
  };
  visit(root);
  return links;
}

function judge(
  source: PluginSource,
  folded: ReadonlyMap<string, string>,
  prefix: string,
  file: string,
  target: string,
): Draft | undefined {
  if (NO_FILE.test(target) || TEMPLATE.test(target)) return undefined;
  const plain = decoded(target.replace(/[#?].*$/, ''));
  if (plain === undefined || plain === '') return undefined;
  // A site's own addresses, in text that will be on that site.
  if (plain.startsWith('/')) return undefined;
  const from = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  const path = joined(from, plain);
  if (path === undefined || (prefix !== '' && !`${path}/`.startsWith(prefix))) {
    // Skills of one plugin are placed beside each other: such a link works as long as both are in use.
    const beside = path !== undefined && isThere(source, path);
    return {
      code: 'PF-LINK-OUTSIDE',
      ...(beside ? { severity: 'info' as const } : {}),
      file,
      message: `The link ${shown(target)} leaves the skill.`,
    };
  }
  if (isThere(source, path)) return undefined;
  // A path from the root of the skill, in a file below it: agents that read it from there find it.
  const fromSkill = joined(prefix.replace(/\/$/, ''), plain);
  if (fromSkill !== undefined && isThere(source, fromSkill)) return undefined;
  const other = folded.get(path.toLowerCase());
  if (other !== undefined) {
    return {
      code: 'PF-LINK-CASE',
      file,
      message: `The link ${shown(target)} is written in another case than ${shown(other)}.`,
    };
  }
  return { code: 'PF-LINK-BROKEN', file, message: `The link ${shown(target)} leads nowhere.` };
}

function isThere(source: PluginSource, path: string): boolean {
  const plain = path === '' ? '.' : path;
  return source.files.has(plain) || source.folders.has(plain) || source.links.has(plain);
}

/** Undefined when it leaves the plugin. */
function joined(folder: string, relative: string): string | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

function decoded(target: string): string | undefined {
  try {
    return decodeURIComponent(target);
  } catch {
    return undefined;
  }
}
