import type { Finding } from '../../base/errors.ts';
import { ERROR_CATALOGUE } from './error-catalogue.ts';
import { inEnglish, type Translate } from './translate.ts';

/** What discovery says of a manifest: errors that nobody meets in a dialogue, and so not in the catalogue of those. */
const MANIFEST_WORDS: Readonly<Record<string, (t: Translate) => string>> = {
  manifest_not_json: (t) => t('The manifest is not valid JSON.'),
  manifest_not_object: (t) => t('The manifest is not a JSON object.'),
  manifest_too_large: (t) => t('The manifest is larger than 1 MiB.'),
  manifest_missing: (t) => t('The manifest is not there.'),
  manifest_invalid: (t) => t('A field of the manifest is not valid.'),
  duplicate_plugin_id: (t) => t('Another plugin has the same id; none of them is used.'),
  symlink_not_allowed: (t) => t('A symbolic link is not followed.'),
};

/**
 * The last failure of a plugin in the language of the window. It is stored in English; what discovery finds now names its code. In English
 * the stored sentence is the most precise, and where the code is not known it is all there is.
 */
export function failureWords(stored: string, findings: readonly Finding[], t: Translate): string {
  const finding = findings.find(({ message }) => message === stored);
  if (finding === undefined) return stored;
  const words = MANIFEST_WORDS[finding.code] ?? ERROR_CATALOGUE[finding.code]?.message;
  if (words === undefined) return stored;
  const said = words(t);
  return said === words(inEnglish) ? stored : `${finding.path}: ${said}`;
}
