import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { answerSchemas } from '../../src/cli/answer-schemas.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** The text as JSON. */
  readonly json: unknown;
}

export interface HttpRequest {
  readonly method?: string;
  readonly body?: string;
  /** On top of, or (undefined) without, Host and the right Authorization. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** `beaver serve` in a process of its own, spoken to over real HTTP. */
export class ServedWorkspace {
  readonly url: string;
  readonly tokenFile: string;
  readonly token: string;
  readonly child: ChildProcess;
  /** Everything on standard output, and the exit code, once it has ended. */
  readonly ended: Promise<{ readonly exit: number | null; readonly out: string; readonly err: string }>;

  private constructor(
    serving: { readonly url: string; readonly token_file: string },
    token: string,
    child: ChildProcess,
    ended: ServedWorkspace['ended'],
  ) {
    this.url = serving.url;
    this.tokenFile = serving.token_file;
    this.token = token;
    this.child = child;
    this.ended = ended;
  }

  /** Resolves when it listens. `args` come after `serve`. */
  static async start(
    root: string,
    env: Readonly<Record<string, string>>,
    args: readonly string[] = [],
  ): Promise<ServedWorkspace> {
    const words = ['--no-warnings', MAIN, '-C', root, '--json', '--wait', '0', 'serve', ...args];
    const child = spawn(process.execPath, words, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    let said = '';
    const announced = new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        said += String(chunk);
        if (said.endsWith('}\n')) resolve(said);
      });
      child.stdout.once('end', () => {
        reject(new Error(`It ended before it listened: ${said}`));
      });
    });
    const err = text(child.stderr);
    const ended = Promise.all([exit, err]).then(([code, words]) => ({ exit: code, out: said, err: words }));
    const [schema] = answerSchemas.serve;
    const { data, error } = schema.safeParse(JSON.parse(await announced));
    if (data === undefined) throw new Error(`It did not listen: ${said}`, { cause: error });
    const { serving } = data;
    return new ServedWorkspace(serving, (await readFile(serving.token_file, 'utf8')).trim(), child, ended);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Sends a request exactly as told: `fetch` would not let a test set Host and Origin. */
  async send(path: string, { method = 'GET', body, headers = {} }: HttpRequest = {}): Promise<HttpAnswer> {
    const all: Record<string, string | undefined> = {
      host: `127.0.0.1:${this.port}`,
      authorization: `Bearer ${this.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const sent = Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        { host: '127.0.0.1', port: this.port, path, method, headers: sent, setHost: false, agent: false },
        (response) => {
          void text(response).then((said) => {
            const json: unknown = said === '' ? undefined : JSON.parse(said);
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text: said, json });
          }, reject);
        },
      );
      request.once('error', reject);
      request.end(body);
    });
  }

  post(path: string, body?: object): Promise<HttpAnswer> {
    return this.send(path, { method: 'POST', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    const { exit } = await this.ended;
    if (process.platform !== 'win32') assert.equal(exit, 0);
  }
}
