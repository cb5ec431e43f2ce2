import type { PluginPayload } from '../../app/payloads.ts';
import { BeaverError } from '../../base/errors.ts';
import type { Action, Answer, CommandContext } from '../answer.ts';
import { EXIT, UsageError } from '../failure.ts';
import { pluginListText, pluginTable, syncText } from '../text/plugin-text.ts';

/** `plugins list`. A plugin that cannot be read is listed among the errors and is no failure of the listing (invariant 10). */
export const listPlugins: Action = async (context) => {
  const workspace = await context.workspace();
  const payload = await workspace.plugins.list();
  return { payload, text: (style) => pluginListText(style, payload), exit: EXIT.done };
};

/** `plugins sync`. Exits with 1 when something keeps a skill from being synced. */
export const syncPlugins: Action = async (context) => {
  const payload =
    (await context.recallSync()) ?? (await (await context.workspace()).plugins.sync(context.wait));
  if (payload.sync.status === 'deferred_lock_busy') {
    throw new BeaverError('plugin_write_busy', 'Another Beaver process is writing to this workspace.', {
      nextStep: 'Wait until it has finished, then try again.',
    });
  }
  const stuck = payload.sync.findings.some((finding) => finding.severity === 'error');
  return { payload, text: (style) => syncText(style, payload), exit: stuck ? EXIT.found : EXIT.done };
};

/** `plugins enable ID...` or `--all`: every plugin that is found and not enabled yet. Exits with 1 when not all of several could be. */
export function enablePlugins(ids: readonly string[], all: boolean): Action {
  if (all === ids.length > 0) {
    throw new UsageError('Name the plugins to enable, or give --all.', { field: 'id' });
  }
  return async (context) => {
    const workspace = await context.workspace();
    const wanted = all
      ? (await workspace.plugins.list({ documents: false })).plugins
          .filter(isOffered)
          .map((plugin) => plugin.id)
      : ids;
    const plugins = wanted.length === 0 ? [] : await workspace.plugins.enable(wanted, context.wait);
    const [only] = plugins;
    const payload = !all && ids.length === 1 && only !== undefined ? only : { plugins };
    const enabled = plugins.filter((plugin) => plugin.enabled && plugin.last_error === null);
    return {
      payload,
      text: (style) => (wanted.length === 0 ? 'Every plugin is enabled.\n' : pluginTable(style, plugins)),
      exit: enabled.length === new Set(wanted).size ? EXIT.done : EXIT.found,
    };
  };
}

function isOffered(plugin: PluginPayload): boolean {
  return !plugin.enabled && plugin.manifest_path !== null;
}

export function pausePlugin(id: string): Action {
  return async (context) => pluginAnswer(await (await context.workspace()).plugins.pause(id, context.wait));
}

export function resumePlugin(id: string): Action {
  return async (context) => pluginAnswer(await (await context.workspace()).plugins.resume(id, context.wait));
}

/** `plugins disable ID --disable-linked-skills`: without the second half of the sentence nothing is done. */
export function disablePlugin(id: string, disableLinkedSkills: boolean): Action {
  if (!disableLinkedSkills) {
    throw new UsageError('Disabling a plugin takes its linked skills out of use as well.', {
      code: 'confirmation_required',
      nextStep: 'Add --disable-linked-skills to say that this is meant; their versions are kept.',
      field: 'disable_linked_skills',
    });
  }
  return async (context) => {
    const workspace = await context.workspace();
    return pluginAnswer(await workspace.plugins.disable(id, { disableLinkedSkills }, context.wait));
  };
}

export function adoptSkill(pluginId: string, skillName: string): Action {
  return async (context: CommandContext) => {
    const workspace = await context.workspace();
    return pluginAnswer(await workspace.plugins.adopt(pluginId, skillName, context.wait));
  };
}

function pluginAnswer(plugin: PluginPayload): Answer {
  return { payload: plugin, text: (style) => pluginTable(style, [plugin]), exit: EXIT.done };
}
