import assert from 'node:assert/strict';
import { BeaverError, isBeaverError } from '../../../../src/base/errors.ts';
import type { ModelRequest } from '../../../../src/core/ports.ts';
import { EnvironmentModels } from '../../../../src/node/models/environment-models.ts';
import { OpenAiServer, type Reply } from '../../../support/openai-server.ts';

const KEY = 'key-4711-of-nobody';
const ASKED: ModelRequest = { system: 'Be short.', prompt: 'How many?', maxOutputTokens: 50 };

describe('A model named by the environment', () => {
  let server: OpenAiServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const models = async (replies: readonly Reply[], extra: Readonly<Record<string, string>> = {}) => {
    server = await OpenAiServer.start(...replies);
    const environment = { BEAVER_MODEL: 'local-1', BEAVER_MODEL_BASE_URL: server.url, ...extra };
    return { models: new EnvironmentModels(environment), server };
  };
  const refused = (code: string) => (error: unknown) => {
    assert(error instanceof BeaverError);
    assert.equal(error.code, code);
    assert(!`${error.message} ${error.nextStep}`.includes(KEY));
    return true;
  };

  it('is asked over the OpenAI protocol and answers piece by piece', async () => {
    const { models: asked, server } = await models(
      [{ kind: 'answer', text: 'Forty-two, as everybody knows, but for some it is more.' }],
      { BEAVER_MODEL_KEY: KEY },
    );
    const pieces: string[] = [];
    const answer = await asked.generate({ ...ASKED, onText: (piece) => pieces.push(piece) });
    assert.deepEqual(answer, {
      text: 'Forty-two, as everybody knows, but for some it is more.',
      model: 'local-1-q8',
      inputTokens: 1200,
      outputTokens: 340,
      finish: 'stop',
    });
    assert(pieces.length > 1);
    assert.equal(pieces.join(''), answer.text);
    const [request] = server.requests;
    assert.deepEqual(
      [request?.path, request?.authorization, request?.body.model, request?.body.max_tokens],
      ['/v1/chat/completions', `Bearer ${KEY}`, 'local-1', 50],
    );
    assert.deepEqual(
      request?.body.messages.map(({ role, content }) => [role, content]),
      [
        ['system', 'Be short.'],
        ['user', 'How many?'],
      ],
    );
  });

  it('needs no key on this machine', async () => {
    const { models: asked, server } = await models([{ kind: 'answer', text: 'Yes.' }]);
    await asked.generate(ASKED);
    assert.equal(server.requests[0]?.authorization, undefined);
  });

  it('says when it was cut off and when it refused', async () => {
    const { models: asked } = await models([
      { kind: 'answer', text: 'Forty', finish: 'length' },
      { kind: 'answer', text: '', finish: 'content_filter' },
    ]);
    assert.equal((await asked.generate(ASKED)).finish, 'length');
    assert.equal((await asked.generate(ASKED)).finish, 'refused');
  });

  it('is asked again as soon as Retry-After allows', async () => {
    const { models: asked, server } = await models([
      { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
      { kind: 'answer', text: 'Now.' },
    ]);
    assert.equal((await asked.generate(ASKED)).text, 'Now.');
    assert.equal(server.requests.length, 2);
  });

  it('that stays busy is an error that says when to come back', async () => {
    const { models: asked, server } = await models([
      { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
      { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
      { kind: 'status', status: 429, headers: { 'retry-after': '90' } },
    ]);
    await assert.rejects(asked.generate(ASKED), (error) => {
      assert(isBeaverError(error, 'model_busy'));
      assert.equal(error.nextStep, 'Ask again in 90 seconds.');
      return true;
    });
    assert.equal(server.requests.length, 3);
  });

  it('that refuses the key, does not know the model, or fails is told apart, without a word of its own', async () => {
    const failing = async (status: number, code: string) => {
      const { models: asked } = await models([{ kind: 'status', status, headers: { 'retry-after': '0' } }], {
        BEAVER_MODEL_KEY: KEY,
      });
      await assert.rejects(asked.generate(ASKED), refused(code));
      await server?.close();
    };
    await failing(401, 'model_not_allowed');
    await failing(403, 'model_not_allowed');
    await failing(404, 'model_unavailable');
    await failing(400, 'model_failed');
    await failing(500, 'model_failed');
  });

  it('that hangs ends with its time', async () => {
    const { models: asked, server } = await models([{ kind: 'hang' }], { BEAVER_MODEL_TIMEOUT: '0.2' });
    await assert.rejects(asked.generate(ASKED), refused('model_timeout'));
    await server.left;
  });

  it('stops when the person stops it, and the connection with it', async () => {
    const { models: asked, server } = await models([{ kind: 'hang' }]);
    const stopping = new AbortController();
    const answer = asked.generate({
      ...ASKED,
      signal: stopping.signal,
      onText: () => {
        stopping.abort();
      },
    });
    await assert.rejects(answer, refused('model_cancelled'));
    await server.left;
  });

  it('that breaks off, or is no model at all, is an error', async () => {
    const { models: asked } = await models([{ kind: 'cut', text: '{"a":' }, { kind: 'noise' }]);
    await assert.rejects(asked.generate(ASKED), refused('model_failed'));
    await assert.rejects(asked.generate(ASKED), refused('model_failed'));
  });

  it('that nobody serves is unavailable', async () => {
    const { models: asked, server } = await models([{ kind: 'answer', text: '' }], {
      BEAVER_MODEL_TIMEOUT: '20',
    });
    await server.close();
    await assert.rejects(asked.generate(ASKED), refused('model_unavailable'));
  });
});
