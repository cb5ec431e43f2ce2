import { BeaverError } from '../../base/errors.ts';
import type { PluginDiscovery } from '../plugins/discovery.ts';
import type { PluginManifest, PluginSkillDeclaration } from '../plugins/models.ts';
import type { Look } from '../ports.ts';
import type { CurrentPointer } from '../skills/models.ts';
import { placedFolders, readPlacements } from '../skills/placement.ts';
import type { IndexBook } from '../skills/index-book.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import type { StateBook } from './state-book.ts';

type Outcome<T> = { readonly value: T } | { readonly error: BeaverError };

/** What one sync has read of the plugins, each thing once: with thousands of skills reading is all the work of a sync that changes nothing. */
export class SyncReader {
  readonly #deps: MirrorDeps;
  readonly #look: Look;
  readonly #pointers: PointerReader;
  readonly #manifests: ReadonlyMap<string, PluginManifest>;
  readonly #hashes = new Map<string, Outcome<string>>();

  constructor(deps: MirrorDeps, discovery: PluginDiscovery, pointers = new PointerReader(deps)) {
    this.#deps = deps;
    this.#look = discovery.look;
    this.#pointers = pointers;
    this.#manifests = new Map(discovery.manifests.map((manifest) => [manifest.pluginId, manifest]));
  }

  manifest(pluginId: string): PluginManifest | undefined {
    return this.#manifests.get(pluginId);
  }

  /** Tree hash of a declared skill as it was when this sync first looked. @throws BeaverError for a tree that cannot be mirrored. */
  async treeHash(
    manifest: PluginManifest,
    declaration: PluginSkillDeclaration,
    accepted: string | null,
  ): Promise<string> {
    return unwrap(
      await remember(this.#hashes, declaration.root, () =>
        this.#deps.treeHash(manifest, declaration, accepted, this.#look),
      ),
    );
  }

  /** @throws BeaverError when the pointer cannot be read. */
  current(skillName: string): Promise<CurrentPointer | undefined> {
    return this.#pointers.current(skillName);
  }
}

/** What one sync has read of the store, each thing once. */
export class PointerReader {
  readonly #deps: MirrorDeps;
  readonly #currents = new Map<string, Outcome<CurrentPointer | undefined>>();

  constructor(deps: MirrorDeps) {
    this.#deps = deps;
  }

  /** @throws BeaverError when the pointer cannot be read. */
  async current(skillName: string): Promise<CurrentPointer | undefined> {
    return unwrap(await remember(this.#currents, skillName, () => this.#deps.store.current(skillName)));
  }

  /** The skill was changed by this process: what was read of it is void. */
  forget(skillName: string): void {
    this.#currents.delete(skillName);
  }

  /** Linked, active skills that are not recorded as placed in every target. */
  async unplaced(state: StateBook, index: IndexBook): Promise<readonly string[]> {
    const { files } = this.#deps.ports;
    const { targets } = await this.#deps.targets();
    const placements = await readPlacements(files, this.#deps.layout);
    const unplaced: string[] = [];
    const standing = new Map<string, ReadonlySet<string>>();
    for (const target of targets) standing.set(target.name, await placedFolders(files, target));
    for (const plugin of state.all()) {
      for (const skillName of Object.keys(plugin.skills)) {
        if (index.get(skillName)?.status !== 'active') continue;
        const current = await ifReadable(this.current(skillName));
        if (current === undefined) continue;
        for (const target of targets) {
          const recorded = placements.targets[target.name]?.[skillName]?.version === current.version;
          if (recorded && standing.get(target.name)?.has(skillName) === true) continue;
          unplaced.push(skillName);
          break;
        }
      }
    }
    return unplaced;
  }
}

/** Undefined for what cannot be read: the plan reports it where it matters. */
export async function ifReadable<T>(value: Promise<T>): Promise<T | undefined> {
  try {
    return await value;
  } catch (error) {
    if (error instanceof BeaverError) return undefined;
    throw error;
  }
}

async function remember<T>(
  seen: Map<string, Outcome<T>>,
  key: string,
  read: () => Promise<T>,
): Promise<Outcome<T>> {
  const known = seen.get(key);
  if (known !== undefined) return known;
  let outcome: Outcome<T>;
  try {
    outcome = { value: await read() };
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    outcome = { error };
  }
  seen.set(key, outcome);
  return outcome;
}

function unwrap<T>(outcome: Outcome<T>): T {
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}
