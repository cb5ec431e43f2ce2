import * as path from 'node:path';
import { BeaverError, type Finding, findingFromError } from '../base/errors.ts';
import { WorkspaceLayout } from '../core/layout.ts';
import { AssemblyMemo } from '../core/learning/assembly-memo.ts';
import { DraftStore } from '../core/learning/drafts.ts';
import { ReportStore } from '../core/learning/replay/report-store.ts';
import type { MirrorDeps } from '../core/mirror/mirror-deps.ts';
import { activePackages, readInstalled } from '../core/install/install-registry.ts';
import { discoverPlugins, type PackageRoot, type PluginDiscovery } from '../core/plugins/discovery.ts';
import { type CachedOptions, HashCache } from '../core/plugins/hash-cache.ts';
import type { PluginManifest, PluginSkillDeclaration } from '../core/plugins/models.ts';
import type { FileSystem, Ports } from '../core/ports.ts';
import { hashSkillTree, type SkillTreeOptions } from '../core/skill-tree.ts';
import { PlacementExecutor } from '../core/skills/placement.ts';
import { resolveTargets, TargetInspector } from '../core/skills/runtime-targets.ts';
import { SkillStore } from '../core/skills/skill-store.ts';
import type { WorkspaceOptions } from './api.ts';

/** The domains of one workspace, wired to its ports. */
export interface Domains {
  readonly deps: MirrorDeps;
  readonly cache: HashCache;
  /** `documents` reads every SKILL.md too and reports what is off in it. */
  readonly discover: (documents: boolean) => Promise<PluginDiscovery>;
}

/** @param cacheFiles where the caches of what can be read are kept: nothing that is found out depends on them. */
export function wireDomains(given: Ports, options: WorkspaceOptions, cacheFiles = given.files): Domains {
  const { quiet, ...others } = given;
  const ports: Ports = quiet === undefined || options.placeDuringTurn === true ? others : given;
  const layout = new WorkspaceLayout(options.root, options.skillsDirectory);
  const { files } = ports;
  const inspector = new TargetInspector(files, options.ignoredTargetFiles);
  const store = new SkillStore(files, layout);
  const cache = new HashCache(cacheFiles, path.join(layout.cache, 'hashes.json'), ports.clock);
  const trees = new PluginTrees(files, store, options.limits);
  const discover = async (documents: boolean): Promise<PluginDiscovery> => {
    const installed = await installedPackages(files, layout);
    const found = await discoverPlugins(files, {
      workspace: layout.root,
      searchPaths: options.pluginSearchPaths ?? [],
      packages: installed.packages,
      documents,
    });
    return { ...found, errors: [...installed.errors, ...found.errors] };
  };
  const deps: MirrorDeps = {
    ports,
    layout,
    store,
    inspector,
    transactions: {
      ports,
      layout,
      applyPlacements: new PlacementExecutor(files, layout, inspector, ports.log).apply,
    },
    drafts: new DraftStore(files, layout),
    reports: new ReportStore(files, layout),
    replayPolicy: options.gates?.replay ?? 'when_available',
    memo: new AssemblyMemo(),
    actor: options.actor ?? '',
    discover: () => discover(false),
    targets: () => resolveTargets(files, layout, options.runtimeTargets),
    treeHash: async (manifest, skill, accepted, look) => {
      const { treeHash } =
        skill.relativePath === '.'
          ? await hashSkillTree(files, skill.root, await trees.options(manifest, skill, accepted))
          : await cache.treeDigest(skill.root, trees.place(manifest, skill), {
              look,
              recorded: () => trees.recorded(manifest, skill, accepted),
            });
      return treeHash;
    },
    readTree: async (manifest, skill, accepted, look) =>
      hashSkillTree(files, skill.root, {
        ...(await trees.options(manifest, skill, accepted)),
        keepBytes: true,
        ...(look === undefined ? {} : { look }),
      }),
  };
  return { deps, cache, discover };
}

/** A registry that cannot be read hides what is installed and nothing else (invariant 10). */
async function installedPackages(
  files: FileSystem,
  layout: WorkspaceLayout,
): Promise<{ readonly packages: readonly PackageRoot[]; readonly errors: readonly Finding[] }> {
  try {
    return { packages: activePackages(layout, await readInstalled(files, layout)), errors: [] };
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    return { packages: [], errors: [findingFromError(error, layout.display(layout.installRegistry))] };
  }
}

/** What belongs to the plugin and not to its skill, where the plugin's own folder is the skill. */
const PLUGIN_FILES = new Set([
  '.git',
  '.gitignore',
  '.claude-plugin',
  '.codex-plugin',
  'plugin.json',
  'beaver.plugin.json',
]);

/** How the tree of a declared skill is read. */
class PluginTrees {
  readonly #files: FileSystem;
  readonly #store: SkillStore;
  readonly #limits: NonNullable<SkillTreeOptions['limits']>;

  constructor(files: FileSystem, store: SkillStore, limits: WorkspaceOptions['limits']) {
    this.#files = files;
    this.#store = store;
    this.#limits = limits ?? {};
  }

  async options(
    manifest: PluginManifest,
    skill: PluginSkillDeclaration,
    accepted: string | null,
  ): Promise<SkillTreeOptions> {
    const document = await this.#files.lstat(path.join(skill.root, 'SKILL.md'));
    const recorded =
      document?.executable === false ? undefined : await this.recorded(manifest, skill, accepted);
    return {
      ...this.place(manifest, skill),
      ...(recorded === undefined ? {} : { recorded }),
      ...(skill.relativePath === '.' ? { ignore: (file: string) => PLUGIN_FILES.has(file) } : {}),
    };
  }

  /** What every look at the tree needs. */
  place(manifest: PluginManifest, skill: PluginSkillDeclaration): CachedOptions {
    const folder = manifest.displayPath.replace(/(?:\/\.[a-z]+-plugin)?\/[^/]+\.json$/, '');
    return {
      limits: this.#limits,
      display: skill.relativePath === '.' ? folder : `${folder}/${skill.relativePath}`,
    };
  }

  /** Executable bits of the accepted snapshot, for a file system that has none: the same content keeps its hash everywhere. */
  async recorded(
    manifest: PluginManifest,
    skill: PluginSkillDeclaration,
    accepted: string | null,
  ): Promise<ReadonlyMap<string, boolean> | undefined> {
    if (accepted === null) return undefined;
    const { digest } = await this.#store.upstreamTree(skill.name, manifest.pluginId, accepted);
    return new Map(digest.files.map((file) => [file.path, file.executable]));
  }
}
