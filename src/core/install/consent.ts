import * as semver from 'semver';
import { FieldDigest, type Sha256 } from '../../base/digest.ts';
import { identityText, originText, sourceLabel } from '../package-identity.ts';
import type { PackageIdentity, PackageSource } from '../package-ports.ts';
import { newSurface, type SurfaceItem, surfaceKinds } from './package-contents.ts';

/** What a person is asked about before a package replaces another one. */
export const consentKinds = [
  'major_version',
  'downgrade',
  'source_changed',
  'new_plugin',
  ...surfaceKinds,
] as const;

export interface ConsentChange {
  readonly kind: (typeof consentKinds)[number];
  /** Of which plugin of the attempt. */
  readonly id: string;
  /** What is new: a command, a host, `1.4.0 → 2.0.0`. */
  readonly value: string;
}

export interface Consent {
  /** What is accepted by naming it: other content or other changes have another digest. */
  readonly digest: Sha256;
  readonly changes: readonly ConsentChange[];
}

/** One package of an attempt, and what it would replace; null where the plugin is not installed. */
export interface ConsentSubject {
  readonly id: string;
  readonly identity: PackageIdentity;
  readonly version: string | null;
  readonly source: PackageSource;
  readonly surface: readonly SurfaceItem[];
  readonly before: {
    readonly version: string | null;
    readonly source: PackageSource;
    readonly surface: readonly SurfaceItem[];
  } | null;
}

/**
 * What is new in an attempt and asks for a person. A first installation is an act of its own and asks for nothing more, for what comes with it
 * neither; what comes to an installed plugin later does: a new major version, a step back, another source, new programs, permissions, tools,
 * hosts and plugins. That a plugin which is needed is installed already makes it such a one.
 * @returns null when nothing asks.
 */
export function consentFor(subjects: readonly ConsentSubject[]): Consent | null {
  const [root] = subjects;
  const first = root?.before === null;
  const changes = subjects.filter(({ before }) => !first || before !== null).flatMap(changesOf);
  if (changes.length === 0) return null;
  const digest = new FieldDigest('beaver-consent-v1');
  for (const { id, identity } of subjects) digest.field(id).field(identityText(identity));
  for (const { kind, id, value } of changes) digest.field(kind).field(id).field(value);
  return { digest: digest.hex(), changes };
}

function changesOf({ id, version, source, surface, before }: ConsentSubject): readonly ConsentChange[] {
  if (before === null) {
    return [
      { kind: 'new_plugin', id, value: sourceLabel(source) },
      ...surface.map(({ kind, value }) => ({ kind, id, value })),
    ];
  }
  const step = stepOf(before.version, version);
  return [
    ...(step === undefined
      ? []
      : [{ kind: step, id, value: `${before.version ?? ''} → ${version ?? ''}` } as const]),
    ...(originText(before.source) === originText(source)
      ? []
      : [
          {
            kind: 'source_changed',
            id,
            value: `${sourceLabel(before.source)} → ${sourceLabel(source)}`,
          } as const,
        ]),
    ...newSurface(before.surface, surface).map(({ kind, value }) => ({ kind, id, value })),
  ];
}

/** Before 1.0.0 a minor version is what a major one is later. Labels that are no versions say nothing. */
function stepOf(from: string | null, to: string | null): 'major_version' | 'downgrade' | undefined {
  const [before, after] = [semver.parse(from), semver.parse(to)];
  if (before === null || after === null) return undefined;
  if (semver.lt(after, before)) return 'downgrade';
  if (after.major > before.major) return 'major_version';
  return after.major === 0 && after.minor > before.minor ? 'major_version' : undefined;
}
