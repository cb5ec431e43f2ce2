import type { Finding } from '../../base/errors.ts';
import type { InstalledPlugins } from '../install/install-registry.ts';
import type { InstalledPlugin } from '../install/installed-plugin.ts';
import { identityText, originText } from '../package-identity.ts';
import { pinText } from '../package-pin.ts';
import type { ResolvedPackage } from '../package-ports.ts';
import { LOCK_FILE, lockedIdentity, type LockedPlugin, type LockedPlugins } from './lock-file.ts';

/** What an active package was found to be on disk. */
export interface PackageOnDisk {
  /** Whether anything is where its folder should be. */
  readonly present: boolean;
  /** Of all its files; null when the folder is gone or cannot be read. */
  readonly treeHash: string | null;
  /** By skill name; null for a skill that cannot be hashed. */
  readonly skills: ReadonlyMap<string, string | null>;
}

/** By `name@marketplace`. */
export type PackagesOnDisk = ReadonlyMap<string, PackageOnDisk>;

/**
 * What the lock file says when it is brought up to date. A package whose folder cannot be hashed keeps what was locked, or is left out; what
 * is locked and not installed here is left out with `drop` only: it may be a colleague's, and this a fresh clone.
 */
export function lockOf(
  installed: InstalledPlugins,
  disk: PackagesOnDisk,
  before: LockedPlugins,
  drop: (id: string) => boolean = () => false,
): LockedPlugins {
  const locked = new Map([...before].filter(([id]) => installed.has(id) || !drop(id)));
  for (const [id, plugin] of installed) {
    const found = disk.get(id);
    if (found?.treeHash === plugin.active.tree_hash) locked.set(id, lockedPlugin(plugin, found));
  }
  return new Map([...locked].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function lockedPlugin(plugin: InstalledPlugin, { skills }: PackageOnDisk): LockedPlugin {
  const { active } = plugin;
  const hashes = [...skills].filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    source: plugin.source,
    resolved: active.source,
    identity: identityText(active.identity),
    version: active.version,
    pin: plugin.pin === null ? null : pinText(plugin.pin),
    requested: plugin.requested,
    tree_hash: active.tree_hash,
    skills: Object.fromEntries(hashes),
  };
}

/** What `plugins install --frozen` does: exactly what the lock says, or nothing. */
export interface FrozenPlan {
  readonly install: readonly {
    readonly id: string;
    readonly resolved: ResolvedPackage;
    readonly locked: LockedPlugin;
  }[];
  /** Installed as locked already. */
  readonly keep: readonly string[];
  /** Why the lock cannot be reproduced; nothing is done then. */
  readonly problems: readonly Finding[];
}

export function planFrozenInstall(lock: LockedPlugins, installed: InstalledPlugins): FrozenPlan {
  const problems = [...installed.keys()].filter((id) => !lock.has(id)).map(extra);
  const keep: string[] = [];
  const install: FrozenPlan['install'][number][] = [];
  for (const [id, locked] of [...lock].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const active = installed.get(id)?.active;
    // The same content can be another package where its marketplace makes something else of it.
    const same = active !== undefined && identityText(active.identity) === locked.identity;
    if (same && active.tree_hash === locked.tree_hash) keep.push(id);
    else {
      const { resolved: source, version } = locked;
      install.push({ id, resolved: { source, identity: lockedIdentity(locked), version }, locked });
    }
  }
  return { install, keep, problems };
}

/** Whether what is installed, and what is on disk, is what the lock says. An empty list means that it is. */
export function checkLock(
  lock: LockedPlugins,
  installed: InstalledPlugins,
  disk: PackagesOnDisk,
): readonly Finding[] {
  const missing = [...lock.keys()].filter((id) => !installed.has(id)).map(notInstalled);
  const extras = [...installed.keys()].filter((id) => !lock.has(id)).map(extra);
  const differing = [...installed].flatMap(([id, plugin]) => {
    const locked = lock.get(id);
    return [
      ...(locked === undefined ? [] : checkLocked(id, locked, plugin)),
      ...checkDisk(id, locked, plugin, disk.get(id)),
    ];
  });
  return [...missing, ...extras, ...differing].sort((a, b) =>
    `${a.field ?? ''} ${a.code}` < `${b.field ?? ''} ${b.code}` ? -1 : 1,
  );
}

function checkLocked(id: string, locked: LockedPlugin, plugin: InstalledPlugin): readonly Finding[] {
  const findings: Finding[] = [];
  const { active } = plugin;
  if (identityText(active.identity) !== locked.identity) {
    const now = active.version ?? identityText(active.identity).slice(0, 20);
    const then = locked.version ?? locked.identity.slice(0, 20);
    findings.push(
      finding(
        'lock_content_differs',
        id,
        `${id} is installed as ${now}, and locked as ${then}.`,
        TO_LOCK_OR_BACK,
      ),
    );
  }
  if (identityText(active.identity) === locked.identity && active.tree_hash !== locked.tree_hash)
    findings.push(
      finding(
        'lock_content_differs',
        id,
        `${id} has other files than the lock says, under the same identity.`,
        TO_LOCK_OR_BACK,
      ),
    );
  // A marketplace that moves on gives its plugins another commit to look at, and other content only where they changed.
  if (originText(plugin.source) !== originText(locked.source))
    findings.push(
      finding(
        'lock_source_differs',
        id,
        `${id} comes from another place than the lock says.`,
        TO_LOCK_OR_BACK,
      ),
    );
  if ((plugin.pin === null ? null : pinText(plugin.pin)) !== locked.pin)
    findings.push(
      finding('lock_pin_differs', id, `${id} is pinned otherwise than the lock says.`, TO_LOCK_OR_BACK),
    );
  return findings;
}

function checkDisk(
  id: string,
  locked: LockedPlugin | undefined,
  { active }: InstalledPlugin,
  disk: PackageOnDisk | undefined,
): readonly Finding[] {
  if (disk === undefined || disk.treeHash === null)
    return [finding('package_missing', id, `The package of ${id} is gone or cannot be read.`, TO_REPAIR)];
  if (disk.treeHash !== active.tree_hash)
    return [
      finding(
        'package_modified',
        id,
        `Files of the package of ${id} are not as they were installed.`,
        TO_REPAIR,
      ),
    ];
  if (locked === undefined || identityText(active.identity) !== locked.identity) return [];
  const names = new Set([...Object.keys(locked.skills), ...disk.skills.keys()]);
  return [...names]
    .sort()
    .filter(
      (name) =>
        (disk.skills.get(name) ?? null) !== (Object.hasOwn(locked.skills, name) ? locked.skills[name] : null),
    )
    .map((name) =>
      finding(
        'lock_skill_differs',
        id,
        `The skill ${name} of ${id} is not the one that was locked.`,
        TO_LOCK_OR_BACK,
      ),
    );
}

const TO_LOCK_OR_BACK =
  'Run "beaver plugins install --frozen" to go back to the lock, or "beaver plugins lock" to take on what is installed.';
const TO_REPAIR = 'Run "beaver plugins reconcile" to see what would repair it.';

function notInstalled(id: string): Finding {
  return finding(
    'lock_not_installed',
    id,
    `${id} is locked and not installed.`,
    'Run "beaver plugins install --frozen".',
  );
}

function extra(id: string): Finding {
  return finding(
    'lock_incomplete',
    id,
    `${id} is installed and not in the lock.`,
    'Run "beaver plugins lock" to add it, or uninstall it.',
  );
}

function finding(code: string, id: string, message: string, next_step: string): Finding {
  return { code, severity: 'error', message, next_step, path: LOCK_FILE, field: `/plugins/${id}` };
}
