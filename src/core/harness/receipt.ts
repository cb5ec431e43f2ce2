import type { FileSystem } from '../ports.ts';
import { readStoredJson } from '../stored-json.ts';
import type { HarnessLayout } from './layout.ts';
import { type Receipt, receiptSchema } from './state.ts';

const KIND = { name: 'receipt of an installed version', schemaVersion: 1 };

/**
 * The receipt of a version; undefined where there is none. One that speaks of another folder or another harness is none.
 * @throws BeaverError `stored_file_unreadable`, `schema_newer`; a ZodError when `directory` is no name.
 */
export async function readReceipt(
  files: FileSystem,
  layout: HarnessLayout,
  directory: string,
): Promise<Receipt | undefined> {
  const receipt = await readStoredJson(files, layout.receipt(directory), 'receipt.json', KIND, receiptSchema);
  return receipt?.installed.directory === directory ? receipt : undefined;
}
