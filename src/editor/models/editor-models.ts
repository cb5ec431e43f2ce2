import * as vscode from 'vscode';
import { BeaverError } from '../../base/errors.ts';
import type { ModelAnswer, ModelRequest, Models } from '../../core/ports.ts';
import { modelSelector } from '../model/model-selector.ts';
import { SETTINGS_SECTION } from '../settings.ts';

/**
 * The models that VS Code offers, the first one that fits `beaver.model`. VS Code asks the user for consent with the first request, so that a
 * request is only ever made when the user acts.
 */
export class EditorModels implements Models {
  async selected(): Promise<string | null> {
    return (await chosenModel())?.name ?? null;
  }

  async countTokens(text: string): Promise<number | null> {
    return (await (await chosenModel())?.countTokens(text)) ?? null;
  }

  async generate(request: ModelRequest): Promise<ModelAnswer> {
    const model = await chosenModel();
    if (model === undefined) {
      throw new BeaverError('model_unavailable', 'VS Code has no language model to ask.', {
        nextStep: 'Install or sign in to an extension that offers one, or change the setting beaver.model.',
      });
    }
    const stopping = new vscode.CancellationTokenSource();
    const stop = (): void => {
      stopping.cancel();
    };
    request.signal?.addEventListener('abort', stop, { once: true });
    try {
      if (request.signal?.aborted === true) throw cancelled();
      return await ask(model, request, stopping.token);
    } catch (error) {
      throw request.signal?.aborted === true ? cancelled() : failureOf(error);
    } finally {
      request.signal?.removeEventListener('abort', stop);
      stopping.dispose();
    }
  }
}

async function chosenModel(): Promise<vscode.LanguageModelChat | undefined> {
  const setting = vscode.workspace.getConfiguration(SETTINGS_SECTION).get('model');
  const selector = modelSelector(typeof setting === 'string' ? setting : '');
  return (await vscode.lm.selectChatModels(selector))[0];
}

async function ask(
  model: vscode.LanguageModelChat,
  request: ModelRequest,
  token: vscode.CancellationToken,
): Promise<ModelAnswer> {
  // VS Code has no message of the system: what is asked and what it is asked about are two messages of the user.
  const messages = [
    vscode.LanguageModelChatMessage.User(request.system),
    vscode.LanguageModelChatMessage.User(request.prompt),
  ];
  const inputTokens =
    (await model.countTokens(request.system, token)) + (await model.countTokens(request.prompt, token));
  if (inputTokens > model.maxInputTokens) {
    throw new BeaverError('model_input_too_long', 'The skill is longer than the model can read at once.', {
      nextStep: 'Choose a model that reads more, or settle the conflicts yourself.',
    });
  }
  const justification = vscode.l10n.t(
    'Beaver asks the model about the skill that you chose, and shows you what it proposes before anything is changed.',
  );
  const response = await model.sendRequest(messages, { justification }, token);
  let text = '';
  for await (const piece of response.text) {
    text += piece;
    request.onText?.(piece);
  }
  if (token.isCancellationRequested) throw cancelled();
  return {
    text,
    model: `${model.vendor}/${model.family}/${model.id}`,
    inputTokens,
    outputTokens: await model.countTokens(text, token),
    finish: 'stop',
  };
}

function failureOf(error: unknown): Error {
  if (error instanceof BeaverError) return error;
  const code = error instanceof vscode.LanguageModelError ? error.code : '';
  switch (code) {
    case 'NoPermissions':
      return new BeaverError('model_not_allowed', 'Beaver may not ask this model.', {
        nextStep: 'Allow it when VS Code asks, or choose another model.',
        cause: error,
      });
    case 'Blocked':
      return new BeaverError('model_busy', 'The model takes no more requests for now.', {
        nextStep: 'Ask again later.',
        cause: error,
      });
    case 'NotFound':
      return new BeaverError('model_unavailable', 'The model is not there any more.', {
        nextStep: 'Choose another model.',
        cause: error,
      });
    default:
      return new BeaverError('model_failed', 'The model failed to answer.', {
        nextStep: 'Ask again, or settle the conflicts yourself.',
        cause: error,
      });
  }
}

function cancelled(): BeaverError {
  return new BeaverError('model_cancelled', 'The request to the model was stopped.', {
    nextStep: 'Ask again when you want to.',
  });
}
