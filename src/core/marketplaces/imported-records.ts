import * as z from 'zod';
import { BeaverError, type Finding } from '../../base/errors.ts';
import { COMMIT } from '../package-identity.ts';
import type { PackagePin } from '../package-pin.ts';
import type { MarketplaceSource, PackageSource } from '../package-ports.ts';

/** What other managers wrote down about a machine or a repository, in Beaver's words. Their files are read and never written. */
export interface ImportedRecords {
  /** By name. */
  readonly marketplaces: ReadonlyMap<string, MarketplaceSource>;
  readonly plugins: readonly ImportedPlugin[];
  /** What is passed over, and why. */
  readonly findings: readonly Finding[];
}

export interface ImportedPlugin {
  readonly name: string;
  /** Null for one with a source of its own. */
  readonly marketplace: string | null;
  /** Null where the marketplace has it. */
  readonly source: PackageSource | null;
  readonly pin: PackagePin | null;
}

const GITHUB_REPOSITORY = /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;
const text = z.string().min(1);

/** Lenient: keys of later versions are passed over, and an entry that is off costs only itself. */
const claudeMarketplaces = z.record(z.string(), z.unknown());
const claudeMarketplace = z.looseObject({
  source: z.discriminatedUnion('source', [
    z.looseObject({
      source: z.literal('github'),
      repo: text.regex(GITHUB_REPOSITORY),
      ref: text.optional(),
      path: text.optional(),
    }),
    z.looseObject({ source: z.literal('git'), url: text, ref: text.optional() }),
    z.looseObject({ source: z.literal('url'), url: text }),
    z.looseObject({ source: z.literal('npm'), package: text, version: text.optional() }),
    z.looseObject({ source: z.literal('directory'), path: text }),
  ]),
});
const claudeInstalled = z.looseObject({
  version: z.literal(2),
  plugins: z.record(z.string(), z.array(z.unknown())),
});
const claudeInstallation = z.looseObject({
  scope: text,
  projectPath: text.optional(),
  gitCommitSha: text.regex(COMMIT).optional(),
});

export interface ClaudeFiles {
  /** Of `known_marketplaces.json`; undefined when there is none. */
  readonly marketplaces: string | undefined;
  /** Of `installed_plugins.json`. */
  readonly plugins: string | undefined;
  /** Absolute: what is installed for another project is not this one's. */
  readonly workspace: string;
}

/** @throws BeaverError `import_unreadable` for a file that is not what Claude Code writes. */
export function readClaudeRecords(files: ClaudeFiles): ImportedRecords {
  const findings: Finding[] = [];
  const marketplaces = new Map<string, MarketplaceSource>();
  const known = files.marketplaces === undefined ? {} : parsed(files.marketplaces, claudeMarketplaces, KNOWN);
  for (const [name, entry] of Object.entries(known).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const source = claudeMarketplace.safeParse(entry);
    if (source.success) marketplaces.set(name, marketplaceSource(source.data.source));
    else
      findings.push(
        passedOver(
          KNOWN,
          `/${name}`,
          `The marketplace ${short(name)} has a source that Beaver does not read.`,
        ),
      );
  }
  const plugins: ImportedPlugin[] = [];
  const installed =
    files.plugins === undefined ? {} : parsed(files.plugins, claudeInstalled, INSTALLED).plugins;
  for (const [id, entries] of Object.entries(installed).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [, name, marketplace] = /^(.+)@([^@]+)$/.exec(id) ?? [];
    const installations = entries.flatMap((entry) => claudeInstallation.safeParse(entry).data ?? []);
    const here = installations.find(
      ({ scope, projectPath }) => scope === 'user' || scope === 'managed' || projectPath === files.workspace,
    );
    if (name === undefined || marketplace === undefined || installations.length === 0)
      findings.push(passedOver(INSTALLED, `/plugins/${id}`, `The record of ${short(id)} cannot be read.`));
    else if (here !== undefined)
      plugins.push({ name, marketplace, source: null, pin: pinOf(here.gitCommitSha) });
  }
  return { marketplaces, plugins, findings };
}

