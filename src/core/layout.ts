import * as path from 'node:path';
import { BeaverError } from '../base/errors.ts';

/**
 * Every path on disk, in one place. `docs/formats.md` describes the files.
 * All paths are absolute; names of skills and plugins are checked before they become part of one.
 */
export class WorkspaceLayout {
  readonly root: string;
  /** The managed store. A setting, for repositories that own the name `skills`. */
  readonly skills: string;

  constructor(root: string, skillsDirectory = 'skills') {
    this.root = path.resolve(root);
    this.skills = path.resolve(this.root, skillsDirectory);
    if (!isInside(this.root, this.skills)) {
      throw new BeaverError('skills_directory_outside', 'The skills directory is not inside the workspace.', {
        nextStep: 'Set beaver.skillsDirectory to a folder below the workspace.',
        field: 'beaver.skillsDirectory',
      });
    }
  }

  get metadata(): string {
    return path.join(this.root, '.beaver');
  }

  get pluginState(): string {
    return path.join(this.metadata, 'plugins', 'state.json');
  }

  get placements(): string {
    return path.join(this.metadata, 'plugins', 'placements.json');
  }

  get writeLock(): string {
    return path.join(this.metadata, 'locks', 'plugin-skill-write.lock');
  }

  /** Parent of all transactions; on the file system of `skills`. */
  get staging(): string {
    return path.join(this.metadata, 'staging', 'plugin-skills');
  }

  get cache(): string {
    return path.join(this.metadata, 'cache');
  }

  /** What the last sync answered and looked at. */
  get syncMemo(): string {
    return path.join(this.cache, 'sync.json');
  }

  get learning(): string {
    return path.join(this.metadata, 'learning');
  }

  get candidates(): string {
    return path.join(this.learning, 'candidates.jsonl');
  }

  get audit(): string {
    return path.join(this.learning, 'audit.jsonl');
  }

  get drafts(): string {
    return path.join(this.learning, 'drafts');
  }

  draft(draftId: string): string {
    return path.join(this.drafts, segment(draftId));
  }

  /** What was found out about a draft. */
  report(draftId: string): string {
    return path.join(this.learning, 'reports', segment(draftId));
  }

  /** Earlier tasks of a skill that updates are held against. */
  recordedTasks(skillName: string): string {
    return path.join(this.learning, 'replay', segment(skillName));
  }

  get skillIndex(): string {
    return path.join(this.skills, 'index.json');
  }

  skill(skillName: string): string {
    return path.join(this.skills, segment(skillName));
  }

  skillSpec(skillName: string): string {
    return path.join(this.skill(skillName), 'skill.json');
  }

  currentPointer(skillName: string): string {
    return path.join(this.skill(skillName), 'current.json');
  }

  versions(skillName: string): string {
    return path.join(this.skill(skillName), 'versions');
  }

  version(skillName: string, version: string): string {
    return path.join(this.versions(skillName), segment(version));
  }

  upstreams(skillName: string): string {
    return path.join(this.skill(skillName), 'upstreams');
  }

  upstream(skillName: string, sourceId: string, treeHash: string): string {
    return path.join(this.upstreams(skillName), segment(sourceId), segment(treeHash));
  }

  get marketplaces(): string {
    return path.join(this.metadata, 'marketplaces');
  }

  /** Which marketplaces are known, and how each is kept up to date. */
  get marketplaceRegistry(): string {
    return path.join(this.marketplaces, 'registry.json');
  }

  get marketplaceCatalogs(): string {
    return path.join(this.marketplaces, 'catalogs');
  }

  /** What a marketplace offered when it was last looked at. */
  marketplaceCatalog(name: string): string {
    return path.join(this.marketplaceCatalogs, `${segment(name)}.json`);
  }

  get installs(): string {
    return path.join(this.metadata, 'installs');
  }

  /** Which package of each installed plugin is the active one: the visibility switch. */
  get installRegistry(): string {
    return path.join(this.installs, 'registry.json');
  }

