/**
 * Which names a skill's files may have, so that the same tree can exist on every file system that Beaver runs on.
 * `docs/formats.md` lists the rules for other implementations.
 */

export interface NameProblem {
  readonly code: 'name_not_portable';
  readonly message: string;
  readonly nextStep: string;
}

/** C0, DEL and C1. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u;
/** Separators, wildcards and stream marks of Windows, and what a name that is not UTF-8 was decoded to. */
const UNPORTABLE = /[<>:"|?*\\\ufffd]|\p{Surrogate}/u;
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(?:\.|$)/iu;
const ASCII = /^[\x20-\x7e]*$/;
/** Above it, no common file system takes a name. Bytes of UTF-8. */
const LONGEST_NAME = 255;

/** What is wrong with one name of a path, or undefined. */
export function nameProblem(name: string): NameProblem | undefined {
  if (CONTROL.test(name)) {
    return {
      code: 'name_not_portable',
      message: `The name ${shown(name)} has a control character.`,
      nextStep: 'Rename the file with printable characters only.',
    };
  }
  if (RESERVED.test(name)) {
    return {
      code: 'name_not_portable',
      message: `The name ${shown(name)} is reserved on Windows.`,
      nextStep: 'Rename the file; a skill must be usable on every system.',
    };
  }
  const unportable =
    name === '' ||
    name === '.' ||
    name === '..' ||
    UNPORTABLE.test(name) ||
    /[. ]$/.test(name) ||
    isTooLong(name);
  if (!unportable) return undefined;
  return {
    code: 'name_not_portable',
    message: `The name ${shown(name)} cannot exist on every system.`,
    nextStep: 'Rename the file: at most 255 bytes, none of < > : " | ? * \\, no dot or space at the end.',
  };
}

/** Equal for names that a case-insensitive or a normalising file system takes for the same. Not for showing. */
export function foldName(name: string): string {
  if (ASCII.test(name)) return name.toLowerCase();
  // Lower, upper, lower: sharp s, final sigma and the Kelvin sign have no single mapping that meets.
  return name.normalize('NFD').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}

/** Compares as the UTF-8 bytes would: UTF-16 order differs where surrogate pairs meet U+E000 to U+FFFF. */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  if (ASCII.test(a) && ASCII.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

/** A name for a message: quoted, control characters escaped, bounded. */
export function shown(name: string): string {
  const quoted = JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
  return quoted.replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function isTooLong(name: string): boolean {
  return name.length > LONGEST_NAME / 3 && Buffer.byteLength(name, 'utf8') > LONGEST_NAME;
}
