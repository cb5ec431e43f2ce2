import { type ArchiveContents, endsWithZip, openArchive, type UnpackBudget } from './archive.ts';
import { type FileKind, isBinary, isFixture, kindOf, utf16Order } from './file-kind.ts';
import { FoldedText } from './folded-text.ts';
import { type SkillHeader, skillHeader } from './skill-header.ts';
import { type Region, TextRegions } from './text-regions.ts';

/** One file of a skill, whole. `path` is POSIX and relative to the skill folder. */
export interface SafetyFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A file with what the rules ask about it, worked out once and only when asked. Every byte is in `text`: nothing is cut off. */
export class ScannedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
  readonly kind: FileKind;
  /** Shown on purpose, as test data: what is found here weighs less. */
  readonly fixture: boolean;
  /** Decoded as UTF-8 or UTF-16 without the byte order mark; a binary file byte by byte; empty for pictures, fonts and programs. */
  readonly text: string;
  /** True for a file of an archive, whose path is then `archive.zip!/inner/path`. */
  readonly inArchive: boolean;
  /** True for a file of another kind that a program for archives would open. */
  readonly hidesArchive: boolean;
  /** What an archive holds. */
  readonly contents: ArchiveContents | undefined;
  #plain: boolean | undefined;
  #header: SkillHeader | undefined;
  #folded: FoldedText | undefined;
  #code: string | undefined;
  #lowerCode: string | undefined;
  #regions: TextRegions | undefined;
  #lineStarts: readonly number[] | undefined;

  constructor(file: SafetyFile, budget: UnpackBudget, inArchive = false) {
    this.path = file.path;
    this.bytes = file.bytes;
    this.executable = file.executable;
    this.kind = kindOf(file.path, file.bytes, file.executable);
    this.fixture = isFixture(file.path);
    this.inArchive = inArchive;
    this.hidesArchive = this.kind !== 'archive' && endsWithZip(file.bytes);
    const opened = this.kind === 'archive' || this.hidesArchive;
    this.contents = opened ? openArchive(file.path, file.bytes, budget) : undefined;
    this.text = ['media', 'program', 'archive'].includes(this.kind) ? '' : decode(file.bytes);
  }

  /** The files of an archive, each with the files of the archives in it, down to a bounded depth. */
  inner(budget: UnpackBudget, depth = 1): readonly ScannedFile[] {
    return (this.contents?.entries ?? []).flatMap((entry) => {
      const path = `${this.path}!/${entry.path}`;
      const file = new ScannedFile({ path, bytes: entry.bytes, executable: entry.executable }, budget, true);
      return [file, ...(depth < DEEPEST_ARCHIVE ? file.inner(budget, depth + 1) : [])];
    });
  }

  /** Printable ASCII, tabs and line breaks only: what cannot be seen is not in it. */
  get plain(): boolean {
    return (this.#plain ??= !/[^\t\n\r -~]/.test(this.text));
  }

  /** What the frontmatter says, for a SKILL.md. */
  get header(): SkillHeader {
    return (this.#header ??= skillHeader(this));
  }

  /** For rules about prose. */
  get folded(): FoldedText {
    this.#folded ??= new FoldedText(this.text);
    return this.#folded;
  }

  /** For rules about code: the text with lines joined that end in a backslash. Offsets are those of `text`. */
  get code(): string {
    this.#code ??= this.text.replaceAll('\\\n', '  ').replaceAll('\\\r\n', '   ');
    return this.#code;
  }

  /** `code` in lower case, at the same offsets. */
  get lowerCode(): string {
    this.#lowerCode ??= lowerCased(this.code);
    return this.#lowerCode;
  }

  get regions(): TextRegions {
    this.#regions ??= new TextRegions(this.text, this.kind);
    return this.#regions;
  }

  regionAt(offset: number): Region {
    return this.regions.at(offset);
  }

  /** Zero-based. */
  positionOf(offset: number): Position {
    const line = this.lineAt(offset);
    return { line, column: offset - this.lineStart(line) };
  }

  lineAt(offset: number): number {
    const starts = this.#lines;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  lineStart(line: number): number {
    return this.#lines[line] ?? this.text.length;
  }

  /** The text of a line without its end, at most `longest` characters of it. */
  lineText(line: number, longest: number): string {
    const start = this.lineStart(line);
    const end = this.lineStart(line + 1);
    return this.text.slice(start, Math.min(end, start + longest)).replace(/\r?\n$/u, '');
  }

  get #lines(): readonly number[] {
    return (this.#lineStarts ??= lineStartsOf(this.text));
  }
}

/** An archive in an archive in an archive. What lies deeper counts as not read. */
const DEEPEST_ARCHIVE = 3;

function decode(bytes: Uint8Array): string {
  const order = utf16Order(bytes);
  if (order !== undefined) return new TextDecoder(order).decode(bytes);
  // Byte by byte, so that a NUL put into a script does not hide it, and chance does not make up letters of other scripts.
  if (isBinary(bytes))
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return new TextDecoder('utf-8').decode(bytes);
}

function lowerCased(text: string): string {
  const lower = text.toLowerCase();
  // A few letters change their length with their case; then only ASCII is changed, so that offsets stay right.
  return lower.length === text.length
    ? lower
    : text.replace(/[A-Z]{1,1000}/g, (letters) => letters.toLowerCase());
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
