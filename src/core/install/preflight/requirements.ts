import * as z from 'zod';

/** The version of the contract between Beaver and a plugin: what a manifest may say and what Beaver does with it. */
export const API_VERSION = 1;
/** Where an Agent Plugins manifest keeps what only Beaver reads, below `extensions`. */
export const EXTENSION_NAMESPACE = 'io.github.beaver-skills';

export const dependencySchema = z.union(
  [
    z.string().trim().min(1),
    z.looseObject({
      name: z.string().trim().min(1),
      version: z.string().optional(),
      marketplace: z.string().optional(),
    }),
  ],
  'expected a name, or an object with a name and perhaps a version range and a marketplace',
);

const permissionsSchema = z.strictObject({
  /** Hosts; `*.example.com` for those below one, `*` for all. */
  network: z.array(z.string().min(1)).optional(),
  /** Names of programs that hooks and servers start; `*` for any. Files of the plugin count as `./`. */
  commands: z.array(z.string().min(1)).optional(),
  /** Names of environment variables that are read. */
  environment: z.array(z.string().min(1)).optional(),
});

/** What a plugin needs of its host. Every part may be left out. */
export const requirementsShape = {
  /** Semver ranges by host: `beaver`, `vscode`, `claude-code`, `codex`, … */
  engines: z.record(z.string(), z.string()).optional(),
  /** The contract versions that the plugin works with. */
  api_version: z
    .union([z.int(), z.array(z.int()).min(1)], 'expected a whole number, or a list of them')
    .optional(),
  capabilities: z.array(z.string().min(1)).optional(),
  permissions: permissionsSchema.optional(),
  dependencies: z.array(dependencySchema).optional(),
};
export const requirementsSchema = z.looseObject(requirementsShape);

export type Permissions = z.infer<typeof permissionsSchema>;
export type Requirements = z.infer<typeof requirementsSchema>;

export interface Dependency {
  readonly name: string;
  /** A semver range; undefined for any version. */
  readonly range: string | undefined;
  /** Undefined for the marketplace of the plugin itself. */
  readonly marketplace: string | undefined;
}

export function dependencyOf(written: z.infer<typeof dependencySchema>): Dependency {
  if (typeof written !== 'string') {
    return { name: written.name, range: written.version, marketplace: written.marketplace };
  }
  const at = written.lastIndexOf('@');
  if (at <= 0) return { name: written, range: undefined, marketplace: undefined };
  return { name: written.slice(0, at), range: undefined, marketplace: written.slice(at + 1) };
}
