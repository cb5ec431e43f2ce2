import * as semver from 'semver';
import { claimsAgentPlugins } from '../../plugins/manifest-agent-plugins.ts';
import { MAX_MANIFEST_BYTES } from '../../plugins/manifest-file.ts';
import { shown } from '../../tree-names.ts';
import { type DialectSchema, DIALECTS } from './manifest-dialects.ts';
import type { Draft } from './finding.ts';
import { type JsonText, readJson } from './json-text.ts';
import { type PluginSource, textOf } from './plugin-source.ts';
import { schemaFindings, unknownKeys, valueAt } from './schema-findings.ts';

/** A manifest of a plugin as it stands in the folder, whether it is the one that counts or not. */
export interface FoundManifest {
  readonly dialect: DialectSchema;
  readonly json: JsonText;
}

export interface ManifestCheck {
  /** Those that are JSON objects, in the order of preference. */
  readonly manifests: readonly FoundManifest[];
  readonly findings: readonly Draft[];
}

/** Checks every manifest of the folder by the whole schema of its dialect: hosts differ in which one they read. */
export function checkManifests(source: PluginSource): ManifestCheck {
  const manifests: FoundManifest[] = [];
  const findings: Draft[] = [];
  for (const dialect of DIALECTS) {
    const file = source.files.get(dialect.file);
    if (file === undefined) continue;
    const read = readManifest(file.bytes, textOf(file), dialect.file);
    if (!('json' in read)) {
      findings.push(read);
      continue;
    }
    const { json } = read;
    // A plugin.json of another tool has the name of the standard's, and is nobody's here.
    if (dialect.dialect === 'agent-plugins' && !isOurs(json, source)) continue;
    findings.push(...json.problems.map((problem) => ({ ...problem, file: dialect.file })));
    if (!json.valid) continue;
    if (typeof json.value !== 'object' || json.value === null || Array.isArray(json.value)) {
      findings.push({ code: 'PF-SCHEMA-OBJECT', file: dialect.file, range: json.rangeAt([]) });
      continue;
    }
    manifests.push({ dialect, json });
    findings.push(
      ...schemaFindings(dialect.schema, json, dialect.file),
      ...unknownKeys(json, dialect.file, dialect.keys),
      ...commonFields(json, dialect.file),
    );
  }
  return { manifests, findings: [...findings, ...disagreements(manifests)] };
}

function readManifest(
  bytes: Uint8Array | undefined,
  text: string | undefined,
  file: string,
): { readonly json: JsonText } | Draft {
  if (bytes === undefined || bytes.byteLength > MAX_MANIFEST_BYTES) return { code: 'PF-SCHEMA-SIZE', file };
  return text === undefined ? { code: 'PF-SCHEMA-ENCODING', file } : { json: readJson(text) };
}

function isOurs(json: JsonText, source: PluginSource): boolean {
  if (!json.valid)
    return !DIALECTS.some(({ dialect, file }) => dialect !== 'agent-plugins' && source.files.has(file));
  const { value } = json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return claimsAgentPlugins({ value: Object.fromEntries(Object.entries(value)), display: '' });
}

function commonFields(json: JsonText, file: string): readonly Draft[] {
  const findings: Draft[] = [];
  const version = valueAt(json.value, ['version']);
  if (typeof version === 'string' && semver.valid(version) !== version) {
    const clean = semver.clean(version);
    const range = json.rangeAt(['version']);
    findings.push({
      code: 'PF-SCHEMA-SEMVER',
      file,
      pointer: '/version',
      range,
      message: `The version ${shown(version)} is not a semantic version.`,
      ...(clean === null
        ? {}
        : { fix: { title: `Write it as ${clean}`, edits: [{ ...range, text: JSON.stringify(clean) }] } }),
    });
  }
  for (const key of ['homepage', 'repository']) {
    const value = valueAt(json.value, [key]);
    if (typeof value !== 'string' || /^(?:https?|git\+https|git|ssh):\/\/[^\s/]+/i.test(value)) continue;
    // npm's short form, which hosts show as it is.
    if (key === 'repository' && /^(?:github:)?[\w.-]+\/[\w.-]+$/.test(value)) continue;
    findings.push({
      code: 'PF-SCHEMA-URL',
      file,
      pointer: `/${key}`,
      range: json.rangeAt([key]),
      message: `The field "/${key}" is not a web address.`,
    });
  }
  return findings;
}

function disagreements(manifests: readonly FoundManifest[]): readonly Draft[] {
  const [first, ...others] = manifests;
  if (first === undefined) return [];
  return others.flatMap(({ dialect, json }) =>
    [
      { key: 'name', own: first.dialect.dialect === 'beaver' ? 'id' : 'name' },
      { key: 'version', own: 'version' },
    ].flatMap(({ key, own }): readonly Draft[] => {
      const here = valueAt(json.value, [key]);
      const there = valueAt(first.json.value, [own]);
      if (typeof here !== 'string' || typeof there !== 'string' || here === there) return [];
      const message = `The ${key} here is ${shown(here)} and in ${first.dialect.file} ${shown(there)}.`;
      return [
        {
          code: 'PF-SCHEMA-DISAGREE',
          file: dialect.file,
          pointer: `/${key}`,
          range: json.rangeAt([key]),
          message,
        },
      ];
    }),
  );
}
