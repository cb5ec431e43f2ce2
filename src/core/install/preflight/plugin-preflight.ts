import { BeaverError, type Finding, findingFromError } from '../../../base/errors.ts';
import { loadPlugin } from '../../plugins/manifest-loader.ts';
import type { PluginManifest } from '../../plugins/models.ts';
import { PluginFolder } from '../../plugins/plugin-folder.ts';
import type { FileSystem } from '../../ports.ts';
import { checkCommands, checkPaths } from './check-components.ts';
import { checkHost } from './check-host.ts';
import { checkLinks } from './check-links.ts';
import { checkManifests, type FoundManifest, type ManifestCheck } from './check-manifests.ts';
import { checkPermissions } from './check-permissions.ts';
import { checkSkill, type SkillFolder } from './check-skills.ts';
import { type Components, readComponents } from './components.ts';
import { type Catalog, checkDependencies, type WrittenDependency } from './dependencies.ts';
import { draftOf } from './discovery-findings.ts';
import type { Draft } from './finding.ts';
import type { HostProfile } from './host-profile.ts';
import { pointerOf } from './json-text.ts';
import type { LocalEntry } from './marketplace-file.ts';
import { type PluginSource, readPluginSource, type SourceLimits } from './plugin-source.ts';
import { dependencyOf, dependencySchema, requirementsSchema } from './requirements.ts';
import { checkSafetyRules, type SafetyScan } from './safety-scan.ts';
import { valueAt } from './schema-findings.ts';

export interface PluginPreflightOptions {
  readonly host: HostProfile;
  /** Undefined leaves the safety rules out. */
  readonly scan?: SafetyScan;
  readonly limits?: SourceLimits;
  /** Entries of the marketplace that bring this folder; empty where there is none. */
  readonly entries?: readonly LocalEntry[];
  /** Asked only where the plugin depends on others. */
  readonly catalog?: () => Promise<Catalog | undefined>;
  readonly catalogs?: readonly Catalog[];
}

/** A plugin as it was checked. Files of the drafts are relative to its folder. */
export interface PluginPreflight {
  readonly manifest: PluginManifest | undefined;
  readonly skills: readonly SkillFolder[];
  readonly drafts: readonly Draft[];
}

/**
 * All checks on the plugin in `root`, an absolute path. Never rejects for what is in the folder (invariant 10); nothing of it is executed
 * (invariant 11).
 */
export async function preflightPlugin(
  files: FileSystem,
  root: string,
  options: PluginPreflightOptions,
): Promise<PluginPreflight> {
  try {
    return await checkPlugin(files, root, options);
  } catch (error) {
    if (!isSystemRefusal(error)) throw error;
    const code = error instanceof BeaverError ? error.code : String(error.code);
    const message = `The plugin cannot be read (${code}).`;
    return {
      manifest: undefined,
      skills: [],
      drafts: [{ code: 'PF-PLUGIN-UNREADABLE', file: '.', message }],
    };
  }
}

async function checkPlugin(
  files: FileSystem,
  root: string,
  options: PluginPreflightOptions,
): Promise<PluginPreflight> {
  const { entries = [] } = options;
  const source = await readPluginSource(files, root, options.limits);
  const manifests = checkManifests(source);
  const loaded = await discover(files, root);
  const skills = skillFolders(source, loaded.manifest, entries);
  const components = readComponents(source, manifests.manifests);
  const drafts = [
    ...manifests.findings,
    ...discoveryDrafts(loaded.findings, manifests),
    ...missingPlugin(loaded.manifest, manifests, skills, entries),
    ...empty(source, manifests, skills, components),
    ...treeFindings(source, skills),
    ...checkPaths(source, manifests.manifests),
    ...components.findings,
    ...checkCommands(source, components.started),
    ...skills.flatMap((skill) => [...checkSkill(source, skill), ...checkLinks(source, skill)]),
    ...requirementDrafts(source, manifests.manifests[0], components, options.host),
    ...(await dependencyDrafts(manifests.manifests[0], entries, options)),
    ...(options.scan === undefined ? [] : await checkSafetyRules(source, root, options.scan)),
  ];
  return { manifest: loaded.manifest, skills, drafts };
}

/** The folder's own name stands in for what is shown of it, and is taken off again. */
const HERE = '.';

async function discover(
  files: FileSystem,
  root: string,
): Promise<{ readonly manifest: PluginManifest | undefined; readonly findings: readonly Finding[] }> {
  try {
    const manifest = await loadPlugin(new PluginFolder(files, root, HERE));
    return { manifest, findings: manifest?.findings ?? [] };
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    return { manifest: undefined, findings: [findingFromError(error, HERE)] };
  }
}

