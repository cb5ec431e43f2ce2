import * as path from 'node:path';
import { BeaverError, distinctFindings, type Finding } from '../base/errors.ts';
import { attemptIds } from '../core/install/attempt-journal.ts';
import type { SecondLook } from '../core/install/confirm-health.ts';
import type { InstallDeps } from '../core/install/install-deps.ts';
import { readInstalled } from '../core/install/install-registry.ts';
import { readAudit } from '../core/learning/audit.ts';
import { CandidateBook } from '../core/learning/candidates.ts';
import { captureEdits, type Captures } from '../core/mirror/capture.ts';
import { enablePlugins } from '../core/mirror/enabling.ts';
import { PluginLifecycle } from '../core/mirror/lifecycle.ts';
import { proposeRevision } from '../core/mirror/propose.ts';
import { StateBook } from '../core/mirror/state-book.ts';
import type { PluginDiscovery } from '../core/plugins/discovery.ts';
import type { Lock, LockWait, Ports } from '../core/ports.ts';
import { readPlacements } from '../core/skills/placement.ts';
import { hasUnfinishedTransaction, recoverTransactions } from '../core/skills/redo.ts';
import type { TransactionDeps } from '../core/skills/transaction-steps.ts';
import type { BeaverWorkspace, WorkspaceOptions } from './api.ts';
import { withCodedErrors } from './coded-errors.ts';
import { wireDomains } from './domains.ts';
import type { DraftsApi } from './drafts.ts';
import { lockedInstalls } from './locked-installs.ts';
import { marketplacesApi, marketplaceService } from './marketplaces.ts';
import type { PackageLooks } from './package-looks.ts';
import type { FindListing } from './package-catalog.ts';
import type { PluginListPayload, PluginPayload } from './payloads.ts';
import { NOTHING_SYNCED, syncWorkspace } from './sync-workspace.ts';
import {
  hasDraftToDecide,
  pluginFailures,
  pluginPayloads,
  proposalPayload,
  skillContentPayload,
  skillPayload,
  skillSummaries,
  updatePayload,
} from './present.ts';
import type { UpkeepContext } from './upkeep/upkeep-context.ts';
import type { UpkeepApi } from './upkeep.ts';

/** How long a command waits for another writer. Milliseconds. */
export const LOCK_TIMEOUT = 30_000;
const BOUNDED: LockWait = { kind: 'bounded', timeout: LOCK_TIMEOUT };
const NEVER: LockWait = { kind: 'never' };

