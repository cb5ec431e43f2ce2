import { sha256 } from '../../base/digest.ts';
import type { Finding } from '../../base/errors.ts';
import { nameProblem, shown } from '../tree-names.ts';
import { PLUGIN_ID } from './models.ts';

/** Characters. Ids become names of folders, with other names beside them in one path. */
export const LONGEST_IDENTIFIER = 128;
const LONGEST_SLUG = 64;

/** What is wrong with an id or a name that a manifest must give exactly, in words after "the id"; undefined when it is good. */
export function identifierProblem(value: string): string | undefined {
  if (!PLUGIN_ID.test(value))
    return 'must be lower-case letters, digits, dashes and underscores, and start with a letter or digit';
  if (value.length > LONGEST_IDENTIFIER) return `must have at most ${LONGEST_IDENTIFIER} characters`;
  return nameProblem(value) === undefined ? undefined : 'is reserved on Windows';
}

export interface ManagedName {
  readonly name: string;
  readonly findings: readonly Finding[];
}

/**
 * A name from a dialect that allows more than Beaver: as it is where that is possible, else the nearest name that can be a folder of the
 * store, with a finding. Always the same for the same name.
 */
export function managedName(
  name: string,
  code: 'plugin_id_normalised' | 'skill_name_normalised',
  path: string,
  field?: string,
): ManagedName {
  if (identifierProblem(name) === undefined) return { name, findings: [] };
  const slug = slugOf(name);
  const finding: Finding = {
    code,
    severity: 'info',
    message: `The name ${shown(name)} is used as "${slug}".`,
    next_step: 'Nothing needs to be done; lower-case letters, digits, dashes and underscores avoid it.',
    path,
    ...(field === undefined ? {} : { field }),
  };
  return { name: slug, findings: [finding] };
}

function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, LONGEST_SLUG)
    .replace(/-+$/, '');
  // Scripts without a Latin form, and reserved names, still need a name that no other has.
  if (slug !== '' && identifierProblem(slug) === undefined) return slug;
  return `${slug === '' ? 'name' : slug}-${sha256(name).slice(0, 8)}`;
}