function discoveryDrafts(findings: readonly Finding[], { manifests }: ManifestCheck): readonly Draft[] {
  return findings.flatMap((finding): readonly Draft[] => {
    const file = finding.path === HERE ? HERE : finding.path.replace(/^\.\//, '');
    const draft = draftOf(finding, file);
    if (draft === undefined) return [];
    const json = manifests.find(({ dialect }) => dialect.file === file)?.json;
    if (json === undefined || draft.pointer === undefined) return [draft];
    const path = draft.pointer.split('/').slice(1).map(unescaped);
    return [{ ...draft, range: json.rangeAt(path) }];
  });
}

function unescaped(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The skills that hosts would find, whether the manifest can be used or not: a broken manifest hides no other fault. */
function skillFolders(
  source: PluginSource,
  manifest: PluginManifest | undefined,
  entries: readonly LocalEntry[],
): readonly SkillFolder[] {
  const paths = new Set((manifest?.skills ?? []).map((skill) => skill.relativePath));
  for (const path of entries.flatMap((entry) => entry.skills)) {
    if (source.files.has(`${path}/SKILL.md`)) paths.add(path);
  }
  for (const path of source.files.keys()) {
    const [, folder] = /^(skills\/[^/.][^/]*)\/SKILL\.md$/.exec(path) ?? [];
    if (folder !== undefined) paths.add(folder);
  }
  if (paths.size === 0 && source.files.has('SKILL.md')) paths.add('.');
  return [...paths].sort().map((path) => ({
    path,
    folderName: path === '.' ? undefined : path.slice(path.lastIndexOf('/') + 1),
  }));
}

/** A folder with skills alone is a collection; one that a marketplace names needs no manifest either. */
function missingPlugin(
  manifest: PluginManifest | undefined,
  { manifests, findings }: ManifestCheck,
  skills: readonly SkillFolder[],
  entries: readonly LocalEntry[],
): readonly Draft[] {
  const something =
    manifest !== undefined || manifests.length > 0 || findings.length > 0 || skills.length > 0;
  return something || entries.length > 0 ? [] : [{ code: 'PF-PLUGIN-MISSING', file: '.' }];
}

/** What hosts look for without being told. */
const DEFAULT_PLACES =
  /^(?:skills|commands|agents|workflows|output-styles|themes|monitors|bin|hooks|com\.github\.copilot|rules)\/|^(?:\.mcp\.json|mcp\.json|\.lsp\.json|settings\.json|SKILL\.md)$/;
const COMPONENT_KEYS = [
  'skills',
  'commands',
  'agents',
  'workflows',
  'outputStyles',
  'hooks',
  'mcpServers',
  'lspServers',
  'apps',
];

function empty(
  source: PluginSource,
  { manifests }: ManifestCheck,
  skills: readonly SkillFolder[],
  components: Components,
): readonly Draft[] {
  const [first] = manifests;
  if (first === undefined || skills.length > 0 || components.started.length > 0) return [];
  if ([...source.files.keys(), ...source.links].some((path) => DEFAULT_PLACES.test(path))) return [];
  if (manifests.some(({ json }) => COMPONENT_KEYS.some((key) => valueAt(json.value, [key]) !== undefined)))
    return [];
  return [{ code: 'PF-PLUGIN-EMPTY', file: first.dialect.file }];
}

/** What is off with the tree weighs more within a skill: the store refuses such a skill. */
function treeFindings(source: PluginSource, skills: readonly SkillFolder[]): readonly Draft[] {
  const isSkill = (file: string): boolean =>
    skills.some(({ path }) => path !== '.' && (file === path || file.startsWith(`${path}/`)));
  return source.findings.flatMap((draft): readonly Draft[] => {
    if (!isSkill(draft.file)) return draft.code === 'PF-PATH-REPOSITORY' ? [] : [draft];
    const heavier = ['PF-PATH-SYMLINK', 'PF-PATH-NAME', 'PF-PATH-COLLISION'].includes(draft.code);
    return [heavier ? { ...draft, severity: 'error' } : draft];
  });
}

function requirementDrafts(
  source: PluginSource,
  manifest: FoundManifest | undefined,
  components: Components,
  host: HostProfile,
): readonly Draft[] {
  const file = manifest?.dialect.file ?? '.';
  const at = manifest?.dialect.requirementsAt ?? [];
  const parsed = requirementsSchema.safeParse(valueAt(manifest?.json.value, at) ?? {});
  // What is not valid is told as a fault of the schema; the rest cannot be judged then.
  if (!parsed.success) return [];
  const rangeAt = (below: readonly (string | number)[]) =>
    manifest?.json.rangeAt(below) ?? { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
  return [
    ...checkHost(parsed.data, host, { file, path: at, rangeAt }),
    ...checkPermissions(source, components.started, parsed.data.permissions, {
      file,
      pointer: pointerOf([...at, 'permissions']),
      rangeOf: (permission, index) => rangeAt([...at, 'permissions', permission, index]),
    }),
  ];
}

async function dependencyDrafts(
  manifest: FoundManifest | undefined,
  entries: readonly LocalEntry[],
  options: PluginPreflightOptions,
): Promise<readonly Draft[]> {
  if (manifest === undefined) return [];
  const { dialect, json } = manifest;
  const list = valueAt(json.value, dialect.dependenciesAt);
  const written = (Array.isArray(list) ? list : []).flatMap(
    (one: unknown, index): readonly WrittenDependency[] => {
      const parsed = dependencySchema.safeParse(one);
      if (!parsed.success) return [];
      const path = [...dialect.dependenciesAt, index];
      const place = { file: dialect.file, pointer: pointerOf(path), range: json.rangeAt(path) };
      return [{ dependency: dependencyOf(parsed.data), ...place }];
    },
  );
  if (written.length === 0) return [];
  const name = entries[0]?.name ?? valueAt(json.value, [dialect.dialect === 'beaver' ? 'id' : 'name']);
  const catalog = await options.catalog?.();
  return checkDependencies(typeof name === 'string' ? name : '', written, catalog, options.catalogs);
}

function isSystemRefusal(error: unknown): error is { readonly code: unknown } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
