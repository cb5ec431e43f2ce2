/** What changed on disk, as far as the editor has to act differently on it. */
export type ChangeKind =
  /** Packages: a sync may be due. */
  | 'packages'
  /** What Beaver stores: reading again is enough, so that its own writes never lead to another write. */
  | 'store'
  /** Which marketplaces there are, what they offer and what is installed. */
  | 'market'
  /** A skill's folder where agents read it: it may have been edited. */
  | 'targets';

export interface WatchPattern {
  readonly kind: ChangeKind;
  /** Absolute path, or relative to the workspace folder. */
  readonly base: string;
  /** Glob below the base. */
  readonly glob: string;
}

export interface WatchedSettings {
  readonly skillsDirectory: string;
  readonly pluginSearchPaths: readonly string[];
  readonly runtimeTargets: readonly string[];
}

export const DEFAULT_TARGETS = ['.agents/skills', '.claude/skills', '.github/skills'];

/** Everything that the trees of a folder depend on. Versions and upstreams are immutable and staging is nobody's business: not watched. */
export function watchPatterns(settings: WatchedSettings): readonly WatchPattern[] {
  const targets = settings.runtimeTargets.length > 0 ? settings.runtimeTargets : DEFAULT_TARGETS;
  return [
    ...unique(['plugins', ...settings.pluginSearchPaths]).map((base): WatchPattern => ({
      kind: 'packages',
      base,
      glob: '**',
    })),
    { kind: 'store', base: settings.skillsDirectory, glob: '{index.json,*/current.json}' },
    { kind: 'store', base: '.beaver/plugins', glob: 'state.json' },
    { kind: 'store', base: '.beaver/learning', glob: '**' },
    {
      kind: 'market',
      base: '.beaver/marketplaces',
      glob: '{registry.json,auto-update.json,catalogs/*.json}',
    },
    { kind: 'market', base: '.beaver/installs', glob: '{registry.json,staged.json}' },
    ...unique(targets).map((base): WatchPattern => ({ kind: 'targets', base, glob: '**' })),
  ];
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

/** The skill whose folder in a target a changed path belongs to: the first part below the target, or undefined for the target itself. */
export function skillOfTargetPath(relative: string): string | undefined {
  const [name] = relative.split(/[\\/]/);
  return name === undefined || name === '' || name === '..' || name.startsWith('.') ? undefined : name;
}
