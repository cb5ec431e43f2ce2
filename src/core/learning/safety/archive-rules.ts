import { sha256 } from '../../../base/digest.ts';
import { extensionOf, programFormat } from './file-kind.ts';
import type { SafetyRule } from './safety-rule.ts';
import type { ScannedFile } from './scanned-file.ts';

/** What archives hold. Text in them is read by the other rules, as if it were unpacked. */
export const ARCHIVE_RULES: readonly SafetyRule[] = [
  {
    id: 'SAFE045',
    tier: 'critical',
    reason: 'An archive with a password, which keeps every scanner from what is in it.',
    fix: 'Ship the files as they are.',
    mentionable: false,
    find: (file) => (file.contents?.problems.has('locked') === true ? [{ key: sha256(file.bytes) }] : []),
  },
  {
    id: 'SAFE047',
    tier: 'critical',
    reason: 'A program or script inside an archive or an office document, where a review does not look.',
    fix: 'Ship it as a file of its own, or leave it out.',
    mentionable: false,
    find: (file) => (file.inArchive && isRunnable(file) ? [{ key: sha256(file.bytes) }] : []),
  },
  {
    id: 'SAFE048',
    tier: 'warning',
    reason:
      'An archive that could not be read in full, because its format is unknown, it is damaged or it is too large.',
    fix: 'Ship the files as they are.',
    mentionable: false,
    find: (file) => {
      const problems = file.contents?.problems;
      const unread =
        problems?.has('unknown_format') === true ||
        problems?.has('damaged') === true ||
        problems?.has('too_large') === true;
      return unread ? [{ key: sha256(file.bytes) }] : [];
    },
  },
  {
    id: 'SAFE049',
    tier: 'critical',
    reason: 'An archive that would write outside its folder, or that is hidden in a file of another kind.',
    fix: 'Leave it out.',
    mentionable: false,
    find: (file) =>
      file.hidesArchive || file.contents?.entries.some((entry) => entry.link || escapes(entry.path)) === true
        ? [{ key: sha256(file.bytes) }]
        : [],
  },
];

/** What runs without being built first. Source for a bundler is read by the other rules and not counted here. */
const RUN_AS_THEY_ARE = new Set(
  'sh bash zsh fish ksh command ps1 psm1 bat cmd vbs vbe wsf hta py pyw rb pl php exe dll so dylib com scr msi jar lnk scpt applescript'.split(
    ' ',
  ),
);

function isRunnable(file: ScannedFile): boolean {
  return (
    programFormat(file.path, file.bytes) !== undefined ||
    RUN_AS_THEY_ARE.has(extensionOf(file.path)) ||
    /(?:^|\/)vbaproject\.bin$/iu.test(file.path) ||
    file.text.startsWith('#!')
  );
}

function escapes(path: string): boolean {
  return (
    path.startsWith('/') ||
    path.startsWith('\\') ||
    /^[a-z]:/iu.test(path) ||
    path.split(/[/\\]/u).includes('..')
  );
}
