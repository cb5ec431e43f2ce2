import { fromMarkdown } from 'mdast-util-from-markdown';
import type { ProposalProblem } from './problems.ts';

/**
 * Whether everything in `text` that is not prose was there before: code, options of commands, and whatever has the shape of a path, a file
 * or an address. `sides` are the whole documents of both sides.
 */
export function checkReferences(text: string, sides: readonly string[]): readonly ProposalProblem[] {
  const known = sides.map(folded).join('\n');
  const problems: ProposalProblem[] = [];
  const codes = [...codeOf(text), ...(text.match(OPTION) ?? []).map((option) => option.trim())];
  if (codes.some((code) => !known.includes(folded(code)))) {
    problems.push({
      code: 'proposal_new_code',
      message: 'The answer has code or an option of a command that neither side has.',
    });
  }
  const names = [...text.matchAll(NAME)].map(([name]) => name);
  if (names.some((name) => !isAlternative(name) && !known.includes(folded(name)))) {
    problems.push({
      code: 'proposal_new_reference',
      message: 'The answer names an address, a path or a file that neither side names.',
    });
  }
  return problems;
}

/** Words with a dot, slash, colon, at sign or backslash between them: `docs/a.md`, `example.org`, `C:\x`, `a@b`, `tool:sub`. */
const NAME = /[\p{L}\p{N}_~$%*-]{1,200}(?:(?:[.@\\]|\/{1,2}|:\/{0,2})[\p{L}\p{N}_~$%*=&?+-]{1,200}){1,40}/gu;
const OPTION = /(?<![\p{L}\p{N}-])-{1,2}[a-z][\w-]{0,60}/giu;

/** "and/or" and the like are words. */
function isAlternative(name: string): boolean {
  return /^(?:and\/or|he\/she|his\/her|und\/oder|y\/o|et\/ou|n\/a)$/iu.test(name);
}

/** The lines of code blocks and what stands in backticks. */
function codeOf(text: string): readonly string[] {
  const codes: string[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'inlineCode' || node.type === 'code' || node.type === 'html') {
      codes.push(...(node.value ?? '').split('\n'));
    }
    for (const child of node.children ?? []) visit(child);
  };
  visit(fromMarkdown(text));
  return codes.filter((code) => code.trim() !== '');
}

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

function folded(text: string): string {
  return text
    .toLowerCase()
    .replace(/\s{1,200}/gu, ' ')
    .trim();
}