/** The one place that wires the domains together. Opens nothing and reads nothing until it is asked. */
export function createWorkspace(ports: Ports, options: WorkspaceOptions): BeaverWorkspace {
  const { deps, discover } = wireDomains(ports, options);
  const { layout, store, transactions } = deps;
  const { files } = ports;
  const lifecycle = new PluginLifecycle(deps);
  const mayWrite = options.mayWrite ?? (() => true);
  const running = new Set<string>();
  const session = ports.ids.transaction();
  const loadInstallDeps = async (): Promise<InstallDeps> => {
    const { installDeps } = await import('./installs.ts');
    return installDeps({ mirror: deps, options, write, running, session, find });
  };
  /** Rollbacks that nobody asked for, until the next sync has told of them. */
  const rolledBack: Finding[] = [];
  /** Ends what a crash left of installations; nothing of it is loaded where nothing is under way. */
  const recoverInstalls = async (): Promise<void> => {
    if ((await attemptIds(files, layout)).every((id) => running.has(id))) return;
    const { recoverAttempts } = await import('../core/install/recovery.ts');
    rolledBack.push(...(await recoverAttempts(await loadInstallDeps())));
  };
  const write = writer(ports.lock, transactions, mayWrite, recoverInstalls);
  const marketplaces = marketplaceService(ports, layout, transactions, write);
  const find: FindListing = async (name, marketplace) => {
    const entry = await marketplaces.find(name, marketplace);
    if (entry === undefined) return undefined;
    const { marketplace: listedBy, plugin, allows } = entry;
    const known = (await marketplaces.list()).find((one) => one.name === listedBy);
    return {
      name: plugin.name,
      marketplace: listedBy,
      source: plugin.source,
      defaultPin: known?.pin ?? null,
      allows,
    };
  };

  /** The second look at what an earlier start put in use. */
  const confirmInstalls = async (): Promise<SecondLook> => {
    const installed = await readInstalled(files, layout).catch(() => undefined);
    const waiting = [...(installed?.values() ?? [])].some(
      ({ health }) => health.status === 'trial' && health.checked_by !== session,
    );
    if (!waiting) return { rolledBack: [], findings: [] };
    const { confirmHealth } = await import('../core/install/confirm-health.ts');
    return confirmHealth(await loadInstallDeps());
  };
  const sync = (wait: LockWait): Promise<unknown> =>
    write('sync plugins', wait, () => syncWorkspace(ports, options));
  const upkeepContext = async (): Promise<UpkeepContext> => {
    const { installDeps } = await import('./installs.ts');
    return {
      install: installDeps({ mirror: deps, options, write, running, session, find }),
      marketplaces,
      bounded: BOUNDED,
      autoUpdate: options.autoUpdate,
      random: Math.random,
      home: options.home,
      sync,
      doctor: async () => {
        const { diagnose } = await import('../core/mirror/doctor.ts');
        return (await diagnose(deps, false, (body) => body())).findings;
      },
    };
  };
  const upkeep = lazyUpkeep(async () => {
    const { createUpkeep } = await import('./upkeep.ts');
    return createUpkeep(await upkeepContext());
  });

  const listPlugins = async (seen?: PluginDiscovery): Promise<PluginListPayload> => {
    const discovery = seen ?? (await discover(false));
    const state = await StateBook.read(files, layout);
    return { plugins: await pluginPayloads(deps, discovery, state), errors: [...discovery.errors] };
  };
  const onePlugin = async (pluginId: string): Promise<PluginPayload> => {
    const found = (await listPlugins()).plugins.find((plugin) => plugin.id === pluginId);
    if (found !== undefined) return found;
    throw new BeaverError('plugin_unknown', `There is no plugin "${pluginId}".`, {
      nextStep: 'Use "beaver plugins list" to see the plugins.',
    });
  };
  const showSkill = (skillName: string) => skillPayload(deps, skillName);
  /** Reading shows what is published; a change that a crash interrupted is completed first when nobody else is writing. */
  const settled = async (): Promise<void> => {
    if (!mayWrite()) return;
    const open = (await attemptIds(files, layout)).some((id) => !running.has(id));
    if (!open && !(await hasUnfinishedTransaction(files, layout))) return;
    await write('complete an interrupted change', NEVER, () => Promise.resolve()).catch((error: unknown) => {
      if (!(error instanceof BeaverError && error.code === 'plugin_write_busy')) throw error;
    });
  };
  const drafts = lazyDrafts(async () => {
    const { createDrafts } = await import('./drafts.ts');
    return createDrafts({
      deps,
      write,
      bounded: BOUNDED,
      assertMayWrite: () => {
        assertMayWrite(mayWrite);
      },
    });
  });

  return withCodedErrors({
    root: layout.root,
    display: (absolute) => layout.display(absolute),
    plugins: {
      list: async ({ documents = true } = {}) => {
        await settled();
        return listPlugins(await discover(documents));
      },
      failures: async () => pluginFailures(await StateBook.read(files, layout)),
      sync: async (wait = BOUNDED) => {
        try {
          return await write('sync plugins', wait, async () => {
            const synced = await syncWorkspace(ports, options);
            const look = await confirmInstalls();
            const last = look.rolledBack.length > 0 ? await syncWorkspace(ports, options) : synced;
            const findings = [...last.sync.findings, ...rolledBack.splice(0), ...look.findings];
            return { ...last, sync: { ...last.sync, findings } };
          });
        } catch (error) {
          if (!(wait.kind === 'never' && error instanceof BeaverError && error.code === 'plugin_write_busy'))
            throw error;
          return {
            sync: { status: 'deferred_lock_busy', ...NOTHING_SYNCED },
            ...(await listPlugins()),
          };
        }
      },
      enable: async (pluginIds, wait = BOUNDED) => {
        const failures = await write('enable plugins', wait, async () =>
          enablePlugins(deps, pluginIds, await discover(false)),
        );
        const [only] = failures;
        if (only !== undefined && pluginIds.length === 1) throw only.error;
        const { plugins } = await listPlugins();
        return plugins
          .filter((plugin) => pluginIds.includes(plugin.id))
          .map((plugin) => {
            const failure = failures.find((entry) => entry.pluginId === plugin.id);
            return failure === undefined ? plugin : { ...plugin, last_error: failure.error.message };
          });
      },
      pause: async (pluginId, wait = BOUNDED) => {
        await write('pause a plugin', wait, () => lifecycle.pause(pluginId));
        return onePlugin(pluginId);
      },
      resume: async (pluginId, wait = BOUNDED) => {
        await write('resume a plugin', wait, async () => lifecycle.resume(pluginId, await discover(false)));
        return onePlugin(pluginId);
      },
      disable: async (pluginId, confirmation, wait = BOUNDED) => {
        await write('disable a plugin', wait, () => lifecycle.disable(pluginId, confirmation));
        return onePlugin(pluginId);
      },
      adopt: async (pluginId, skillName, wait = BOUNDED) => {
        await write('adopt a skill', wait, () => lifecycle.adopt(pluginId, skillName));
        return onePlugin(pluginId);
      },
    },
    marketplaces: marketplacesApi(ports, layout, marketplaces, BOUNDED),
    skills: {
      list: async () => {
        await settled();
        return skillSummaries(deps);
      },
      show: async (skillName) => ({ skill: await showSkill(skillName) }),
      history: async (skillName) => {
        await store.load(skillName);
        const events = (await readAudit(files, layout)).filter((event) => event.skill_name === skillName);
        return {
          history: events.map((event) => ({
            at: event.at,
            event: event.event,
            skill_name: skillName,
            detail: event.detail,
          })),
        };
      },
      rollback: async (skillName, version, wait = BOUNDED) => {
        await write('roll a skill back', wait, () => lifecycle.rollback(skillName, version));
        return { skill: await showSkill(skillName) };
      },
      capture: async (skillName, wait = BOUNDED) => {
        const captures = await write('capture edits', wait, async () => {
          const names =
            skillName === undefined ? await store.names() : [(await store.load(skillName)).spec.skill_name];
          const all: { captured: Captures['captured'][number][]; findings: Finding[] } = {
            captured: [],
            findings: [],
          };
          for (const name of names) {
            const one = await captureEdits(deps, name);
            all.captured.push(...one.captured);
            all.findings.push(...one.findings);
          }
          return { captured: all.captured, findings: [...distinctFindings(all.findings)] };
        });
        return captures;
      },
      read: async (skillName, version) => {
        await settled();
        return skillContentPayload(deps, skillName, version);
      },
      propose: async (skillName, proposal, wait = BOUNDED) => {
        const { candidate, created } = await write('propose a revision', wait, () =>
          proposeRevision(deps, skillName, proposal, options.limits),
        );
        return { proposal: await proposalPayload(deps, candidate), created };
      },
      proposal: async (candidateId) => {
        await settled();
        const candidate = (await CandidateBook.read(files, layout)).get(candidateId);
        return { proposal: await proposalPayload(deps, candidate) };
      },
      versionFolder: (skillName, version) => layout.version(skillName, version),
      targetFolders: async (skillName) => {
        const { targets } = await deps.targets();
        const placements = await readPlacements(files, layout);
        return targets
          .filter((target) => placements.targets[target.name]?.[skillName] !== undefined)
          .map((target) => path.join(target.folder, skillName));
      },
    },
    updates: {
      list: async () => {
        await settled();
        const book = await CandidateBook.read(files, layout);
        const drafted = book.all().filter(hasDraftToDecide);
        const current = new Map<string, string | undefined>();
        for (const { skill_name: name } of drafted)
          if (!current.has(name)) current.set(name, (await deps.store.current(name))?.version);
        return {
          updates: book.all().map((candidate) => updatePayload(candidate, current.get(candidate.skill_name))),
        };
      },
      ...drafts,
    },
    installs: lockedInstalls(
      lazyInstalls(async () => {
        const { createInstalls } = await import('./installs.ts');
        return createInstalls({ mirror: deps, options, write, running, session, find, sync });
      }),
      async (uninstalled, wait = BOUNDED) => {
        const { followLock } = await import('./upkeep/locked-plugins.ts');
        await followLock(await upkeepContext(), uninstalled, wait);
      },
    ),
    looks: lazyLooks(async () => {
      const { createPackageLooks } = await import('./package-looks.ts');
      return createPackageLooks(await loadInstallDeps(), mayWrite);
    }),
    upkeep,
    audit: async () => ({
      events: (await readAudit(files, layout)).map(({ at, event, actor, plugin_id, skill_name, detail }) => ({
        ...{ at, event, actor, plugin_id, skill_name },
        detail,
      })),
    }),
    doctor: async (request = {}, wait = BOUNDED) => {
      const { examineWorkspace } = await import('./doctor.ts');
      return examineWorkspace(deps, running, write, request.fix === true, wait);
    },
  });
}

