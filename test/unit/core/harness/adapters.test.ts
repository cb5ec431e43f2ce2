import assert from 'node:assert/strict';
import * as z from 'zod';
import { adapterSchema, type HarnessAdapter } from '../../../../src/core/harness/adapters/adapter.ts';
import { CLAUDE_CODE } from '../../../../src/core/harness/adapters/claude-code.ts';
import { CODEX } from '../../../../src/core/harness/adapters/codex.ts';
import {
  isOneShot,
  resumeOf,
  type ResumeWish,
  startOf,
  type StartWish,
} from '../../../../src/core/harness/adapters/command-line.ts';
import { EVERY_CODE } from '../../../../src/core/harness/adapters/every-code.ts';
import { jobsOfHook } from '../../../../src/core/harness/adapters/hook-jobs.ts';
import { signalsOfHook } from '../../../../src/core/harness/adapters/hook-signals.ts';
import {
  findAdapter,
  KNOWN_ADAPTERS,
  knownAdapter,
} from '../../../../src/core/harness/adapters/known-adapters.ts';
import { REFERENCE } from '../../../../src/core/harness/adapters/reference.ts';
import { controlMessageSchema } from '../../../../src/core/harness/control-message.ts';
import { hookEventSchema } from '../../../../src/core/harness/hook-event.ts';
import { hookLine } from '../../../../src/core/harness/hook-line.ts';
import type { TurnSignal } from '../../../../src/core/harness/turn-signal.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const START: StartWish = {
  sessionId: 'new-id',
  hookCommand: 'beaver-launch hook',
  hookWords: ['beaver-launch', 'hook'],
  userSettings: null,
};
const RESUME: ResumeWish = { ...START, sessionId: 'old-id', hookCommand: null, permissionMode: null };

function resumed(
  adapter: HarnessAdapter,
  argv: readonly string[],
  wish: Partial<ResumeWish> = {},
): readonly string[] {
  const plan = resumeOf(adapter, argv, { ...RESUME, ...wish });
  assert.ok(plan.kind === 'arguments');
  return plan.argv;
}

/** What the supervisor makes of what a program gave its hook. */
function told(adapter: HarnessAdapter, payload: Readonly<Record<string, unknown>>): readonly TurnSignal[] {
  const line = hookLine(JSON.stringify(payload), undefined, NOW);
  assert.ok(line !== undefined);
  assert.equal(controlMessageSchema.parse(JSON.parse(line)).type, 'hook_event');
  return signalsOfHook(adapter, hookEventSchema.parse(JSON.parse(line)));
}

const short = ({ event, id, subject, turn_id }: TurnSignal): string =>
  [event, id, subject, turn_id].map((part) => part ?? '-').join(' ');

describe('An adapter', () => {
  for (const adapter of KNOWN_ADAPTERS) {
    it(`is plain data that a file could hold: ${adapter.adapter_id}`, () => {
      assert.deepEqual(adapterSchema.parse(JSON.parse(JSON.stringify(adapter))), adapter);
      const { without_value, one_value, optional_value, many_values } = adapter.flags;
      const all = [...without_value, ...one_value, ...optional_value, ...many_values];
      assert.equal(new Set(all).size, all.length, 'a flag takes values in one way');
      for (const flag of [...adapter.one_shot.flags, ...adapter.session.flags]) {
        assert.ok(all.includes(flag), `${flag} is known`);
      }
    });
  }

  it('is found by the id of the harness, else by the command; a file takes precedence', async () => {
    assert.equal(knownAdapter('claude-code', 'x'), CLAUDE_CODE);
    assert.equal(knownAdapter('acme', 'codex'), CODEX);
    assert.equal(knownAdapter('acme', 'acme'), undefined);
    const files = new MemoryFileSystem();
    assert.equal(await findAdapter(files, '/adapter.json', 'codex', 'codex'), CODEX);
    const own = { ...REFERENCE, adapter_id: 'acme', display_name: 'Acme' };
    await files.writeFile('/adapter.json', Buffer.from(JSON.stringify(own)));
    assert.deepEqual(await findAdapter(files, '/adapter.json', 'codex', 'codex'), own);
    await files.writeFile('/adapter.json', Buffer.from('{"schema_version":1}'));
    await assert.rejects(findAdapter(files, '/adapter.json', 'codex', 'codex'), {
      code: 'stored_file_unreadable',
    });
  });
});

