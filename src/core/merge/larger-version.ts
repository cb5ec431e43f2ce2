/**
 * The version rule: where both sides raised a version or a count, the larger one stands. It is used only where a number is known
 * to be such (frontmatter and manifests), only where both sides went up, and every use is noted for the reviewer.
 */

const VERSION_KEY = /version|revision|(?:^|[^a-z])(?:count|total)/i;

/** A key whose value is a version or a count by its name. */
export function isVersionKey(name: string): boolean {
  return VERSION_KEY.test(name);
}

interface Version {
  readonly numbers: readonly number[];
  readonly prerelease: string | undefined;
}

const VERSION = /^v?(\d+(?:\.\d+){1,3})(?:-([0-9A-Za-z.-]+))?$/;
const COUNT = /^\d{1,9}$/;

/**
 * The larger of two raised versions (or counts), as written; undefined where one is neither, went down, has another number of
 * parts, or cannot be ordered. Pre-releases are followed only where base is one too: a suffix that one side starts to use is a
 * line of its own, not a higher number.
 */
export function largerVersion(base: string, local: string, upstream: string): string | undefined {
  const [b, l, u] = [base, local, upstream].map(versionOf);
  if (b === undefined || l === undefined || u === undefined) return undefined;
  if (b.numbers.length !== l.numbers.length || b.numbers.length !== u.numbers.length) return undefined;
  if (b.prerelease === undefined && (l.prerelease ?? u.prerelease) !== undefined) return undefined;
  if (!isRaised(b, l) || !isRaised(b, u)) return undefined;
  const order = compareNumbers(l, u);
  if (order !== 0) return order > 0 ? local : upstream;
  if (l.prerelease === u.prerelease || l.prerelease === undefined) return local;
  return u.prerelease === undefined ? upstream : undefined;
}

function versionOf(text: string): Version | undefined {
  if (COUNT.test(text)) return { numbers: [Number(text)], prerelease: undefined };
  const match = VERSION.exec(text);
  if (match?.[1] === undefined) return undefined;
  return { numbers: match[1].split('.').map(Number), prerelease: match[2] };
}

/** A pre-release is raised by any other pre-release of its version and by the release: which of two builds is later does not matter. */
function isRaised(base: Version, side: Version): boolean {
  const order = compareNumbers(side, base);
  return order > 0 || (order === 0 && base.prerelease !== undefined && side.prerelease !== base.prerelease);
}

function compareNumbers(a: Version, b: Version): number {
  for (const [at, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
