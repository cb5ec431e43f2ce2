/** What the front found out. */
export interface Launch {
  readonly harness: string;
  /** Null for a build of this machine. */
  readonly version: string | null;
  readonly directory: string | null;
  readonly program: string;
  readonly args: readonly string[];
  /** The launcher itself, absolute: what hooks are told to run. */
  readonly front: string;
}

/** The environment of the harness: the person's own, and where its hooks find us. */
export function childEnvironment(env: NodeJS.ProcessEnv, socket: string): Record<string, string> {
  const own = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const without = own.filter(([name]) => name !== 'ELECTRON_RUN_AS_NODE');
  return { ...Object.fromEntries(without), BEAVER_HARNESS_SOCKET: socket };
}
