import type { Finding } from '../../base/errors.ts';
import type { PluginFailurePayload, PluginPayload, UpdatePayload } from '../../app/payloads.ts';

/** What a skill's folders in the runtime targets say, where it is worth showing. */
export type TargetMark = 'edited' | 'occupied';

/** What the editor knows of one workspace folder. Replaced as a whole at each change. */
export interface FolderSnapshot {
  /** Uri of the folder, as a string: what nodes and commands name it by. */
  readonly folder: string;
  readonly name: string;
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly plugins: readonly PluginPayload[];
  readonly errors: readonly Finding[];
  readonly updates: readonly UpdatePayload[];
  /** What the last sync of plugins and skills failed with. */
  readonly failures: readonly PluginFailurePayload[];
  /** By skill name. Skills whose targets were not looked at yet are not in it. */
  readonly marks: ReadonlyMap<string, TargetMark>;
  /** True from a sync that found another writer until one that did not. */
  readonly deferred: boolean;
  /** What the last reading failed with; the lists are then those of the last one that worked. */
  readonly failure: unknown;
}

export function emptySnapshot(folder: string, name: string): FolderSnapshot {
  return {
    folder,
    name,
    phase: 'loading',
    plugins: [],
    errors: [],
    updates: [],
    failures: [],
    marks: new Map(),
    deferred: false,
    failure: undefined,
  };
}

/** Every skill that is bound to a plugin, with its plugin. A plugin that only offers its skills has none. */
export function linkedSkills(
  snapshot: FolderSnapshot,
): readonly { readonly plugin: PluginPayload; readonly skill: PluginPayload['skills'][number] }[] {
  return snapshot.plugins.flatMap((plugin) =>
    plugin.skills
      .filter((skill) => skill.current_beaver_version !== null)
      .map((skill) => ({ plugin, skill })),
  );
}
