import type { OutdatedPluginPayload, UpdateRecordPayload } from '../../src/app/upkeep-payloads.ts';
import {
  emptyMarketSnapshot,
  type InstalledPayload,
  type MarketSnapshot,
} from '../../src/editor/model/market-snapshot.ts';
import { aMarketplace, anOfferedPlugin } from './fake-workspace.ts';

/** A content whose commit is this digit all over. */
export function content(digit: string, version: string | null = `${digit}.0.0`): InstalledPayload['active'] {
  return { version, identity: `commit:${digit.repeat(40)}` };
}

/** `notes@tools` 1.0.0 from the marketplace `tools`. */
export function installedSample(over: Partial<InstalledPayload> = {}): InstalledPayload {
  return {
    id: 'notes@tools',
    plugin_id: 'notes',
    marketplace: 'tools',
    source: 'example/tools (plugins/notes)',
    active: content('1'),
    previous: [],
    pin: null,
    ignored: [],
    health: 'healthy',
    requested: true,
    dependencies: [],
    ...over,
  };
}

/** The marketplace `tools`, which offers `notes` and `log`; nothing is installed. */
export function marketSample(over: Partial<MarketSnapshot> = {}): MarketSnapshot {
  const log = { id: 'log@tools', name: 'log', description: 'Keeps a log.', version: null };
  return {
    ...emptyMarketSnapshot('file:///workspace', 'workspace'),
    phase: 'ready',
    marketplaces: [aMarketplace()],
    offered: new Map([['tools', [anOfferedPlugin(log), anOfferedPlugin()]]]),
    ...over,
  };
}

export function outdatedSample(over: Partial<OutdatedPluginPayload> = {}): OutdatedPluginPayload {
  return {
    ...{ id: 'notes@tools', current: content('1'), wanted: content('2'), latest: content('2') },
    ...{
      pin: null,
      pinned_by: null,
      change: 'upgrade',
      change_text: 'major update',
      alert: null,
      problem: null,
    },
    ...over,
  };
}

export function recordSample(
  code: string,
  over: Partial<Omit<UpdateRecordPayload, 'reason'>> = {},
): UpdateRecordPayload {
  return {
    ...{ id: 'notes@tools', at: '2026-11-20T08:00:00.000Z', action: 'notify', alert: null },
    ...content('2'),
    ...over,
    reason: { code, params: {}, message: code },
  };
}
