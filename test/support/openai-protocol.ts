import * as z from 'zod';
import { ANSWERED_BY, type ModelProtocol, USED } from './model-protocol.ts';

const requestBody = z.looseObject({
  model: z.string(),
  stream: z.literal(true),
  max_tokens: z.number().optional(),
  messages: z.tuple([
    z.looseObject({ role: z.literal('system'), content: z.string() }),
    z.looseObject({ role: z.literal('user'), content: z.string() }),
  ]),
});

/** OpenAI's streaming chat protocol, as servers of many makers speak it. */
export const openAiProtocol: ModelProtocol = {
  name: 'OpenAI',
  prefix: 'openai:',
  path: '/v1/chat/completions',
  read(headers, body) {
    const { model, max_tokens: maxTokens, messages } = requestBody.parse(body);
    const [system, user] = messages;
    const key = headers.authorization?.replace(/^Bearer /, '');
    return { key, model, maxTokens, system: system.content, prompt: user.content };
  },
  begin: () => chunk({ role: 'assistant', content: '' }),
  piece: (text) => chunk({ content: text }),
  end: (finish) =>
    chunk({}, { stop: 'stop', length: 'length', refused: 'content_filter' }[finish]) +
    event({
      choices: [],
      usage: {
        prompt_tokens: USED.input,
        completion_tokens: USED.output,
        total_tokens: USED.input + USED.output,
      },
    }) +
    'data: [DONE]\n\n',
  fault: (message) => `data: ${JSON.stringify({ error: { message, type: 'server_error', code: null } })}\n\n`,
  refusal: (message) => ({ error: { message } }),
};

function chunk(delta: Readonly<Record<string, string>>, finish: string | null = null): string {
  return event({ choices: [{ index: 0, delta, finish_reason: finish }] });
}

function event(content: object): string {
  const head = { id: 'x', object: 'chat.completion.chunk', created: 1, model: ANSWERED_BY };
  return `data: ${JSON.stringify({ ...head, ...content })}\n\n`;
}
