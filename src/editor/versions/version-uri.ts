/** The files of versions as the editor opens them. */
export const VERSION_SCHEME = 'beaver-version';

export interface VersionLocation {
  /** Uri of the workspace folder, as a string. */
  readonly folder: string;
  readonly skillName: string;
  readonly version: string;
}

export interface VersionFile extends VersionLocation {
  /** POSIX path in the version; empty for its folder. */
  readonly path: string;
}

/** Path and query of a version's folder; a file of it is a path joined to it. */
export function versionUriParts({ folder, skillName, version }: VersionLocation): {
  readonly path: string;
  readonly query: string;
} {
  return { path: `/${skillName}/${version}`, query: new URLSearchParams({ folder }).toString() };
}

const VERSION_PATH = /^\/([a-z0-9][a-z0-9_-]*)\/(v\d{4,})(?:\/(.+))?$/;

/** Undefined for what is no file of a version: a uri can come from anywhere, and must not lead out of the version's folder. */
export function readVersionUri(uri: {
  readonly path: string;
  readonly query: string;
}): VersionFile | undefined {
  const [, skillName, version, path = ''] = VERSION_PATH.exec(uri.path) ?? [];
  const folder = new URLSearchParams(uri.query).get('folder');
  if (skillName === undefined || version === undefined || folder === null) return undefined;
  if (path !== '' && !path.split('/').every(isName)) return undefined;
  return { folder, skillName, version, path };
}

function isName(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '..' && !/[\\\0]/.test(segment);
}
