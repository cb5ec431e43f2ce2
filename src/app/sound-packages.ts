import { packageIdentitySchema } from '../core/package-identity.ts';
import type { PackageOffer, Packages } from '../core/package-ports.ts';

/**
 * The door to packages, where an offer whose identity could not be recorded is none: a registry may say anything, and what is installed has
 * to be found again by what is recorded of it.
 */
export function soundPackages(packages: Packages): Packages {
  return {
    marketplace: (source, candidates, known, options) =>
      packages.marketplace(source, candidates, known, options),
    offers: async (source, options) => {
      const { head, others } = await packages.offers(source, options);
      return { head: head !== null && isSound(head) ? head : null, others: others.filter(isSound) };
    },
    fetch: (wanted, into, options) => packages.fetch(wanted, into, options),
  };
}

function isSound({ identity }: PackageOffer): boolean {
  return packageIdentitySchema.safeParse(identity).success;
}
