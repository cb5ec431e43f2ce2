import assert from 'node:assert/strict';
import type { Finding } from '../../../../src/base/errors.ts';
import { failureWords } from '../../../../src/editor/model/failure-words.ts';
import { inEnglish, type Translate } from '../../../../src/editor/model/translate.ts';

const foreign: Translate = (message, ...args) => `«${inEnglish(message, ...args)}»`;
const stored = 'The manifest is not valid JSON (line 1 column 2).';
const finding: Finding = {
  code: 'manifest_not_json',
  severity: 'error',
  message: stored,
  next_step: 'Correct the syntax.',
  path: 'plugins/kit/plugin.json',
};

describe('The last failure of a plugin', () => {
  it('is said in the language of the window when discovery finds it still', () => {
    assert.match(failureWords(stored, [finding], foreign), /^plugins\/kit\/plugin\.json: «.+»$/);
  });

  it('is the stored sentence in English, and where its code is not known', () => {
    assert.equal(failureWords(stored, [finding], inEnglish), stored);
    assert.equal(failureWords(stored, [], foreign), stored);
    assert.equal(failureWords(stored, [{ ...finding, code: 'newer' }], foreign), stored);
  });
});
