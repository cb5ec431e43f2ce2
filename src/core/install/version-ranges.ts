import * as semver from 'semver';

/** What a plugin is held to by another one. */
export interface Requirement {
  /** Who needs it. */
  readonly by: string;
  /** Null for any version. */
  readonly range: string | null;
}

/** The range of versions that are in all of these; null for any version. Each range may have several parts joined by `||`. */
export function intersection(ranges: readonly (string | null)[]): string | null {
  let parts = [''];
  for (const range of ranges) {
    if (range === null) continue;
    const alternatives = range.split('||').map((part) => part.trim());
    parts = parts.flatMap((part) => alternatives.map((other) => `${part} ${other}`.trim()));
  }
  const joined = [...new Set(parts)].join(' || ');
  return joined === '' ? null : joined;
}

/** The requirements that a version does not meet. A package without a version meets only those that take any. */
export function unmet(version: string | null, requirements: readonly Requirement[]): readonly Requirement[] {
  return requirements.filter(
    ({ range }) =>
      range !== null &&
      (version === null || semver.valid(version) === null || !semver.satisfies(version, range)),
  );
}
