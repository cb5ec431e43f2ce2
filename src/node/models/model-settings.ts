import { BeaverError } from '../../base/errors.ts';

/** Which model the command line asks, and where. */
export interface ModelSettings {
  readonly provider: 'anthropic' | 'openai_compatible';
  /** As the provider names it. */
  readonly model: string;
  readonly baseUrl: string;
  /** Undefined for a server that asks for none. Never logged, stored or shown. */
  readonly key: string | undefined;
  /** Milliseconds for one answer. */
  readonly timeout: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const OPENAI = 'https://api.openai.com/v1';
const ANTHROPIC = 'https://api.anthropic.com/v1';
/** Seconds. */
const DEFAULT_TIMEOUT = 300;

/**
 * Reads `BEAVER_MODEL` (`anthropic:NAME`, `openai:NAME`, or a plain NAME with `BEAVER_MODEL_BASE_URL`), `BEAVER_MODEL_BASE_URL`,
 * `BEAVER_MODEL_TIMEOUT` (seconds), and the key from `BEAVER_MODEL_KEY`, else from `ANTHROPIC_API_KEY` or `OPENAI_API_KEY` for the provider's
 * own address. Undefined when no model is named.
 * @throws BeaverError `model_setting_invalid`.
 */
export function readModelSettings(environment: Environment): ModelSettings | undefined {
  const named = environment['BEAVER_MODEL']?.trim() ?? '';
  if (named === '') return undefined;
  const [, prefix, rest] = /^(anthropic|openai):(.+)$/.exec(named) ?? [];
  const provider = prefix === 'anthropic' ? 'anthropic' : 'openai_compatible';
  const model = rest ?? named;
  const own = prefix === 'anthropic' ? ANTHROPIC : prefix === 'openai' ? OPENAI : undefined;
  const given = environment['BEAVER_MODEL_BASE_URL']?.trim() ?? '';
  const baseUrl = given === '' ? own : given;
  if (baseUrl === undefined) {
    throw invalid(
      'BEAVER_MODEL_BASE_URL',
      'BEAVER_MODEL names a model and nothing says where it is.',
      'Set BEAVER_MODEL_BASE_URL, or write anthropic:NAME or openai:NAME.',
    );
  }
  // A key of one company is for its own address: another one gets only the key that was set for it.
  const variable = provider === 'anthropic' ? 'ANTHROPIC_API_KEY' : 'OPENAI_API_KEY';
  const key =
    filled(environment['BEAVER_MODEL_KEY']) ?? (given === '' ? filled(environment[variable]) : undefined);
  if (given === '' && key === undefined) {
    throw invalid(
      variable,
      `BEAVER_MODEL names a model of a service that asks for a key, and ${variable} is not set.`,
      `Set ${variable} or BEAVER_MODEL_KEY.`,
    );
  }
  return {
    provider,
    model,
    baseUrl: checkedUrl(baseUrl),
    key,
    timeout: timeoutOf(environment['BEAVER_MODEL_TIMEOUT']) * 1000,
  };
}

function filled(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

/** Skills and keys go over the network encrypted, or not over a network at all. */
function checkedUrl(text: string): string {
  const url = URL.parse(text);
  const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;
  if (
    url === null ||
    !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname))) ||
    url.username !== '' ||
    url.password !== ''
  ) {
    throw invalid(
      'BEAVER_MODEL_BASE_URL',
      'BEAVER_MODEL_BASE_URL is not an address that a model can be asked at.',
      'Give an https address, or an http one of this machine, without a name and password in it.',
    );
  }
  return text.replace(/\/+$/u, '');
}

function timeoutOf(value: string | undefined): number {
  if (filled(value) === undefined) return DEFAULT_TIMEOUT;
  const seconds = Number(value);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw invalid(
    'BEAVER_MODEL_TIMEOUT',
    'BEAVER_MODEL_TIMEOUT is not a number of seconds.',
    'Give a number above 0.',
  );
}

function invalid(field: string, message: string, nextStep: string): BeaverError {
  return new BeaverError('model_setting_invalid', message, { nextStep, field });
}
