import type { HarnessAdapter } from './adapter.ts';
import { CLAUDE_CODE } from './claude-code.ts';

/** The program of the contract itself: everything that an adapter can say, said by one that knows what it says. */
export const REFERENCE: HarnessAdapter = {
  schema_version: 1,
  adapter_id: 'reference',
  display_name: 'Reference',
  commands: ['reference'],
  flags: {
    without_value: [
      '--version',
      '-v',
      '--help',
      '-h',
      '--print',
      '-p',
      '--dangerously-skip-permissions',
      '--no-session-persistence',
    ],
    one_value: [
      '--resume',
      '-r',
      '--session-id',
      '--settings',
      '--model',
      '--effort',
      '--permission-mode',
      '--add-dir',
    ],
    optional_value: [],
    many_values: [],
  },
  one_shot: { flags: ['--version', '-v', '--help', '-h', '--print', '-p'], commands: [] },
  session: {
    choose: '--session-id',
    resume: ['--resume', '{session_id}'],
    flags: ['--session-id', '--resume', '-r'],
    commands: [],
    unkept: ['--no-session-persistence'],
    unsignalled: [],
  },
  permission: CLAUDE_CODE.permission,
  hooks: CLAUDE_CODE.hooks,
  turn_id: CLAUDE_CODE.turn_id,
  signals: CLAUDE_CODE.signals,
  environment: { REFERENCE_AUTOUPDATE: 'off' },
  health: { proof: 'health', within_ms: 20_000, alive_ms: 500 },
  transcript: { format: 'reference', flush: 'acknowledged', resumable_when_empty: true },
  quiet: { output_ms: 500 },
};
