import { FieldDigest } from '../base/digest.ts';

/**
 * The digest of all files of a package: for each, in the order of the UTF-8 bytes of their paths, a field with the path and one with the
 * bytes. `docs/formats.md` has it as the tree hash of a package.
 */
export function packageTreeDigest(): FieldDigest {
  return new FieldDigest('beaver-package-tree-v1');
}
