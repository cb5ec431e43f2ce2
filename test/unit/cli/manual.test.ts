import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { renderManual } from '../../../src/cli/manual.ts';

describe('docs/cli.md', () => {
  it('says what the code says (npm run docs:cli writes it)', async () => {
    const written = await readFile(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
    assert.equal(written.replaceAll('\r\n', '\n'), renderManual());
  });
});
