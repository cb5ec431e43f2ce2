import { isBeaverError } from '../../base/errors.ts';
import type { EditorHost } from '../contribution.ts';
import { logFailure } from '../log.ts';
import { realTimers } from '../model/debounce.ts';
import type { MarketSession } from '../model/market-session.ts';
import type { Notices } from './notices.ts';
import { tellRepairs, tellRolledBack, tellUpdates } from './notice-words.ts';
import { repairsItself, toConfirm } from './repair-plan.ts';
import { rolledBackSince } from './rolled-back.ts';
import { roundConditions } from './round-conditions.ts';
import { type RoundEnd, UpdateRunner } from './update-runner.ts';
import { updateKey, waitingUpdates } from './waiting-updates.ts';

/** What is done by itself for one folder while it is open: a look at what is off, then rounds of auto-update. */
export class FolderUpkeep {
  readonly market: MarketSession;
  readonly #host: EditorHost;
  readonly #notices: Notices;
  readonly #runner: UpdateRunner;
  readonly #mayRepair: () => boolean;
  #since: string;
  #disposed = false;

  /** @param startedAt ISO time from which on what is rolled back by itself is told */
  constructor(
    host: EditorHost,
    market: MarketSession,
    notices: Notices,
    startedAt: string,
    mayRepair: () => boolean,
  ) {
    this.#host = host;
    this.market = market;
    this.#notices = notices;
    this.#since = startedAt;
    this.#mayRepair = mayRepair;
    this.#runner = new UpdateRunner({
      round: (signal) => this.#round(signal),
      timers: realTimers,
      now: Date.now,
      random: Math.random,
      onFailure: (error) => {
        logFailure(host.log, 'auto-update', error);
      },
    });
  }

  /** Never rejects. */
  async start(): Promise<void> {
    await this.#quietly('reconcile', () => this.#reconcile());
    if (!this.#disposed) this.#runner.start();
  }

  /** Tells what happened since it was told last: by this window or by another process. What waits is left out while a person looks for it. */
  async follow(looking: boolean): Promise<void> {
    if (!looking) tellUpdates(this.#host, this.#notices, waitingUpdates(this.market.snapshot));
    await this.#quietly('history', async () => {
      const { history } = await this.market.workspace.installs.history();
      const events = rolledBackSince(history, this.#since);
      const last = events.at(-1);
      if (last === undefined || this.#disposed) return;
      this.#since = last.at;
      tellRolledBack(this.#host, this.#notices, this.market.folder, events);
    });
  }

  /** A round that a person asked for has ended, and they see what waits. */
  followRound(end: RoundEnd): void {
    this.#notices.seen(waitingUpdates(this.market.snapshot).map(updateKey));
    this.#runner.follow(end);
  }

  dispose(): void {
    this.#disposed = true;
    this.#runner.dispose();
  }

  async #round(signal: AbortSignal): Promise<RoundEnd> {
    const { folder, workspace } = this.market;
    const { auto_update: done } = await workspace.upkeep
      .autoUpdate({ ...roundConditions(folder), signal })
      .catch((error: unknown) => {
        const stopped = isBeaverError(error, 'install_cancelled') || isBeaverError(error, 'fetch_cancelled');
        if (stopped && signal.aborted) return { auto_update: STOPPED };
        throw error;
      });
    await this.market.refresh();
    if (done.plugins.some(({ action }) => action === 'apply')) await this.#host.folders.refresh();
    if (!this.#disposed) await this.follow(false);
    const nextAt = done.next_at === null ? null : Date.parse(done.next_at);
    return { status: done.limit === 'off' ? 'off' : done.status, nextAt };
  }

  /**
   * Holds what is wanted against what is there, without a network. What only adds or completes is repaired where that is wanted; what would
   * remove or overwrite something is shown first.
   */
  async #reconcile(): Promise<void> {
    const { folder, workspace, snapshot } = this.market;
    if (snapshot.installed.length === 0) return;
    const first = (await workspace.upkeep.reconcile()).reconcile;
    const { offline, metered } = roundConditions(folder);
    const { reconcile: now } =
      repairsItself(first.items) && this.#mayRepair()
        ? await workspace.upkeep.reconcile({ apply: true }, { offline: offline || metered })
        : { reconcile: first };
    if (now !== first) await this.market.refresh();
    if (!this.#disposed) tellRepairs(this.#host, this.#notices, folder, toConfirm(now.items));
  }

  async #quietly(what: string, body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      logFailure(this.#host.log, what, error);
    }
  }
}

const STOPPED = { status: 'done', limit: 'off', next_at: null, plugins: [] } as const;
