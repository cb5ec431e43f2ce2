import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: {
    readonly model: string;
    readonly stream?: boolean;
    readonly max_tokens?: number;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
  };
}

/** What the server does with one request. */
export type Reply =
  | {
      readonly kind: 'answer';
      readonly text: string;
      /** As the protocol names it; default `stop`. */
      readonly finish?: 'stop' | 'length' | 'content_filter';
    }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Sends a first piece and then nothing until the client leaves. */
  | { readonly kind: 'hang' }
  /** Ends the connection in the middle of the stream. */
  | { readonly kind: 'cut'; readonly text: string }
  /** Bytes that are not the protocol. */
  | { readonly kind: 'noise' };

/** A real HTTP server on loopback that speaks OpenAI's streaming chat protocol. */
export class OpenAiServer {
  readonly requests: ReceivedRequest[] = [];
  /** Resolves when a client has left a hanging answer. */
  readonly left: Promise<void>;
  readonly #server: Server;
  readonly #replies: ((request: ReceivedRequest) => Reply)[];
  readonly #gone = Promise.withResolvers<undefined>();

  private constructor(replies: readonly (Reply | ((request: ReceivedRequest) => Reply))[]) {
    this.#replies = replies.map((reply) => (typeof reply === 'function' ? reply : () => reply));
    this.left = this.#gone.promise;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Answers in this order; the last reply is given again and again. */
  static async start(
    ...replies: readonly (Reply | ((request: ReceivedRequest) => Reply))[]
  ): Promise<OpenAiServer> {
    const server = new OpenAiServer(replies);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of request) body += String(piece);
    const received: ReceivedRequest = {
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: JSON.parse(body) as ReceivedRequest['body'],
    };
    this.requests.push(received);
    const next = this.#replies.length > 1 ? this.#replies.shift() : this.#replies[0];
    const reply = next?.(received) ?? { kind: 'status', status: 500 };
    switch (reply.kind) {
      case 'answer':
        begin(response);
        for (const piece of reply.text.match(/[^]{1,40}/gu) ?? []) response.write(chunk({ content: piece }));
        response.write(chunk({}, reply.finish ?? 'stop'));
        response.write(USAGE);
        response.end('data: [DONE]\n\n');
        return;
      case 'status':
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
        response.end(JSON.stringify({ error: { message: `no: ${received.authorization ?? ''}` } }));
        return;
      case 'hang':
        begin(response);
        response.write(chunk({ content: '{' }));
        response.on('close', () => {
          this.#gone.resolve(undefined);
        });
        return;
      case 'cut':
        begin(response);
        response.write(chunk({ content: reply.text }), () => {
          response.destroy();
        });
        return;
      case 'noise':
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<html>Sign in to the network</html>');
    }
  }
}

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk({ role: 'assistant', content: '' }));
}

function chunk(delta: Readonly<Record<string, string>>, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return event({ choices });
}

function event(content: object): string {
  return `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'local-1-q8', ...content })}\n\n`;
}

const USAGE = event({
  choices: [],
  usage: { prompt_tokens: 1200, completion_tokens: 340, total_tokens: 1540 },
});
