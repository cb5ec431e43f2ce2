import type { LockWait } from '../core/ports.ts';
import type { BeaverWorkspace } from '../app/api.ts';
import type { MarketplaceReading } from '../app/marketplace-reading.ts';
import type { SyncPayload } from '../app/payloads.ts';
import type { EXIT } from './failure.ts';
import type { Style } from './style.ts';

/** What a command has to say: one JSON document, or the same in words. */
export interface Answer {
  /** Printed with `--json`; its shape is in answer-schemas.ts. */
  readonly payload: object;
  /** For people, ended by a newline; printed as it is. */
  readonly text: (style: Style) => string;
  readonly exit: typeof EXIT.done | typeof EXIT.found;
}

/** Of a command that has said everything while it ran. */
export interface Ended {
  readonly exit: typeof EXIT.done;
}

/** What a command gets to work with. */
export interface CommandContext {
  /** Absolute: where relative arguments start, after `-C`. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How long to wait for another writer, and what is said meanwhile. */
  readonly wait: LockWait;
  /** Opens the workspace at `directory`; commands that need none never call it. */
  workspace(): Promise<BeaverWorkspace>;
  /** Marketplaces as they were last looked at, without a workspace. */
  marketplaces(): Promise<MarketplaceReading>;
  /** The answer of the last sync, where another one would give it again. */
  recallSync(): Promise<SyncPayload | undefined>;
  /** Says on standard error what is going on. */
  tell(line: string): void;
  /** Standard input to its end. */
  input(): Promise<Uint8Array>;
  /** Says something at once, as an answer is said at the end: for commands that go on running. */
  say(answer: Pick<Answer, 'payload' | 'text'>): void;
}

export type Action = (context: CommandContext) => Promise<Answer | Ended>;
