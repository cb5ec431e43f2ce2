import type { Finding } from '../../../base/errors.ts';
import type { OwnCode } from './codes.ts';
import type { Draft } from './finding.ts';

/** What discovery calls it, and the code that says it here. `null` where another check of the preflight says it with its place. */
const CODES: Readonly<Record<string, OwnCode | null>> = {
  manifest_missing: 'PF-PLUGIN-MISSING',
  not_a_regular_file: 'PF-PATH-SPECIAL',
  symlink_not_allowed: null,
  manifest_not_json: null,
  manifest_not_object: null,
  manifest_too_large: null,
  manifest_invalid: null,
  manifest_unknown_key: null,
  manifest_schema_unsupported: 'PF-SCHEMA-VERSION',
  plugin_missing: 'PF-PLUGIN-MISSING',
  plugin_id_normalised: 'PF-PLUGIN-ID-CHANGED',
  skill_name_normalised: 'PF-SKILL-NAME-CHANGED',
  invalid_plugin_id: 'PF-PLUGIN-ID',
  invalid_skill_name: 'PF-SKILL-NAME-INVALID',
  duplicate_skill_name: 'PF-SKILL-DUPLICATE',
  path_not_contained: 'PF-PATH-ESCAPE',
  name_not_portable: 'PF-PATH-NAME',
  skill_missing: 'PF-SKILL-MISSING',
  skill_document_missing: 'PF-SKILL-DOCUMENT',
  reserved_file_name: 'PF-PATH-RESERVED',
};

/**
 * A finding of discovery as one of the preflight, without its place in the file. Undefined where another check says it; a code that is not
 * known here is told as what it is: the plugin cannot be read.
 * @param file POSIX, relative to the plugin.
 */
export function draftOf(
  finding: Pick<Finding, 'code' | 'message' | 'next_step' | 'field'>,
  file: string,
): Draft | undefined {
  const code = Object.hasOwn(CODES, finding.code) ? CODES[finding.code] : 'PF-PLUGIN-UNREADABLE';
  if (code === null || code === undefined) return undefined;
  return {
    code,
    file,
    message: finding.message,
    nextStep: finding.next_step,
    ...(finding.field === undefined ? {} : { pointer: finding.field }),
  };
}

/** For the test that holds the table complete. */
export const DISCOVERY_CODES: readonly string[] = Object.keys(CODES);