describe('A start that nobody looks after', () => {
  const CASES: readonly (readonly [HarnessAdapter, readonly string[], boolean])[] = [
    [CLAUDE_CODE, ['--version'], true],
    [CLAUDE_CODE, ['-p', 'say hello'], true],
    [CLAUDE_CODE, ['--model', 'opus', 'mcp', 'list'], true],
    [CLAUDE_CODE, ['mcp things are broken'], false],
    [CLAUDE_CODE, ['--model', 'mcp'], false],
    [CLAUDE_CODE, [], false],
    [CLAUDE_CODE, ['--', '-p'], false],
    [CODEX, ['exec', 'x'], true],
    [CODEX, ['-p', 'work', 'resume', '--last'], false],
    [CODEX, ['-p', 'work', 'exec'], true],
    [EVERY_CODE, ['--help'], true],
  ];
  for (const [adapter, argv, expected] of CASES) {
    it(`${expected ? 'is' : 'is not'} ${adapter.adapter_id} ${argv.join(' ')}`, () => {
      assert.equal(isOneShot(adapter, argv), expected);
    });
  }
});

describe('The start of a session', () => {
  it('chooses its id and passes the hooks, and keeps what the person gave', () => {
    const start = startOf(CLAUDE_CODE, ['--model', 'opus', 'fix it'], START);
    assert.deepEqual(
      [...start.argv.slice(0, 3), ...start.argv.slice(4)],
      ['--session-id', 'new-id', '--settings', '--model', 'opus', 'fix it'],
    );
    const settings = z
      .object({
        hooks: z.record(z.string(), z.array(z.object({ hooks: z.array(z.object({ command: z.string() })) }))),
      })
      .parse(JSON.parse(start.argv[3] ?? ''));
    assert.deepEqual(
      Object.keys(settings.hooks),
      CLAUDE_CODE.hooks.via === 'settings' ? CLAUDE_CODE.hooks.events : [],
    );
    assert.equal(settings.hooks['Stop']?.[0]?.hooks[0]?.command, 'beaver-launch hook');
    assert.deepEqual([start.sessionId, start.persisted, start.signalled], ['new-id', true, true]);
  });

  it('leaves a session that the person chose to them, and takes its id where they gave it', () => {
    assert.equal(startOf(CLAUDE_CODE, ['--resume', 'some name'], START).sessionId, null);
    assert.equal(startOf(CLAUDE_CODE, ['--session-id', 'given'], START).sessionId, 'given');
    assert.equal(startOf(CLAUDE_CODE, ['-c'], START).sessionId, null);
    assert.equal(startOf(CODEX, ['resume', 'abc'], START).sessionId, null);
    assert.ok(!startOf(CLAUDE_CODE, ['-c'], START).argv.includes('--session-id'));
  });

  it('adds its hooks to settings of the person, and passes none where those cannot be read', () => {
    const theirs = '{"model":"opus","hooks":{"Stop":[{"hooks":[{"type":"command","command":"mine"}]}]}}';
    const start = startOf(CLAUDE_CODE, ['--settings', theirs, 'go'], { ...START, userSettings: theirs });
    const merged = JSON.parse(start.argv[start.argv.indexOf('--settings') + 1] ?? '') as {
      readonly model: string;
      readonly hooks: {
        readonly Stop: readonly { readonly hooks: readonly { readonly command: string }[] }[];
      };
    };
    assert.equal(merged.model, 'opus');
    assert.deepEqual(
      merged.hooks.Stop.map(({ hooks }) => hooks[0]?.command),
      ['mine', 'beaver-launch hook'],
    );
    assert.equal(start.argv.filter((one) => one === '--settings').length, 1);
    const unread = startOf(CLAUDE_CODE, ['--settings', 'file.json'], START);
    assert.deepEqual(unread.argv.slice(2), ['--settings', 'file.json']);
    assert.equal(unread.signalled, false);
  });

  it('knows when the program will not tell of its turns, or keeps nothing', () => {
    assert.equal(startOf(CLAUDE_CODE, ['--safe-mode'], START).signalled, false);
    assert.equal(startOf(CLAUDE_CODE, [], { ...START, hookCommand: null }).signalled, false);
    assert.equal(startOf(REFERENCE, ['--no-session-persistence'], START).persisted, false);
  });

  it('tells Codex whom to notify, unless the person has somebody notified already', () => {
    const start = startOf(CODEX, ['-m', 'o3'], START);
    assert.deepEqual(start.argv, ['-c', 'notify=["beaver-launch","hook"]', '-m', 'o3']);
    assert.equal(start.sessionId, null);
    assert.equal(startOf(CODEX, ['-c', 'notify=["mine"]'], START).signalled, false);
  });
});

