import * as path from 'node:path';
import { fileNameSchema, harnessIdSchema, relativePathSchema, sha256Schema } from './identifiers.ts';

/** Where everything of one harness lies, below `BEAVER_HOME/harness/<harness>/`. All absolute. */
export class HarnessLayout {
  readonly root: string;

  /** @throws when `harness` is no id: it becomes part of a path. */
  constructor(beaverHome: string, harness: string) {
    this.root = path.join(HarnessLayout.all(beaverHome), harnessIdSchema.parse(harness));
  }

  /** Parent of the folders of all harnesses. */
  static all(beaverHome: string): string {
    return path.join(path.resolve(beaverHome), 'harness');
  }

  get source(): string {
    return path.join(this.root, 'source.json');
  }

  /** The pointer. */
  get state(): string {
    return path.join(this.root, 'state.json');
  }

  /** What the front of the launcher reads instead of the pointer: derived from it, and missing whenever it could be wrong. */
  get launchLine(): string {
    return path.join(this.root, 'launch');
  }

  /** What the pointer said last, for the day on which it cannot be read. */
  get stateCopy(): string {
    return path.join(this.root, 'state.copy.json');
  }

  /** Never removed and opened by nothing else: a second file of the name would be a second lock. */
  get updateLock(): string {
    return path.join(this.root, 'update.lock');
  }

  get trust(): string {
    return path.join(this.root, 'trust');
  }

  /** The signed bytes of the newest trusted root. */
  get trustedRoot(): string {
    return path.join(this.trust, 'root.json');
  }

  /** The signed bytes of the newest trusted manifest of a channel. */
  trustedManifest(channel: string): string {
    return path.join(this.trust, `channel-${harnessIdSchema.parse(channel)}.json`);
  }

  /** The latest time that this machine was known to have. */
  get knownTime(): string {
    return path.join(this.trust, 'time.json');
  }

  get versions(): string {
    return path.join(this.root, 'versions');
  }

  version(directory: string): string {
    return path.join(this.versions, fileNameSchema.parse(directory));
  }

  tree(directory: string): string {
    return path.join(this.version(directory), 'tree');
  }

  receipt(directory: string): string {
    return path.join(this.version(directory), 'receipt.json');
  }

  executable(directory: string, executable: string): string {
    return path.join(this.tree(directory), ...relativePathSchema.parse(executable).split('/'));
  }

  /** A named pipe; open in whoever runs a version. */
  lease(directory: string): string {
    return path.join(this.root, 'leases', `${fileNameSchema.parse(directory)}.lease`);
  }

  get downloads(): string {
    return path.join(this.root, 'downloads');
  }

  download(sha256: string): string {
    return path.join(this.downloads, `${sha256Schema.parse(sha256)}.part`);
  }

  /** Restarts that were decided and are not over. */
  get intents(): string {
    return path.join(this.root, 'intents');
  }

  /** Whether updates and restarts happen by themselves. */
  get policy(): string {
    return path.join(this.root, 'policy.json');
  }

  /** How a program is started and listened to, where it is not one that Beaver knows. */
  get adapter(): string {
    return path.join(this.root, 'adapter.json');
  }

  get staging(): string {
    return path.join(this.root, 'staging');
  }
}
