import assert from 'node:assert/strict';
import { parseStrictJson } from '../../../../src/core/harness/strict-json.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const nested = (depth: number): string => {
  let text = '[]';
  for (let level = 1; level < depth; level += 1) text = `[\n${text.replace(/^/gm, '  ')}\n]`;
  return `${text}\n`;
};

describe('parseStrictJson', () => {
  it('takes what Beaver would write, up to twelve levels, and counts no bracket of a string', () => {
    assert.deepEqual(
      parseStrictJson(bytes(`"${'['.repeat(20)}\\"${'{'.repeat(20)}\\\\"\n`), 'text'),
      `${'['.repeat(20)}"${'{'.repeat(20)}\\`,
    );
    assert.doesNotThrow(() => parseStrictJson(bytes(nested(12)), 'text'));
    assert.throws(() => parseStrictJson(bytes(nested(13)), 'text'), {
      code: 'metadata_invalid',
      message: /nested too deeply/,
    });
  });

  // With a pattern that starts anew at every quote this takes minutes, before any signature was looked at.
  it('A10: is done at once with half a megabyte of quotes', () => {
    const text = `"${'\\"'.repeat(256 * 1024)}`;
    assert.throws(() => parseStrictJson(bytes(text), 'text'), { code: 'metadata_invalid' });
  });
});
