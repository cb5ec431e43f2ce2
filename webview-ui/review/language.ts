import { HighlightStyle, Language, defineLanguageFacet, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { GFM, parser, type MarkdownConfig } from '@lezer/markdown';
import { tags } from '@lezer/highlight';

/**
 * Markdown as it is read in a review: headings, emphasis, code, links, and a frontmatter that is not taken for a heading.
 * Code blocks stay plain: their languages would weigh more than the rest of the view.
 */
const frontmatter: MarkdownConfig = {
  defineNodes: [{ name: 'Frontmatter', block: true }],
  parseBlock: [
    {
      name: 'Frontmatter',
      before: 'HorizontalRule',
      parse(context, line) {
        if (context.lineStart !== 0 || line.text.trimEnd() !== '---') return false;
        const from = context.lineStart;
        while (context.nextLine()) {
          if (line.text.trimEnd() === '---') {
            context.nextLine();
            break;
          }
        }
        context.addElement(context.elt('Frontmatter', from, context.prevLineEnd()));
        return true;
      },
    },
  ],
};

const markdown = new Language(defineLanguageFacet(), parser.configure([GFM, frontmatter]), [], 'markdown');

const style = HighlightStyle.define([
  { tag: tags.heading, class: 'tok-heading' },
  { tag: tags.strong, class: 'tok-strong' },
  { tag: tags.emphasis, class: 'tok-emphasis' },
  { tag: tags.strikethrough, class: 'tok-strike' },
  { tag: tags.monospace, class: 'tok-code' },
  { tag: tags.link, class: 'tok-link' },
  { tag: tags.url, class: 'tok-link' },
  { tag: tags.quote, class: 'tok-quote' },
  { tag: tags.processingInstruction, class: 'tok-mark' },
  { tag: tags.comment, class: 'tok-quote' },
]);

/** Empty for files that are not Markdown. */
export function languageFor(path: string): Extension {
  return /\.(?:md|markdown)$/i.test(path) ? [markdown, syntaxHighlighting(style)] : [];
}
