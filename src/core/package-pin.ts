import * as semver from 'semver';
import * as z from 'zod';
import { BeaverError } from '../base/errors.ts';
import { COMMIT, identityText, packageIdentitySchema, parseIdentity } from './package-identity.ts';
import type { PackageIdentity } from './package-ports.ts';

/** What a person holds a plugin, or all plugins of a marketplace, to. */
export type PackagePin =
  /** This content and no other. */
  | { readonly kind: 'exact'; readonly identity: PackageIdentity }
  /** Whatever this tag names; should it move, that is an update and an alert. */
  | { readonly kind: 'tag'; readonly tag: string }
  /** One version, without a leading `v`. */
  | { readonly kind: 'version'; readonly version: string }
  | {
      readonly kind: 'range';
      /** As semver reads it. */
      readonly range: string;
      /** Prereleases count only when they were asked for. */
      readonly prereleases: boolean;
    }
  /** A dist-tag of a registry, a branch of a repository. */
  | { readonly kind: 'channel'; readonly channel: string };

/** Of a tag, a branch or a dist-tag: what git allows in a ref's name, and nothing that an option could begin with. */
const REF_NAME = /^(?!-)(?!.*(?:\.\.|@\{|\/\/|\.lock(?:\/|$)))[^\s~^:?*[\\\x00-\x1f\x7f]{1,200}$/;

const refName = z.string().regex(REF_NAME);

export const packagePinSchema: z.ZodType<PackagePin> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('exact'), identity: packageIdentitySchema }),
  z.object({ kind: z.literal('tag'), tag: refName }),
  z.object({
    kind: z.literal('version'),
    version: z.string().refine((version) => semver.valid(version) !== null),
  }),
  z.object({
    kind: z.literal('range'),
    range: z.string().refine((range) => semver.validRange(range) !== null),
    prereleases: z.boolean(),
  }),
  z.object({ kind: z.literal('channel'), channel: refName }),
]);

export interface PinOptions {
  /** A range then takes prereleases too. */
  readonly prereleases?: boolean;
}

/**
 * Reads a pin as a person writes it: a whole commit id, `1.2.3`, a semver range, `tag:NAME`, `channel:NAME`, an identity as
 * `identityText` writes it, or the bare name of a channel. `pre:RANGE` is a range with prereleases.
 * @throws BeaverError `pin_invalid`.
 */
export function parsePin(text: string, options: PinOptions = {}): PackagePin {
  const written = text.trim();
  if (COMMIT.test(written)) return { kind: 'exact', identity: { kind: 'commit', commit: written } };
  const identity = parseIdentity(written);
  if (identity !== undefined) return { kind: 'exact', identity };
  const [, prefix, rest] = /^(tag|channel|pre):(.*)$/s.exec(written) ?? [];
  if (prefix === 'tag' && rest !== undefined) return { kind: 'tag', tag: nameIn(rest, text) };
  if (prefix === 'channel' && rest !== undefined) return { kind: 'channel', channel: nameIn(rest, text) };
  const range = prefix === 'pre' && rest !== undefined ? rest.trim() : written;
  if (range === '') throw invalid(text);
  const version = prefix === undefined ? semver.valid(range) : null;
  if (version !== null) return { kind: 'version', version: withBuild(range, version) };
  if (semver.validRange(range) !== null) {
    return { kind: 'range', range, prereleases: prefix === 'pre' || options.prereleases === true };
  }
  if (prefix !== undefined || /^[0-9a-f]{7,64}$/.test(written)) throw invalid(text);
  return { kind: 'channel', channel: nameIn(written, text) };
}

/** As {@link parsePin} reads it back. */
export function pinText(pin: PackagePin): string {
  switch (pin.kind) {
    case 'exact':
      return pin.identity.kind === 'commit' ? pin.identity.commit : identityText(pin.identity);
    case 'tag':
      return `tag:${pin.tag}`;
    case 'version':
      return pin.version;
    case 'range':
      return pin.prereleases ? `pre:${pin.range}` : pin.range;
    case 'channel':
      return `channel:${pin.channel}`;
  }
}

/** semver leaves build metadata out; here it names one of several builds. */
function withBuild(written: string, version: string): string {
  const build = /\+[0-9A-Za-z.-]+$/.exec(written)?.[0] ?? '';
  return `${version}${build}`;
}

function nameIn(name: string, written: string): string {
  if (REF_NAME.test(name)) return name;
  throw invalid(written);
}

function invalid(written: string): BeaverError {
  return new BeaverError('pin_invalid', `${JSON.stringify(written.slice(0, 80))} is no pin.`, {
    nextStep:
      'Give a whole commit id, a version (1.2.3), a range (^1.2), tag:NAME, or channel:NAME for a branch or a dist-tag.',
    field: 'pin',
  });
}
