import { BeaverError } from '../../base/errors.ts';
import type { ModelAnswer, ModelRequest, Models } from '../../core/ports.ts';
import { type Environment, type ModelSettings, readModelSettings } from './model-settings.ts';

/** The model that the environment names. Its SDK is large and is loaded when a model is asked, not before. */
export class EnvironmentModels implements Models {
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** @throws BeaverError `model_setting_invalid`. */
  async selected(): Promise<string | null> {
    return Promise.resolve(this.#settings()?.model ?? null);
  }

  /** Neither protocol counts without an extra request. */
  countTokens(): Promise<number | null> {
    return Promise.resolve(null);
  }

  async generate(request: ModelRequest): Promise<ModelAnswer> {
    const settings = this.#settings();
    if (settings === undefined) {
      throw new BeaverError('model_unavailable', 'No language model is set up.', {
        nextStep: 'Set BEAVER_MODEL and, for a server of your own, BEAVER_MODEL_BASE_URL.',
      });
    }
    const { generateWithSdk } = await import('./sdk-models.ts');
    return generateWithSdk(settings, request);
  }

  #settings(): ModelSettings | undefined {
    return readModelSettings(this.#environment);
  }
}
