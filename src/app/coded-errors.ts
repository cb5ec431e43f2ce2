import { toBeaverError } from '../base/system-errors.ts';
import type { BeaverWorkspace } from './api.ts';

/**
 * The workspace with what its methods reject with in words: a full disk, a refused access and the like become coded errors with a next
 * step, the system's own error being the `cause`. What has no words of its own (a defect) passes as it is.
 */
export function withCodedErrors(workspace: BeaverWorkspace): BeaverWorkspace {
  const { plugins, marketplaces, skills, updates, installs, looks, upkeep } = workspace;
  return {
    root: workspace.root,
    display: (absolutePath) => workspace.display(absolutePath),
    plugins: {
      list: (request) => coded(plugins.list(request)),
      failures: () => coded(plugins.failures()),
      sync: (wait) => coded(plugins.sync(wait)),
      enable: (pluginIds, wait) => coded(plugins.enable(pluginIds, wait)),
      pause: (pluginId, wait) => coded(plugins.pause(pluginId, wait)),
      resume: (pluginId, wait) => coded(plugins.resume(pluginId, wait)),
      disable: (pluginId, confirmation, wait) => coded(plugins.disable(pluginId, confirmation, wait)),
      adopt: (pluginId, skillName, wait) => coded(plugins.adopt(pluginId, skillName, wait)),
    },
    marketplaces: {
      list: () => coded(marketplaces.list()),
      add: (source, request, fetching, wait) => coded(marketplaces.add(source, request, fetching, wait)),
      refresh: (names, fetching, wait) => coded(marketplaces.refresh(names, fetching, wait)),
      remove: (name, wait) => coded(marketplaces.remove(name, wait)),
      trust: (name, trusted, wait) => coded(marketplaces.trust(name, trusted, wait)),
      configure: (name, settings, wait) => coded(marketplaces.configure(name, settings, wait)),
      browse: (request) => coded(marketplaces.browse(request)),
    },
    skills: {
      list: () => coded(skills.list()),
      show: (skillName) => coded(skills.show(skillName)),
      history: (skillName) => coded(skills.history(skillName)),
      rollback: (skillName, version, wait) => coded(skills.rollback(skillName, version, wait)),
      capture: (skillName, wait) => coded(skills.capture(skillName, wait)),
      read: (skillName, version) => coded(skills.read(skillName, version)),
      propose: (skillName, proposal, wait) => coded(skills.propose(skillName, proposal, wait)),
      proposal: (candidateId) => coded(skills.proposal(candidateId)),
      versionFolder: (skillName, version) => skills.versionFolder(skillName, version),
      targetFolders: (skillName) => coded(skills.targetFolders(skillName)),
    },
    updates: {
      list: () => coded(updates.list()),
      draft: (candidateId, wait, options) => coded(updates.draft(candidateId, wait, options)),
      show: (draftId) => coded(updates.show(draftId)),
      detail: (draftId, options) => coded(updates.detail(draftId, options)),
      propose: (draftId, options, wait) => coded(updates.propose(draftId, options, wait)),
      check: (draftId, wait, signal) => coded(updates.check(draftId, wait, signal)),
      resolve: (draftId, resolution, wait) => coded(updates.resolve(draftId, resolution, wait)),
      acknowledge: (draftId, request, wait) => coded(updates.acknowledge(draftId, request, wait)),
      replay: (draftId, request, wait) => coded(updates.replay(draftId, request, wait)),
      approve: (draftId, wait) => coded(updates.approve(draftId, wait)),
      reject: (draftId, reason, wait) => coded(updates.reject(draftId, reason, wait)),
      publish: (draftId, wait) => coded(updates.publish(draftId, wait)),
    },
    installs: {
      list: () => coded(installs.list()),
      install: (target, request, wait) => coded(installs.install(target, request, wait)),
      update: (ids, request, wait) => coded(installs.update(ids, request, wait)),
      rollback: (id, to, request, wait) => coded(installs.rollback(id, to, request, wait)),
      uninstall: (id, request, wait) => coded(installs.uninstall(id, request, wait)),
      history: (id) => coded(installs.history(id)),
    },
    looks: {
      versions: (target, fetching) => coded(looks.versions(target, fetching)),
      look: (target, request, fetching) => coded(looks.look(target, request, fetching)),
      contents: (id) => coded(looks.contents(id)),
    },
    upkeep: {
      outdated: (ids, fetching) => coded(upkeep.outdated(ids, fetching)),
      pin: (id, pin, wait) => coded(upkeep.pin(id, pin, wait)),
      pinHere: (id, wait) => coded(upkeep.pinHere(id, wait)),
      why: (id) => coded(upkeep.why(id)),
      lock: (wait) => coded(upkeep.lock(wait)),
      verify: () => coded(upkeep.verify()),
      installFrozen: (fetching, wait) => coded(upkeep.installFrozen(fetching, wait)),
      autoUpdate: (request, wait) => coded(upkeep.autoUpdate(request, wait)),
      applyStaged: (ids, request, wait) => coded(upkeep.applyStaged(ids, request, wait)),
      autoUpdateState: (environment) => coded(upkeep.autoUpdateState(environment)),
      reconcile: (request, fetching, wait) => coded(upkeep.reconcile(request, fetching, wait)),
    },
    audit: () => coded(workspace.audit()),
    doctor: (options, wait) => coded(workspace.doctor(options, wait)),
  };
}

/** What `answer` rejects with, in words. */
export async function coded<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw toBeaverError(error) ?? error;
  }
}
