import { FieldDigest, sha256, type Sha256 } from '../base/digest.ts';
import { BeaverError } from '../base/errors.ts';
import type { FileSystem, Look } from './ports.ts';
import {
  type ListedFile,
  listingFingerprint,
  type ListingOptions,
  listTree,
  treeError,
} from './tree-listing.ts';
import { compareUtf8 } from './tree-names.ts';

/** What makes a folder a skill. */
export const SKILL_DOCUMENT = 'SKILL.md';
/** Beaver's own files at the root of a version or a snapshot. They are not part of the tree, and a plugin's skill may not have them. */
export const TREE_METADATA: ReadonlySet<string> = new Set(['version.json', 'upstream.json']);

const CONTENT_DOMAIN = 'beaver-skill-content-v1';
const TREE_DOMAIN = 'beaver-skill-tree-v1';

export interface SkillFileDigest {
  /** POSIX, relative to the skill folder. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly executable: boolean;
  /** SHA-256 of the bytes. */
  readonly digest: Sha256;
}

export interface SkillTreeDigest {
  /** Of the normalised SKILL.md alone. */
  readonly contentHash: Sha256;
  /** Of every file: path, size, bytes and executable bit. */
  readonly treeHash: Sha256;
  /** Sorted by the UTF-8 bytes of their paths. */
  readonly files: readonly SkillFileDigest[];
}

export interface HashedTree extends SkillTreeDigest {
  /** By path, when `keepBytes` was asked for; else empty. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

export interface SkillTreeOptions extends ListingOptions {
  /** Executable bits known from elsewhere, by path, for file systems that have none. */
  readonly recorded?: ReadonlyMap<string, boolean>;
  readonly keepBytes?: boolean;
  /** Where the tree was listed a moment ago; it is listed again on the disk once it is read. */
  readonly look?: Look;
}

/** A file of a tree that is in memory. */
export interface SkillFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** A tree together with the listing that it was read from and that still held afterwards. */
export interface StableTree {
  readonly tree: HashedTree;
  readonly listing: readonly ListedFile[];
}

/**
 * Hashes the skill in `root` as `docs/formats.md` specifies it: no time stamps, no owners, no absolute paths (invariant 6).
 * @throws BeaverError what {@link listTree} throws, `skill_document_missing`, `file_changed_while_reading` when files change while they are read
 * (after a second attempt), `tree_unreadable` when the system refuses.
 */
export async function hashSkillTree(
  files: FileSystem,
  root: string,
  options: SkillTreeOptions = {},
): Promise<HashedTree> {
  return (await readStableTree(files, root, options)).tree;
}

/** As {@link hashSkillTree}, for callers that remember the listing. */
export async function readStableTree(
  files: FileSystem,
  root: string,
  options: SkillTreeOptions = {},
): Promise<StableTree> {
  return (
    (await attempt(files, root, options, options.look ?? files)) ??
    (await attempt(files, root, options, files)) ??
    raise(
      treeError(
        options,
        'file_changed_while_reading',
        'Files of the skill changed while they were read.',
        'Wait until whatever writes them has finished, then try again.',
      ),
    )
  );
}

/** The digest of files that are in memory, for trees that are not on disk yet. Names are not checked; without a SKILL.md it counts as empty. */
export function digestSkillFiles(files: readonly SkillFile[]): SkillTreeDigest {
  const sorted = files
    .filter((file) => !TREE_METADATA.has(file.path))
    .sort((a, b) => compareUtf8(a.path, b.path));
  const tree = new FieldDigest(TREE_DOMAIN);
  const digests = sorted.map((file): SkillFileDigest => {
    tree.field(file.path).field(file.bytes).flag(file.executable);
    return {
      path: file.path,
      size: file.bytes.byteLength,
      executable: file.executable,
      digest: sha256(file.bytes),
    };
  });
  const document = sorted.find((file) => file.path === SKILL_DOCUMENT);
  return {
    contentHash: hashSkillContent(document?.bytes ?? new Uint8Array()),
    treeHash: tree.hex(),
    files: digests,
  };
}

