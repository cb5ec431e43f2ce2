import * as path from 'node:path';
import { type IntentDeps, INTENT_LIFETIME, IntentStore } from '../../src/core/harness/intent-store.ts';
import { type RestartIntent, restartIntentSchema } from '../../src/core/harness/restart-intent.ts';
import type { FileSystem } from '../../src/core/ports.ts';
import { FakeClock } from './ports.ts';
import { ScriptedProcesses } from './scripted-processes.ts';

export const INTENT_HOME = path.resolve('/home');
export const INTENTS = path.join(INTENT_HOME, 'intents');
const TRANSCRIPT = path.join(INTENT_HOME, 'session.jsonl');
const NOW = Date.UTC(2026, 10, 21, 12);
const STARTED = NOW - 3_600_000;

/** A supervisor, number 10, with a session whose transcript is there, on the machine `here`. */
export class IntentWorld {
  readonly clock = new FakeClock(NOW);
  readonly processes = new ScriptedProcesses();
  readonly live = new Set<string>();

  constructor() {
    this.processes.start(10, STARTED);
  }

  async prepare(files: FileSystem): Promise<void> {
    await files.makeDirectory(INTENTS);
    await files.writeFile(TRANSCRIPT, Buffer.from('{}\n'));
  }

  store(files: FileSystem, changes: Partial<IntentDeps['self']> = {}): IntentStore {
    const deps: IntentDeps = {
      files,
      machine: {
        makePrivateFolder: (folder) => files.makeDirectory(folder),
        privacyOf: () => Promise.resolve('private'),
      },
      clock: this.clock,
      processes: this.processes,
      self: { uid: 1000, host: 'here', pid: 10, ...changes },
      isLive: (sessionId) => Promise.resolve(this.live.has(sessionId)),
    };
    return new IntentStore(deps, INTENTS);
  }

  intent(changes: Partial<RestartIntent> = {}): RestartIntent {
    const installed = (version: string) => ({
      version,
      directory: version,
      executable: 'acme',
      counter: 1,
      asset_sha256: 'a'.repeat(64),
      tree_sha256: 'b'.repeat(64),
    });
    return restartIntentSchema.parse({
      schema_version: 1,
      intent_id: 'one',
      harness: 'acme',
      staged: installed('1.1.0'),
      previous: installed('1.0.0'),
      session_id: 'session',
      rollout_path: TRANSCRIPT,
      cwd: INTENT_HOME,
      argv: ['--resume', 'session'],
      environment: { TERM: 'xterm-256color' },
      created_at: new Date(this.clock.now()).toISOString(),
      expires_at: new Date(this.clock.now() + INTENT_LIFETIME).toISOString(),
      owner: {
        uid: 1000,
        host: 'here',
        supervisor_pid: 10,
        supervisor_started_at: new Date(STARTED).toISOString(),
      },
      rollback: { active: installed('1.0.0'), trial: 0 },
      ...changes,
    });
  }
}
