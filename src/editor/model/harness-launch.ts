import * as path from 'node:path';

/** How a harness is started in a terminal of the editor. */
export interface HarnessLaunch {
  /** Of the terminal. */
  readonly name: string;
  /** Absolute path of the launcher's front. */
  readonly shellPath: string;
  readonly shellArgs: readonly string[];
  /** Over the environment of other terminals. */
  readonly env: Readonly<Record<string, string>>;
}

export interface LaunchPlace {
  /** Absolute path of the installed extension. */
  readonly extension: string;
  /** Where Beaver keeps its versions; absolute. */
  readonly beaverHome: string;
  /** The Node of the editor; undefined where it is no plain Node, which could not look after a session. */
  readonly node: string | undefined;
}

export function harnessLaunch(harness: string, { extension, beaverHome, node }: LaunchPlace): HarnessLaunch {
  return {
    name: `Beaver: ${harness}`,
    shellPath: path.join(extension, 'dist', 'launcher', 'beaver-launch'),
    shellArgs: [harness],
    env: { BEAVER_HOME: beaverHome, ...(node === undefined ? {} : { BEAVER_NODE: node }) },
  };
}