/** Loaded with the first call: the merge, the gates and what they take are a large part. */
function lazyDrafts(load: () => Promise<DraftsApi>): DraftsApi {
  let loaded: Promise<DraftsApi> | undefined;
  const open = (): Promise<DraftsApi> => (loaded ??= load());
  return {
    draft: async (...args) => (await open()).draft(...args),
    show: async (...args) => (await open()).show(...args),
    detail: async (...args) => (await open()).detail(...args),
    propose: async (...args) => (await open()).propose(...args),
    check: async (...args) => (await open()).check(...args),
    resolve: async (...args) => (await open()).resolve(...args),
    acknowledge: async (...args) => (await open()).acknowledge(...args),
    replay: async (...args) => (await open()).replay(...args),
    approve: async (...args) => (await open()).approve(...args),
    reject: async (...args) => (await open()).reject(...args),
    publish: async (...args) => (await open()).publish(...args),
  };
}

/** Loaded with the first call: only some commands install, and it is a large part. */
function lazyInstalls(load: () => Promise<BeaverWorkspace['installs']>): BeaverWorkspace['installs'] {
  let loaded: Promise<BeaverWorkspace['installs']> | undefined;
  const open = (): Promise<BeaverWorkspace['installs']> => (loaded ??= load());
  return {
    list: async () => (await open()).list(),
    install: async (...args) => (await open()).install(...args),
    update: async (...args) => (await open()).update(...args),
    rollback: async (...args) => (await open()).rollback(...args),
    uninstall: async (...args) => (await open()).uninstall(...args),
    history: async (...args) => (await open()).history(...args),
  };
}

