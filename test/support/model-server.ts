import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropicProtocol } from './anthropic-protocol.ts';
import type { Finish, ModelProtocol, ReceivedRequest } from './model-protocol.ts';
import { openAiProtocol } from './openai-protocol.ts';

/** What the server does with one request. */
export type Reply =
  | { readonly kind: 'answer'; readonly text: string; /** Default `stop`. */ readonly finish?: Finish }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Sends a first piece and then nothing until the client leaves. */
  | { readonly kind: 'hang' }
  /** Ends the connection in the middle of the stream. */
  | { readonly kind: 'cut'; readonly text: string }
  /** Ends the stream in good order, without having said that the answer is complete. */
  | { readonly kind: 'unfinished'; readonly text: string }
  /** Says in the middle of the stream that it cannot go on. */
  | { readonly kind: 'fault'; readonly text: string }
  /** An event of the stream is not JSON. */
  | { readonly kind: 'garbled'; readonly text: string }
  /** Bytes that are not the protocol. */
  | { readonly kind: 'noise' };

export const MODEL_PROTOCOLS: readonly ModelProtocol[] = [openAiProtocol, anthropicProtocol];

type Script = (request: ReceivedRequest) => Reply;

/** A real HTTP server on loopback that answers as the service of a model does, in a stream. */
export class ModelServer {
  readonly requests: ReceivedRequest[] = [];
  /** Resolves when a client has left a hanging answer. */
  readonly left: Promise<void>;
  readonly #protocol: ModelProtocol;
  readonly #server: Server;
  readonly #replies: Script[];
  readonly #gone = Promise.withResolvers<undefined>();

  private constructor(protocol: ModelProtocol, replies: readonly (Reply | Script)[]) {
    this.#protocol = protocol;
    this.#replies = replies.map((reply) => (typeof reply === 'function' ? reply : () => reply));
    this.left = this.#gone.promise;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Answers in this order; the last reply is given again and again. */
  static async start(protocol: ModelProtocol, ...replies: readonly (Reply | Script)[]): Promise<ModelServer> {
    const server = new ModelServer(protocol, replies);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** The environment in which Beaver asks this server. */
  get environment(): { readonly BEAVER_MODEL: string; readonly BEAVER_MODEL_BASE_URL: string } {
    return { BEAVER_MODEL: `${this.#protocol.prefix}local-1`, BEAVER_MODEL_BASE_URL: this.url };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of request) body += String(piece);
    const protocol = this.#protocol;
    const received = { path: request.url ?? '', ...protocol.read(request.headers, JSON.parse(body)) };
    this.requests.push(received);
    const next = this.#replies.length > 1 ? this.#replies.shift() : this.#replies[0];
    const reply = next?.(received) ?? { kind: 'status', status: 500 };
    const begin = (text: string): void => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(protocol.begin());
      for (const piece of text.match(/[^]{1,40}/gu) ?? []) response.write(protocol.piece(piece));
    };
    switch (reply.kind) {
      case 'answer':
        begin(reply.text);
        response.end(protocol.end(reply.finish ?? 'stop'));
        return;
      case 'status':
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
        response.end(JSON.stringify(protocol.refusal(`no: ${received.key ?? ''}`)));
        return;
      case 'hang':
        begin('{');
        response.on('close', () => {
          this.#gone.resolve(undefined);
        });
        return;
      case 'cut':
        begin('');
        response.write(protocol.piece(reply.text), () => {
          response.destroy();
        });
        return;
      case 'unfinished':
        begin(reply.text);
        response.end();
        return;
      case 'fault':
        begin(reply.text);
        response.end(protocol.fault(`no: ${received.key ?? ''}`));
        return;
      case 'garbled':
        begin(reply.text);
        response.end('data: {"not": \n\n');
        return;
      case 'noise':
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<html>Sign in to the network</html>');
    }
  }
}
