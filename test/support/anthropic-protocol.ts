import * as z from 'zod';
import { ANSWERED_BY, type ModelProtocol, USED } from './model-protocol.ts';

const content = z.array(z.looseObject({ type: z.literal('text'), text: z.string() }));
const requestBody = z.looseObject({
  model: z.string(),
  stream: z.literal(true),
  max_tokens: z.number(),
  system: content,
  messages: z.tuple([z.looseObject({ role: z.literal('user'), content })]),
});

/** Anthropic's Messages API, streamed. */
export const anthropicProtocol: ModelProtocol = {
  name: 'Anthropic',
  prefix: 'anthropic:',
  path: '/v1/messages',
  read(headers, body) {
    const { model, max_tokens: maxTokens, system, messages } = requestBody.parse(body);
    // Without the version of the protocol the service refuses every request.
    z.object({ 'anthropic-version': z.string().regex(/^\d{4}-\d{2}-\d{2}$/) }).parse(headers);
    const key = z.string().optional().parse(headers['x-api-key']);
    const text = (parts: z.infer<typeof content>): string => parts.map((part) => part.text).join('');
    const [user] = messages;
    return {
      key: key === '' ? undefined : key,
      model,
      maxTokens,
      system: text(system),
      prompt: text(user.content),
    };
  },
  begin: () =>
    event('message_start', {
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: ANSWERED_BY,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: USED.input, output_tokens: 1 },
      },
    }) +
    event('ping', {}) +
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  piece: (text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  end: (finish) =>
    event('content_block_stop', { index: 0 }) +
    event('message_delta', {
      delta: {
        stop_reason: { stop: 'end_turn', length: 'max_tokens', refused: 'refusal' }[finish],
        stop_sequence: null,
      },
      usage: { output_tokens: USED.output },
    }) +
    event('message_stop', {}),
  fault: (message) => event('error', { error: { type: 'overloaded_error', message } }),
  refusal: (message) => ({ type: 'error', error: { type: 'api_error', message } }),
};

function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
