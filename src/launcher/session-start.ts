import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { HarnessAdapter } from '../core/harness/adapters/adapter.ts';
import {
  isOneShot,
  readArguments,
  resumeOf,
  type ResumePlan,
  startOf,
} from '../core/harness/adapters/command-line.ts';
import { findAdapter } from '../core/harness/adapters/known-adapters.ts';
import type { HarnessLayout } from '../core/harness/layout.ts';
import { type HarnessSource, harnessSourceSchema } from '../core/harness/source.ts';
import type { SessionFacts } from '../core/harness/turn-state.ts';
import type { FileSystem } from '../core/ports.ts';
import { readStoredJson } from '../core/stored-json.ts';

/** Bytes of a person's own settings file that are read. */
const LARGEST_SETTINGS = 1024 * 1024;

/** The words of a start, and what is known of the session that it begins. */
export interface PlannedStart {
  readonly args: readonly string[];
  readonly facts: SessionFacts;
}

/** Where a harness comes from; null for one that nobody added, and where that cannot be read. */
export async function sourceOf(files: FileSystem, layout: HarnessLayout): Promise<HarnessSource | null> {
  const kind = { name: 'source of a harness', schemaVersion: 1 };
  const read = readStoredJson(files, layout.source, 'source.json', kind, harnessSourceSchema);
  return (await read.catch(() => undefined)) ?? null;
}

/** The adapter of a harness; undefined for one without, and where its file cannot be read: then nothing is known of its sessions. */
export async function adapterOf(
  files: FileSystem,
  layout: HarnessLayout,
  harness: string,
  command: string,
): Promise<HarnessAdapter | undefined> {
  try {
    return await findAdapter(files, layout.adapter, harness, command);
  } catch {
    return undefined;
  }
}

/** How one session is started and gone on with: the person's own arguments, with what its adapter adds. */
export class SessionStarts {
  readonly #adapter: HarnessAdapter | undefined;
  readonly #args: readonly string[];
  readonly #front: string;

  /** `front`: the launcher, which hooks are told to run; absolute. */
  constructor(adapter: HarnessAdapter | undefined, args: readonly string[], front: string) {
    this.#adapter = adapter;
    this.#args = args;
    this.#front = front;
  }

  first(): PlannedStart {
    if (this.#adapter === undefined) return { args: this.#args, facts: UNKNOWN };
    if (isOneShot(this.#adapter, this.#args)) {
      return { args: this.#args, facts: { ...UNKNOWN, interactive: false } };
    }
    const wish = { ...this.#hooks(this.#adapter), sessionId: randomUUID() };
    const { argv, sessionId, persisted, signalled } = startOf(this.#adapter, this.#args, wish);
    return { args: argv, facts: { ...UNKNOWN, sessionId, persisted, signalled, schemaCompatible: true } };
  }

  /** The same session once more. `permissionMode`: as the program said last; null where it never did. */
  again(sessionId: string, permissionMode: string | null): ResumePlan {
    if (this.#adapter === undefined) return { kind: 'unclear', flags: [] };
    return resumeOf(this.#adapter, this.#args, { ...this.#hooks(this.#adapter), sessionId, permissionMode });
  }

  #hooks(adapter: HarnessAdapter) {
    return {
      hookCommand: `${shellWord(this.#front)} hook`,
      hookWords: [this.#front, 'hook'],
      userSettings: ownSettings(adapter, this.#args),
    };
  }
}

const UNKNOWN: SessionFacts = {
  sessionId: null,
  persisted: null,
  interactive: true,
  schemaCompatible: null,
  terminalWatched: true,
  signalled: false,
};

/** What the person's own settings flag holds, given as JSON or as a file; null where they gave none, or it cannot be read. */
function ownSettings(adapter: HarnessAdapter, args: readonly string[]): string | null {
  const { hooks } = adapter;
  if (hooks.via !== 'settings') return null;
  const given = readArguments(adapter, args).list.find(({ name }) => name === hooks.flag);
  const value = given?.words[1] ?? given?.words[0]?.slice(hooks.flag.length + 1);
  if (value === undefined) return null;
  if (value.trimStart().startsWith('{')) return value;
  try {
    const file = path.resolve(value);
    return fs.statSync(file).size > LARGEST_SETTINGS ? null : fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
