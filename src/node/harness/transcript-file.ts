import * as fs from 'node:fs';
import type { TranscriptLook } from '../../core/harness-ports.ts';
import { unlessMissing } from '../file-calls.ts';

/** Bytes of the end of a transcript that are read: many turns, and never the whole of a long conversation. */
const TAIL = 256 * 1024;
const NEWLINE = 0x0a;

/** The end of a transcript, with the look that it was read at. */
export interface TranscriptEnd {
  readonly look: TranscriptLook;
  /** Milliseconds since the epoch. */
  readonly writtenAt: number;
  readonly tail: string;
  /** Whether there is more before `tail`. */
  readonly cut: boolean;
}

/** A transcript as it is on the disk now; undefined where there is no such file. `file`: absolute. */
export function readTranscriptEnd(file: string): TranscriptEnd | undefined {
  const opened = unlessMissing(() => fs.openSync(file, 'r'));
  if (opened === undefined) return undefined;
  try {
    const { size, mtimeNs, mtimeMs } = fs.fstatSync(opened, { bigint: true });
    const from = Math.max(0, Number(size) - TAIL);
    const bytes = Buffer.alloc(Number(size) - from);
    const read = bytes.subarray(0, fs.readSync(opened, bytes, 0, bytes.byteLength, from));
    const whole = read.byteLength === 0 || read.at(-1) === NEWLINE;
    return {
      look: { size: Number(size), mtimeNs, whole },
      writtenAt: Number(mtimeMs),
      tail: read.toString('utf8'),
      cut: from > 0,
    };
  } finally {
    fs.closeSync(opened);
  }
}
