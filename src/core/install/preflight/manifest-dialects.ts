import * as z from 'zod';
import type { ManifestDialect } from '../../plugins/models.ts';
import { AGENT_PLUGINS_MANIFEST, AGENT_PLUGINS_SCHEMA } from '../../plugins/manifest-agent-plugins.ts';
import { BEAVER_MANIFEST } from '../../plugins/manifest-beaver.ts';
import { CLAUDE_MANIFEST } from '../../plugins/manifest-claude.ts';
import { CODEX_MANIFEST } from '../../plugins/manifest-codex.ts';
import {
  dependencySchema,
  EXTENSION_NAMESPACE,
  requirementsSchema,
  requirementsShape,
} from './requirements.ts';

/** A kind of manifest with all of its fields: stricter than discovery, which takes whatever can be used. */
export interface DialectSchema {
  readonly dialect: Exclude<ManifestDialect, 'collection'>;
  /** Of the manifest, POSIX, relative to the plugin. */
  readonly file: string;
  readonly schema: z.ZodType;
  /** Top-level keys; every other one is told. */
  readonly keys: ReadonlySet<string>;
  /** Where the requirements stand in it. */
  readonly requirementsAt: readonly string[];
  /** Where plugins stand that this one depends on. */
  readonly dependenciesAt: readonly string[];
}

const name = z.string().trim().min(1, 'expected a name');
const text = z.string().optional();
const texts = z.array(z.string()).optional();
const anything = z.looseObject({});
const pathOrPaths = z
  .union([z.string(), z.array(z.string())], 'expected a path or a list of paths')
  .optional();
const pathsOrInline = z
  .union(
    [z.string(), z.array(z.unknown()), anything],
    'expected a path, a list of paths, or the object itself',
  )
  .optional();
const author = z
  .looseObject({ name: z.string(), email: text, url: text }, { error: objectWanted })
  .optional();

function objectWanted(issue: { readonly input?: unknown }): string | undefined {
  return typeof issue.input === 'string' ? 'expected an object with a name, not a text' : undefined;
}

const described = {
  $schema: text,
  version: text,
  description: text,
  homepage: text,
  repository: text,
  license: text,
  keywords: texts,
};
const metadata = z.looseObject({ beaver: requirementsSchema.optional() }).optional();

const beaver = z.looseObject({
  ...described,
  schema_version: z.literal(1),
  id: name,
  name,
  version: z.string().min(1),
  author: z.unknown().optional(),
  skills: z.array(z.looseObject({ name: z.string(), path: z.string() })),
  ...requirementsShape,
});

const agentPlugins = z.looseObject({
  ...described,
  $schema: z.literal(AGENT_PLUGINS_SCHEMA),
  name: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'expected lower-case letters, digits, dots and dashes')
    .refine((value) => !/--|\.\./.test(value), 'expected no repeated dashes or dots'),
  author: z.looseObject({ name: text, email: text, url: text }, { error: objectWanted }).optional(),
  extensions: z
    .looseObject({ [EXTENSION_NAMESPACE]: requirementsSchema.optional() })
    .catchall(anything)
    .optional(),
});

const claude = z.looseObject({
  ...described,
  name,
  displayName: text,
  author,
  metadata,
  defaultEnabled: z.boolean().optional(),
  skills: pathOrPaths,
  commands: z
    .union([z.string(), z.array(z.string()), anything], 'expected a path, a list of paths, or an object')
    .optional(),
  agents: pathOrPaths,
  workflows: pathOrPaths,
  outputStyles: pathOrPaths,
  hooks: pathsOrInline,
  mcpServers: pathsOrInline,
  lspServers: pathsOrInline,
  experimental: z.unknown().optional(),
  userConfig: z.record(z.string(), anything).optional(),
  channels: z.array(anything).optional(),
  dependencies: z.array(dependencySchema).optional(),
});

const codex = z.looseObject({
  ...described,
  name,
  author,
  metadata,
  skills: pathOrPaths,
  hooks: pathsOrInline,
  mcpServers: pathsOrInline,
  apps: pathsOrInline,
  interface: z.looseObject({ displayName: text, defaultPrompt: z.unknown().optional() }).optional(),
});

const keys = (schema: { readonly shape: object }): ReadonlySet<string> => new Set(Object.keys(schema.shape));

/** In the order in which discovery prefers them. */
export const DIALECTS: readonly DialectSchema[] = [
  {
    dialect: 'beaver',
    file: BEAVER_MANIFEST,
    schema: beaver,
    keys: keys(beaver),
    requirementsAt: [],
    dependenciesAt: ['dependencies'],
  },
  {
    dialect: 'agent-plugins',
    file: AGENT_PLUGINS_MANIFEST,
    schema: agentPlugins,
    keys: keys(agentPlugins),
    requirementsAt: ['extensions', EXTENSION_NAMESPACE],
    dependenciesAt: ['extensions', EXTENSION_NAMESPACE, 'dependencies'],
  },
  {
    dialect: 'claude',
    file: CLAUDE_MANIFEST,
    schema: claude,
    keys: keys(claude),
    requirementsAt: ['metadata', 'beaver'],
    dependenciesAt: ['dependencies'],
  },
  {
    dialect: 'codex',
    file: CODEX_MANIFEST,
    schema: codex,
    keys: keys(codex),
    requirementsAt: ['metadata', 'beaver'],
    dependenciesAt: ['metadata', 'beaver', 'dependencies'],
  },
];
