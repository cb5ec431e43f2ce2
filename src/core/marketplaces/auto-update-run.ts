import { BeaverError } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';
import { toBeaverError } from '../../base/system-errors.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FetchOptions, PackageOffers, PackageSource } from '../package-ports.ts';
import type { Clock, FileSystem, LockWait } from '../ports.ts';
import type { AutoUpdateLimit } from './auto-update-mode.ts';
import {
  planAutoUpdate,
  type SeenMarketplace,
  settledWithoutAsking,
  type UpdatablePlugin,
  type UpdateDecision,
} from './auto-update-plan.ts';
import { sourceToAsk } from './choose-offer.ts';
import {
  type AutoUpdateState,
  readAutoUpdateState,
  readUpdateLines,
  recordOf,
  type UpdateRecord,
  withRecords,
} from './update-record.ts';
import { afterCheck, afterFailure, firstCheck, isDue, type MarketplaceSchedule } from './update-schedule.ts';

/** What auto-update needs of the rest; wired in `app/`. */
export interface AutoUpdateDeps {
  readonly files: FileSystem;
  readonly layout: WorkspaceLayout;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly plugins: () => Promise<readonly UpdatablePlugin[]>;
  readonly marketplaces: () => Promise<ReadonlyMap<string, SeenMarketplace>>;
  /** The code of what it failed with; null when it went well. */
  readonly refresh: (name: string, options: FetchOptions) => Promise<string | null>;
  readonly offers: (source: PackageSource, options: FetchOptions) => Promise<PackageOffers>;
  /** Has the content downloaded and checked, and puts nothing in use. */
  readonly stage: (decision: UpdateDecision, options: FetchOptions) => Promise<void>;
  readonly apply: (decision: UpdateDecision, options: FetchOptions) => Promise<ApplyOutcome>;
  /** Runs under the write lock; what it answers is written as one change. */
  readonly change: (
    purpose: string,
    wait: LockWait,
    plan: () => Promise<readonly { readonly path: string; readonly text: string }[]>,
  ) => Promise<void>;
}

export type ApplyOutcome =
  | { readonly status: 'done' }
  | { readonly status: 'consent_required' }
  | { readonly status: 'skipped'; readonly code: string };

export interface AutoUpdateRequest {
  readonly limit: AutoUpdateLimit;
  readonly offline?: boolean;
  readonly metered?: boolean;
  /** Looks at once, whatever the schedule says: a person asked. */
  readonly now?: boolean;
  readonly signal?: AbortSignal;
  readonly wait: LockWait;
}

export interface AutoUpdateReport {
  /** Marketplaces that were looked at. */
  readonly checked: readonly string[];
  /** What was decided, and done, about each plugin of these; sorted by id. */
  readonly records: readonly UpdateRecord[];
  /** When something is due next; null when nothing is ever. Milliseconds since the epoch. */
  readonly next_at: number | null;
}

/** Until a window that began to look is taken for dead, no other begins. Milliseconds. */
const CLAIM = 30 * 60_000;
/** What ends the whole round, and not one plugin's turn. */
const ENDS_ALL: ReadonlySet<string> = new Set([
  'fetch_cancelled',
  'install_cancelled',
  'plugin_write_busy',
  'workspace_untrusted',
]);

/**
 * One round of auto-update: looks at the marketplaces that are due, decides about their plugins and does it, one transfer at a time. What
 * it does not do has a recorded reason as well. A marketplace or a plugin that fails costs the others nothing.
 */
export async function runAutoUpdate(
  deps: AutoUpdateDeps,
  request: AutoUpdateRequest,
): Promise<AutoUpdateReport> {
  const marketplaces = await deps.marketplaces();
  const conditions = {
    limit: request.limit,
    offline: request.offline === true,
    metered: request.metered === true,
  };
  const fetching: FetchOptions = request.signal === undefined ? {} : { signal: request.signal };
  const due = await claimDue(deps, marketplaces, request);
  const failures = new Map<string, string>();
  const mayLook = request.limit.mode !== 'off' && !conditions.offline && !conditions.metered;
  for (const name of mayLook ? due : []) {
    const code = await deps.refresh(name, fetching);
    if (code !== null) failures.set(name, code);
    await noteCheck(deps, name, code, request.wait);
  }
  const seen = await deps.marketplaces();
  // A plugin of a marketplace that is not due keeps what was decided when it was.
  const plugins = (await deps.plugins()).filter(
    ({ marketplace }) =>
      marketplace === null || due.includes(marketplace) || !isLookedAt(seen.get(marketplace)),
  );
  const offers = new Map<string, PackageOffers | { readonly failed: string }>();
  for (const plugin of plugins) {
    if (settledWithoutAsking(plugin, seen, conditions) !== undefined) continue;
    const failed = failures.get(plugin.marketplace ?? '');
    offers.set(plugin.id, failed === undefined ? await ask(deps, plugin, seen, fetching) : { failed });
  }
  const decisions = planAutoUpdate(plugins, seen, { ...conditions, offers });
  const records: UpdateRecord[] = [];
  for (const decision of decisions) {
    const record = recordOf(
      await carryOut(deps, decision, fetching),
      new Date(deps.clock.now()).toISOString(),
    );
    records.push(record);
    // After each, so that a window that is closed now leaves what it has done on record.
    if (decision.action !== 'none') await keep(deps, [record], request.wait);
  }
  await keep(deps, records, request.wait);
  const { marketplaces: schedules } = await readAutoUpdateState(deps.files, deps.layout);
  const times = [...seen]
    .filter(([, one]) => isLookedAt(one))
    .flatMap(([name]) => schedules[name]?.next_at ?? []);
  return { checked: mayLook ? due : [], records, next_at: times.length === 0 ? null : Math.min(...times) };
}

