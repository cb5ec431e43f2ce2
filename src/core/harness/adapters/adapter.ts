import * as z from 'zod';
import { harnessIdSchema } from '../identifiers.ts';
import { TURN_EVENTS } from '../turn-signal.ts';

const flag = z
  .string()
  .max(80)
  .regex(/^--?[A-Za-z0-9]/, 'a flag with its dashes');
const word = z.string().min(1).max(80);
const variable = z.string().regex(/^[A-Z_][A-Z0-9_]{0,79}$/);

const ruleSchema = z.looseObject({
  signal: z.enum(TURN_EVENTS),
  id: word.optional().describe('the member of the payload that is the same where it begins and ends'),
  subject: word.optional().describe('the member that names it'),
  when: z
    .record(word, z.array(z.string().max(80)))
    .optional()
    .describe('only where each of these members is one of these words'),
});
export type HookRule = z.infer<typeof ruleSchema>;

/**
 * How one agent program is started, gone on with, listened to and judged: plain data, so that a program that Beaver does not know can be
 * described in a file.
 */
export const adapterSchema = z.looseObject({
  schema_version: z.literal(1),
  adapter_id: harnessIdSchema,
  display_name: z.string().min(1).max(40).describe('as people are told: "Claude Code"'),
  commands: z.array(word).min(1).max(10).describe('names that the program is called by'),
  flags: z
    .looseObject({
      without_value: z.array(flag).max(300),
      one_value: z.array(flag).max(300),
      optional_value: z.array(flag).max(300),
      many_values: z.array(flag).max(300),
    })
    .describe('how many words belong to a flag; others are taken to stand alone, where that is certain'),
  one_shot: z
    .looseObject({ flags: z.array(flag).max(50), commands: z.array(word).max(100) })
    .describe('starts that hold no session: nobody looks after them'),
  session: z.looseObject({
    choose: flag.nullable().describe('takes the id of a new session; null where the program chooses it'),
    resume: z
      .array(z.string().max(80))
      .min(1)
      .max(5)
      .describe('first words of a start that goes on; {session_id} is replaced'),
    flags: z.array(flag).max(50).describe('choose a session, or are about its beginning: not passed on'),
    commands: z.array(word).max(10).describe('choose a session too'),
    unkept: z.array(flag).max(10).describe('with one of these, the conversation is not kept'),
    unsignalled: z.array(flag).max(10).describe('with one of these, the program tells nothing'),
  }),
  permission: z
    .looseObject({
      mode: flag,
      bypass_modes: z.array(word).max(10),
      bypass_flags: z.array(flag).max(10),
    })
    .nullable()
    .describe('a mode that a person changed is passed on; a bypass only where the first start had it'),
  hooks: z.discriminatedUnion('via', [
    z.looseObject({ via: z.literal('settings'), flag, events: z.array(word).min(1).max(50) }),
    z.looseObject({ via: z.literal('notify'), flag, key: word }),
    z.looseObject({ via: z.literal('none') }),
  ]),
  turn_id: z.array(word).max(5).describe('members of a payload that name its turn, the first that is there'),
  signals: z.record(z.string().max(64), z.array(ruleSchema).max(10)),
  environment: z.record(variable, z.string().max(200)).describe('keeps the program from updating itself'),
  health: z.looseObject({
    proof: z.enum(['session_started', 'health', 'alive']).describe('what shows that a start is a good one'),
    within_ms: z.int().min(100).max(600_000),
    alive_ms: z.int().min(0).max(600_000).describe('and it runs for that long after it'),
  }),
  transcript: z.looseObject({
    format: z.enum(['claude', 'codex', 'reference', 'lines', 'none']),
    flush: z.enum(['stable', 'acknowledged']).describe('how it is known to be written'),
    resumable_when_empty: z.boolean().describe('whether a session without a turn can be gone on with'),
  }),
  quiet: z.looseObject({
    output_ms: z
      .int()
      .min(0)
      .max(60_000)
      .describe('of silence on the screen; 0 for a screen that is never silent'),
  }),
});
export type HarnessAdapter = z.infer<typeof adapterSchema>;
