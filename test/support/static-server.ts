import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server on loopback over a folder, as any that serves files: ranges included. What `handlers` names is answered by them instead. */
export class StaticServer {
  readonly handlers = new Map<string, Handler>();
  /** `METHOD path` of every request, with its range. */
  readonly requests: string[] = [];
  readonly #folder: string;
  readonly #server: Server;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#server = createServer((request, response) => {
      this.#answer(request, response);
    });
  }

  static async start(folder: string): Promise<StaticServer> {
    const server = new StaticServer(folder);
    await new Promise<void>((resolve) => {
      server.#server.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  /** Ends with a slash. */
  get url(): string {
    const address: AddressInfo | string | null = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const name = new URL(request.url ?? '/', this.url).pathname.slice(1);
    this.requests.push([request.method, name, request.headers.range].filter(Boolean).join(' '));
    const handler = this.handlers.get(name);
    if (handler !== undefined) {
      handler(request, response);
      return;
    }
    const file = path.join(this.#folder, name);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) {
      response.writeHead(404).end('nothing here');
      return;
    }
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? '0');
    if (start >= stat.size && start > 0) {
      response.writeHead(416).end();
      return;
    }
    const range = start === 0 ? {} : { 'content-range': `bytes ${start}-${stat.size - 1}/${stat.size}` };
    response.writeHead(start === 0 ? 200 : 206, { ...range, 'content-length': stat.size - start });
    createReadStream(file, { start }).pipe(response);
  }
}
