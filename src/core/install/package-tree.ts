import { FieldDigest, type Sha256 } from '../../base/digest.ts';
import { BeaverError } from '../../base/errors.ts';
import type { FileSystem } from '../ports.ts';
import { listTree, type TreeLimits } from '../tree-listing.ts';

const DOMAIN = 'beaver-package-tree-v1';

/**
 * Hash of every file of a package, path and bytes: what the registry holds the folder to.
 * @throws BeaverError what {@link listTree} throws: links, devices, names that are not the same everywhere, too much.
 */
export async function hashPackageTree(
  files: FileSystem,
  root: string,
  display: string,
  limits: TreeLimits = {},
): Promise<Sha256> {
  const listing = await listTree(files, root, { display, limits, noun: 'package' });
  const digest = new FieldDigest(DOMAIN);
  for (const { path, absolute, stat } of listing ?? changed()) {
    const bytes = await files.readFile(absolute, stat.size);
    if (bytes?.byteLength !== stat.size) changed();
    else digest.field(path).field(bytes);
  }
  return digest.hex();
}

function changed(): never {
  throw new BeaverError('file_changed_while_reading', 'Files of the package changed while they were read.', {
    nextStep: 'Wait until whatever writes them has finished, then try again.',
  });
}
