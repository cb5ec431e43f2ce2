import { FieldDigest, type Sha256 } from '../base/digest.ts';
import { compareUtf8 } from './tree-names.ts';

/** A file of a package as far as its identity goes. */
export interface PackageFileDigest {
  /** POSIX, relative to the root of the package. */
  readonly path: string;
  /** Of the bytes. */
  readonly sha256: Sha256;
  readonly executable: boolean;
}

/** One digest for all files of a package, in whatever order they come; `docs/formats.md` specifies it. No times, no owners, no folders. */
export function packageTreeHash(files: readonly PackageFileDigest[]): Sha256 {
  const digest = new FieldDigest('beaver-package-tree-v1');
  for (const file of [...files].sort((a, b) => compareUtf8(a.path, b.path)))
    digest.field(file.path).field(file.sha256).flag(file.executable);
  return digest.hex();
}
