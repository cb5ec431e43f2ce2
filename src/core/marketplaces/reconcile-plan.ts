import type { InstalledPlugins } from '../install/install-registry.ts';
import type { InstalledPlugin } from '../install/installed-plugin.ts';
import type { PackagesOnDisk } from './lock-check.ts';

/** What was found when what is wanted was held against what is there. */
export interface ReconcileObservation {
  readonly installed: InstalledPlugins;
  readonly disk: PackagesOnDisk;
  /** Folders of packages that the registry names nowhere; display paths. */
  readonly unreferenced: readonly string[];
  /** Attempts that nobody carries out any more, by correlation id. */
  readonly abandonedAttempts: readonly string[];
  /** Plugin names by marketplace; null for one whose catalog was never fetched. */
  readonly marketplaces: ReadonlyMap<string, ReadonlySet<string> | null>;
  /** What the doctor and the lock file say besides. */
  readonly others: readonly { readonly code: string; readonly message: string; readonly next_step: string }[];
}

export const RECONCILE_KINDS = [
  'half_installed',
  'package_missing',
  'package_modified',
  'package_extra',
  'marketplace_gone',
  'plugin_delisted',
  'other',
] as const;
export type ReconcileKind = (typeof RECONCILE_KINDS)[number];

export interface ReconcileItem {
  readonly kind: ReconcileKind;
  /** Installed id, correlation id or display path; the code of an `other`. */
  readonly subject: string;
  /** What is done about it. `fetch` and `restore` bring back exactly the recorded content; `restore` moves the edited folder aside. */
  readonly action: 'end_attempt' | 'fetch' | 'restore' | 'remove' | 'none';
  /** Removes or overwrites something: a person sees it before it is done. */
  readonly confirm: boolean;
  readonly message: string;
  readonly next_step: string;
}

/** Everything that is not as it should be; empty means that it is. */
export interface ReconcilePlan {
  readonly items: readonly ReconcileItem[];
}

/** Pure, and in the same order for the same observation: what leads to a removal comes after everything that brings something back. */
export function planReconcile(seen: ReconcileObservation): ReconcilePlan {
  const plugins = [...seen.installed].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    items: [
      ...[...seen.abandonedAttempts].sort().map(halfInstalled),
      ...plugins.flatMap(([id, plugin]) => packageItem(id, plugin, seen.disk)),
      ...plugins.flatMap(([id, plugin]) => originItem(id, plugin, seen.marketplaces)),
      ...[...seen.unreferenced].sort().map(extra),
      ...seen.others.map(other),
    ],
  };
}

function halfInstalled(id: string): ReconcileItem {
  return item('half_installed', id, 'end_attempt', false, {
    message: 'An installation was interrupted.',
    next_step: 'It is rolled back to what was in use before.',
  });
}

function packageItem(
  id: string,
  { active }: InstalledPlugin,
  disk: PackagesOnDisk,
): readonly ReconcileItem[] {
  const { present = false, treeHash = null } = disk.get(id) ?? {};
  if (treeHash === active.tree_hash) return [];
  if (!present)
    return [
      item('package_missing', id, 'fetch', false, {
        message: 'Its package is gone.',
        next_step: 'The same content is fetched again.',
      }),
    ];
  return [
    item('package_modified', id, 'restore', true, {
      message:
        treeHash === null
          ? 'Its package cannot be read as a whole: something in it came after it was installed.'
          : 'Files of its package were changed after it was installed.',
      next_step: 'The folder is moved aside and the recorded content is fetched again.',
    }),
  ];
}

function originItem(
  id: string,
  plugin: InstalledPlugin,
  marketplaces: ReconcileObservation['marketplaces'],
): readonly ReconcileItem[] {
  const { marketplace, name } = plugin;
  if (marketplace === null) return [];
  const listed = marketplaces.get(marketplace);
  if (listed === undefined)
    return [
      item('marketplace_gone', id, 'none', false, {
        message: `The marketplace ${marketplace} is not known here; the plugin stays in use and gets no updates.`,
        next_step: 'Add the marketplace again, or uninstall the plugin.',
      }),
    ];
  if (listed === null || listed.has(name)) return [];
  return [
    item('plugin_delisted', id, 'none', false, {
      message: `The marketplace ${marketplace} does not list it any more; it stays in use and gets no updates.`,
      next_step: 'Look there for its successor, or uninstall it.',
    }),
  ];
}

function extra(path: string): ReconcileItem {
  return item('package_extra', path, 'remove', true, {
    message: 'A folder of packages belongs to nothing that is installed.',
    next_step: 'It is removed.',
  });
}

function other({ code, message, next_step }: ReconcileObservation['others'][number]): ReconcileItem {
  return item('other', code, 'none', false, { message, next_step });
}

function item(
  kind: ReconcileKind,
  subject: string,
  action: ReconcileItem['action'],
  confirm: boolean,
  words: Pick<ReconcileItem, 'message' | 'next_step'>,
): ReconcileItem {
  return { kind, subject, action, confirm, ...words };
}
