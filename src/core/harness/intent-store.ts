import * as path from 'node:path';
import * as z from 'zod';
import { isBeaverError } from '../../base/errors.ts';
import type { HarnessMachine } from '../harness-ports.ts';
import { isSameProcess, type Processes } from '../harness-ports.ts';
import type { Clock, FileSystem } from '../ports.ts';
import { readStoredJson, writeStoredJson } from '../stored-json.ts';
import { INTENT_ENVIRONMENT, type RestartIntent, restartIntentSchema } from './restart-intent.ts';

/** Milliseconds that an intent holds: a restart takes seconds, and what was decided an hour ago nobody expects any more. */
export const INTENT_LIFETIME = 15 * 60_000;
/** Starts of the new version after which the old one is returned to. */
export const MOST_TRIALS = 2;

const KIND = { name: 'restart intent', schemaVersion: 1 };
const ID = /^[A-Za-z0-9_-]{1,64}$/;

export interface IntentDeps {
  readonly files: FileSystem;
  readonly machine: Pick<HarnessMachine, 'makePrivateFolder' | 'privacyOf'>;
  readonly clock: Clock;
  readonly processes: Processes;
  /** Of whoever asks. `uid` is null where there are none. */
  readonly self: { readonly uid: number | null; readonly host: string; readonly pid: number };
  /** Whether another supervisor has a conversation open. */
  readonly isLive: (sessionId: string) => Promise<boolean>;
}

/** Why an intent is not acted on. All but `owned` put it aside. */
export type IntentRefusal =
  | 'unreadable'
  | 'schema_newer'
  | 'expired'
  | 'from_the_future'
  | 'other_user'
  | 'other_host'
  | 'session_unnamed'
  | 'session_live'
  | 'transcript_missing'
  | 'folder_missing'
  | 'trials_used_up'
  | 'owned';

export type IntentReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'usable'; readonly intent: RestartIntent }
  | { readonly kind: 'refused'; readonly intentId: string; readonly why: IntentRefusal };

/** The restarts that were decided and are not over: `intents/<intent>.json` of a harness. Whatever is put aside is kept as `.rejected`. */
export class IntentStore {
  readonly #deps: IntentDeps;
  readonly #folder: string;

  /** `folder`: absolute. */
  constructor(deps: IntentDeps, folder: string) {
    this.#deps = deps;
    this.#folder = folder;
  }

  /** Durable when it returns; then only may anything be stopped. @throws the system's error, or `storage_unsafe` by its caller's look. */
  async write(intent: RestartIntent): Promise<void> {
    const valid = restartIntentSchema.parse(intent);
    await this.#deps.machine.makePrivateFolder(this.#folder);
    await writeStoredJson(this.#deps.files, this.#file(valid.intent_id), z.json().parse(valid), {
      private: true,
    });
  }

  /** The restart is over, well or not. */
  async remove(intentId: string): Promise<void> {
    await this.#deps.files.remove(this.#file(intentId));
    await this.#deps.files.flush([this.#folder]);
  }

  /** Every intent that is there. Those that can no longer be acted on are put aside, except of an owner that lives. */
  async list(): Promise<readonly IntentReading[]> {
    const { files, machine } = this.#deps;
    const privacy = await machine.privacyOf(this.#folder);
    if (privacy !== 'private') return [];
    const found: IntentReading[] = [];
    const names = ((await files.readDirectory(this.#folder)) ?? []).map(({ name }) => name).toSorted();
    for (const name of names) {
      if (name.endsWith('.json')) found.push(await this.read(name.slice(0, -'.json'.length)));
    }
    return found;
  }

  async read(intentId: string): Promise<IntentReading> {
    const { files } = this.#deps;
    const file = this.#file(intentId);
    const stat = await files.lstat(file);
    if (stat === undefined) return { kind: 'none' };
    let intent: RestartIntent | undefined;
    let why: IntentRefusal | undefined;
    try {
      if (stat.kind === 'file') {
        intent = await readStoredJson(files, file, path.basename(file), KIND, restartIntentSchema);
      }
      why = intent === undefined ? 'unreadable' : await this.#refusal(intent);
    } catch (error) {
      if (isBeaverError(error, 'schema_newer')) why = 'schema_newer';
      else if (isBeaverError(error, 'stored_file_unreadable')) why = 'unreadable';
      else throw error;
    }
    if (intent !== undefined && why === undefined) return { kind: 'usable', intent };
    if (why !== 'owned') await this.#putAside(file);
    return { kind: 'refused', intentId, why: why ?? 'unreadable' };
  }

  /** In the order of what is cheapest to be wrong about: whose it is comes before what it wants. */
  async #refusal(intent: RestartIntent): Promise<IntentRefusal | undefined> {
    const { self, clock, processes, files, isLive } = this.#deps;
    const { owner } = intent;
    if (owner.uid !== self.uid) return 'other_user';
    if (owner.host !== self.host) return 'other_host';
    const process = { pid: owner.supervisor_pid, started_at: owner.supervisor_started_at };
    const lives = isSameProcess(processes, process);
    if (lives && owner.supervisor_pid !== self.pid) return 'owned';
    if (clock.now() >= Date.parse(intent.expires_at)) return 'expired';
    if (Date.parse(intent.created_at) - clock.now() > INTENT_LIFETIME) return 'from_the_future';
    if (intent.rollback.trial >= MOST_TRIALS) return 'trials_used_up';
    if (intent.session_id === '') return 'session_unnamed';
    if (!lives && (await isLive(intent.session_id))) return 'session_live';
    const transcript = intent.rollout_path;
    if (transcript !== null && (await files.lstat(transcript))?.kind !== 'file') return 'transcript_missing';
    if ((await files.lstat(intent.cwd)) === undefined) return 'folder_missing';
    return undefined;
  }

  async #putAside(file: string): Promise<void> {
    const aside = `${file}.rejected`;
    await this.#deps.files.remove(aside);
    await this.#deps.files.rename(file, aside);
    await this.#deps.files.flush([this.#folder]);
  }

  #file(intentId: string): string {
    if (!ID.test(intentId)) throw new RangeError('An id of an intent is letters, digits, dashes.');
    return path.join(this.#folder, `${intentId}.json`);
  }
}

/** The variables that an intent may hold, of those that are set (R13). */
export function intentEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): RestartIntent['environment'] {
  return Object.fromEntries(
    INTENT_ENVIRONMENT.flatMap((name) => {
      const value = environment[name];
      return value === undefined || value.length > 1000 ? [] : [[name, value] as const];
    }),
  );
}

/** The intent after a start of the new version that failed. */
export function afterFailedStart(intent: RestartIntent): RestartIntent {
  const trial = Math.min(MOST_TRIALS, intent.rollback.trial + 1);
  return { ...intent, rollback: { ...intent.rollback, trial } };
}
