import * as path from 'node:path';
import { BeaverError, type Finding, findingFromError } from '../../base/errors.ts';
import { isInside } from '../layout.ts';
import type { DirectoryEntry, FileSystem, Look } from '../ports.ts';
import { loadPlugin, withDocuments } from './manifest-loader.ts';
import type { PluginManifest } from './models.ts';
import { PluginFolder } from './plugin-folder.ts';

/** An installed package: a plugin's folder that lies in no folder of plugins. */
export interface PackageRoot {
  /** Absolute. */
  readonly root: string;
  readonly display: string;
  /** What the plugin is called when it has no manifest: the folder is named after its content. */
  readonly name: string;
}

export interface DiscoveryOptions {
  /** Absolute. */
  readonly workspace: string;
  /** Absolute or relative to the workspace; scanned after `<workspace>/plugins`. */
  readonly searchPaths?: readonly string[];
  /** The active package of each installed plugin. */
  readonly packages?: readonly PackageRoot[];
  /** Reads each SKILL.md and reports what is off with it, which takes three times as long. Default false. */
  readonly documents?: boolean;
}

export interface PluginDiscovery {
  /** What the plugins' folders were found to be. */
  readonly look: Look;
  /** Sorted by id; every id once. */
  readonly manifests: readonly PluginManifest[];
  /**
   * What keeps a plugin or a skill from being used, and what is passed over. Sorted by path. What is merely worth knowing (severity `info`)
   * is in the findings of its manifest.
   */
  readonly errors: readonly Finding[];
}

interface Root {
  /** Absolute. */
  readonly folder: string;
  readonly display: string;
}

/**
 * Looks at the direct children of `<workspace>/plugins` and of every search path. One bad plugin is a finding and never hides a good one
 * (invariant 10); the order of folders decides nothing.
 */
export async function discoverPlugins(
  files: FileSystem,
  options: DiscoveryOptions,
): Promise<PluginDiscovery> {
  const found: PluginManifest[] = [];
  const errors: Finding[] = [];
  const roots = await existingRoots(files, options, errors);
  const packages = options.packages ?? [];
  const scanned = [
    ...roots.map(({ folder }) => folder),
    ...packages.map((installed) => path.dirname(installed.root)),
  ];
  const look = (await files.scan?.(scanned)) ?? files;
  const take = async (folder: PluginFolder): Promise<void> => {
    try {
      const manifest = await loadPlugin(folder);
      if (manifest === undefined) return;
      found.push(options.documents === true ? await withDocuments(folder, manifest) : manifest);
    } catch (error) {
      errors.push(findingFromError(error instanceof BeaverError ? error : unreadable(error), folder.display));
    }
  };
  for (const root of roots) {
    for (const entry of await children(look, root, errors)) {
      const display = `${root.display}/${entry.name}`;
      if (entry.kind === 'symlink') errors.push(linkFinding(display));
      if (entry.kind !== 'directory') continue;
      await take(new PluginFolder(files, path.join(root.folder, entry.name), display, look));
    }
  }
  for (const { root, display, name } of packages) {
    if ((await look.lstat(root))?.kind === 'directory')
      await take(new PluginFolder(files, root, display, look, name));
    else errors.push(missingPackage(display));
  }
  const { unique, duplicates } = separateDuplicates(found);
  errors.push(
    ...duplicates,
    ...unique.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'info')),
  );
  return {
    look,
    manifests: unique.sort((a, b) => order(a.pluginId, b.pluginId)),
    errors: errors.sort(
      (a, b) => order(a.path, b.path) || order(a.code, b.code) || order(a.message, b.message),
    ),
  };
}

/** Each folder once, however it was named. A search path that is not there is told; the workspace need not have plugins. */
async function existingRoots(
  files: FileSystem,
  options: DiscoveryOptions,
  errors: Finding[],
): Promise<readonly Root[]> {
  const workspace = path.resolve(options.workspace);
  const own = path.join(workspace, 'plugins');
  const roots = new Map<string, Root>();
  for (const folder of [
    own,
    ...(options.searchPaths ?? []).map((searchPath) => path.resolve(workspace, searchPath)),
  ]) {
    const root = { folder, display: displayOf(workspace, folder) };
    try {
      const exists = (await files.lstat(folder)) !== undefined;
      const real = exists ? await files.realpath(folder) : folder;
      if (exists && !roots.has(real)) roots.set(real, root);
      if (!exists && folder !== own) errors.push(missingRoot(root.display));
    } catch (error) {
      errors.push(findingFromError(unreadable(error), root.display));
    }
  }
  return [...roots.values()];
}

async function children(files: Look, root: Root, errors: Finding[]): Promise<readonly DirectoryEntry[]> {
  try {
    const entries = (await files.readDirectory(root.folder)) ?? [];
    return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => order(a.name, b.name));
  } catch (error) {
    errors.push(findingFromError(unreadable(error), root.display));
    return [];
  }
}

/** Neither of two plugins of one id is used: it would depend on the order of folders which one wins. */
function separateDuplicates(manifests: readonly PluginManifest[]): {
  unique: PluginManifest[];
  duplicates: Finding[];
} {
  const unique: PluginManifest[] = [];
  const duplicates: Finding[] = [];
  for (const [id, same] of Map.groupBy(manifests, (manifest) => manifest.pluginId)) {
    const [first] = same;
    if (first !== undefined && same.length === 1) {
      unique.push(first);
      continue;
    }
    for (const manifest of same) {
      const others = same.filter((other) => other !== manifest).map((other) => other.displayPath);
      duplicates.push({
        code: 'duplicate_plugin_id',
        severity: 'error',
        message: `The plugin id "${id}" is used by ${others.join(', ')} too; none of them is used.`,
        next_step: 'Remove one of the folders, or give the plugin another id.',
        path: manifest.displayPath,
        ...(manifest.dialect === 'collection'
          ? {}
          : { field: manifest.dialect === 'beaver' ? '/id' : '/name' }),
      });
    }
  }
  return { unique, duplicates };
}

/** Outside the workspace nothing of the path but the plugin's own folder may be shown. */
function displayOf(workspace: string, root: string): string {
  if (!isInside(workspace, root)) return '<external>';
  return path.relative(workspace, root).split(path.sep).join('/') || '.';
}

function linkFinding(path: string): Finding {
  return {
    code: 'symlink_not_allowed',
    severity: 'warning',
    message: 'A plugin folder that is a symbolic link or a junction is not followed.',
    next_step: 'Put the folder itself there, or add its parent to beaver.pluginSearchPaths.',
    path,
  };
}

function missingPackage(path: string): Finding {
  return {
    code: 'package_missing',
    severity: 'error',
    message: 'The folder of an installed plugin is gone.',
    next_step: 'Install the plugin again, or roll it back.',
    path,
  };
}

function missingRoot(path: string): Finding {
  return {
    code: 'search_path_missing',
    severity: 'warning',
    message: 'A folder of beaver.pluginSearchPaths does not exist.',
    next_step: 'Create the folder, or correct the setting.',
    path,
    field: 'beaver.pluginSearchPaths',
  };
}

function unreadable(error: unknown): BeaverError {
  // Whatever is not the system's refusal is a defect of ours, and hiding it would help nobody.
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
  return new BeaverError('plugin_unreadable', `The plugin folder cannot be read (${error.code}).`, {
    nextStep: 'Check its permissions and the disk.',
    cause: error,
  });
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
