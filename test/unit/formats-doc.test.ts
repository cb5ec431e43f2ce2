import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as z from 'zod';
import { canonicalJson, canonicalJsonLine } from '../../src/base/json.ts';
import { auditEventNames, auditEventSchema } from '../../src/core/learning/audit.ts';
import { candidateSchema } from '../../src/core/learning/candidates.ts';
import { draftSchema } from '../../src/core/learning/drafts.ts';
import { proposalSchema } from '../../src/core/learning/synthesis/proposal.ts';
import { benchmarkSchema } from '../../src/core/learning/replay/benchmark.ts';
import { recordedTaskSchema } from '../../src/core/learning/replay/recorded-tasks.ts';
import { replayReportSchema } from '../../src/core/learning/replay/replay-report.ts';
import { gradingSchema, timingSchema } from '../../src/core/learning/replay/run-record.ts';
import { attemptSchema } from '../../src/core/install/attempt-journal.ts';
import { installEventSchema } from '../../src/core/install/install-events.ts';
import { installRegistrySchema } from '../../src/core/install/install-registry.ts';
import { stagedUpdatesSchema } from '../../src/core/install/staged-updates.ts';
import { lockFileSchema } from '../../src/core/marketplaces/lock-file.ts';
import { autoUpdateStateSchema, updateLineSchema } from '../../src/core/marketplaces/update-record.ts';
import { catalogSchema } from '../../src/core/marketplaces/catalog.ts';
import { marketplaceRegistrySchema } from '../../src/core/marketplaces/marketplace-registry.ts';
import { packageIdentitySchema, packageSourceSchema } from '../../src/core/package-identity.ts';
import { packagePinSchema } from '../../src/core/package-pin.ts';
import { cacheSchema } from '../../src/core/plugins/hash-cache.ts';
import { pluginStateSchema, stateFileSchema } from '../../src/core/plugins/state-schema.ts';
import {
  currentPointerSchema,
  placementsSchema,
  skillIndexSchema,
  skillSpecSchema,
  upstreamMetadataSchema,
  versionMetadataSchema,
} from '../../src/core/skills/models.ts';
import { commitSchema } from '../../src/core/skills/transaction-steps.ts';
import { recordHolder } from '../../src/node/lock-holder.ts';
import { schemaFields } from '../support/schema-fields.ts';

/** `state.json` is read in two steps; this is both. */
const wholeState = z.object({
  schema_version: stateFileSchema.shape.schema_version,
  plugins: z.record(z.string(), pluginStateSchema).default({}),
});

/** The schema of each file, by the heading that describes it. */
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  'skill.json': skillSpecSchema,
  'current.json': currentPointerSchema,
  'versions/<version>/version.json': versionMetadataSchema,
  'upstreams/<plugin>/<tree hash>/upstream.json': upstreamMetadataSchema,
  'index.json': skillIndexSchema,
  'state.json': wholeState,
  'placements.json': placementsSchema,
  'candidates.jsonl': candidateSchema,
  'drafts/<draft>/draft.json': draftSchema,
  'drafts/<draft>/proposal.json': proposalSchema,
  'replay/<skill>/<task>.json': recordedTaskSchema,
  'reports/<draft>/replay.json': replayReportSchema,
  'reports/<draft>/benchmark.json': benchmarkSchema,
  'reports/<draft>/runs/<eval>/<arm>/run-<n>/grading.json': gradingSchema,
  'reports/<draft>/runs/<eval>/<arm>/run-<n>/timing.json': timingSchema,
  'audit.jsonl': auditEventSchema,
  'staging/plugin-skills/<transaction>/commit.json': commitSchema,
  'marketplaces/registry.json': marketplaceRegistrySchema,
  'marketplaces/catalogs/<marketplace>.json': catalogSchema,
  'installs/registry.json': installRegistrySchema,
  'installs/staged.json': stagedUpdatesSchema,
  'installs/attempts/<attempt>.json': attemptSchema,
  'installs/events.jsonl': installEventSchema,
  'marketplaces/auto-update.json': autoUpdateStateSchema,
  'marketplaces/updates.jsonl': updateLineSchema,
  'beaver.lock.json': lockFileSchema,
  'hashes.json': cacheSchema,
};
/** Shapes that several files have in common: described once, and named where a field has one. */
const SHARED: Readonly<Record<string, z.ZodType>> = {
  source: packageSourceSchema,
  identity: packageIdentitySchema,
  pin: packagePinSchema,
};
/** A field of a shape that is described elsewhere. */
const OF_SHARED = new RegExp(
  `(?:^|[.])(?:${[...Object.keys(SHARED), 'resolved', 'before', 'package'].join('|')})(?:\\[\\])?[.]`,
);
const HOLDER = 'plugin-skill-write.lock.holder.json';

