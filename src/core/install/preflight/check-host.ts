import * as semver from 'semver';
import { shown } from '../../tree-names.ts';
import type { Draft, Range } from './finding.ts';
import type { HostProfile } from './host-profile.ts';
import { pointerOf } from './json-text.ts';
import type { Requirements } from './requirements.ts';

/** Where the requirements stand: places are asked for by the path below them. */
export interface RequirementsAt {
  readonly file: string;
  readonly path: readonly string[];
  readonly rangeAt: (path: readonly (string | number)[]) => Range;
}

/** Host versions, the API contract and capabilities. */
export function checkHost(required: Requirements, host: HostProfile, at: RequirementsAt): readonly Draft[] {
  return [
    ...checkEngines(required, host, at),
    ...checkApi(required, host, at),
    ...checkCapabilities(required, host, at),
  ];
}

function checkEngines(
  { engines = {} }: Requirements,
  host: HostProfile,
  at: RequirementsAt,
): readonly Draft[] {
  return Object.entries(engines).flatMap(([name, range]): readonly Draft[] => {
    const place = placeOf(at, ['engines', name]);
    if (semver.validRange(range) === null) {
      const message = `The range ${shown(range)} for ${shown(name)} is not a semantic version range.`;
      return [{ ...place, code: 'PF-HOST-RANGE-INVALID', message }];
    }
    const version = Object.hasOwn(host.versions, name) ? host.versions[name] : undefined;
    if (version === undefined) {
      const message = `The range for ${shown(name)} was not checked: its version is not known here.`;
      return [
        { ...place, code: 'PF-HOST-UNCHECKED', message, nextStep: `Give it with --host ${name}=VERSION.` },
      ];
    }
    // A development build of a host stands for the release that it will be.
    if (semver.satisfies(version, range, { includePrerelease: true })) return [];
    const message = `The plugin supports ${name} ${shown(range)}; this is ${version}.`;
    return [{ ...place, code: 'PF-HOST-RANGE', message }];
  });
}

function checkApi(
  { api_version: wanted }: Requirements,
  host: HostProfile,
  at: RequirementsAt,
): readonly Draft[] {
  if (wanted === undefined) return [];
  const versions = typeof wanted === 'number' ? [wanted] : wanted;
  if (versions.some((version) => host.apiVersions.includes(version))) return [];
  const message = `The plugin needs version ${versions.join(' or ')} of the API contract; this host offers ${host.apiVersions.join(', ')}.`;
  return [{ ...placeOf(at, ['api_version']), code: 'PF-API-VERSION', message }];
}

function checkCapabilities(
  { capabilities = [] }: Requirements,
  host: HostProfile,
  at: RequirementsAt,
): readonly Draft[] {
  return capabilities.flatMap((name, index): readonly Draft[] =>
    host.capabilities.includes(name)
      ? []
      : [
          {
            ...placeOf(at, ['capabilities', index]),
            code: 'PF-CAP-MISSING',
            message: `The host has no capability ${shown(name)}.`,
          },
        ],
  );
}

function placeOf(
  at: RequirementsAt,
  below: readonly (string | number)[],
): Pick<Draft, 'file'> & { readonly pointer: string; readonly range: Range } {
  const path = [...at.path, ...below];
  return { file: at.file, pointer: pointerOf(path), range: at.rangeAt(path) };
}
