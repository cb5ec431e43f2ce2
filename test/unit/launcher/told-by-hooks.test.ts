import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { resumeOf, startOf } from '../../../src/core/harness/adapters/command-line.ts';
import { signalsOfHook } from '../../../src/core/harness/adapters/hook-signals.ts';
import { REFERENCE } from '../../../src/core/harness/adapters/reference.ts';
import type { BlockerKind } from '../../../src/core/harness/blocker.ts';
import { controlMessageSchema } from '../../../src/core/harness/control-message.ts';
import { QUIET_POLICY, restartQuiescence } from '../../../src/core/harness/quiescence.ts';
import { reduceTurn } from '../../../src/core/harness/turn-reducer.ts';
import { turnSignal } from '../../../src/core/harness/turn-signal.ts';
import { newTurnState, type TurnState } from '../../../src/core/harness/turn-state.ts';
import { buildReferenceHarness } from '../../support/reference-harness/build.ts';
import { HarnessDriver } from '../../support/reference-harness/harness-driver.ts';
import { FACTS } from '../../support/turn-history.ts';

const HOOK = fileURLToPath(new URL('../../../src/launcher/hook.ts', import.meta.url));
/** Beyond every window of the policy that a hook can open. */
const LATER = QUIET_POLICY.settle + QUIET_POLICY.continuation;

/** A real program, its real hooks as real processes, and what is made of them: everything but a terminal. */
describe('What a program tells through its hooks', function () {
  this.timeout(120_000);
  let driver: HarnessDriver;
  let server: Server;
  let socket: string;
  let state: TurnState;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    driver = await HarnessDriver.start();
    socket =
      process.platform === 'win32'
        ? `${path.join('\\\\.\\pipe', path.basename(driver.folder))}-s`
        : path.join(driver.folder, 's');
    state = newTurnState({ ...FACTS, sessionId: null }, Date.now());
    server = createServer((peer) => {
      peer.on('error', () => undefined);
      createInterface({ input: peer }).on('line', (line) => {
        const message = controlMessageSchema.parse(JSON.parse(line));
        if (message.type !== 'hook_event') return;
        for (const signal of signalsOfHook(REFERENCE, message)) state = reduceTurn(state, signal);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(socket, resolve);
    });
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    server.close();
    driver.dispose();
  });

  const wish = {
    sessionId: 'chosen',
    hookCommand: `"${process.execPath}" "${HOOK}" hook`,
    hookWords: [],
    userSettings: null,
  };

  async function started(version: string, argv: readonly string[]): Promise<ChildProcess> {
    const file = path.join(driver.folder, version, 'reference');
    await buildReferenceHarness(file, version);
    const child = spawn(file, argv, {
      stdio: ['pipe', 'ignore', 'inherit'],
      env: { ...process.env, ...driver.environment, BEAVER_HARNESS_SOCKET: socket },
    });
    children.push(child);
    return child;
  }

  /** What blocks a good while later, with the transcript written and the registry of jobs read. */
  function blocking(): readonly BlockerKind[] {
    const now = Date.now() + LATER;
    const at = new Date(now).toISOString();
    const jobs = turnSignal({ source: 'job_registry', event: 'jobs_seen', at, background_tasks: [] });
    const flushed = turnSignal({ source: 'transcript', event: 'transcript_flushed', at });
    const asked = restartQuiescence([jobs, flushed].reduce(reduceTurn, state), now);
    return asked.status === 'ready' ? [] : asked.blockers.map(({ kind }) => kind);
  }

  /** A hook is awaited by the program, and what it sent may still be on its way here. */
  async function until(expected: readonly BlockerKind[]): Promise<void> {
    while (JSON.stringify(blocking()) !== JSON.stringify(expected)) await new Promise(setImmediate);
  }

  it('says when it is quiet and when not, and goes on with the same session in another version (R01)', async () => {
    const first = startOf(REFERENCE, ['--model', 'large', '--add-dir', 'a'], wish);
    assert.equal(first.sessionId, 'chosen');
    const child = await started('1.0.0', first.argv);
    const run = await driver.run();
    await run.hears('ready');
    await until([]);
    assert.equal(state.sessionId, 'chosen');
    child.stdin?.write('hello\r');
    await run.hears('prompt');
    await until(['model_streaming']);
    await run.does({ do: 'tool', id: 't1', name: 'Bash' });
    await until(['model_streaming', 'tool_running']);
    await run.does({ do: 'permission', id: 't1', name: 'Bash' });
    await until(['model_streaming', 'tool_running', 'permission_prompt']);
    child.stdin?.write('y');
    await run.hears('answered');
    await run.does({ do: 'tool_done', id: 't1' });
    await until(['model_streaming']);
    await run.does({ do: 'subagent', id: 'a1', name: 'reviewer' });
    await until(['model_streaming', 'subagent_running']);
    await run.does({ do: 'subagent_done', id: 'a1' });
    await run.does({ do: 'job', id: 'review', name: 'review', durable: false });
    await run.does({ do: 'end' });
    await until(['background_task']);
    await run.does({ do: 'job_done', id: 'review' });
    const gone = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    await gone;
    await until(['background_task', 'shutdown_in_progress']);

    state = newTurnState({ ...FACTS, sessionId: 'chosen' }, Date.now());
    const plan = resumeOf(REFERENCE, ['--model', 'large', '--add-dir', 'a'], {
      ...wish,
      permissionMode: 'plan',
    });
    assert.ok(plan.kind === 'arguments');
    await started('1.1.0', plan.argv);
    const hello = await (await driver.run(2)).hears('hello');
    assert.deepEqual(
      [hello['version'], hello['session_id'], hello['model'], hello['permission_mode']],
      ['1.1.0', 'chosen', 'large', 'plan'],
    );
    await until([]);
  });
});
