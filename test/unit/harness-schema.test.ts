import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { renderHarnessSchema } from '../../scripts/harness-schema.ts';
import { CONTRACT_SCHEMAS } from '../../src/core/harness/contract-schemas.ts';
import { manifestDocument, rootDocument, signedDocument, testKey } from '../support/harness-release.ts';

const page = (name: string): Promise<string> =>
  readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('docs/harness-contract.schema.json', () => {
  it('is what `npm run docs:harness` writes', async () => {
    assert.equal(await page('harness-contract.schema.json'), renderHarnessSchema());
  });

  it('judges as the code does', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(JSON.parse(renderHarnessSchema()) as object, 'contract');
    const key = testKey('one');
    const cases: readonly (readonly [keyof typeof CONTRACT_SCHEMAS, unknown])[] = [
      ['manifest', manifestDocument()],
      ['manifest', { ...manifestDocument(), counter: 0 }],
      ['manifest', { ...manifestDocument(), version: 'v1' }],
      ['trust_root', rootDocument({ root: [key], manifest: [key] })],
      ['trust_root', { ...rootDocument({ root: [key], manifest: [key] }), keys: { x: {} } }],
      ['signed_document', signedDocument('manifest', manifestDocument(), [key])],
      ['signed_document', { ...signedDocument('manifest', manifestDocument(), [key]), more: 1 }],
      ['quiescence', { status: 'ready' }],
      ['quiescence', { status: 'blocked', blockers: [] }],
    ];
    for (const [name, value] of cases) {
      const validate = ajv.getSchema(`contract#/$defs/${name}`);
      assert.ok(validate !== undefined, name);
      assert.equal(
        validate(value),
        CONTRACT_SCHEMAS[name].safeParse(value).success,
        `${name}: ${JSON.stringify(value)}`,
      );
    }
  });

  it('is described, each schema under its own heading', async () => {
    const contract = await page('harness-contract.md');
    for (const name of Object.keys(CONTRACT_SCHEMAS)) assert.ok(contract.includes(`\`${name}\``), name);
  });
});