describe('Going on with a session', () => {
  it('R04: gives every flag again that resuming does not restore, and not the first prompt', () => {
    const argv = [
      '--model',
      'opus',
      '--effort=high',
      '--add-dir',
      'a',
      'b',
      '--mcp-config',
      'm.json',
      '--plugin-dir',
      'p',
      '--verbose',
      'and the first prompt',
    ];
    // What stands after a flag of many values belongs to it, as the program reads it: a prompt after one is none.
    assert.deepEqual(resumed(CLAUDE_CODE, argv), ['--resume', 'old-id', ...argv.slice(0, -1)]);
    assert.deepEqual(resumed(CLAUDE_CODE, ['first prompt', '--model', 'opus']), [
      '--resume',
      'old-id',
      '--model',
      'opus',
    ]);
    assert.deepEqual(resumed(CODEX, ['-m', 'o3', '-C', '/x', '-i', 'a.png', '--', 'prompt']), [
      'resume',
      'old-id',
      '-m',
      'o3',
      '-C',
      '/x',
    ]);
    assert.deepEqual(resumed(CODEX, ['resume', '--last', '-s', 'read-only']), [
      'resume',
      'old-id',
      '-s',
      'read-only',
    ]);
  });

  it('R04: replaces the session that the first start chose', () => {
    for (const argv of [
      ['--continue'],
      ['-r', 'a name'],
      ['--session-id', 'x'],
      ['--resume=x', '--fork-session'],
      ['-w', 'tree', '-n', 'name'],
    ]) {
      assert.deepEqual(resumed(CLAUDE_CODE, argv), ['--resume', 'old-id'], argv.join(' '));
    }
  });

  it('R04: bypasses permissions only where the first start did', () => {
    const bypass = ['--dangerously-skip-permissions'];
    const mode = (argv: readonly string[], permissionMode: string | null): readonly string[] =>
      resumed(CLAUDE_CODE, argv, { permissionMode }).slice(2);
    assert.deepEqual(mode(bypass, 'bypassPermissions'), bypass);
    assert.deepEqual(mode(bypass, null), bypass);
    assert.deepEqual(mode([], 'bypassPermissions'), []);
    assert.deepEqual(mode(['--permission-mode', 'plan'], 'bypassPermissions'), []);
    assert.deepEqual(mode([], 'plan'), ['--permission-mode', 'plan']);
    assert.deepEqual(mode(bypass, 'acceptEdits'), ['--permission-mode', 'acceptEdits']);
    assert.deepEqual(mode(['--permission-mode=plan'], 'default'), ['--permission-mode', 'default']);
  });

  it('R04: is not tried where it cannot be told what belongs to a flag', () => {
    assert.deepEqual(resumeOf(CLAUDE_CODE, ['--brand-new', 'thing'], RESUME), {
      kind: 'unclear',
      flags: ['--brand-new'],
    });
    assert.deepEqual(resumed(CLAUDE_CODE, ['--brand-new', '--model', 'opus']), [
      '--resume',
      'old-id',
      '--brand-new',
      '--model',
      'opus',
    ]);
  });

  it('passes the hooks again', () => {
    const argv = resumed(CLAUDE_CODE, ['--model', 'opus'], { hookCommand: 'beaver-launch hook' });
    assert.deepEqual(
      [...argv.slice(0, 3), ...argv.slice(4)],
      ['--resume', 'old-id', '--settings', '--model', 'opus'],
    );
  });
});

