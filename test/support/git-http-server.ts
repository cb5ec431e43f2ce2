import { spawn } from 'node:child_process';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';

/** Real git over HTTP on loopback: `git http-backend` behind Node's server. Counts what it is asked for. */
export class GitHttpServer {
  readonly requests: string[] = [];
  readonly #server: http.Server;
  /** While true, requests are answered by nobody. */
  #silent = false;
  #broken = false;

  private constructor(root: string) {
    this.#server = http.createServer((request, response) => {
      this.requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
      if (this.#broken) response.writeHead(500).end();
      else if (!this.#silent) serve(root, request, response);
    });
  }

  /** @param root Folder of bare or ordinary repositories. */
  static async start(root: string): Promise<GitHttpServer> {
    const server = new GitHttpServer(root);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  url(repository: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${repository}`;
  }

  /** From now on every request is answered with 500. */
  breakDown(): void {
    this.#broken = true;
  }

  goSilent(): void {
    this.#silent = true;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function serve(root: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const header = (name: string): string => String(request.headers[name] ?? '');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_GLOBAL: os.devNull,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
    },
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => undefined);
  let head = Buffer.alloc(0);
  let started = false;
  backend.stdout.on('data', (piece: Buffer) => {
    if (started) {
      response.write(piece);
      return;
    }
    head = Buffer.concat([head, piece]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    started = true;
    let status = 200;
    for (const line of head.toString('latin1', 0, end).split('\r\n')) {
      const [name = '', ...value] = line.split(': ');
      if (name === 'Status') status = Number(value[0]?.slice(0, 3));
      else response.setHeader(name, value.join(': '));
    }
    response.writeHead(status);
    response.write(head.subarray(end + 4));
  });
  backend.stdout.on('end', () => response.end());
}
