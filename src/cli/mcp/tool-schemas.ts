import * as z from 'zod';
import {
  proposalPayload,
  proposedPayload,
  skillContentPayload,
  skillSummaryPayload,
} from '../../app/payloads.ts';
import { LONGEST_REASON } from '../../core/mirror/propose.ts';

/** Files of one proposal through this door. */
const MOST_FILES = 100;
/** Characters of one file's content, and of all together. */
const LONGEST_CONTENT = 1024 * 1024;
export const LONGEST_PROPOSAL = 4 * 1024 * 1024;

const skillName = z.string().min(1).max(128).describe('Name of the skill, as list_skills gives it');
const filePath = z
  .string()
  .min(1)
  .max(1000)
  .describe('Path below the skill folder, with "/" between names; SKILL.md is the skill itself');

/** What each tool takes. Unknown keys are refused: an agent that misspells one should hear of it. */
export const toolInputs = {
  list_skills: z.strictObject({}),
  read_skill: z.strictObject({
    name: skillName,
    version: z.string().max(20).optional().describe('A version, v0001 say; the current one unless given'),
    paths: z
      .array(filePath)
      .max(MOST_FILES)
      .optional()
      .describe('Files whose text is wanted; SKILL.md unless given'),
  }),
  propose_revision: z.strictObject({
    name: skillName,
    reason: z
      .string()
      .min(1)
      .max(LONGEST_REASON)
      .describe('What was learned and what the change improves; the reviewer reads it first'),
    files: z
      .array(
        z.strictObject({
          path: filePath,
          content: z.string().max(LONGEST_CONTENT).describe('The whole new content of the file'),
          encoding: z.enum(['utf8', 'base64']).default('utf8'),
          executable: z.boolean().optional().describe('As it is now unless given'),
        }),
      )
      .max(MOST_FILES)
      .default([])
      .describe('Files that are new or changed; those that are not named stay as they are'),
    remove: z.array(filePath).max(MOST_FILES).default([]).describe('Files that are to go'),
    base_version: z
      .string()
      .max(20)
      .optional()
      .describe(
        'The version that read_skill gave and the change was written on; the current one unless given',
      ),
  }),
  proposal_status: z.strictObject({
    candidate_id: z.string().min(1).max(500).describe('The candidate_id that propose_revision answered'),
  }),
} as const;

/** What each tool answers, beside coded errors. */
export const toolOutputs = {
  list_skills: z.object({ skills: z.array(skillSummaryPayload) }),
  read_skill: skillContentPayload,
  propose_revision: proposedPayload,
  proposal_status: z.object({ proposal: proposalPayload }),
} as const;
