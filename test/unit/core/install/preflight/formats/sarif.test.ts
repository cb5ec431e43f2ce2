import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import Ajv from 'ajv-draft-04';
import * as z from 'zod';
import { toSarif } from '../../../../../../src/core/install/preflight/formats/sarif.ts';
import { sampleReport } from '../../../../../support/preflight-report.ts';

/** The schema of OASIS, as a package of Microsoft's ships it. */
function sarifSchema(): object {
  const main = createRequire(import.meta.url).resolve('@microsoft/jest-sarif');
  const text = readFileSync(path.join(path.dirname(main), 'schemas', 'sarif-2.1.0-rtm.5.json'), 'utf8');
  return z.looseObject({ title: z.string() }).parse(JSON.parse(text));
}

const uriFormats = {
  uri: /^[a-z][a-z0-9+.-]*:\S*$/i,
  'uri-reference': /^[^\s<>"{}|\\^`]*$/,
  'date-time': true,
} as const;

describe('toSarif', () => {
  const validate = new Ajv.default({
    strict: false,
    allErrors: true,
    formats: uriFormats,
    logger: false,
    unicodeRegExp: false,
  }).compile(sarifSchema());
  const sarif = z
    .object({
      runs: z.tuple([
        z.object({
          tool: z.object({ driver: z.object({ rules: z.array(z.object({ id: z.string() })) }) }),
          results: z.array(
            z.looseObject({
              ruleId: z.string(),
              ruleIndex: z.int(),
              level: z.string(),
              partialFingerprints: z.object({}),
            }),
          ),
        }),
      ]),
    })
    .parse(toSarif(sampleReport()));

  it('is valid by the schema of SARIF 2.1.0, with and without findings and suppressions', () => {
    for (const report of [
      sampleReport(),
      sampleReport([]),
      sampleReport(undefined, { ignore: [{ code: 'PF-*', glob: undefined }] }),
    ]) {
      assert.ok(validate(toSarif(report)), JSON.stringify(validate.errors, undefined, 1));
    }
  });

  it('would not pass with a level that does not exist', () => {
    const broken = JSON.stringify(toSarif(sampleReport())).replaceAll('"level":"error"', '"level":"fatal"');
    assert.equal(validate(JSON.parse(broken)), false);
  });

  it('refers from each result to its rule', () => {
    const [{ tool, results }] = sarif.runs;
    assert.deepEqual(
      results.map(({ ruleIndex }) => tool.driver.rules[ruleIndex]?.id),
      results.map(({ ruleId }) => ruleId),
    );
    assert.deepEqual(
      results.map(({ level }) => level),
      ['error', 'warning', 'note'],
    );
  });

  it('gives places that a viewer can open: relative, encoded, with the end', () => {
    const text = JSON.stringify(toSarif(sampleReport()));
    assert.match(text, /"uri":"plugins\/a\/a%20b\/100%25\.json"/);
    assert.match(text, /"region":\{"startLine":5,"startColumn":13,"endLine":5,"endColumn":16\}/);
    assert.match(text, /"fullyQualifiedName":"\/author"/);
    assert.match(text, /"insertedContent":\{"text":"\{\}"\}/);
  });
});
