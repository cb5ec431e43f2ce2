/**
 * What a command is asked to act on: a tree node, or an object of the same keys from a keybinding, a link or a test.
 * What is missing is asked for.
 */
export interface CommandTarget {
  /** Uri of the workspace folder. */
  readonly folder?: string;
  readonly pluginId?: string;
  readonly skillName?: string;
  readonly candidateId?: string;
  readonly version?: string;
  /** Name of a marketplace. */
  readonly marketplace?: string;
  /** Of an installed plugin, or of one that could be: `name@marketplace`. */
  readonly installedId?: string;
  /** Where a marketplace or a plugin is, as a person writes it. */
  readonly source?: string;
  /** Display path of a file that a finding is about. */
  readonly path?: string;
}

const KEYS = [
  'folder',
  'pluginId',
  'skillName',
  'candidateId',
  'version',
  'marketplace',
  'installedId',
  'source',
  'path',
] as const;

/**
 * Reads a command's first argument. Anything that is not such an object, a Uri for one, counts as none given. Checked without zod, which
 * would have to be loaded before activation resolves.
 */
export function readTarget(argument: unknown): CommandTarget {
  const target: { -readonly [Key in keyof CommandTarget]: CommandTarget[Key] } = {};
  for (const key of KEYS) {
    const value = member(argument, key);
    if (value === undefined) continue;
    if (typeof value !== 'string') return {};
    target[key] = value;
  }
  if (isUri(argument)) return {};
  const broken =
    member(argument, 'kind') === 'broken' ? member(member(argument, 'finding'), 'path') : undefined;
  if (typeof broken === 'string') target.path = broken;
  return target;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** A Uri has a path too, but names no file of a plugin. */
function isUri(value: unknown): boolean {
  return typeof member(value, 'scheme') === 'string';
}
