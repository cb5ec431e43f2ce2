import { statSync } from 'node:fs';
import * as path from 'node:path';
import type { BeaverWorkspace, WorkspaceOptions } from '../app/api.ts';
import type { MarketplaceReading } from '../app/marketplace-reading.ts';
import type { SyncPayload } from '../app/payloads.ts';
import type { LockHolder, Logger } from '../core/ports.ts';
import type { CommandContext } from './answer.ts';
import { UsageError } from './failure.ts';
import { stderrLog } from './stderr-log.ts';
import { oneLine } from './style.ts';
import type { Terminal } from './terminal.ts';

/** The options that every command takes, before or after its name, as commander names them. */
export interface CliOptions {
  readonly C?: string;
  readonly json?: boolean;
  /** Milliseconds. */
  readonly wait: number;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly skillsDirectory?: string;
  readonly pluginPath?: readonly string[];
  readonly runtimeTarget?: readonly string[];
  readonly ignoredTargetFile?: readonly string[];
  readonly maxFiles?: number;
  readonly maxBytes?: number;
}

/** What the options of the command line say in place of the workspace's settings. */
export type WorkspaceOverrides = Pick<
  WorkspaceOptions,
  'skillsDirectory' | 'pluginSearchPaths' | 'runtimeTargets' | 'ignoredTargetFiles' | 'limits'
>;

export interface OpenRequest {
  /** Absolute. */
  readonly root: string;
  readonly overrides: WorkspaceOverrides;
  readonly log: Logger;
}

export type OpenWorkspace = (request: OpenRequest) => Promise<BeaverWorkspace>;

/** Where a command finds the workspace. */
export interface WorkspaceDoor {
  readonly open: OpenWorkspace;
  /** Absent: the workspace's own. */
  readonly marketplaces?: (request: OpenRequest) => Promise<MarketplaceReading>;
  /** The answer of the last sync where nothing has changed since. Absent: none is kept. */
  readonly recallSync?: (request: OpenRequest) => Promise<SyncPayload | undefined>;
}

/** What a command gets to work with. @throws UsageError when the folder given with `-C` is not there. */
export function contextOf(
  options: CliOptions,
  terminal: Terminal,
  door: WorkspaceDoor,
  say: CommandContext['say'],
): CommandContext {
  const directory = startingFolder(terminal.cwd, options.C);
  let opened: Promise<BeaverWorkspace> | undefined;
  const request: OpenRequest = {
    root: directory,
    overrides: overridesOf(options),
    log: stderrLog((line) => {
      terminal.err(line);
    }, options.verbose === true),
  };
  const workspace = (): Promise<BeaverWorkspace> => (opened ??= door.open(request));
  return {
    directory,
    environment: terminal.env,
    wait: {
      kind: 'bounded',
      timeout: options.wait,
      onWait: (holder) => {
        terminal.err(waitingMessage(holder));
      },
    },
    workspace,
    marketplaces: async () => (await door.marketplaces?.(request)) ?? (await workspace()).marketplaces,
    recallSync: async () => door.recallSync?.(request),
    tell: (line) => {
      terminal.err(`${line}\n`);
    },
    input: () => terminal.input(),
    say,
  };
}

function startingFolder(cwd: string, given: string | undefined): string {
  if (given === undefined) return cwd;
  const folder = path.resolve(cwd, given);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`There is no folder "${path.basename(folder)}" to start in.`, {
      nextStep: 'Give -C a folder that exists.',
      field: '-C',
    });
  }
  return folder;
}

function overridesOf(options: CliOptions): WorkspaceOverrides {
  const { skillsDirectory, pluginPath, runtimeTarget, ignoredTargetFile, maxFiles, maxBytes } = options;
  const limits = {
    ...(maxFiles === undefined ? {} : { maxFiles }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
  return {
    ...(skillsDirectory === undefined ? {} : { skillsDirectory }),
    ...(pluginPath === undefined ? {} : { pluginSearchPaths: pluginPath }),
    ...(runtimeTarget === undefined ? {} : { runtimeTargets: runtimeTarget }),
    ...(ignoredTargetFile === undefined
      ? {}
      : { ignoredTargetFiles: ignoredTargetFile.filter((glob) => glob !== '') }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}

function waitingMessage(holder: LockHolder | undefined): string {
  if (holder === undefined) return 'Waiting for another writer ...\n';
  return `Waiting for another writer (pid ${holder.pid}, ${oneLine(holder.purpose)}) ...\n`;
}
