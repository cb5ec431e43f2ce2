import type { PhraseParams } from '../../base/phrase.ts';
import type { Translate } from '../model/translate.ts';

/** A sentence of the core in the language of the window. The English of it is the core's own, word for word. */
export type Words = (t: Translate, params: PhraseParams) => string;

export function value(params: PhraseParams, name: string): string | number {
  return params[name] ?? '';
}

/** `local`, `upstream` or `both` as a person reads it. */
export function side(t: Translate, params: PhraseParams): string {
  const name = params['side'];
  if (name === 'local') return t('local');
  return name === 'upstream' ? t('upstream') : String(name ?? '');
}