function isLookedAt(marketplace: SeenMarketplace | undefined): boolean {
  return marketplace !== undefined && marketplace.mode !== 'off' && marketplace.trusted;
}

/** Names of marketplaces that this process is to look at now: no other window does while it is at it. */
async function claimDue(
  deps: AutoUpdateDeps,
  marketplaces: ReadonlyMap<string, SeenMarketplace>,
  request: AutoUpdateRequest,
): Promise<readonly string[]> {
  const wanted = [...marketplaces].filter(([, one]) => isLookedAt(one)).map(([name]) => name);
  if (request.limit.mode === 'off') return wanted.sort();
  const claimed: string[] = [];
  await changeSchedule(deps, 'plan the next looks at marketplaces', request.wait, (state) => {
    const now = deps.clock.now();
    const next: Record<string, MarketplaceSchedule> = {};
    for (const name of wanted) {
      const known = state.marketplaces[name] ?? firstCheck(now, deps.random());
      const taken = request.now === true || isDue(known, now);
      if (taken) claimed.push(name);
      next[name] = taken ? { ...known, next_at: now + CLAIM } : known;
    }
    return next;
  });
  return claimed.sort();
}

async function noteCheck(
  deps: AutoUpdateDeps,
  name: string,
  code: string | null,
  wait: LockWait,
): Promise<void> {
  await changeSchedule(deps, 'note a look at a marketplace', wait, (state) => {
    const now = deps.clock.now();
    const before = state.marketplaces[name] ?? firstCheck(now, 0);
    const after =
      code === null ? afterCheck(now, deps.random()) : afterFailure(before, code, now, deps.random());
    return { ...state.marketplaces, [name]: after };
  });
}

async function changeSchedule(
  deps: AutoUpdateDeps,
  purpose: string,
  wait: LockWait,
  change: (state: AutoUpdateState) => Readonly<Record<string, MarketplaceSchedule>>,
): Promise<void> {
  await deps.change(purpose, wait, async () => {
    const state = await readAutoUpdateState(deps.files, deps.layout);
    const marketplaces = { ...change(state) };
    return [{ path: deps.layout.autoUpdateState, text: canonicalJson({ ...state, marketplaces }) }];
  });
}

async function ask(
  deps: AutoUpdateDeps,
  plugin: UpdatablePlugin,
  seen: ReadonlyMap<string, SeenMarketplace>,
  fetching: FetchOptions,
): Promise<PackageOffers | { readonly failed: string }> {
  const marketplace = seen.get(plugin.marketplace ?? '');
  const source = marketplace?.sources.get(plugin.name) ?? plugin.source;
  try {
    return await deps.offers(sourceToAsk(source, plugin.pin ?? marketplace?.defaultPin ?? null), fetching);
  } catch (error) {
    return { failed: failureCode(error) };
  }
}

/** The decision as it came out: an installation may find that a person is to be asked, or fail, which leaves what was in use. */
async function carryOut(
  deps: AutoUpdateDeps,
  decision: UpdateDecision,
  fetching: FetchOptions,
): Promise<UpdateDecision> {
  try {
    switch (decision.action) {
      case 'none':
      case 'notify':
        return decision;
      case 'stage':
        await deps.stage(decision, fetching);
        return decision;
      case 'apply': {
        const outcome = await deps.apply(decision, fetching);
        if (outcome.status === 'done') return decision;
        if (outcome.status === 'consent_required')
          return { ...decision, action: 'notify', reason: { ...decision.reason, code: 'consent_required' } };
        return notInstalled(decision, outcome.code);
      }
    }
  } catch (error) {
    return notInstalled(decision, failureCode(error));
  }
}

function notInstalled(decision: UpdateDecision, error: string): UpdateDecision {
  return { ...decision, action: 'none', reason: { code: 'not_installed', params: { error } } };
}

/** @throws what ends all, and defects. */
function failureCode(error: unknown): string {
  const coded = toBeaverError(error);
  if (!(coded instanceof BeaverError) || ENDS_ALL.has(coded.code)) throw error;
  return coded.code;
}

async function keep(deps: AutoUpdateDeps, records: readonly UpdateRecord[], wait: LockWait): Promise<void> {
  if (records.length === 0) return;
  const { files, layout } = deps;
  await deps.change('record why plugins were or were not updated', wait, async () => {
    const texts = withRecords(
      await readAutoUpdateState(files, layout),
      await readUpdateLines(files, layout),
      records,
    );
    return [
      { path: layout.updateRecords, text: texts.lines },
      { path: layout.autoUpdateState, text: texts.state },
    ];
  });
}
