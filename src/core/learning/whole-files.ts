import type { Assembled } from './assembly.ts';
import { decodeText } from './decoded-text.ts';
import type { SideName } from './sides.ts';

/** A file as one side has it. */
export interface WholeFileSide {
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly digest: string;
  /** Null for what is no UTF-8 text, or longer than a person would compare by eye. */
  readonly text: string | null;
}

/** A supporting file that is chosen whole, on its three sides; null where a side does not have it. */
export interface WholeFile {
  /** POSIX path in the skill. */
  readonly path: string;
  readonly base: WholeFileSide | null;
  readonly local: WholeFileSide | null;
  readonly upstream: WholeFileSide | null;
}

/** Bytes of a text that is worth showing beside two others. */
const LONGEST = 256 * 1024;

/** The files that cannot be merged, whether or not one was chosen already. */
export function wholeFiles({ merge, documents, sides }: Assembled): readonly WholeFile[] {
  const merged = new Set(documents.map(({ path }) => path));
  const side = (name: SideName, path: string): WholeFileSide | null => {
    const entry = sides[name].digest.files.find((file) => file.path === path);
    if (entry === undefined) return null;
    const text = entry.size > LONGEST ? undefined : decodeText(sides[name].bytes.get(path));
    return { size: entry.size, digest: entry.digest, text: text ?? null };
  };
  return merge.files.conflicts
    .filter(({ path }) => !merged.has(path))
    .map(({ path }) => ({
      path,
      base: side('base', path),
      local: side('local', path),
      upstream: side('upstream', path),
    }));
}
