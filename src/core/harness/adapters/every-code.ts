import type { HarnessAdapter } from './adapter.ts';
import { CODEX } from './codex.ts';

/** Every Code, which came from Codex: the same command line, and a `notify` that names the turn but not the session. */
export const EVERY_CODE: HarnessAdapter = {
  ...CODEX,
  adapter_id: 'every-code',
  display_name: 'Every Code',
  commands: ['code', 'coder', 'every-code'],
  signals: {
    'agent-turn-complete': [{ signal: 'turn_ended' }],
    'session.start': [{ signal: 'session_started' }],
    'session.end': [{ signal: 'session_ended' }],
    'user.prompt_submit': [{ signal: 'prompt_submitted' }],
    'tool.before': [{ signal: 'tool_started', id: 'call_id', subject: 'tool_name' }],
    'tool.after': [{ signal: 'tool_ended', id: 'call_id', subject: 'tool_name' }],
    stop: [{ signal: 'turn_ended' }],
  },
};
