import assert from 'node:assert/strict';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { EnvironmentModels } from '../../../../src/node/models/environment-models.ts';
import { readModelSettings } from '../../../../src/node/models/model-settings.ts';

describe('The settings of a model', () => {
  const fails = (environment: Readonly<Record<string, string>>, field: string) => {
    assert.throws(
      () => readModelSettings(environment),
      (error) => isBeaverError(error, 'model_setting_invalid') && error.field === field,
    );
  };

  it('are none when no model is named', async () => {
    assert.equal(readModelSettings({ OPENAI_API_KEY: 'k' }), undefined);
    assert.equal(readModelSettings({ BEAVER_MODEL: ' ' }), undefined);
    const none = new EnvironmentModels({});
    assert.equal(await none.selected(), null);
    await assert.rejects(none.generate({ system: '', prompt: '', maxOutputTokens: 1 }), (error) =>
      isBeaverError(error, 'model_unavailable'),
    );
  });

  it('name a service by its prefix, with its own address and key', () => {
    assert.deepEqual(readModelSettings({ BEAVER_MODEL: 'anthropic:claude-x', ANTHROPIC_API_KEY: 'a' }), {
      provider: 'anthropic',
      model: 'claude-x',
      baseUrl: 'https://api.anthropic.com/v1',
      key: 'a',
      timeout: 300_000,
    });
    const openAi = readModelSettings({
      BEAVER_MODEL: 'openai:gpt-x',
      OPENAI_API_KEY: 'o',
      BEAVER_MODEL_KEY: 'b',
    });
    assert.deepEqual([openAi?.provider, openAi?.key], ['openai_compatible', 'b']);
  });

  it('name a server of your own by its address, which never gets the key of a company', () => {
    const local = readModelSettings({
      BEAVER_MODEL: 'qwen:7b',
      BEAVER_MODEL_BASE_URL: 'http://127.0.0.1:11434/v1/',
      OPENAI_API_KEY: 'o',
      ANTHROPIC_API_KEY: 'a',
    });
    assert.deepEqual(
      [local?.provider, local?.model, local?.baseUrl, local?.key],
      ['openai_compatible', 'qwen:7b', 'http://127.0.0.1:11434/v1', undefined],
    );
  });

  it('are refused where they are not complete or would send a key in the open', () => {
    fails({ BEAVER_MODEL: 'some-model' }, 'BEAVER_MODEL_BASE_URL');
    fails({ BEAVER_MODEL: 'openai:gpt-x' }, 'OPENAI_API_KEY');
    fails({ BEAVER_MODEL: 'anthropic:claude-x' }, 'ANTHROPIC_API_KEY');
    fails(
      { BEAVER_MODEL: 'm', BEAVER_MODEL_BASE_URL: 'http://models.example.org/v1' },
      'BEAVER_MODEL_BASE_URL',
    );
    fails(
      { BEAVER_MODEL: 'm', BEAVER_MODEL_BASE_URL: 'https://me:pw@models.example.org/v1' },
      'BEAVER_MODEL_BASE_URL',
    );
    fails({ BEAVER_MODEL: 'm', BEAVER_MODEL_BASE_URL: 'file:///etc' }, 'BEAVER_MODEL_BASE_URL');
    fails(
      { BEAVER_MODEL: 'm', BEAVER_MODEL_BASE_URL: 'http://localhost:1/v1', BEAVER_MODEL_TIMEOUT: 'soon' },
      'BEAVER_MODEL_TIMEOUT',
    );
  });
});
