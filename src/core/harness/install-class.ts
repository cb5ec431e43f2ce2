/**
 * Whose a program is that a person starts, told from its real path and from what lies around it. Variables of the environment are inherited
 * by whatever an agent starts and decide nothing. What is not proven is `unknown`, and of that nothing is changed.
 */

export const INSTALL_CLASSES = [
  'direct',
  'npm',
  'pnpm',
  'bun',
  'yarn',
  'project_local',
  'temporary_run',
  'homebrew_formula',
  'homebrew_cask',
  'other_manager',
  'development',
  'bundled',
  'user_launcher',
  'unknown',
] as const;
export type InstallClassName = (typeof INSTALL_CLASSES)[number];

export interface InstallClass {
  readonly name: InstallClassName;
  /** The manager, where `name` does not say it. */
  readonly manager: string | null;
  /** As its manager calls it; null where that is not known. */
  readonly package: string | null;
  /** What decided, in words of the machine: no paths. */
  readonly evidence: string;
}

/** What was found around a program. Paths are absolute, with `/` between their parts. */
export interface InstallEvidence {
  /** Where it was found, links not resolved. */
  readonly found: string;
  readonly real: string;
  /** It lies in a version of Beaver's own cache, and the receipt there fits. */
  readonly own: boolean;
  /** The `package.json` files that the real path lies under, from the outside in: their folder, and the name that they give. */
  readonly packages: readonly { readonly folder: string; readonly name: string | null }[];
  /** Files that managers leave beside what they install, of those that are there. */
  readonly markers: ReadonlySet<'brew_receipt' | 'cask_metadata'>;
  /** The innermost folder around it with a `.git`; null for none. */
  readonly workTree: string | null;
  /** A build file lies at the root of that work tree. */
  readonly buildRoot: boolean;
  readonly head: 'script' | 'binary' | 'unreadable';
  /** A package of the system that says that the file is its own. */
  readonly systemPackage: { readonly manager: 'dpkg' | 'rpm' | 'apk'; readonly package: string } | null;
}

type Rule = (evidence: InstallEvidence) => InstallClass | undefined;

/** The first rule that applies. Managers that install into each other's folders are told apart by the order. */
const RULES: readonly Rule[] = [
  direct,
  bundled,
  temporaryRun,
  homebrew,
  nodePackageOfVersionManager,
  pathOfManager,
  nodePackage,
  systemPackage,
  development,
  userLauncher,
];

export function classifyInstall(evidence: InstallEvidence): InstallClass {
  for (const rule of RULES) {
    const found = rule(evidence);
    if (found !== undefined) return found;
  }
  return answer('unknown', 'nothing shows who installed it');
}

function answer(
  name: InstallClassName,
  evidence: string,
  more: { readonly manager?: string; readonly package?: string | null } = {},
): InstallClass {
  return { name, manager: more.manager ?? null, package: more.package ?? null, evidence };
}

function direct({ own }: InstallEvidence): InstallClass | undefined {
  return own ? answer('direct', 'in the cache of Beaver, with a receipt that fits') : undefined;
}

/** `publisher.name-1.2.3` in a folder of extensions, whichever product of the family it is. */
const EXTENSION = /\/extensions\/[a-z0-9-]+\.[a-z0-9-]+-\d+\.\d+\.\d+[^/]*\//i;

function bundled({ real }: InstallEvidence): InstallClass | undefined {
  return EXTENSION.test(real) ? answer('bundled', 'inside an extension of an editor') : undefined;
}

const TEMPORARY = /\/(?:_npx|pnpm\/dlx|_pnpx|dlx-[^/]+|\.bun\/install\/cache|bunx-[^/]+)\//;

function temporaryRun({ real }: InstallEvidence): InstallClass | undefined {
  return TEMPORARY.test(real) ? answer('temporary_run', 'in the cache of a single run') : undefined;
}

/** A prefix proves nothing: npm's packages of a brewed Node lie below it too, and so does what was put there by hand. */
function homebrew({ real, markers }: InstallEvidence): InstallClass | undefined {
  const formula = /\/Cellar\/([^/]+)\/[^/]+\//.exec(real)?.[1];
  if (formula !== undefined) {
    return markers.has('brew_receipt')
      ? answer('homebrew_formula', 'in the Cellar, with its receipt', { package: formula })
      : answer('unknown', 'in a Cellar without a receipt');
  }
  const cask = /\/Caskroom\/([^/]+)\/[^/]+\//.exec(real)?.[1];
  if (cask === undefined) return undefined;
  return markers.has('cask_metadata')
    ? answer('homebrew_cask', 'in the Caskroom, with its metadata', { package: cask })
    : answer('unknown', 'in a Caskroom without metadata');
}

/** A global package of npm in a Node that mise or asdf installed is npm's, and not theirs. */
function nodePackageOfVersionManager(evidence: InstallEvidence): InstallClass | undefined {
  return /\/(?:mise|rtx|\.?asdf)\/installs\/node(?:js)?\/[^/]+\/lib\/node_modules\//.test(evidence.real)
    ? nodePackage(evidence)
    : undefined;
}

