import type { FolderSettings } from '../settings.ts';

/** Contributed in package.json. */
export const MCP_PROVIDER = 'beaver-skills.mcp';

/** How the MCP server of one workspace folder is started. */
export interface McpServer {
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface McpServerPlace {
  /** Absolute path of the folder. */
  readonly folder: string;
  /** Of the folder, where there are several. */
  readonly name: string | undefined;
  /** Absolute path of the command line's bundle. */
  readonly cli: string;
  /** The editor's own Node. */
  readonly execPath: string;
  readonly settings: Pick<
    FolderSettings,
    | 'skillsDirectory'
    | 'pluginSearchPaths'
    | 'runtimeTargets'
    | 'ignoredTargetFiles'
    | 'maxFiles'
    | 'maxBytes'
  >;
}

/** The command line sees the settings of the folder only: what the person has set for all folders is told to it. */
export function mcpServer({ folder, name, cli, execPath, settings }: McpServerPlace): McpServer {
  return {
    label: name === undefined ? 'Beaver' : `Beaver (${name})`,
    command: execPath,
    args: [
      cli,
      ...['-C', folder, '--skills-directory', settings.skillsDirectory],
      ...settings.pluginSearchPaths.flatMap((path) => ['--plugin-path', path]),
      ...settings.runtimeTargets.flatMap((path) => ['--runtime-target', path]),
      ...ignoredFiles(settings.ignoredTargetFiles),
      ...(settings.maxFiles === undefined ? [] : ['--max-files', String(settings.maxFiles)]),
      ...(settings.maxBytes === undefined ? [] : ['--max-bytes', String(settings.maxBytes)]),
      'mcp',
    ],
    env: { ELECTRON_RUN_AS_NODE: '1' },
  };
}

/** An empty list is a setting too: every file beside a skill is an edit. */
function ignoredFiles(globs: readonly string[] | undefined): readonly string[] {
  const told = globs?.length === 0 ? [''] : (globs ?? []);
  return told.flatMap((glob) => ['--ignored-target-file', glob]);
}