function pinOf(commit: string | undefined): PackagePin | null {
  return commit === undefined ? null : { kind: 'exact', identity: { kind: 'commit', commit } };
}

function marketplaceSource(source: z.infer<typeof claudeMarketplace>['source']): MarketplaceSource {
  switch (source.source) {
    case 'github':
      return gitSource(`https://github.com/${source.repo}`, source.ref);
    case 'git':
      return gitSource(source.url, source.ref);
    case 'url':
      return { kind: 'url', url: source.url };
    case 'npm':
      return {
        kind: 'npm',
        name: source.package,
        range: source.version ?? null,
        registry: null,
        subpath: '',
      };
    case 'directory':
      return { kind: 'local', path: source.path };
  }
}

const skillsLock = z.looseObject({ version: z.literal(1), skills: z.record(z.string(), z.unknown()) });
const lockedSkill = z.looseObject({
  source: text,
  sourceType: text,
  sourceUrl: text.optional(),
  ref: text.optional(),
  skillPath: text.optional(),
});

/**
 * `skills-lock.json`, version 1: repositories that skills were taken from. Each repository becomes one plugin, since that is what updates
 * together; a lock of single files says nothing that could be fetched as a whole.
 * @throws BeaverError `import_unreadable`.
 */
export function readSkillsLock(json: string): ImportedRecords {
  const findings: Finding[] = [];
  const plugins = new Map<string, ImportedPlugin>();
  const { skills } = parsed(json, skillsLock, SKILLS_LOCK);
  for (const [name, entry] of Object.entries(skills).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const skill = lockedSkill.safeParse(entry).data;
    const url = skill === undefined ? undefined : repositoryUrl(skill);
    if (skill === undefined || url === undefined) {
      findings.push(
        passedOver(
          SKILLS_LOCK,
          `/skills/${name}`,
          `The skill ${short(name)} comes from a place that Beaver does not read.`,
        ),
      );
      continue;
    }
    const source = gitSource(url, skill.ref);
    const key = JSON.stringify([url, skill.ref ?? null]);
    if (!plugins.has(key))
      plugins.set(key, { name: repositoryName(url), marketplace: null, source, pin: null });
  }
  return { marketplaces: new Map(), plugins: [...plugins.values()], findings };
}

function repositoryUrl({ source, sourceType, sourceUrl }: z.infer<typeof lockedSkill>): string | undefined {
  switch (sourceType) {
    case 'github':
      return GITHUB_REPOSITORY.test(source) ? `https://github.com/${source}` : undefined;
    case 'gitlab':
      return GITHUB_REPOSITORY.test(source) ? `https://gitlab.com/${source}` : undefined;
    case 'git':
      return sourceUrl ?? source;
    default:
      return undefined;
  }
}

function repositoryName(url: string): string {
  return (
    url
      .replace(/\/+$/, '')
      .replace(/\.git$/, '')
      .split(/[/:]/)
      .at(-1)
      ?.toLowerCase() ?? 'skills'
  );
}

function gitSource(url: string, ref: string | undefined): Extract<PackageSource, { kind: 'git' }> {
  return { kind: 'git', url, subpath: '', ref: ref ?? null, commit: null };
}

const KNOWN = 'known_marketplaces.json';
const INSTALLED = 'installed_plugins.json';
const SKILLS_LOCK = 'skills-lock.json';

function parsed<T>(json: string, schema: z.ZodType<T>, file: string): T {
  const unreadable = (cause: unknown): BeaverError =>
    new BeaverError('import_unreadable', `${file} is not what was expected.`, {
      nextStep: 'Check that the file is the one that the other tool wrote, and its version.',
      path: file,
      cause,
    });
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch (cause) {
    throw unreadable(cause);
  }
  const result = schema.safeParse(raw);
  if (!result.success) throw unreadable(result.error);
  return result.data;
}

function passedOver(path: string, field: string, message: string): Finding {
  return {
    code: 'import_entry_passed_over',
    severity: 'warning',
    message,
    next_step: 'Install it by hand if it is wanted.',
    path,
    field,
  };
}

function short(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
