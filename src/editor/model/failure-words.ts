import type { PluginFailurePayload } from '../../app/payloads.ts';
import type { Finding } from '../../base/errors.ts';
import { codedMessage } from './finding-text.ts';
import type { Translate } from './translate.ts';

/**
 * What a plugin or a skill failed with, in the language of the window. It is stored in English with its code; a failure that another program
 * or an older Beaver stored without one is known by what discovery finds now, else its English is all there is.
 */
export function failureWords(
  { code, message }: Pick<PluginFailurePayload, 'code' | 'message'>,
  findings: readonly Finding[],
  t: Translate,
): string {
  const finding = findings.find((candidate) => candidate.message === message);
  const known = code ?? finding?.code;
  if (known === undefined) return message;
  const said = codedMessage(known, message, t);
  return said === message || finding === undefined ? said : `${finding.path}: ${said}`;
}