/** Hash of a SKILL.md apart from its byte order mark, its line ends and the newlines at its end. */
export function hashSkillContent(bytes: Uint8Array): Sha256 {
  return new FieldDigest(CONTENT_DOMAIN).field(normalisedContent(bytes)).hex();
}

const LF = 0x0a;
const CR = 0x0d;

/** On bytes, so that a file that is not UTF-8 has a hash too. */
function normalisedContent(bytes: Uint8Array): Uint8Array {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const result = new Uint8Array(bytes.byteLength + 1);
  let length = 0;
  for (let index = hasMark ? 3 : 0; index < bytes.byteLength; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === CR && bytes[index + 1] === LF) continue;
    result[length++] = byte === CR ? LF : byte;
  }
  while (length > 0 && result[length - 1] === LF) length--;
  result[length++] = LF;
  return result.subarray(0, length);
}

/** @returns undefined when the tree changed between the two looks at it. */
async function attempt(
  files: FileSystem,
  root: string,
  options: SkillTreeOptions,
  look: Look,
): Promise<StableTree | undefined> {
  try {
    const listing = await listTree(look, root, options);
    if (listing === undefined) return undefined;
    const tree = await readListed(files, listing, options);
    if (tree === undefined) return undefined;
    const after = await listTree(files, root, options);
    if (after === undefined || listingFingerprint(after) !== listingFingerprint(listing)) return undefined;
    return { tree, listing };
  } catch (error) {
    throw error instanceof BeaverError ? error : unreadable(options, error);
  }
}

async function readListed(
  files: FileSystem,
  listing: readonly ListedFile[],
  options: SkillTreeOptions,
): Promise<HashedTree | undefined> {
  const document = listing.find((file) => file.path === SKILL_DOCUMENT);
  if (document === undefined) {
    throw treeError(
      options,
      'skill_document_missing',
      'The skill has no SKILL.md.',
      'Add a SKILL.md at the root of the skill.',
    );
  }
  const hasBits = hasExecutableBits(listing);
  const bytes = new Map<string, Uint8Array>();
  const digests: SkillFileDigest[] = [];
  const tree = new FieldDigest(TREE_DOMAIN);
  let contentHash: Sha256 | undefined;
  for (const { path, absolute, stat } of listing) {
    if (TREE_METADATA.has(path)) continue;
    const content = await files.readFile(absolute, stat.size);
    if (content?.byteLength !== stat.size) return undefined;
    const executable =
      (hasBits ? stat.executable : undefined) ?? options.recorded?.get(path) ?? hasInterpreter(content);
    tree.field(path).field(content).flag(executable);
    digests.push({ path, size: stat.size, executable, digest: sha256(content) });
    if (path === SKILL_DOCUMENT) contentHash = hashSkillContent(content);
    if (options.keepBytes === true) bytes.set(path, content);
  }
  return contentHash === undefined ? undefined : { contentHash, treeHash: tree.hex(), files: digests, bytes };
}

/** A document is never run: where it is executable every file is, and the bits say nothing (FAT-like mounts). */
export function hasExecutableBits(listing: readonly ListedFile[]): boolean {
  return listing.find((file) => file.path === SKILL_DOCUMENT)?.stat.executable === false;
}

/** Starts with `#!`. */
function hasInterpreter(content: Uint8Array): boolean {
  return content[0] === 0x23 && content[1] === 0x21;
}

function unreadable(options: SkillTreeOptions, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  // The file was replaced by a link or a folder between the listing and the reading.
  return treeError(
    options,
    'tree_unreadable',
    `The system refused to read a file of the skill (${error.code}).`,
    'Check who owns the files of the skill and whether the disk is sound.',
    undefined,
    error,
  );
}

function raise(error: BeaverError): never {
  throw error;
}