/** Loaded with the first call: only the editor looks at packages. */
function lazyLooks(load: () => Promise<PackageLooks>): PackageLooks {
  let loaded: Promise<PackageLooks> | undefined;
  const open = (): Promise<PackageLooks> => (loaded ??= load());
  return {
    versions: async (...args) => (await open()).versions(...args),
    look: async (...args) => (await open()).look(...args),
    contents: async (...args) => (await open()).contents(...args),
  };
}

/** Loaded with the first call, as installing is. */
function lazyUpkeep(load: () => Promise<UpkeepApi>): UpkeepApi {
  let loaded: Promise<UpkeepApi> | undefined;
  const open = (): Promise<UpkeepApi> => (loaded ??= load());
  return {
    outdated: async (...args) => (await open()).outdated(...args),
    pin: async (...args) => (await open()).pin(...args),
    pinHere: async (...args) => (await open()).pinHere(...args),
    why: async (...args) => (await open()).why(...args),
    lock: async (...args) => (await open()).lock(...args),
    verify: async (...args) => (await open()).verify(...args),
    installFrozen: async (...args) => (await open()).installFrozen(...args),
    autoUpdate: async (...args) => (await open()).autoUpdate(...args),
    applyStaged: async (...args) => (await open()).applyStaged(...args),
    autoUpdateState: async (...args) => (await open()).autoUpdateState(...args),
    reconcile: async (...args) => (await open()).reconcile(...args),
  };
}

/** Runs a body under the workspace write lock, after whatever a crash interrupted has been completed. */
function writer(
  lock: Lock,
  transactions: TransactionDeps,
  mayWrite: () => boolean,
  recoverInstalls: () => Promise<void>,
): <T>(purpose: string, wait: LockWait, body: () => Promise<T>) => Promise<T> {
  return async (purpose, wait, body) => {
    assertMayWrite(mayWrite);
    return lock.run(transactions.layout.writeLock, purpose, wait, async () => {
      await recoverTransactions(transactions);
      await recoverInstalls();
      return body();
    });
  };
}

function assertMayWrite(mayWrite: () => boolean): void {
  if (mayWrite()) return;
  throw new BeaverError('workspace_untrusted', 'The workspace is not trusted; nothing was written.', {
    nextStep: 'Trust the workspace, then try again.',
  });
}
