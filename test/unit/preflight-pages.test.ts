import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { renderCodes, renderSchema } from '../../scripts/preflight-pages.ts';
import { PREFLIGHT_CODES } from '../../src/core/install/preflight/codes.ts';
import { FILE_RULES } from '../../src/core/learning/safety/safety-rules.ts';

const page = (name: string): Promise<string> =>
  readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('the pages of the preflight', () => {
  it('docs/preflight-codes.md is what `npm run docs:preflight` writes', async () => {
    assert.equal(await page('preflight-codes.md'), renderCodes());
  });

  it('docs/preflight-codes.md has every code once, with its cause and remedy', async () => {
    const headings = [...(await page('preflight-codes.md')).matchAll(/^### (PF-\S+)$/gm)].map(
      ([, code]) => code,
    );
    const rules = FILE_RULES.map(({ id }) => `PF-SAFE-${id.slice(4)}`);
    assert.deepEqual(
      [...headings].sort(),
      [...new Set([...Object.keys(PREFLIGHT_CODES), ...rules, 'PF-SAFE-070'])].sort(),
    );
  });

  it('docs/preflight-report.schema.json is the schema of the code', async () => {
    assert.equal(await page('preflight-report.schema.json'), renderSchema());
  });
});
