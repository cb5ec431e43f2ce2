import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ReplayRequest } from '../../../src/core/learning/replay/run-replay.ts';
import { answerSchemas } from '../../../src/cli/answer-schemas.ts';
import { runFake } from '../../support/cli-run.ts';
import { aDraft, aReplay } from '../../support/fake-workspace.ts';
import { aGate } from '../../support/gate-reports.ts';
import type { ReceivedRequest } from '../../support/model-protocol.ts';
import { ModelServer, type Reply } from '../../support/model-server.ts';
import { openAiProtocol } from '../../support/openai-protocol.ts';
import { skillText, TempWorkspace } from '../../support/temp-workspace.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const KEY = 'key-4711-of-nobody';
const BASE = { Intro: 'Start here.', End: 'Stop.' };
const EVALS = JSON.stringify({
  skill_name: 'one',
  evals: [{ id: 1, prompt: 'Do it.', expectations: ['The output contains "done"', 'It is polite'] }],
});

/** Does the task unless the release's own words spoil it; grades as content. */
const model =
  (spoils: boolean) =>
  ({ system, prompt }: ReceivedRequest): Reply => {
    if (system.startsWith('You check a result'))
      return { kind: 'answer', text: '{"expectations":[{"index":1,"passed":true,"evidence":"Thank you."}]}' };
    return {
      kind: 'answer',
      text: spoils && prompt.includes('clean up') ? 'I cannot.' : 'It is done. Thank you.',
    };
  };

describe('updates replay, against a server on this machine', () => {
  let temp: TempWorkspace;
  let server: ModelServer | undefined;
  let draft = '';

  beforeEach(async () => {
    temp = await TempWorkspace.create();
    const beaver = temp.open();
    const skill = (sections: Record<string, string>) => ({
      one: { 'SKILL.md': skillText('one', sections), 'evals/evals.json': EVALS },
    });
    await temp.plugin('kit', '1.0.0', skill(BASE));
    await beaver.plugins.enable(['kit']);
    await temp.plugin('kit', '2.0.0', skill({ ...BASE, End: 'Stop and clean up.' }));
    await beaver.plugins.sync();
    const [open] = (await beaver.updates.list()).updates;
    draft = (await beaver.updates.draft(open?.candidate_id ?? '')).draft.draft_id;
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await temp.dispose();
  });

  const served = async (reply: Reply | ((request: ReceivedRequest) => Reply)) => {
    server = await ModelServer.start(openAiProtocol, reply);
    return { ...server.environment, BEAVER_MODEL_KEY: KEY };
  };
  const start = (args: readonly string[], environment: Readonly<Record<string, string>>) =>
    spawn(process.execPath, [MAIN, '-C', temp.root, '--json', 'updates', 'replay', draft, ...args], {
      env: { PATH: process.env['PATH'] ?? '', HOME: temp.root, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const ended = async (child: ReturnType<typeof start>) => {
    const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
    assert(!(out + err).includes(KEY) && !(out + err).includes(temp.root), out + err);
    return { ...answerSchemas['updates replay'][0].parse(JSON.parse(out)), err, exit: code };
  };

  it('does the tasks with both versions, says how far it is, and comes to a verdict', async () => {
    const environment = await served(model(false));
    const { replay, draft: after, exit, err } = await ended(start([], environment));
    assert.deepEqual([exit, replay.verdict, after.status], [0, 'no_worse', 'ready']);
    assert.deepEqual([replay.model, replay.spent.tokens], ['local-1', 12 * 1540]);
    assert.match(err, /^Run 6 of 6: Eval 1, (?:baseline|candidate) \(18480 tokens so far\)$/m);
    assert.equal(server?.requests.length, 12);
  });

  it('exits with 1 when the draft does worse, and nothing publishes it', async () => {
    const { replay, draft: after, exit } = await ended(start([], await served(model(true))));
    assert.deepEqual([exit, replay.verdict, after.status], [1, 'worse', 'blocked']);
    const publish = temp.open().updates.approve(draft);
    await assert.rejects(publish, { code: 'draft_not_ready' });
  });

  it('ends with what has finished when it is interrupted while the model is silent', async () => {
    let asked = 0;
    const environment = await served((request) => (++asked > 3 ? { kind: 'hang' } : model(false)(request)));
    const child = start([], environment);
    const done = ended(child);
    child.stderr.once('data', () => {
      // The first run is kept; the model hangs in the second.
      child.kill('SIGINT');
    });
    const { replay, exit } = await done;
    assert.deepEqual([exit, replay.status, replay.reason], [0, 'incomplete', 'cancelled']);
    assert(replay.runs.finished >= 1 && replay.runs.finished < 6);
  });

  it('was not run when no model is set up', async () => {
    const { replay, exit } = await ended(start([], {}));
    assert.deepEqual([exit, replay.status, replay.reason], [0, 'not_run', 'no_model']);
  });
});

describe('the words of updates replay', () => {
  const requested = async (words: string) => {
    const done = await runFake([
      'updates',
      'replay',
      'draft-1',
      ...words.split(' ').filter((word) => word !== ''),
    ]);
    const [, request] = done.calls[0]?.args ?? [];
    return { exit: done.exit, request: request as ReplayRequest | undefined };
  };

  it('are the runs and the budget', async () => {
    const { request } = await requested(
      '--runs 5 --max-tokens 1000 --max-minutes 1.5 --max-cost 2 --price 3/15',
    );
    assert.equal(request?.runs, 5);
    assert.deepEqual(request.budget, {
      maxTokens: 1000,
      maxSeconds: 90,
      maxCost: 2,
      price: { input: 3, output: 15 },
    });
  });

  it('leave the budget that there always is', async () => {
    const { request } = await requested('');
    assert.deepEqual([request?.runs, request?.budget], [undefined, { maxTokens: 500_000, maxSeconds: 3600 }]);
  });

  it('are refused where they mean nothing', async () => {
    for (const words of [
      '--runs many',
      '--max-tokens -1',
      '--max-cost 2',
      '--price 3',
      '--price 3/15/2',
      '--max-cost 2 --price a/b',
    ])
      assert.equal((await requested(words)).exit, 2, words);
  });

  it('show both arms, the difference with its interval, and the gate', async () => {
    const replay = aReplay({ verdict: 'worse' });
    const gate = aGate('replay', 'failed', { reason: 'Tasks succeed less often.' });
    const { out, exit } = await runFake(['updates', 'replay', 'draft-1'], {
      draft: aDraft({ replay, gates: [gate], status: 'blocked' }),
    });
    assert.equal(exit, 1);
    assert.match(out, /current v0001 +6 +83 % ± 25 % +4\.1 s +2100/);
    assert.match(
      out,
      /Difference of the pass rates: 0 points, 95 % bootstrap interval -8 points to \+8 points/,
    );
    assert.match(out, /Gate replay: failed, Tasks succeed less often\./);
  });

  it('say why there is no verdict', async () => {
    const replay = aReplay({
      status: 'incomplete',
      verdict: null,
      reason: 'model_failed',
      error_code: 'model_busy',
      difference: null,
      arms: null,
    });
    const { out, exit } = await runFake(['updates', 'replay', 'draft-1'], { draft: aDraft({ replay }) });
    assert.equal(exit, 0);
    assert.match(out, /incomplete \(model_failed, model_busy\)/);
  });
});
