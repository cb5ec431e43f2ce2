import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the scripted model says in one turn. */
export type Turn =
  | { readonly text: string }
  | (Call & {
      /** Called instead, again and again, while the tool is not offered: its server may still be starting. */
      readonly meanwhile?: Call;
    });

interface Call {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A model API on loopback that answers with a script, for real agents without a key and without a network. Keeps every request. */
export class MessagesApi {
  readonly requests: string[] = [];
  readonly #script: readonly Turn[];
  readonly #server = createServer((request, response) => {
    void this.#answer(request, response);
  });
  #turns = 0;

  constructor(script: readonly Turn[]) {
    this.#script = script;
  }

  /** @returns the base URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.method !== 'POST' || !request.url?.startsWith('/v1/messages')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    if (request.url.includes('count_tokens')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":1}');
      return;
    }
    this.requests.push(body);
    // Side questions (a title for the session, say) offer no tools and do not move the script on.
    const main = body.includes('"name":"Skill"');
    const turn = main ? this.#next(body) : { text: 'ok' };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const [event, data] of stream(turn, this.requests.length))
      response.write(`event: ${event}\ndata: ${JSON.stringify({ type: event, ...data })}\n\n`);
    response.end();
  }

  #next(body: string): Turn {
    const turn = this.#script[this.#turns];
    if (
      turn !== undefined &&
      'tool' in turn &&
      turn.meanwhile !== undefined &&
      !body.includes(`"name":"${turn.tool}","desc`)
    )
      return turn.meanwhile;
    this.#turns += 1;
    return turn ?? { text: 'Done.' };
  }
}

function* stream(
  turn: Turn,
  number: number,
): Generator<readonly [string, Readonly<Record<string, unknown>>]> {
  const usage = {
    input_tokens: 1,
    output_tokens: 1,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  };
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'scripted',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  yield ['message_start', { message }];
  if ('text' in turn) {
    yield ['content_block_start', { index: 0, content_block: { type: 'text', text: '' } }];
    yield ['content_block_delta', { index: 0, delta: { type: 'text_delta', text: turn.text } }];
  } else {
    yield [
      'content_block_start',
      { index: 0, content_block: { type: 'tool_use', id: `toolu_${number}`, name: turn.tool, input: {} } },
    ];
    yield [
      'content_block_delta',
      { index: 0, delta: { type: 'input_json_delta', partial_json: JSON.stringify(turn.input) } },
    ];
  }
  yield ['content_block_stop', { index: 0 }];
  yield [
    'message_delta',
    { delta: { stop_reason: 'text' in turn ? 'end_turn' : 'tool_use', stop_sequence: null }, usage },
  ];
  yield ['message_stop', {}];
}
