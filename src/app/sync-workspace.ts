import { syncByPolicy } from '../core/mirror/policy-publication.ts';
import type { SyncReport } from '../core/mirror/sync.ts';
import { ObservedFiles } from '../core/observed-files.ts';
import { attemptIds } from '../core/install/attempt-journal.ts';
import { readInstalled } from '../core/install/install-registry.ts';
import type { WorkspaceLayout } from '../core/layout.ts';
import { PLACEMENT_DEFERRED } from '../core/skills/version-writer.ts';
import type { FileSystem, Ports } from '../core/ports.ts';
import type { WorkspaceOptions } from './api.ts';
import { wireDomains } from './domains.ts';
import type { SyncPayload } from './payloads.ts';
import { pluginPayloads } from './present.ts';
import { keepSync } from './unchanged-sync.ts';

/** One whole sync and what the plugins are after it. Expects the write lock. */
export async function syncWorkspace(ports: Ports, options: WorkspaceOptions): Promise<SyncPayload> {
  const startedAt = ports.clock.now();
  const observed = new ObservedFiles(ports.files);
  const { deps, cache, discover } = wireDomains({ ...ports, files: observed }, options, ports.files);
  const { layout } = deps;
  const discovering = discover(false);
  // Awaited below, unless the store turns out to be unreadable first.
  discovering.catch(() => undefined);
  const { report, state } = await syncByPolicy(deps, discovering, options.gates?.review ?? 'always');
  const discovery = await discovering;
  // A cache that cannot be kept costs the next run time, nothing else.
  await cache.save({ complete: true }).catch(() => undefined);
  const payload: SyncPayload = {
    sync: { status: 'synced', ...mutable(report) },
    plugins: await pluginPayloads(deps, discovery, state),
    errors: [...discovery.errors],
  };
  // Something that was staged is swept up once it is old: only with none of it does the time decide nothing.
  const staged = (await observed.readDirectory(layout.staging)) ?? [];
  // What waits for the end of a turn is placed by a later sync, which finds the same on the disk.
  const waits = report.findings.some(({ code }) => code === PLACEMENT_DEFERRED);
  const settled = !waits && staged.length === 0 && (await hasSettledInstalls(observed, layout));
  const observation = settled ? observed.observation(layout.root, startedAt) : undefined;
  if (observation !== undefined)
    await keepSync(ports.files, options, observation, payload).catch(() => undefined);
  return payload;
}

/** No attempt is under way, and no package waits for the second look that the next start takes. */
async function hasSettledInstalls(files: FileSystem, layout: WorkspaceLayout): Promise<boolean> {
  if ((await attemptIds(files, layout)).length > 0) return false;
  const installed = await readInstalled(files, layout).catch(() => undefined);
  return (
    installed !== undefined && [...installed.values()].every(({ health }) => health.status === 'healthy')
  );
}

export const NOTHING_SYNCED: Omit<SyncPayload['sync'], 'status'> = {
  mirrored: [],
  candidates_created: [],
  candidates_superseded: [],
  already_applied: [],
  reconciled: [],
  captured: [],
  published: [],
  findings: [],
};

function mutable(report: SyncReport): Omit<SyncPayload['sync'], 'status'> {
  return {
    mirrored: [...report.mirrored],
    candidates_created: [...report.candidates_created],
    candidates_superseded: [...report.candidates_superseded],
    already_applied: [...report.already_applied],
    reconciled: [...report.reconciled],
    captured: [...report.captured],
    published: [...report.published],
    findings: [...report.findings],
  };
}
