import { packageIdentitySchema } from '../core/package-identity.ts';
import { applyDefinition } from '../core/install/entry-definition.ts';
import type { PackageOffer, Packages } from '../core/package-ports.ts';
import type { FileSystem } from '../core/ports.ts';

/**
 * The door to packages, where an offer whose identity could not be recorded is none: a registry may say anything, and what is installed has
 * to be found again by what is recorded of it. What is fetched is what its marketplace makes of it.
 */
export function soundPackages(packages: Packages, files: FileSystem): Packages {
  return {
    marketplace: (source, candidates, known, options) =>
      packages.marketplace(source, candidates, known, options),
    offers: async (source, options) => {
      const { head, others } = await packages.offers(source, options);
      return { head: head !== null && isSound(head) ? head : null, others: others.filter(isSound) };
    },
    fetch: async (wanted, into, options) => {
      await packages.fetch(wanted, into, options);
      const { definition } = wanted.source;
      if (definition !== undefined) await applyDefinition(files, into, definition);
    },
  };
}

function isSound({ identity }: PackageOffer): boolean {
  return packageIdentitySchema.safeParse(identity).success;
}
