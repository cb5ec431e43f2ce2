import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { BeaverError } from '../../../../src/base/errors.ts';
import { ERROR_CATALOGUE } from '../../../../src/editor/model/error-catalogue.ts';
import { errorText } from '../../../../src/editor/model/error-text.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';

const coded = (code: string): BeaverError =>
  new BeaverError(code, 'The own words.', { nextStep: 'The own step.', path: 'skills/a' });

describe('errorText', () => {
  it('keeps the error’s own message in English, and says the next step in the editor’s terms', () => {
    assert.deepEqual(errorText(coded('plugin_write_busy'), true, inEnglish), {
      message: 'The own words.',
      nextStep: 'Wait until it is done, then try again.',
      actions: [],
    });
  });

  it('has words by code for other languages, with the path where it matters', () => {
    const { message } = errorText(coded('target_occupied'), false, inEnglish);
    assert.match(message, /skills\/a/);
    assert.doesNotMatch(message, /own words/);
  });

  it('shows an unknown code in its own words rather than nothing', () => {
    assert.equal(errorText(coded('brand_new'), false, inEnglish).message, 'The own words.');
  });

  it('offers the action that helps, in every language', () => {
    for (const english of [true, false]) {
      const { actions } = errorText(coded('local_edits_found'), english, inEnglish);
      assert.deepEqual(
        actions.map(({ command }) => command),
        ['beaver.skills.capture'],
      );
    }
  });

  it('says nothing of what an unexpected error holds', () => {
    const text = errorText(new Error('ENOENT /home/someone/secret'), true, inEnglish);
    assert.doesNotMatch(JSON.stringify(text), /secret/);
  });

  it('has a message and a next step for every code that it knows', () => {
    for (const code of Object.keys(ERROR_CATALOGUE)) {
      const { message, nextStep } = errorText(coded(code), false, inEnglish);
      assert.ok(message.endsWith('.') && nextStep.endsWith('.'), code);
      assert.doesNotMatch(
        message + nextStep,
        /own words|own step|\{\d\}|beaver (doctor|plugins|skills|updates) /,
        code,
      );
    }
  });

  it('knows no code that nothing raises any more', () => {
    const sources = globSync('src/**/*.ts')
      .filter((file) => !file.endsWith('error-catalogue.ts'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    for (const code of Object.keys(ERROR_CATALOGUE)) assert.ok(sources.includes(`'${code}'`), code);
  });
});
