import { Gunzip, Inflate } from 'fflate';
import { archiveFormat } from './file-kind.ts';

/** One file of an archive. `path` is as the archive writes it, which may point anywhere. */
export interface ArchiveEntry {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
  readonly link: boolean;
}

/** Why a part of an archive could not be read. */
export type ArchiveProblem = 'locked' | 'damaged' | 'too_large' | 'unknown_format';

export interface ArchiveContents {
  readonly entries: readonly ArchiveEntry[];
  readonly problems: ReadonlySet<ArchiveProblem>;
}

/** What unpacking may still use: shared by all archives of one check, so that a bomb costs no more than its limit. */
export interface UnpackBudget {
  /** Bytes. */
  remaining: number;
}

export const UNPACK_LIMIT = 64 * 1024 * 1024;
const MOST_ENTRIES = 20_000;

/** Unpacks zip (and so docx, jar, whl), gzip and tar in memory, bounded by `budget`. Nothing is written and no path is followed. */
export function openArchive(path: string, bytes: Uint8Array, budget: UnpackBudget): ArchiveContents {
  const reader = new ArchiveReader(budget);
  switch (archiveFormat(bytes)) {
    case 'gzip':
      reader.gzip(path, bytes);
      break;
    case 'tar':
      reader.tar(bytes);
      break;
    case 'other':
      reader.problems.add('unknown_format');
      break;
    case 'zip':
    case undefined:
      reader.zip(bytes);
  }
  return { entries: reader.entries, problems: reader.problems };
}

/** True when a zip's directory is at the end of the bytes, whatever they begin with: programs that read zips look there. */
export function endsWithZip(bytes: Uint8Array): boolean {
  return findZipEnd(bytes) !== undefined;
}

class ArchiveReader {
  readonly entries: ArchiveEntry[] = [];
  readonly problems = new Set<ArchiveProblem>();
  readonly #budget: UnpackBudget;

  constructor(budget: UnpackBudget) {
    this.#budget = budget;
  }

  zip(bytes: Uint8Array): void {
    const end = findZipEnd(bytes);
    if (end === undefined) {
      this.problems.add('damaged');
      return;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const directorySize = view.getUint32(end + 12, true);
    // Whatever precedes the archive shifts its offsets; the directory lies right before its end record.
    const start = end - directorySize;
    const shift = start - view.getUint32(end + 16, true);
    for (let at = start; at >= 0 && at + 46 <= end && view.getUint32(at, true) === ZIP_ENTRY;) {
      const nameLength = view.getUint16(at + 28, true);
      const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
      this.#zipEntry(bytes, view, at, nameLength, shift);
      at = next;
    }
    if (start < 0 || this.entries.length === 0) this.problems.add('damaged');
  }

  #zipEntry(bytes: Uint8Array, view: DataView, at: number, nameLength: number, shift: number): void {
    const path = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (path.endsWith('/')) return;
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const mode = view.getUint32(at + 38, true) >>> 16;
    const local = view.getUint32(at + 42, true) + shift;
    const about = { path, executable: (mode & 0o111) !== 0, link: (mode & 0o170000) === 0o120000 };
    const locked = (flags & 1) !== 0;
    if (locked) this.problems.add('locked');
    if (local < 0 || local + 30 > bytes.length) {
      this.problems.add('damaged');
      return;
    }
    const data = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const stored = bytes.subarray(data, data + packed);
    if (locked) this.#add(about, new Uint8Array());
    else if (method === 0) this.#add(about, stored);
    else if (method === 8) this.#add(about, this.#unpacked(new Inflate(), stored, size));
    else {
      this.problems.add('unknown_format');
      this.#add(about, new Uint8Array());
    }
  }

  gzip(path: string, bytes: Uint8Array): void {
    const inner = this.#unpacked(new Gunzip(), bytes, this.#budget.remaining);
    if (archiveFormat(inner) === 'tar') this.tar(inner);
    else this.#add({ path: nameOf(path).replace(/\.t?gz$/u, ''), executable: false, link: false }, inner);
  }

  tar(bytes: Uint8Array): void {
    let longName: string | undefined;
    for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0;) {
      const size = octal(bytes, at + 124, 12);
      const type = String.fromCharCode(bytes[at + 156] ?? 0);
      const data = bytes.subarray(at + BLOCK, at + BLOCK + size);
      if (type === 'L' || type === 'x') longName = type === 'L' ? text(data, 0, data.length) : paxPath(data);
      else {
        const prefix = text(bytes, at + 345, 155);
        const name = text(bytes, at, 100);
        const path = longName ?? (prefix === '' ? name : `${prefix}/${name}`);
        const executable = (octal(bytes, at + 100, 8) & 0o111) !== 0;
        const link = type === '1' || type === '2';
        if (link || type === '0' || type === '\0' || type === '7')
          this.#add({ path, executable, link }, data);
        longName = undefined;
      }
      at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    }
  }

  #add(about: Omit<ArchiveEntry, 'bytes'>, bytes: Uint8Array): void {
    if (this.entries.length < MOST_ENTRIES) this.entries.push({ ...about, bytes });
    else this.problems.add('too_large');
  }

  /** At most `limit` bytes and what the budget has; the input goes in small pieces, so that little more is ever produced. */
  #unpacked(stream: Inflate | Gunzip, packed: Uint8Array, limit: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let length = 0;
    stream.ondata = (part) => {
      parts.push(part);
      length += part.length;
    };
    const most = Math.min(limit, this.#budget.remaining);
    try {
      for (let at = 0; at < packed.length && length <= most; at += PIECE) {
        stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
      }
    } catch {
      this.problems.add('damaged');
    }
    if (length > most) this.problems.add('too_large');
    this.#budget.remaining -= Math.min(length, this.#budget.remaining);
    return Buffer.concat(parts, Math.min(length, most));
  }
}

const ZIP_ENTRY = 0x02014b50;
/** Bytes of packed input; deflate makes at most about a thousand times as much of it. */
const PIECE = 4_096;
const BLOCK = 512;

/** The offset of the end record, which may be followed by a comment of up to 65,535 bytes. */
function findZipEnd(bytes: Uint8Array): number | undefined {
  const first = Math.max(0, bytes.length - 22 - 0xffff);
  for (let at = bytes.length - 22; at >= first; at--) {
    if (bytes[at] !== 0x50 || bytes[at + 1] !== 0x4b || bytes[at + 2] !== 5 || bytes[at + 3] !== 6) continue;
    const comment = (bytes[at + 20] ?? 0) + (bytes[at + 21] ?? 0) * 256;
    if (at + 22 + comment === bytes.length) return at;
  }
  return undefined;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function text(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end));
}

function octal(bytes: Uint8Array, start: number, length: number): number {
  const value = Number.parseInt(text(bytes, start, length).trim(), 8);
  return Number.isFinite(value) && value >= 0 ? value : 0;
}

function paxPath(data: Uint8Array): string | undefined {
  return /^\d{1,9} path=([^\n]{0,4096})\n/mu.exec(new TextDecoder().decode(data))?.[1];
}
