import type { MirrorDeps } from '../core/mirror/mirror-deps.ts';
import { StateBook } from '../core/mirror/state-book.ts';
import { BeaverError } from '../base/errors.ts';
import { toBeaverError } from '../base/system-errors.ts';
import type { InstallDeps } from '../core/install/install-deps.ts';
import type { InstallOutcome } from '../core/install/install-outcome.ts';
import { InstallService } from '../core/install/install-service.ts';
import { installedPlugin } from '../core/install/install-registry.ts';
import type { InstalledPackage } from '../core/install/installed-plugin.ts';
import { DEADLINES } from '../core/install/phases.ts';
import { API_VERSION } from '../core/install/preflight/requirements.ts';
import { CAPABILITIES } from '../core/install/preflight/host-profile.ts';
import { identityText, sourceLabel } from '../core/package-identity.ts';
import { pinText } from '../core/package-pin.ts';
import type { Packages } from '../core/package-ports.ts';
import type { LockWait } from '../core/ports.ts';
import type { BeaverWorkspace, WorkspaceOptions } from './api.ts';
import { outcomePayload, updateEach } from './install-outcomes.ts';
import { type FindListing, packageCatalog } from './package-catalog.ts';
import { preflightPaths } from './preflight.ts';
import { soundPackages } from './sound-packages.ts';

export interface InstallsContext {
  readonly mirror: MirrorDeps;
  readonly options: WorkspaceOptions;
  readonly write: InstallDeps['write'];
  readonly running: InstallDeps['running'];
  readonly session: string;
  readonly find: FindListing;
  /** Offers what has come to the skills. */
  readonly sync: (wait: LockWait) => Promise<unknown>;
}

/** What installing needs of the rest. Where nothing may be fetched, what is installed can still be rolled back and taken out. */
export function installDeps(context: Omit<InstallsContext, 'sync'>): InstallDeps {
  const { mirror, options, write, running, session, find } = context;
  const { ports } = mirror;
  const packages = ports.packages === undefined ? UNAVAILABLE : soundPackages(ports.packages, ports.files);
  const { version } = options;
  const hosts = { ...(version === undefined ? {} : { beaver: version }), ...options.hosts };
  return {
    mirror,
    packages,
    catalog: packageCatalog(packages, find),
    preflight: (root) =>
      preflightPaths(ports.files, {
        paths: [root],
        base: root,
        version: version ?? '',
        host: { versions: hosts, apiVersions: [API_VERSION], capabilities: CAPABILITIES },
      }),
    commandExists: async (command) => (await ports.programs?.exists(command)) ?? true,
    write,
    session,
    running,
    deadlines: { ...DEADLINES, ...options.installDeadlines },
  };
}

const unavailable = (): never => {
  throw new BeaverError('packages_unavailable', 'Nothing can be fetched here.', {
    nextStep: 'Use the command line, or open the folder in an editor on this machine.',
  });
};
const UNAVAILABLE: Packages = { marketplace: unavailable, offers: unavailable, fetch: unavailable };

/** The part of a workspace that installs. */
export function createInstalls(context: InstallsContext): BeaverWorkspace['installs'] {
  const { mirror, sync } = context;
  const service = new InstallService(installDeps(context));
  const synced = async (outcomes: readonly InstallOutcome[], wait: LockWait): Promise<void> => {
    if (!outcomes.some(({ status }) => CHANGED.has(status))) return;
    // What came is in use whatever becomes of this: the next sync does the same.
    await sync(wait).catch((error: unknown) => {
      const code = toBeaverError(error)?.code ?? 'internal_error';
      mirror.ports.log.log('warn', 'The sync after an installation did not come to its end', { code });
    });
  };
  return {
    list: async () => {
      const state = [...(await service.installed())].sort(([a], [b]) => (a < b ? -1 : 1));
      return {
        installed: state.map(([id, plugin]) => ({
          id,
          plugin_id: plugin.plugin_id,
          marketplace: plugin.marketplace,
          source: sourceLabel(plugin.source),
          active: shown(plugin.active),
          previous: plugin.previous.map(shown),
          pin: plugin.pin === null ? null : pinText(plugin.pin),
          ignored: plugin.ignored.map(({ identity, version, kind, reason }) => ({
            ...{ version, kind, reason },
            identity: identityText(identity),
          })),
          health: plugin.health.status,
          requested: plugin.requested,
          dependencies: plugin.dependencies,
        })),
      };
    },
    install: async (target, request = {}, wait = BOUNDED) => {
      const outcome = await service.install(target, { ...request, wait });
      await synced([outcome], wait);
      return { install: outcomePayload(outcome) };
    },
    update: async (ids, request = {}, wait = BOUNDED) => {
      const installed = await service.installed();
      for (const id of ids) installedPlugin(installed, id);
      const wanted = ids.length === 0 ? [...installed.keys()].sort() : ids;
      const done: InstallOutcome[] = [];
      const updates = await updateEach(wanted, async (id) => {
        const outcome = await service.update(id, { ...request, wait });
        done.push(outcome);
        return outcome;
      });
      await synced(done, wait);
      return { updates: [...updates] };
    },
    rollback: async (id, to, request = {}, wait = BOUNDED) => {
      const outcome = await service.rollback(id, to, { ...request, wait });
      await synced([outcome], wait);
      return { install: outcomePayload(outcome) };
    },
    uninstall: async (id, { force = false } = {}, wait = BOUNDED) => {
      const record = await service.uninstall(id, wait, force);
      const state = (await StateBook.read(mirror.ports.files, mirror.layout)).find(record.plugin_id);
      const kept = Object.keys(state?.skills ?? {}).sort();
      return { uninstalled: { id, plugin_id: record.plugin_id, kept_skills: kept } };
    },
    history: async (id) => ({
      history: (await service.history(id)).map((event) => ({
        at: event.at,
        event: event.event,
        id: event.id,
        correlation_id: event.correlation_id,
        actor: event.actor,
        automatic: event.automatic,
        from: event.from,
        to: event.to,
        phase: event.phase,
        reason: event.reason,
        detail: event.detail,
      })),
    }),
  };
}

const BOUNDED: LockWait = { kind: 'bounded', timeout: 30_000 };
const CHANGED: ReadonlySet<string> = new Set(['installed', 'updated', 'rolled_back']);

function shown(content: InstalledPackage): { version: string | null; identity: string } {
  return { version: content.version, identity: identityText(content.identity) };
}
