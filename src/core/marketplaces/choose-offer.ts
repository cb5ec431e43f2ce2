import * as semver from 'semver';
import type { Phrase } from '../../base/phrase.ts';
import { identityText, sameIdentity } from '../package-identity.ts';
import { type PackagePin, pinText } from '../package-pin.ts';
import type { PackageIdentity, PackageOffer, PackageOffers, PackageSource } from '../package-ports.ts';
import { compareVersions, type VersionedOffer, versionedOffers } from './tagged-versions.ts';

/** A content that is not to be taken, and why: it failed once, it was withdrawn, a person said so. */
export interface IgnoredContent {
  readonly identity: PackageIdentity;
  /** In words, for a person. */
  readonly reason: string;
}

export type OfferChoice =
  | { readonly kind: 'chosen'; readonly offer: VersionedOffer }
  | {
      readonly kind: 'none';
      /**
       * `nothing_offered` {}, `pin_not_offered` {pin}, `offers_ignored` {pin, reason}: all that the pin allows is ignored.
       * `pin` is `pinText`, or empty where there is no pin.
       */
      readonly problem: Phrase;
    };

export interface OfferQuestion {
  /** As the marketplace or the person names it, before the pin. */
  readonly source: PackageSource;
  readonly pluginName: string;
  /** What `Packages.offers` answered for {@link sourceToAsk}. */
  readonly offers: PackageOffers;
  readonly pin: PackagePin | null;
  readonly ignored: readonly IgnoredContent[];
}

/** The source to ask for offers under a pin: a channel is a ref of its own, and an exact content needs no other. */
export function sourceToAsk(source: PackageSource, pin: PackagePin | null): PackageSource {
  if (pin === null) return source;
  switch (source.kind) {
    case 'git':
      if (pin.kind === 'channel') return { ...source, ref: pin.channel, commit: null };
      if (pin.kind === 'exact' && pin.identity.kind === 'commit')
        return { ...source, commit: pin.identity.commit };
      // What a marketplace pins for itself says nothing about what this person wants of the repository's tags.
      return { ...source, commit: null };
    case 'npm':
      return { ...source, range: pin.kind === 'channel' ? pin.channel : null };
    case 'archive':
    case 'local':
      return source;
  }
}

/** The one content that a pin stands for now: a pure function of what is offered, so that every caller chooses the same. */
export function chooseOffer(question: OfferQuestion): OfferChoice {
  const { source, pluginName, offers, pin, ignored } = question;
  const all = versionedOffers(source, pluginName, offers);
  const head = offers.head === null ? undefined : versionOf(offers.head, all);
  const allowed = allowedOffers(source, pin, all, head);
  if (allowed.length === 0) {
    return {
      kind: 'none',
      problem:
        pin === null
          ? { code: 'nothing_offered', params: {} }
          : { code: 'pin_not_offered', params: { pin: pinText(pin) } },
    };
  }
  const offer = allowed.find(({ identity }) => ignoredReason(identity, ignored) === undefined);
  if (offer !== undefined) return { kind: 'chosen', offer };
  const reason = ignored.find((one) => allowed.some((other) => sameIdentity(one.identity, other.identity)));
  return {
    kind: 'none',
    problem: {
      code: 'offers_ignored',
      params: { pin: pin === null ? '' : pinText(pin), reason: reason?.reason ?? '' },
    },
  };
}

/** The highest release that a person could have if nothing held the plugin back: no prereleases, else what the source itself names. */
export function latestOffer(question: Omit<OfferQuestion, 'pin'>): VersionedOffer | undefined {
  const { source, pluginName, offers, ignored } = question;
  const usable = versionedOffers(source, pluginName, offers).filter(
    ({ identity }) => ignoredReason(identity, ignored) === undefined,
  );
  const head = offers.head === null ? undefined : find(usable, offers.head.identity);
  const release = usable.find(({ version }) => version !== null && semver.prerelease(version) === null);
  if (head === undefined) return release;
  // A source whose own ref is ahead of its newest tag, or that has none, offers that ref.
  return head.version === null || compareVersions(head.version, release?.version ?? null) >= 0
    ? head
    : release;
}

/** Best first. */
function allowedOffers(
  source: PackageSource,
  pin: PackagePin | null,
  all: readonly VersionedOffer[],
  head: VersionedOffer | undefined,
): readonly VersionedOffer[] {
  const headOnly = head === undefined ? [] : [head];
  if (pin === null) return headOnly;
  switch (pin.kind) {
    case 'channel':
      return channelOffers(source, pin.channel, all, headOnly);
    case 'tag':
      return all.filter(({ tags }) => tags.includes(pin.tag));
    case 'exact': {
      const known = find(all, pin.identity);
      if (known !== undefined) return [known];
      // A commit that no ref names any more can still be had; whether it is there shows when it is fetched.
      return source.kind === 'git' && pin.identity.kind === 'commit'
        ? [{ identity: pin.identity, tags: [], version: null }]
        : [];
    }
    case 'version': {
      const exact = all.filter(({ version }) => version === pin.version);
      return exact.length > 0 || pin.version.includes('+')
        ? exact
        : all.filter(({ version }) => version !== null && semver.eq(version, pin.version, true));
    }
    case 'range':
      return all.filter(
        ({ version }) =>
          version !== null &&
          semver.valid(version) !== null &&
          semver.satisfies(version, pin.range, { includePrerelease: pin.prereleases }),
      );
  }
}

/** A registry's channel is one of its dist-tags; of everything else the source was asked for it and it is the head. */
function channelOffers(
  source: PackageSource,
  channel: string,
  all: readonly VersionedOffer[],
  head: readonly VersionedOffer[],
): readonly VersionedOffer[] {
  switch (source.kind) {
    case 'npm':
      return all.filter(({ tags }) => tags.includes(channel));
    case 'git':
      return head;
    case 'archive':
    case 'local':
      return [];
  }
}

function versionOf(offer: PackageOffer, all: readonly VersionedOffer[]): VersionedOffer | undefined {
  return find(all, offer.identity);
}

function find(offers: readonly VersionedOffer[], identity: PackageIdentity): VersionedOffer | undefined {
  const key = identityText(identity);
  return offers.find((offer) => identityText(offer.identity) === key);
}

function ignoredReason(identity: PackageIdentity, ignored: readonly IgnoredContent[]): string | undefined {
  return ignored.find((one) => sameIdentity(one.identity, identity))?.reason;
}