interface Section {
  readonly text: string;
  /** The first two cells of each row that describes a field, by the name of the field. */
  readonly fields: ReadonlyMap<string, string>;
  readonly example: string;
}

function sectionsOf(document: string, from: string, to: string): ReadonlyMap<string, Section> {
  const files = document.slice(document.indexOf(`\n## ${from}\n`), document.indexOf(`\n## ${to}\n`));
  const sections = new Map<string, Section>();
  for (const text of files.split('\n### ').slice(1)) {
    const name = /^`([^`]+)`\n/.exec(text)?.[1];
    if (name === undefined) continue;
    const rows = [...text.matchAll(/^\| `([^`]+)`\s*\|((?:\\\||[^|])*)\|/gm)];
    const fields = rows.map(
      ([, field = '', type = '']) => [field.replaceAll(/<[^>]+>/g, '*'), type] as const,
    );
    const example = /\n```json\n([^]*?\n)```\n/.exec(text)?.[1] ?? '';
    sections.set(name, { text, fields: new Map(fields), example });
  }
  return sections;
}

/** As the tables write a default: JSON, but a word without quotation marks. */
function written(value: string | undefined): string | undefined {
  return value === undefined ? undefined : value.replace(/^"(.+)"$/, '$1');
}

function assertFields({ fields }: Section, schema: z.ZodType): void {
  const known = [...schemaFields(schema)].filter(([field]) => !OF_SHARED.test(field));
  assert.deepEqual([...fields.keys()].sort(), known.map(([field]) => field).sort());
  for (const [field, { values, default: missing }] of known) {
    const type = fields.get(field) ?? '';
    for (const value of values) assert(type.includes(`\`${value}\``), `${field} takes ${value}`);
    const told = /\(`([^`]*)`\)/.exec(type)?.[1];
    assert.equal(told, written(missing), `what a missing ${field} is read as`);
  }
}

describe('docs/formats.md', () => {
  let sections: ReadonlyMap<string, Section>;
  let shapes: ReadonlyMap<string, Section>;
  const section = (name: string): Section => {
    const found = sections.get(name);
    assert(found !== undefined, `no section ${name}`);
    return found;
  };

  before(async () => {
    const document = await readFile(new URL('../../docs/formats.md', import.meta.url), 'utf8');
    sections = sectionsOf(document, 'Files', 'Shapes of packages');
    shapes = sectionsOf(document, 'Shapes of packages', 'The order of a change');
  });

  it('describes every file that has a schema, and no other', () => {
    assert.deepEqual([...sections.keys()].sort(), [...Object.keys(SCHEMAS), HOLDER].sort());
  });

  for (const [name, schema] of Object.entries(SCHEMAS)) {
    it(`names exactly the fields of ${name}, with their values and defaults`, () => {
      assertFields(section(name), schema);
    });

    it(`shows a ${name} that is valid and canonical`, () => {
      const { example } = section(name);
      const value: unknown = JSON.parse(example);
      schema.parse(value);
      const json = z.json().parse(value);
      assert.equal(example, name.endsWith('.jsonl') ? `${canonicalJsonLine(json)}\n` : canonicalJson(json));
    });
  }

  for (const [name, schema] of Object.entries(SHARED)) {
    it(`names exactly the fields of every ${name}`, () => {
      const shape = shapes.get(name);
      assert(shape !== undefined, `no shape ${name}`);
      assertFields(shape, schema);
    });
  }

  it('names exactly the fields of the record of the lock, with an example of the same bytes', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'beaver-holder-'));
    try {
      const acquiredAt = Date.parse('2026-11-20T10:15:30.123Z');
      recordHolder(path.join(folder, 'lock'), { pid: 4711, acquiredAt, purpose: 'sync plugins' });
      const text = await readFile(path.join(folder, 'lock.holder.json'), 'utf8');
      assert.equal(section(HOLDER).example, text);
      const keys = Object.keys(z.record(z.string(), z.unknown()).parse(JSON.parse(text)));
      assert.deepEqual([...section(HOLDER).fields.keys()].sort(), keys.sort());
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('lists exactly the events of the audit log', () => {
    const events = /^Events: (.*)$/m.exec(section('audit.jsonl').text)?.[1] ?? '';
    const named = [...events.matchAll(/`([a-z_]+)`/g)].map(([, event]) => event);
    assert.deepEqual(named, [...auditEventNames]);
  });
});
