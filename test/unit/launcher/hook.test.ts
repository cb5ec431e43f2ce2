import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { controlMessageSchema } from '../../../src/core/harness/control-message.ts';

const HOOK = fileURLToPath(new URL('../../../src/launcher/hook.ts', import.meta.url));

interface Run {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the hook; `input` null leaves its standard input open. */
function run(
  input: string | null,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [HOOK, 'hook', ...args], { env, stdio: 'pipe' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, output });
    });
    child.stdin.on('error', () => undefined);
    if (input !== null) child.stdin.end(input);
  });
}

describe('The hook', function () {
  this.timeout(30_000);
  let folder: string;
  let server: Server;
  let address: string;
  let heard: Promise<string>;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'beaver-hook-'));
    address =
      process.platform === 'win32' ? `\\\\.\\pipe\\${path.basename(folder)}` : path.join(folder, 'socket');
    heard = new Promise((resolve) => {
      server = createServer((socket) => {
        let text = '';
        socket.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        socket.on('end', () => {
          socket.end();
          resolve(text);
        });
        socket.on('error', () => {
          resolve(text);
        });
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(address, resolve);
    });
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const STOP = JSON.stringify({ hook_event_name: 'Stop', session_id: 's', last_assistant_message: 'secret' });
  const quiet: Run = { code: 0, output: '' };

  it('sends one line of the contract, and nothing of what was said', async () => {
    assert.deepEqual(await run(STOP, { BEAVER_HARNESS_SOCKET: address }), quiet);
    const text = await heard;
    assert.equal(text.split('\n').length, 2);
    const message = controlMessageSchema.parse(JSON.parse(text));
    assert.ok(message.type === 'hook_event');
    assert.deepEqual([message.event, message.facts], ['Stop', { session_id: 's' }]);
  });

  it('takes what it is told by its last argument, or by its environment', async () => {
    const notify = '{"type":"agent-turn-complete","thread-id":"t"}';
    assert.deepEqual(await run(null, { BEAVER_HARNESS_SOCKET: address }, [notify]), quiet);
    assert.match(await heard, /"event":"agent-turn-complete"/);
  });

  it('takes what it is told by its environment', async () => {
    const env = { BEAVER_HARNESS_SOCKET: address, CODE_HOOK_PAYLOAD: '{}', CODE_HOOK_EVENT: 'stop' };
    assert.deepEqual(await run(null, env), quiet);
    assert.match(await heard, /"event":"stop"/);
  });

  const USELESS: readonly (readonly [string, string | null, boolean])[] = [
    ['nobody listens', STOP, false],
    ['what it is told is no payload', 'x'.repeat(1000), true],
    ['it is told nothing', '', true],
    ['it is told nothing for ever', null, true],
  ];
  for (const [name, input, listening] of USELESS) {
    it(`ends well and says nothing where ${name}`, async () => {
      const env = { BEAVER_HARNESS_SOCKET: listening ? address : path.join(folder, 'gone') };
      assert.deepEqual(await run(input, env), quiet);
    });
  }

  it('ends well and says nothing outside of a session that is looked after', async () => {
    assert.deepEqual(await run(STOP, {}), quiet);
  });
});
