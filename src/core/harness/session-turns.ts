import * as path from 'node:path';
import * as z from 'zod';
import { isSameProcess, type Processes } from '../harness-ports.ts';
import type { FileSystem, QuietBoundary } from '../ports.ts';
import { type BlockerKind, quiescenceSchema } from './blocker.ts';

/** Bytes of a record of a session; larger ones are none. */
const LARGEST = 64 * 1024;

/** What is needed here of a record in `state/sessions/`, which its supervisor writes. */
const recordSchema = z.looseObject({
  cwd: z.string().max(4096),
  supervisor: z.looseObject({ pid: z.int().positive(), started_at: z.iso.datetime() }),
  quiescence: quiescenceSchema.nullable(),
});

/** What is a turn, of all that keeps a session from being restarted: the model, or something that it waits for, is at work. */
const OF_A_TURN: ReadonlySet<BlockerKind> = new Set<BlockerKind>([
  'model_streaming',
  'tool_running',
  'permission_prompt',
  'question_open',
  'tool_callback',
  'queued_prompt',
  'compaction',
  'auto_continuation',
  'subagent_running',
]);

/** The turns of the sessions that supervisors look after on this machine, as they record them. A session that nobody looks after is not known. */
export class SessionTurns implements QuietBoundary {
  readonly #files: FileSystem;
  readonly #processes: Processes;
  readonly #folder: string;

  constructor(files: FileSystem, processes: Processes, beaverHome: string) {
    this.#files = files;
    this.#processes = processes;
    this.#folder = path.join(path.resolve(beaverHome), 'state', 'sessions');
  }

  async isQuiet(folder: string): Promise<boolean> {
    // Nothing here may keep anybody from working: what cannot be read says nothing.
    const entries = await this.#files.readDirectory(this.#folder).catch(() => undefined);
    for (const { name, kind } of entries ?? []) {
      if (kind !== 'file' || !name.endsWith('.json')) continue;
      if (await this.#isBusy(path.join(this.#folder, name), folder)) return false;
    }
    return true;
  }

  async #isBusy(file: string, folder: string): Promise<boolean> {
    const bytes = await this.#files.readFile(file, LARGEST).catch(() => undefined);
    if (bytes === undefined || bytes.byteLength > LARGEST) return false;
    const record = recordSchema.safeParse(jsonOf(bytes)).data;
    if (record?.quiescence?.status !== 'blocked') return false;
    if (!touch(record.cwd, folder)) return false;
    if (!record.quiescence.blockers.some(({ kind }) => OF_A_TURN.has(kind))) return false;
    // A supervisor that was killed leaves its record behind.
    return isSameProcess(this.#processes, record.supervisor);
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** One is the other, or inside it. */
function touch(a: string, b: string): boolean {
  return isWithin(a, b) || isWithin(b, a);
}

function isWithin(outer: string, inner: string): boolean {
  const relative = path.relative(outer, inner);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}