const MANAGER_PATHS: readonly (readonly [manager: string, pattern: RegExp])[] = [
  ['volta', /\/\.volta\/tools\/image\/packages\/((?:@[^/]+\/)?[^/]+)\//],
  ['mise', /\/(?:mise|rtx)\/installs\/([^/]+)\//],
  ['asdf', /\/\.?asdf\/installs\/([^/]+)\//],
  ['nix', /^\/nix\/store\/[a-z0-9]{32}-([^/]+)\//],
  ['snap', /^(?:\/var\/lib\/snapd)?\/snap\/([^/]+)\//],
  ['flatpak', /\/flatpak\/app\/([^/]+)\//],
  ['winget', /\/WinGet\/Packages\/([^/_]+)[^/]*\//i],
  ['scoop', /\/scoop\/apps\/([^/]+)\//i],
  ['chocolatey', /\/chocolatey\/lib\/([^/]+)\//i],
  ['appimage', /\/([^/]+)\.AppImage$|\/\.mount_([^/]+)\//],
];

function pathOfManager({ real }: InstallEvidence): InstallClass | undefined {
  for (const [manager, pattern] of MANAGER_PATHS) {
    const match = pattern.exec(real);
    if (match === null) continue;
    return answer('other_manager', `in a folder of ${manager}`, {
      manager,
      package: match[1] ?? match[2] ?? null,
    });
  }
  return undefined;
}

const GLOBAL_FOLDERS: readonly (readonly [name: InstallClassName, pattern: RegExp])[] = [
  ['pnpm', /\/pnpm\/global\/(?:[^/]+\/){1,2}(?:\.pnpm|node_modules)\//],
  ['bun', /\/\.bun\/install\/global\/node_modules\//],
  ['yarn', /\/(?:\.yarn|yarn)\/(?:Data\/)?global\/node_modules\//i],
];

/** A package in a `node_modules`: of everybody where nothing around that folder is a package itself, else of one project. */
function nodePackage({ real, packages }: InstallEvidence): InstallClass | undefined {
  const at = real.indexOf('/node_modules/');
  if (at === -1) return undefined;
  const holder = real.slice(0, at);
  const own = packages.find(
    ({ folder }) => folder.startsWith(`${holder}/node_modules/`) && isPackageFolder(folder),
  );
  const expected = own === undefined ? undefined : packageNameOf(own.folder);
  if (own?.name == null || own.name !== expected) {
    return answer('unknown', 'in a node_modules, but in no package that says so');
  }
  for (const [name, pattern] of GLOBAL_FOLDERS) {
    if (pattern.test(real)) return answer(name, 'in the folder of global packages', { package: own.name });
  }
  if (packages.some(({ folder }) => folder === holder)) {
    return answer('project_local', 'in the node_modules of a project', { package: own.name });
  }
  return holder.endsWith('/lib') || /\/(?:npm|nodejs|nvm\/v[^/]+)$/i.test(holder)
    ? answer('npm', 'in the folder of global packages', { package: own.name })
    : answer('unknown', 'in a node_modules that is of no project and no manager');
}

/** `…/node_modules/name` or `…/node_modules/@scope/name`, and not the store that pnpm keeps beside them. */
function isPackageFolder(folder: string): boolean {
  return /\/node_modules\/(?:@[^/]+\/)?[^/.@][^/]*$/.test(folder);
}

function packageNameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('/node_modules/') + '/node_modules/'.length);
}

function systemPackage({ systemPackage: owner }: InstallEvidence): InstallClass | undefined {
  return owner === null ? undefined : answer('other_manager', `a file of ${owner.manager}`, owner);
}

const BUILD_OUTPUT = /\/(?:target\/(?:[^/]+\/)?(?:debug|release)|dist|build|out|bazel-bin|zig-out\/bin)\//;

/** Where somebody builds it. A finished program that was merely copied into a repository is not that. */
function development({ real, workTree, buildRoot }: InstallEvidence): InstallClass | undefined {
  if (workTree === null || real.slice(workTree.length).includes('/node_modules/')) return undefined;
  return buildRoot && BUILD_OUTPUT.test(real.slice(workTree.length))
    ? answer('development', 'the output of a build in a work tree of git')
    : undefined;
}

function userLauncher({ found, real, head }: InstallEvidence): InstallClass | undefined {
  if (head === 'script') return answer('user_launcher', 'a script that Beaver did not write');
  return found === real ? undefined : answer('user_launcher', 'a link that Beaver did not make');
}

const PACKAGE_NAME = /^(?:@[A-Za-z0-9._-]+\/)?[A-Za-z0-9._+-]+$/;
const COMMANDS: Readonly<Partial<Record<string, string>>> = {
  npm: 'npm install --global PACKAGE@latest',
  pnpm: 'pnpm add --global PACKAGE@latest',
  bun: 'bun add --global PACKAGE@latest',
  yarn: 'yarn global add PACKAGE@latest',
  homebrew_formula: 'brew upgrade PACKAGE',
  homebrew_cask: 'brew upgrade --cask PACKAGE',
  volta: 'volta install PACKAGE@latest',
  mise: 'mise upgrade PACKAGE',
  snap: 'snap refresh PACKAGE',
  flatpak: 'flatpak update PACKAGE',
  winget: 'winget upgrade PACKAGE',
  scoop: 'scoop update PACKAGE',
  chocolatey: 'choco upgrade PACKAGE',
  dpkg: 'apt-get install --only-upgrade PACKAGE',
  rpm: 'dnf upgrade PACKAGE',
  apk: 'apk upgrade PACKAGE',
};

/** What a person would type to update it; null where there is no one answer. Shown, never run. */
export function updateCommand({ name, manager, package: own }: InstallClass): string | null {
  const command = COMMANDS[manager ?? name];
  return command === undefined || own === null || !PACKAGE_NAME.test(own)
    ? null
    : command.replace('PACKAGE', own);
}
