import type { Sha256 } from '../../base/digest.ts';
import type { LearningDeps } from '../learning/learning-deps.ts';
import type { PluginDiscovery } from '../plugins/discovery.ts';
import type { PluginManifest, PluginSkillDeclaration } from '../plugins/models.ts';
import type { Look } from '../ports.ts';
import type { HashedTree } from '../skill-tree.ts';

/** Everything that the life cycle ties together; wired once in `app/`. */
export interface MirrorDeps extends LearningDeps {
  /** What is on disk now. Never throws for one bad plugin (invariant 10). */
  discover(): Promise<PluginDiscovery>;
  /**
   * Tree hash of a declared skill, from the stat cache where that can be trusted. `accepted` names the snapshot whose executable bits
   * count where the file system has none; `look` is where the tree is listed. @throws BeaverError for a tree that cannot be mirrored.
   */
  treeHash(
    manifest: PluginManifest,
    skill: PluginSkillDeclaration,
    accepted: string | null,
    look: Look,
  ): Promise<Sha256>;
  /** The whole tree of a declared skill, read now. @throws BeaverError for a tree that cannot be mirrored. */
  readTree(
    manifest: PluginManifest,
    skill: PluginSkillDeclaration,
    accepted: string | null,
    look?: Look,
  ): Promise<HashedTree>;
}