describe('What a hook says', () => {
  const common = { session_id: 's', prompt_id: 'p', transcript_path: '/t.jsonl', cwd: '/w' };
  const CASES: readonly (readonly [Readonly<Record<string, unknown>>, readonly string[]])[] = [
    [{ hook_event_name: 'SessionStart', source: 'resume' }, ['session_started - resume p']],
    [{ hook_event_name: 'SessionEnd', reason: 'clear' }, ['session_ended - clear p']],
    [{ hook_event_name: 'UserPromptSubmit', prompt: 'x' }, ['prompt_submitted - - p']],
    [
      { hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_use_id: 't', tool_input: { command: 'x' } },
      ['tool_started t Bash p'],
    ],
    [
      { hook_event_name: 'PreToolUse', tool_name: 'AskUserQuestion', tool_use_id: 't' },
      ['tool_started t AskUserQuestion p', 'question_asked t AskUserQuestion p'],
    ],
    [{ hook_event_name: 'PostToolUse', tool_name: 'Bash', tool_use_id: 't' }, ['tool_ended t Bash p']],
    [{ hook_event_name: 'PostToolUseFailure', tool_use_id: 't' }, ['tool_ended t - p']],
    [{ hook_event_name: 'PermissionRequest', tool_name: 'Bash' }, ['permission_asked - Bash p']],
    [{ hook_event_name: 'Elicitation' }, ['callback_started - - p']],
    [{ hook_event_name: 'ElicitationResult' }, ['callback_ended - - p']],
    [
      { hook_event_name: 'SubagentStart', agent_id: 'a', agent_type: 'Explore' },
      ['subagent_started a Explore p'],
    ],
    [{ hook_event_name: 'SubagentStop', agent_id: 'a' }, ['subagent_ended a - p']],
    [{ hook_event_name: 'PreCompact', trigger: 'auto' }, ['compaction_started - - p']],
    [{ hook_event_name: 'PostCompact', trigger: 'auto' }, ['compaction_ended - - p']],
    [{ hook_event_name: 'Stop', stop_hook_active: false }, ['turn_ended - - p']],
    [{ hook_event_name: 'StopFailure', error: 'rate_limit' }, ['turn_failed - rate_limit p']],
    [{ hook_event_name: 'Notification', notification_type: 'idle_prompt' }, []],
    [{ hook_event_name: 'Whatever' }, []],
  ];
  for (const [payload, expected] of CASES) {
    it(`of Claude Code: ${JSON.stringify(payload)}`, () => {
      assert.deepEqual(told(CLAUDE_CODE, { ...common, ...payload }).map(short), expected);
    });
  }

  it('lists what runs behind and what wakes the session up at the end of a turn', () => {
    const [signal] = told(CLAUDE_CODE, {
      ...common,
      hook_event_name: 'Stop',
      stop_hook_active: true,
      background_tasks: [
        { id: 'b', type: 'shell', status: 'running', description: 'secret', command: 'secret' },
        { id: 'c', type: 'shell', status: 'completed' },
      ],
      session_crons: [{ id: 'cron', schedule: '*/5 * * * *', recurring: true, prompt: 'secret' }],
    });
    assert.deepEqual(signal?.background_tasks, [{ id: 'b', label: 'background shell', durable: false }]);
    assert.deepEqual(signal.wakeups, [{ id: 'cron', due_at: new Date(NOW + 300_000).toISOString() }]);
    assert.equal(signal.continued, true);
  });

  it('names the durable work whose process the registry of jobs is to look after', () => {
    const event = hookEventSchema.parse({
      event: 'Stop',
      at: new Date(NOW).toISOString(),
      facts: {
        session_id: 's',
        background_tasks: [
          { id: 'a', name: 'review', durable: true, pid: 5 },
          { id: 'b', name: 'watch', durable: false, pid: 6 },
          { id: 'c', name: 'none', durable: true },
          { id: '../d', name: 'odd', durable: true, pid: 7 },
        ],
      },
    });
    assert.deepEqual(jobsOfHook('acme', event), [
      {
        job_id: 'a',
        harness: 'acme',
        session_id: 's',
        kind: 'other',
        label: 'background review',
        is_durable: true,
        pid: 5,
      },
    ]);
  });

  it('of Codex: the end of a turn, by what it gives whom it notifies', () => {
    const [signal] = told(CODEX, {
      type: 'agent-turn-complete',
      'thread-id': 'th',
      'turn-id': 'tu',
      cwd: '/w',
      'input-messages': ['secret'],
      'last-assistant-message': 'secret',
    });
    assert.deepEqual([signal?.event, signal?.session_id, signal?.turn_id], ['turn_ended', 'th', 'tu']);
  });

  it('of Every Code: by the event of its own hooks', () => {
    assert.deepEqual(told(EVERY_CODE, { event: 'tool.before', call_id: 'c', command: ['x'] }).map(short), [
      'tool_started c - -',
    ]);
  });

  it('holds nothing of what was said, given to a tool or answered', () => {
    const line = hookLine(
      JSON.stringify({
        ...common,
        hook_event_name: 'PostToolUse',
        prompt: 'secret',
        tool_input: { file_path: 'secret' },
        tool_response: 'secret',
        last_assistant_message: 'secret',
        background_tasks: [{ id: 'b', command: 'secret', description: 'secret' }],
      }),
      undefined,
      NOW,
    );
    assert.ok(line !== undefined && !line.includes('secret') && !line.includes('\n'));
  });

  it('is nothing where the payload is none', () => {
    for (const text of ['', 'x', '[]', '{}', 'null', '{"hook_event_name":7}']) {
      assert.equal(hookLine(text, undefined, NOW), undefined, text);
    }
    assert.ok(hookLine('{}', 'Stop', NOW) !== undefined);
  });
});
