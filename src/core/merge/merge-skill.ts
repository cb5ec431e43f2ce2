import { mergeSupportingFiles } from './supporting-files.ts';
import { mergeText } from './text-merge.ts';
import type { MergeResult, SkillSide } from './types.ts';

/** The three-way merge of a whole skill: its SKILL.md and its supporting files. Pure and deterministic; never throws. */
export function mergeSkill(base: SkillSide, local: SkillSide, upstream: SkillSide): MergeResult {
  const document = mergeText(base.content, local.content, upstream.content, { path: 'SKILL.md' });
  const files = mergeSupportingFiles(base.files, local.files, upstream.files);
  return { document, files, clean: document.conflicts.length === 0 && files.conflicts.length === 0 };
}
