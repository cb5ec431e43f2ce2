import assert from 'node:assert/strict';
import { BeaverError, isBeaverError } from '../../../../src/base/errors.ts';
import type { ModelRequest } from '../../../../src/core/ports.ts';
import { EnvironmentModels } from '../../../../src/node/models/environment-models.ts';
import { ANSWERED_BY, USED } from '../../../support/model-protocol.ts';
import { MODEL_PROTOCOLS, ModelServer, type Reply } from '../../../support/model-server.ts';

const KEY = 'key-4711-of-nobody';
const ASKED: ModelRequest = { system: 'Be short.', prompt: 'How many?', maxOutputTokens: 50 };

for (const protocol of MODEL_PROTOCOLS)
  describe(`A model named by the environment that speaks ${protocol.name}'s protocol`, () => {
    let server: ModelServer | undefined;
    afterEach(async () => {
      await server?.close();
      server = undefined;
    });

    const models = async (replies: readonly Reply[], extra: Readonly<Record<string, string>> = {}) => {
      server = await ModelServer.start(protocol, ...replies);
      return { models: new EnvironmentModels({ ...server.environment, ...extra }), server };
    };
    const refused = (code: string) => (error: unknown) => {
      assert(error instanceof BeaverError);
      assert.equal(error.code, code);
      assert(!`${error.message} ${error.nextStep}`.includes(KEY));
      return true;
    };

    it('is asked and answers piece by piece', async () => {
      const { models: asked, server } = await models(
        [{ kind: 'answer', text: 'Forty-two, as everybody knows, but for some it is more.' }],
        { BEAVER_MODEL_KEY: KEY },
      );
      const pieces: string[] = [];
      const answer = await asked.generate({ ...ASKED, onText: (piece) => pieces.push(piece) });
      assert.deepEqual(answer, {
        text: 'Forty-two, as everybody knows, but for some it is more.',
        model: ANSWERED_BY,
        inputTokens: USED.input,
        outputTokens: USED.output,
        finish: 'stop',
      });
      assert(pieces.length > 1);
      assert.equal(pieces.join(''), answer.text);
      assert.deepEqual(server.requests, [
        {
          path: protocol.path,
          key: KEY,
          model: 'local-1',
          maxTokens: 50,
          system: 'Be short.',
          prompt: 'How many?',
        },
      ]);
    });

    it('needs no key on this machine', async () => {
      const { models: asked, server } = await models([{ kind: 'answer', text: 'Yes.' }]);
      await asked.generate(ASKED);
      assert.equal(server.requests[0]?.key, undefined);
    });

    it('says when it was cut off and when it refused', async () => {
      const { models: asked } = await models([
        { kind: 'answer', text: 'Forty', finish: 'length' },
        { kind: 'answer', text: '', finish: 'refused' },
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
        const { models: asked } = await models(
          [{ kind: 'status', status, headers: { 'retry-after': '0' } }],
          {
            BEAVER_MODEL_KEY: KEY,
          },
        );
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
      const replies: readonly Reply[] = [
        { kind: 'cut', text: '{"a":' },
        { kind: 'unfinished', text: '{"a":' },
        { kind: 'fault', text: '{"a":' },
        { kind: 'garbled', text: '{"a":' },
        { kind: 'noise' },
      ];
      const { models: asked } = await models(replies, { BEAVER_MODEL_KEY: KEY });
      for (const { kind } of replies)
        await assert.rejects(asked.generate(ASKED), refused('model_failed'), kind);
    });

    it('that nobody serves is unavailable', async () => {
      const { models: asked, server } = await models([{ kind: 'answer', text: '' }], {
        BEAVER_MODEL_TIMEOUT: '20',
      });
      await server.close();
      await assert.rejects(asked.generate(ASKED), refused('model_unavailable'));
    });
  });
