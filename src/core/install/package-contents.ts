import { sha256 } from '../../base/digest.ts';
import { BeaverError } from '../../base/errors.ts';
import { loadPlugin } from '../plugins/manifest-loader.ts';
import type { PluginManifest } from '../plugins/models.ts';
import { PluginFolder } from '../plugins/plugin-folder.ts';
import type { FileSystem } from '../ports.ts';
import { parseSkillDocument } from '../skill-document.ts';
import { checkManifests } from './preflight/check-manifests.ts';
import { neededPermissions } from './preflight/check-permissions.ts';
import { readComponents, type Started } from './preflight/components.ts';
import { type PluginSource, readPluginSource, type SourceLimits, textOf } from './preflight/plugin-source.ts';
import { type Dependency, dependencyOf, dependencySchema } from './preflight/requirements.ts';
import { valueAt } from './preflight/schema-findings.ts';

/** Something by which a package can act, and not only be read. */
export const surfaceKinds = [
  'executable',
  'hook',
  'server',
  'command',
  'host',
  'environment',
  'tool',
] as const;
export interface SurfaceItem {
  readonly kind: (typeof surfaceKinds)[number];
  readonly value: string;
}

/** A package as an installation sees it. */
export interface PackageContents {
  readonly manifest: PluginManifest;
  /** Sorted, each once. */
  readonly surface: readonly SurfaceItem[];
  readonly dependencies: readonly Dependency[];
  /** What a host would start or connect to. */
  readonly started: readonly Started[];
}

/**
 * Reads the package in `root`; nothing of it is run (invariant 11). `name` is what a package without a manifest is called.
 * @throws BeaverError of the manifest's dialect; `plugin_missing` when there is no plugin in the folder.
 */
export async function readPackage(
  files: FileSystem,
  root: string,
  display: string,
  name: string,
  limits: SourceLimits = {},
): Promise<PackageContents> {
  const manifest = await loadPlugin(new PluginFolder(files, root, display, files, name));
  if (manifest === undefined) {
    throw new BeaverError('plugin_missing', 'There is no plugin in the package.', {
      nextStep: 'Name the folder of the repository that holds the plugin.',
      path: display,
    });
  }
  const source = await readPluginSource(files, root, limits);
  const { manifests } = checkManifests(source);
  const { started } = readComponents(source, manifests);
  const [first] = manifests;
  const list = first === undefined ? undefined : valueAt(first.json.value, first.dialect.dependenciesAt);
  const dependencies = (Array.isArray(list) ? list : []).flatMap((one: unknown) => {
    const parsed = dependencySchema.safeParse(one);
    return parsed.success ? [dependencyOf(parsed.data)] : [];
  });
  return { manifest, surface: surfaceOf(source, started, manifest), dependencies, started };
}

const PERMISSION_KINDS = { network: 'host', commands: 'command', environment: 'environment' } as const;
const PROGRAM = /\.(?:sh|bash|zsh|fish|ps1|bat|cmd|exe|com|dll|so|dylib|wasm)$/i;

function surfaceOf(
  source: PluginSource,
  started: readonly Started[],
  manifest: PluginManifest,
): readonly SurfaceItem[] {
  const items: SurfaceItem[] = [];
  for (const file of source.files.values()) {
    const script = file.bytes?.[0] === 0x23 && file.bytes[1] === 0x21;
    if (file.executable === true || script || PROGRAM.test(file.path))
      items.push({ kind: 'executable', value: file.path });
  }
  for (const { kind, command, args, url, settings } of started) {
    // What it is told is part of what it does: a variable can make an interpreter load anything.
    const told = settings.map(settingText).sort();
    const value = [command ?? url ?? '', ...args, ...(told.length === 0 ? [] : [`[${told.join(', ')}]`])]
      .join(' ')
      .trim();
    if (value !== '') items.push({ kind, value });
  }
  for (const { permission, value } of neededPermissions(source, started))
    items.push({ kind: PERMISSION_KINDS[permission], value });
  for (const skill of manifest.skills) {
    const file = skill.relativePath === '.' ? 'SKILL.md' : `${skill.relativePath}/SKILL.md`;
    for (const tool of toolsOf(textOf(source.files.get(file))))
      items.push({ kind: 'tool', value: `${skill.name}: ${tool}` });
  }
  return [...new Map(items.map((item) => [keyOf(item), item])).values()].sort((a, b) =>
    keyOf(a) < keyOf(b) ? -1 : 1,
  );
}

/** A change of a secret shows, and the secret does not. */
const SECRET_NAME = /auth|cookie|credential|key|pass|secret|signature|token/i;

function settingText({ name, value }: Started['settings'][number]): string {
  const plain = !SECRET_NAME.test(name) || /^\$\{?\w+\}?$/.test(value);
  return `${name}=${plain ? value : `sha256:${sha256(value).slice(0, 12)}`}`;
}

/** What is in `after` and was not in `before`. */
export function newSurface(
  before: readonly SurfaceItem[],
  after: readonly SurfaceItem[],
): readonly SurfaceItem[] {
  const known = new Set(before.map(keyOf));
  return after.filter((item) => !known.has(keyOf(item)));
}

function keyOf({ kind, value }: SurfaceItem): string {
  return `${kind} ${value}`;
}

/** Of the frontmatter: a list, or names in one text. Brackets hold what a tool is limited to, spaces and commas included. */
function toolsOf(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const { frontmatter } = parseSkillDocument(text);
  const written = frontmatter['allowed-tools'] ?? frontmatter['tools'];
  const texts = Array.isArray(written) ? written : [written];
  return texts.filter((one) => typeof one === 'string').flatMap(toolNames);
}

/** In one pass: a bracket that is never closed holds nothing, and is looked for once. */
function toolNames(text: string): readonly string[] {
  const names: string[] = [];
  const closed = text.lastIndexOf(')');
  const name = /[^\s,(]+/g;
  for (let found = name.exec(text); found !== null; found = name.exec(text)) {
    const end = name.lastIndex;
    if (text[end] === '(' && end < closed) name.lastIndex = text.indexOf(')', end) + 1;
    names.push(text.slice(found.index, name.lastIndex));
  }
  return names;
}
