import { findChain, phrase } from './cue-chain.ts';
import { FoldedText } from './folded-text.ts';
import { INSTRUCTION_RULES } from './instruction-rules.ts';
import type { RuleMatch, SafetyRule } from './safety-rule.ts';
import type { ScannedFile } from './scanned-file.ts';

/** Text that a rendered document does not show, and orders in it. */
export const COMMENT_RULES: readonly SafetyRule[] = [
  {
    id: 'SAFE005',
    tier: 'warning',
    reason: 'Orders to an agent in a comment, which a reader of the rendered page does not see.',
    fix: 'Write what the agent is to do into the visible text, or delete the comment.',
    mentionable: true,
    find: ordersInComments,
  },
  {
    id: 'SAFE009',
    tier: 'warning',
    reason: 'Text that is made invisible on the rendered page by its markup.',
    fix: 'Show the text or delete it.',
    mentionable: true,
    find: hiddenMarkup,
  },
];

export const COMMENT_CHAINS = [
  phrase(
    60,
    /\b(?:ai|a\.i\.|agents?|assistants?|claude|llms?|language models?|copilot|chatbot)\b/g,
    /\b(?:must|should|always|never|execute|run|send|fetch|ignore|do not|don't|please|shall|need to|has to|have to|append|include|read)\b/g,
  ),
  phrase(20, /助手|智能体|模型|代理|ai/g, /必须|应该|应当|请|执行|运行|发送|不要|忽略|务必/g),
  phrase(
    60,
    /\b(?:agent|assistent|modell|ki)\b/g,
    /\b(?:muss|soll|immer|niemals|fuhre|sende|ignoriere|bitte)\b/g,
  ),
  phrase(
    60,
    /\b(?:agente|asistente|modelo|ia)\b/g,
    /\b(?:debes?|siempre|nunca|ejecuta|envia|ignora|por favor|tiene que)\b/g,
  ),
];

function ordersInComments(file: ScannedFile): readonly RuleMatch[] {
  if (file.kind !== 'markdown' && file.kind !== 'prose') return [];
  return commentSpans(file.text)
    .filter(({ start, end }) => {
      const text = new FoldedText(file.text.slice(start, end)).text;
      const chains = [...COMMENT_CHAINS, ...INSTRUCTION_RULES.flatMap((rule) => rule.chains)];
      return chains.some((chain) => findChain(text, chain).length > 0);
    })
    .map((span) => ({ span }));
}

/** HTML comments, and link definitions that are used as comments (`[//]: # (…)`). */
function commentSpans(text: string): readonly { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = [];
  for (let start = text.indexOf('<!--'); start !== -1;) {
    const close = text.indexOf('-->', start + 4);
    const end = close === -1 ? text.length : close + 3;
    spans.push({ start, end });
    start = text.indexOf('<!--', end);
  }
  for (const match of text.matchAll(/^ {0,3}\[[^\]\n]{1,40}\]:[ \t]{1,8}(?:#|<#?>)[ \t]{1,8}["'(]/gmu)) {
    const feed = text.indexOf('\n', match.index);
    spans.push({ start: match.index, end: feed === -1 ? text.length : feed });
  }
  return spans;
}

const HIDING =
  /<[a-z]{1,12}[^<>\n]{0,200}(?:display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|font-size\s{0,3}:\s{0,3}0|opacity\s{0,3}:\s{0,3}0(?![.\d])|\shidden(?=[\s>]))[^<>\n]{0,200}>/gi;

function hiddenMarkup(file: ScannedFile): readonly RuleMatch[] {
  if (file.kind !== 'markdown') return [];
  return [...file.text.matchAll(HIDING)]
    .map((match) => ({ span: { start: match.index, end: match.index + match[0].length } }))
    .filter(({ span }) => file.regionAt(span.start) === 'prose');
}
