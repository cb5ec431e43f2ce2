import { ARCHIVE_RULES } from './archive-rules.ts';
import { COMMAND_RULES } from './command-rules.ts';
import { COMMENT_RULES } from './comment-rules.ts';
import { ADDRESS_RULES, EGRESS_RULES } from './egress-rules.ts';
import { HEADER_RULES } from './header-rules.ts';
import { HIDDEN_TEXT_RULES } from './hidden-text.ts';
import { INSTRUCTION_RULES } from './instruction-rules.ts';
import { PROGRAM_RULES } from './program-rules.ts';
import { ChainGate } from './chain-gate.ts';
import type { IsPossible, SafetyRule } from './safety-rule.ts';
import type { ScannedFile } from './scanned-file.ts';

/** The rules that look at one file at a time. */
export const FILE_RULES: readonly SafetyRule[] = [
  ...HIDDEN_TEXT_RULES,
  ...COMMENT_RULES,
  ...INSTRUCTION_RULES,
  ...COMMAND_RULES,
  ...EGRESS_RULES,
  ...ADDRESS_RULES,
  ...HEADER_RULES,
  ...PROGRAM_RULES,
  ...ARCHIVE_RULES,
];

const PROSE_GATE = new ChainGate(INSTRUCTION_RULES.flatMap((rule) => rule.chains));
const CODE_GATE = new ChainGate([...COMMAND_RULES, ...EGRESS_RULES].flatMap((rule) => rule.chains));

/** Which chains of the rules can occur in a file. */
export function possibleChains(file: ScannedFile): IsPossible {
  const inProse = PROSE_GATE.possibleIn(file.folded.text);
  const inCode = CODE_GATE.possibleIn(file.lowerCode);
  return (chain) => inProse(chain) && inCode(chain);
}
