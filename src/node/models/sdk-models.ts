import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, type LanguageModel, RetryError, streamText } from 'ai';
import type { ModelAnswer, ModelRequest } from '../../core/ports.ts';
import { modelCancelled, modelFailure } from './model-failure.ts';
import type { ModelSettings } from './model-settings.ts';

/** Tries after the first one, where the service is busy or broken for a moment. The SDK waits as long as `Retry-After` says. */
const RETRIES = 2;

/** One question over the network. @throws BeaverError as `Models.generate` says. */
export async function generateWithSdk(settings: ModelSettings, request: ModelRequest): Promise<ModelAnswer> {
  const timeout = AbortSignal.timeout(settings.timeout);
  const signal = request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]);
  const ended = (cause: unknown): Error => {
    if (request.signal?.aborted === true) return modelCancelled();
    if (timeout.aborted) return modelFailure({ kind: 'timeout', seconds: settings.timeout / 1000 }, cause);
    return failureOf(cause);
  };
  if (request.signal?.aborted === true) throw modelCancelled();
  let failed: { readonly error: unknown } | undefined;
  const stream = streamText({
    model: modelOf(settings),
    instructions: request.system,
    prompt: request.prompt,
    maxOutputTokens: request.maxOutputTokens,
    maxRetries: RETRIES,
    abortSignal: signal,
    // Not thrown by the stream: kept, and thrown when it has ended.
    onError: ({ error }) => {
      failed ??= { error };
    },
  });
  try {
    let text = '';
    for await (const piece of stream.textStream) {
      text += piece;
      request.onText?.(piece);
    }
    signal.throwIfAborted();
    if (failed !== undefined) throw failed.error;
    const [finish, usage, { response }] = await Promise.all([
      stream.finishReason,
      stream.usage,
      stream.finalStep,
    ]);
    // The connection ended in good order and the service never said that this is all of the answer.
    if (finish === 'interrupted' || finish === 'error') throw new Error('The answer has no end.');
    return {
      text,
      model: response.modelId === '' ? settings.model : response.modelId,
      inputTokens: usage.inputTokens ?? null,
      outputTokens: usage.outputTokens ?? null,
      finish: finish === 'length' ? 'length' : finish === 'content-filter' ? 'refused' : 'stop',
    };
  } catch (error) {
    throw ended(failed?.error ?? error);
  }
}

function modelOf({ provider, model, baseUrl, key }: ModelSettings): LanguageModel {
  if (provider === 'anthropic') return createAnthropic({ baseURL: baseUrl, apiKey: key ?? '' })(model);
  const options = { name: 'openai-compatible', baseURL: baseUrl, includeUsage: true };
  return createOpenAICompatible(key === undefined ? options : { ...options, apiKey: key })(model);
}

/** What the service said, in our words: its own may hold the prompt or the key (invariant 9). */
function failureOf(thrown: unknown): Error {
  const error = RetryError.isInstance(thrown) ? thrown.lastError : thrown;
  if (!APICallError.isInstance(error)) return modelFailure({ kind: 'failed', status: undefined }, error);
  const { statusCode: status, responseHeaders } = error;
  if (status === 401 || status === 403) return modelFailure({ kind: 'not_allowed' }, undefined);
  if (status === 429 || status === 529) {
    return modelFailure({ kind: 'busy', retryAfter: responseHeaders?.['retry-after'] }, undefined);
  }
  if (status === 404) return modelFailure({ kind: 'unknown' }, undefined);
  if (status === undefined) return modelFailure({ kind: 'unreachable' }, undefined);
  return modelFailure({ kind: 'failed', status }, undefined);
}
