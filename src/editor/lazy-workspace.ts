import type { BeaverWorkspace, WorkspaceOptions } from '../app/api.ts';
import { WorkspaceLayout } from '../core/layout.ts';

export type OpenWorkspace = (options: WorkspaceOptions) => BeaverWorkspace;

/**
 * A workspace whose code is loaded with its first use. Activation must not wait for the domains, which are by far the largest part of the
 * extension, so everything that is not already asynchronous is answered from the layout alone.
 * @throws BeaverError where the options cannot work, as the workspace itself would.
 */
export function lazyWorkspace(
  load: () => Promise<OpenWorkspace>,
  options: WorkspaceOptions,
): BeaverWorkspace {
  const layout = new WorkspaceLayout(options.root, options.skillsDirectory);
  let opened: Promise<BeaverWorkspace> | undefined;
  const open = (): Promise<BeaverWorkspace> =>
    (opened ??= load().then((openWorkspace) => openWorkspace(options)));
  return {
    root: layout.root,
    display: (absolutePath) => layout.display(absolutePath),
    plugins: {
      list: async (...args) => (await open()).plugins.list(...args),
      failures: async () => (await open()).plugins.failures(),
      sync: async (...args) => (await open()).plugins.sync(...args),
      enable: async (...args) => (await open()).plugins.enable(...args),
      pause: async (...args) => (await open()).plugins.pause(...args),
      resume: async (...args) => (await open()).plugins.resume(...args),
      disable: async (...args) => (await open()).plugins.disable(...args),
      adopt: async (...args) => (await open()).plugins.adopt(...args),
    },
    marketplaces: {
      list: async () => (await open()).marketplaces.list(),
      add: async (...args) => (await open()).marketplaces.add(...args),
      refresh: async (...args) => (await open()).marketplaces.refresh(...args),
      remove: async (...args) => (await open()).marketplaces.remove(...args),
      trust: async (...args) => (await open()).marketplaces.trust(...args),
      configure: async (...args) => (await open()).marketplaces.configure(...args),
      browse: async (...args) => (await open()).marketplaces.browse(...args),
    },
    skills: {
      list: async () => (await open()).skills.list(),
      show: async (...args) => (await open()).skills.show(...args),
      history: async (...args) => (await open()).skills.history(...args),
      rollback: async (...args) => (await open()).skills.rollback(...args),
      capture: async (...args) => (await open()).skills.capture(...args),
      read: async (...args) => (await open()).skills.read(...args),
      propose: async (...args) => (await open()).skills.propose(...args),
      proposal: async (...args) => (await open()).skills.proposal(...args),
      versionFolder: (skillName, version) => layout.version(skillName, version),
      targetFolders: async (...args) => (await open()).skills.targetFolders(...args),
    },
    updates: {
      list: async () => (await open()).updates.list(),
      draft: async (...args) => (await open()).updates.draft(...args),
      show: async (...args) => (await open()).updates.show(...args),
      detail: async (...args) => (await open()).updates.detail(...args),
      propose: async (...args) => (await open()).updates.propose(...args),
      check: async (...args) => (await open()).updates.check(...args),
      resolve: async (...args) => (await open()).updates.resolve(...args),
      acknowledge: async (...args) => (await open()).updates.acknowledge(...args),
      replay: async (...args) => (await open()).updates.replay(...args),
      approve: async (...args) => (await open()).updates.approve(...args),
      reject: async (...args) => (await open()).updates.reject(...args),
      publish: async (...args) => (await open()).updates.publish(...args),
    },
    installs: {
      list: async () => (await open()).installs.list(),
      install: async (...args) => (await open()).installs.install(...args),
      update: async (...args) => (await open()).installs.update(...args),
      rollback: async (...args) => (await open()).installs.rollback(...args),
      uninstall: async (...args) => (await open()).installs.uninstall(...args),
      history: async (...args) => (await open()).installs.history(...args),
    },
    looks: {
      versions: async (...args) => (await open()).looks.versions(...args),
      look: async (...args) => (await open()).looks.look(...args),
      contents: async (...args) => (await open()).looks.contents(...args),
    },
    upkeep: {
      outdated: async (...args) => (await open()).upkeep.outdated(...args),
      pin: async (...args) => (await open()).upkeep.pin(...args),
      pinHere: async (...args) => (await open()).upkeep.pinHere(...args),
      why: async (...args) => (await open()).upkeep.why(...args),
      lock: async (...args) => (await open()).upkeep.lock(...args),
      verify: async () => (await open()).upkeep.verify(),
      installFrozen: async (...args) => (await open()).upkeep.installFrozen(...args),
      autoUpdate: async (...args) => (await open()).upkeep.autoUpdate(...args),
      applyStaged: async (...args) => (await open()).upkeep.applyStaged(...args),
      autoUpdateState: async (...args) => (await open()).upkeep.autoUpdateState(...args),
      reconcile: async (...args) => (await open()).upkeep.reconcile(...args),
    },
    audit: async () => (await open()).audit(),
    doctor: async (...args) => (await open()).doctor(...args),
  };
}
