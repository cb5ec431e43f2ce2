import type { VersionsPayload } from '../../app/package-look-payloads.ts';
import type { PackagePin } from '../../core/package-pin.ts';
import { joinParts } from './item-view.ts';
import { contentLabel } from './market-labels.ts';
import type { InstalledPayload } from './market-snapshot.ts';
import type { Translate } from './translate.ts';

/** What a person chose: nothing that holds the plugin, a pin, or to write one. */
export type VersionChoice =
  | { readonly kind: 'newest' }
  | { readonly kind: 'pin'; readonly pin: PackagePin }
  | { readonly kind: 'other' };

export interface VersionItem {
  readonly label: string;
  readonly description: string;
  /** Undefined for the heading of those that follow. */
  readonly value: VersionChoice | undefined;
}

/**
 * What can be chosen of a plugin: the newest first, then channels where a registry has them, versions with the highest first, tags that are
 * no versions, and the way to write any other pin.
 */
export function versionItems(
  { head, default_pin: held, offers, source }: VersionsPayload['versions'],
  installed: InstalledPayload | undefined,
  t: Translate,
  /** What the marketplace says of a newest content that no tag names. */
  label: string | null = null,
): readonly VersionItem[] {
  const inUse = installed?.active.identity;
  const mark = (identity: string): string => (identity === inUse ? t('in use') : '');
  const newest: readonly VersionItem[] =
    head === null
      ? []
      : [
          {
            label: held === null ? t('Newest') : t('As the marketplace holds it'),
            description: joinParts(
              contentLabel({ ...head, version: head.version ?? label }),
              held ?? t('follows every release'),
              mark(head.identity),
            ),
            value: { kind: 'newest' },
          },
        ];
  const versions = offers.flatMap(({ version, identity, tags }): readonly VersionItem[] =>
    version === null
      ? []
      : [
          {
            label: version,
            description: joinParts(
              tags.filter((tag) => tag !== version && tag !== `v${version}`).join(', '),
              mark(identity),
            ),
            value: { kind: 'pin', pin: { kind: 'version', version } },
          },
        ],
  );
  const registry = source.startsWith('npm:');
  const named = offers.flatMap(({ version, identity, tags }) =>
    tags
      .filter(() => registry || version === null)
      .map((tag): VersionItem => ({
        label: tag,
        description: joinParts(version ?? contentLabel({ version, identity }), mark(identity)),
        value: { kind: 'pin', pin: registry ? { kind: 'channel', channel: tag } : { kind: 'tag', tag } },
      })),
  );
  const group = (label: string, items: readonly VersionItem[]): readonly VersionItem[] =>
    items.length === 0 ? [] : [{ label, description: '', value: undefined }, ...items];
  return [
    ...newest,
    ...(registry ? group(t('Channels'), named) : []),
    ...group(t('Versions'), versions),
    ...(registry ? [] : group(t('Tags'), named)),
    ...group(t('Other'), [
      {
        label: t('Range, branch or commit…'),
        description: '^1.2 · channel:main · 3f2a1b…',
        value: { kind: 'other' },
      },
    ]),
  ];
}
