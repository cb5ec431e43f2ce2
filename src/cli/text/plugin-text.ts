import type { PluginListPayload, PluginPayload, SyncPayload } from '../../app/payloads.ts';
import { oneLine, type Style } from '../style.ts';
import { renderTable } from '../table.ts';
import { count, findingsText } from './findings-text.ts';

export function pluginListText(style: Style, { plugins, errors }: PluginListPayload): string {
  const table = plugins.length === 0 ? 'No plugins found.\n' : pluginTable(style, plugins);
  return table + findingsText(style, errors);
}

/** A row per plugin, its skills indented below it. */
export function pluginTable(style: Style, plugins: readonly PluginPayload[]): string {
  const rows = plugins.flatMap((plugin) => [
    [
      style.strong(plugin.id),
      oneLine(versions(plugin)),
      statusText(style, plugin.status),
      oneLine(note(plugin)),
    ],
    ...plugin.skills.map((skill) => [
      `  ${oneLine(skill.name)}`,
      skill.current_beaver_version ?? '-',
      statusText(style, skill.status),
      skill.pending_candidate_id === null ? '' : `update ${skill.pending_candidate_id}`,
    ]),
  ]);
  return renderTable(style, ['PLUGIN / SKILL', 'VERSION', 'STATUS', 'NOTE'], rows);
}

export function syncText(style: Style, { sync, plugins, errors }: SyncPayload): string {
  const lines = [
    happened(sync.mirrored, 'Mirrored'),
    happened(
      sync.captured.map(({ skill_name, version }) => `${skill_name} ${version}`),
      'Captured edits as',
    ),
    happened(sync.already_applied, 'Already had the new upstream'),
    happened(sync.reconciled, 'Brought up to date'),
    happened(sync.candidates_created, 'New updates'),
    happened(
      sync.published.map(({ skill_name, version }) => `${skill_name} ${version}`),
      'Published by the setting beaver.gates.review',
    ),
    happened(sync.candidates_superseded, 'Superseded updates'),
  ].join('');
  const summary = lines === '' ? `Nothing to do in ${count(plugins.length, 'plugin')}.\n` : lines;
  return summary + findingsText(style, [...sync.findings, ...errors]);
}

function happened(names: readonly string[], what: string): string {
  return names.length === 0 ? '' : `${what}: ${names.map(oneLine).join(', ')}\n`;
}

function versions(plugin: PluginPayload): string {
  const { discovered_version: found, installed_version: installed } = plugin;
  if (installed === null || found === null || installed === found) return installed ?? found ?? '-';
  return `${installed} -> ${found}`;
}

function note(plugin: PluginPayload): string {
  if (plugin.last_error !== null) return plugin.last_error;
  return plugin.updates_paused && plugin.status !== 'paused' ? 'updates paused' : '';
}

function statusText(style: Style, status: string): string {
  switch (status) {
    case 'synced':
      return style.good(status);
    case 'update_pending':
    case 'paused':
    case 'missing':
      return style.warning(status);
    case 'conflict':
    case 'error':
      return style.bad(status);
    default:
      return status;
  }
}
