import assert from 'node:assert/strict';
import type { Finding } from '../../../../src/base/errors.ts';
import { failureWords } from '../../../../src/editor/model/failure-words.ts';
import { inEnglish, type Translate } from '../../../../src/editor/model/translate.ts';

const foreign: Translate = (message, ...args) => `«${inEnglish(message, ...args)}»`;
const message = 'The manifest is not valid JSON (line 1 column 2).';
const finding: Finding = {
  code: 'manifest_not_json',
  severity: 'error',
  message,
  next_step: 'Correct the syntax.',
  path: 'plugins/kit/plugin.json',
};

describe('The last failure of a plugin or a skill', () => {
  it('is said in the language of the window by its code', () => {
    const failure = {
      code: 'name_collision',
      message: 'The names "a" and "A" are one name on some systems.',
    };
    assert.match(failureWords(failure, [], foreign), /^«Two files .+»$/);
    assert.equal(failureWords(failure, [], inEnglish), failure.message);
  });

  it('is said in the language of the window where it was stored without a code and is found still', () => {
    assert.match(
      failureWords({ code: null, message }, [finding], foreign),
      /^plugins\/kit\/plugin\.json: «.+»$/,
    );
  });

  it('is the stored sentence in English, and where its code is not known', () => {
    assert.equal(failureWords({ code: null, message }, [finding], inEnglish), message);
    assert.equal(failureWords({ code: null, message }, [], foreign), message);
    assert.equal(failureWords({ code: 'newer', message }, [finding], foreign), message);
  });
});
