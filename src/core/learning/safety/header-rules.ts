import { findChain, phrase } from './cue-chain.ts';
import { FoldedText } from './folded-text.ts';
import type { RuleMatch, SafetyRule } from './safety-rule.ts';
import type { ScannedFile } from './scanned-file.ts';
import type { SkillHeader } from './skill-header.ts';

/** What the frontmatter of a SKILL.md claims. All of it is information: many honest skills do the same. */
export const HEADER_RULES: readonly SafetyRule[] = [
  headerRule('SAFE051', broadTrigger, {
    reason:
      'The description asks to be used for everything, so that the skill is loaded in every conversation.',
    fix: 'Name the tasks that the skill is for.',
  }),
  headerRule('SAFE052', doubtfulName, {
    reason:
      'The name uses the name of a vendor, or mixes letters that look alike, so that it can be taken for another.',
    fix: 'Check that the skill is the one that you mean.',
  }),
  headerRule('SAFE053', undeclaredShell, {
    reason:
      'The skill lists the tools it may use, and has commands that need a shell that is not among them.',
    fix: 'Ask the author to list the shell with the commands it is needed for.',
  }),
];

type Judge = (file: ScannedFile, header: SkillHeader) => readonly RuleMatch[];

function headerRule(
  id: 'SAFE051' | 'SAFE052' | 'SAFE053',
  judge: Judge,
  words: { readonly reason: string; readonly fix: string },
): SafetyRule {
  return {
    id,
    tier: 'info',
    ...words,
    mentionable: false,
    find: (file) => (/(?:^|\/)SKILL\.md$/iu.test(file.path) ? judge(file, file.header) : []),
  };
}

export const BROAD_CHAINS = [
  phrase(
    30,
    /\b(?:always|must be|must always be)\b/g,
    /\b(?:use|used|load|loaded|invoke|invoked|run|active)\b/g,
    /\b(?:this skill|every|any|all|first|before)\b/g,
  ),
  phrase(
    25,
    /\b(?:for|on|in|before|with) (?:every|any|all)\b/g,
    /\b(?:requests?|messages?|conversations?|prompts?|tasks?|questions?|interactions?|responses?|user inputs?)\b/g,
  ),
  phrase(10, /所有|任何|每次|每一次|一切/g, /任务|请求|对话|消息|问题|操作/g),
];

function broadTrigger(_file: ScannedFile, header: SkillHeader): readonly RuleMatch[] {
  if (header.description === undefined) return [];
  const { start, end, value } = header.description;
  const { text } = new FoldedText(value);
  return BROAD_CHAINS.some((chain) => findChain(text, chain).length > 0) ? [{ span: { start, end } }] : [];
}

function doubtfulName(_file: ScannedFile, header: SkillHeader): readonly RuleMatch[] {
  if (header.name === undefined) return [];
  const { start, end, value } = header.name;
  const mixed = /\p{Script=Latin}/u.test(value) && /\p{Script=Cyrillic}|\p{Script=Greek}/u.test(value);
  const vendor =
    /(?:^|[-_. ])(?:anthropic|claude|openai|chatgpt|microsoft|github|google|copilot)(?:$|[-_. ]official)/iu.test(
      value,
    );
  return mixed || vendor ? [{ span: { start, end } }] : [];
}

function undeclaredShell(file: ScannedFile, header: SkillHeader): readonly RuleMatch[] {
  const { tools } = header;
  const [first] = tools ?? [];
  if (tools === undefined || first === undefined) return [];
  if (tools.some(({ value }) => /^(?:bash|shell|powershell|execute|runinterminal|terminal|\*)/iu.test(value)))
    return [];
  const fence = /^[ \t]{0,20}(?:`{3,10}|~{3,10})[ \t]{0,4}(?:bash|sh|shell|zsh|powershell|console)\b/mu.test(
    file.text,
  );
  return fence ? [{ span: { start: first.start, end: first.end } }] : [];
}
