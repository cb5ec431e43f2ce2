import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

export type FileHandler = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  attempt: number,
) => void;

/** A real HTTP server on loopback whose answers a test writes; keeps every request. */
export class FileServer {
  readonly requests: http.IncomingMessage[] = [];
  readonly #server: http.Server;

  private constructor(handler: FileHandler) {
    this.#server = http.createServer((request, response) => {
      this.requests.push(request);
      handler(request, response, this.requests.length);
    });
  }

  static async start(handler: FileHandler): Promise<FileServer> {
    const server = new FileServer(handler);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** As a proxy: hears where a client wants a tunnel to, and refuses it. */
  onConnect(hear: (target: string) => void): void {
    this.#server.on('connect', (request, socket) => {
      hear(request.url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Serves one content with an ETag, ranges and conditions, as real servers do. */
export function serveContent(
  content: () => Buffer,
  etag: () => string | undefined = () => undefined,
): FileHandler {
  return (request, response) => {
    const bytes = content();
    const tag = etag();
    if (tag !== undefined) response.setHeader('etag', tag);
    if (tag !== undefined && request.headers['if-none-match'] === tag) {
      response.writeHead(304).end();
      return;
    }
    const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    if (start !== undefined && request.headers['if-range'] === tag) {
      response.setHeader('content-range', `bytes ${start}-${bytes.length - 1}/${bytes.length}`);
      response.writeHead(206).end(bytes.subarray(Number(start)));
      return;
    }
    response.setHeader('content-length', bytes.length);
    response.writeHead(200).end(bytes);
  };
}
