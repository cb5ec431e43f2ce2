import { syncByPolicy } from '../core/mirror/policy-publication.ts';
import type { SyncReport } from '../core/mirror/sync.ts';
import { ObservedFiles } from '../core/observed-files.ts';
import type { Ports } from '../core/ports.ts';
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
  const observation = staged.length === 0 ? observed.observation(layout.root, startedAt) : undefined;
  if (observation !== undefined)
    await keepSync(ports.files, options, observation, payload).catch(() => undefined);
  return payload;
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