  get installPackages(): string {
    return path.join(this.installs, 'packages');
  }

  /** `installedId` is `name@marketplace`; `directory` is told by the content. */
  installPackage(installedId: string, directory: string): string {
    return path.join(this.installPackages, installedSegment(installedId), segment(directory));
  }

  /** Journals of attempts under way. */
  get installAttempts(): string {
    return path.join(this.installs, 'attempts');
  }

  installAttempt(correlationId: string): string {
    return path.join(this.installAttempts, `${segment(correlationId)}.json`);
  }

  /** Held by whoever carries the attempt out: free means that nobody does. */
  installAttemptLock(correlationId: string): string {
    return path.join(this.metadata, 'locks', 'installs', `${segment(correlationId)}.lock`);
  }

  /** Packages on their way in; on the file system of `installPackages`. */
  get installStaging(): string {
    return path.join(this.installs, 'staging');
  }

  /** Updates that are fetched and checked and wait for a person. */
  get stagedUpdates(): string {
    return path.join(this.installs, 'staged.json');
  }

  /** Their packages; on the file system of `installPackages`. */
  get stagedPackages(): string {
    return path.join(this.installs, 'staged');
  }

  stagedPackage(installedId: string, directory: string): string {
    return path.join(this.stagedPackages, installedSegment(installedId), segment(directory));
  }

  /** Edited folders of packages that made room for what had been installed. */
  get installsAside(): string {
    return path.join(this.installs, 'aside');
  }

  /** Packages that are fetched beside an installation: to be looked at, or to repair one that is there. */
  get packageLooks(): string {
    return path.join(this.metadata, 'staging', 'packages');
  }

  get installEvents(): string {
    return path.join(this.installs, 'events.jsonl');
  }

  /** What is installed, for version control: in the root of the workspace. */
  get packageLock(): string {
    return path.join(this.root, 'beaver.lock.json');
  }

  /** When marketplaces are looked at next, and what was last decided about each plugin. */
  get autoUpdateState(): string {
    return path.join(this.metadata, 'marketplaces', 'auto-update.json');
  }

  /** Why plugins were or were not updated by themselves. */
  get updateRecords(): string {
    return path.join(this.metadata, 'marketplaces', 'updates.jsonl');
  }

  /** What a person or an API may see of a path: POSIX, relative to the workspace, or `<external>/` and its last part. */
  display(absolute: string): string {
    const relative = path.relative(this.root, absolute);
    if (relative === '') return '.';
    if (!isInside(this.root, absolute)) return `<external>/${path.basename(absolute)}`;
    return relative.split(path.sep).join('/');
  }
}

/** True when `inner` is `outer` or below it, by name alone: links are not resolved. */
export function isInside(outer: string, inner: string): boolean {
  const relative = path.relative(outer, inner);
  return (
    relative === '' ||
    (!path.isAbsolute(relative) && relative !== '..' && !relative.startsWith(`..${path.sep}`))
  );
}

/** `name@marketplace`, or `name@direct` for what came from no marketplace. Lower case: it is the name of a folder on systems that ignore case. */
export const INSTALLED_ID = /^[a-z0-9][a-z0-9._-]{0,127}@[a-z0-9][a-z0-9._-]{0,127}$/;

function installedSegment(id: string): string {
  if (INSTALLED_ID.test(id) && !id.endsWith('.')) return id;
  throw new BeaverError('invalid_name', `${JSON.stringify(id.slice(0, 80))} is no installed plugin's name.`, {
    nextStep: 'Write it as NAME@MARKETPLACE, in lower case.',
  });
}

const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,255}$/;

function segment(name: string): string {
  if (!SEGMENT.test(name)) {
    throw new BeaverError(
      'invalid_name',
      `The name ${JSON.stringify(name.slice(0, 80))} cannot be part of a path.`,
      {
        nextStep: 'Use letters, digits, dots, dashes and underscores only.',
      },
    );
  }
  return name;
}
