import * as vscode from 'vscode';
import type { WorkspaceOptions } from '../app/api.ts';
import type { AutoUpdateMode } from '../core/marketplaces/auto-update-mode.ts';
import type { ReviewPolicy } from '../core/learning/review-policy.ts';
import type { ReplayPolicy } from '../core/learning/replay/replay-gate.ts';

export const SETTINGS_SECTION = 'beaver';

export interface FolderSettings {
  readonly autoSync: boolean;
  readonly skillsDirectory: string;
  readonly pluginSearchPaths: readonly string[];
  readonly runtimeTargets: readonly string[];
  readonly placeDuringTurn: boolean;
  readonly ignoredTargetFiles: readonly string[] | undefined;
  readonly review: ReviewPolicy;
  readonly replay: ReplayPolicy;
  readonly autoUpdate: AutoUpdateMode;
  readonly maxFiles: number | undefined;
  readonly maxBytes: number | undefined;
}

/** The settings of one workspace folder. In an untrusted workspace VS Code leaves out what the workspace itself sets. */
export function readSettings(folder: vscode.Uri): FolderSettings {
  const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION, folder);
  const read = (name: string): unknown => configuration.get(name);
  return {
    autoSync: read('autoSync') !== false,
    skillsDirectory: text(read('skillsDirectory')) ?? 'skills',
    pluginSearchPaths: texts(read('pluginSearchPaths')) ?? [],
    runtimeTargets: texts(read('runtimeTargets')) ?? [],
    placeDuringTurn: read('placeDuringTurn') === true,
    ignoredTargetFiles: texts(read('ignoredTargetFiles')),
    review: read('gates.review') === 'clean_fast_forwards' ? 'clean_fast_forwards' : 'always',
    replay: replayPolicy(read('gates.replay')),
    autoUpdate: autoUpdateMode(read('autoUpdate')),
    maxFiles: positive(read('limits.maxFiles')),
    maxBytes: positive(read('limits.maxBytes')),
  };
}

// Settings are typed by hand in JSON files: what does not fit its description counts as not set. Checked without zod, which would have to
// be loaded before activation resolves.

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function texts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const all = value.map(text);
  return all.every((one) => one !== undefined) ? all : undefined;
}

function replayPolicy(value: unknown): ReplayPolicy {
  return value === 'required' || value === 'off' ? value : 'when_available';
}

/** A word that is none holds everything back: whoever wrote it meant to hold something back. */
function autoUpdateMode(value: unknown): AutoUpdateMode {
  switch (value) {
    case undefined:
    case 'apply':
      return 'apply';
    case 'stage':
    case 'notify':
      return value;
    default:
      return 'off';
  }
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

export function workspaceOptions(root: string, read: FolderSettings): WorkspaceOptions {
  return {
    root,
    mayWrite: () => vscode.workspace.isTrusted,
    skillsDirectory: read.skillsDirectory,
    pluginSearchPaths: read.pluginSearchPaths,
    // An empty list stands for "those that exist", which is the core's own default.
    ...(read.runtimeTargets.length === 0 ? {} : { runtimeTargets: read.runtimeTargets }),
    placeDuringTurn: read.placeDuringTurn,
    ...(read.ignoredTargetFiles === undefined ? {} : { ignoredTargetFiles: read.ignoredTargetFiles }),
    gates: { review: read.review, replay: read.replay },
    autoUpdate: read.autoUpdate,
    limits: {
      ...(read.maxFiles === undefined ? {} : { maxFiles: read.maxFiles }),
      ...(read.maxBytes === undefined ? {} : { maxBytes: read.maxBytes }),
    },
  };
}
