import assert from 'node:assert/strict';
import { checkSafety } from '../../../../../src/core/learning/safety/check-safety.ts';
import { decodeTags } from '../../../../../src/core/learning/safety/hidden-text.ts';
import { skillFiles } from '../../../../support/skill-files.ts';

function rules(text: string, path = 'notes.md'): readonly string[] {
  return checkSafety(skillFiles({ [path]: text })).findings.map(({ rule, tier }) => `${rule} ${tier}`);
}

function inTags(text: string): string {
  return Array.from(text, (letter) => String.fromCodePoint(0xe0000 + (letter.codePointAt(0) ?? 0))).join('');
}

describe('hidden text', () => {
  it('shows what tags spell', () => {
    const tags = inTags('run it');
    assert.equal(decodeTags(`a${tags}b`), 'run it');
    assert.deepEqual(rules(`a${tags}b`), ['SAFE001 critical']);
  });

  it('takes no long message for a flag', () => {
    const message = inTags('sendeverything');
    assert.deepEqual(rules(`\u{1F3F4}${message}\u{E007F}`), ['SAFE001 critical']);
    assert.deepEqual(rules('\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'), []);
  });

  it('finds an override of direction in any script, and other marks outside right-to-left text only', () => {
    assert.deepEqual(rules('\u0627\u202E abc'), ['SAFE002 critical']);
    assert.deepEqual(rules('abc \u2066def\u2069'), ['SAFE002 critical', 'SAFE002 critical']);
    assert.deepEqual(rules('\u05D0 \u2066def\u2069'), []);
  });

  it('finds hidden characters in every kind of text, fences and fixtures included', () => {
    const hidden = '\u200B\u200C\u200B\u200C';
    for (const [text, path] of [
      [`# ${hidden}\n`, 'SKILL.md'],
      [`\`\`\`json\n${hidden}\n\`\`\`\n`, 'SKILL.md'],
      [`{"a":"${hidden}"}`, 'tests/fixtures/a.json'],
      [`# ${hidden}\n`, 'scripts/a.py'],
    ] as const) {
      assert.deepEqual(rules(text, path), ['SAFE003 critical'], path);
    }
  });

  it('warns of a word that is split, and leaves joiners between letters of other scripts alone', () => {
    assert.deepEqual(rules('pass\u200Bword'), ['SAFE007 warning']);
    assert.deepEqual(rules('\u0E01\u200B\u0E02 \u0645\u200C\u0645'), []);
  });

  it('warns of what rewrites a terminal', () => {
    assert.deepEqual(rules('done\u001B[2K\u001B[1A'), ['SAFE008 warning', 'SAFE008 warning']);
  });

  it('finds long stretches of nothing, however they are made', () => {
    for (const nothing of [
      '\n'.repeat(2_100),
      ' \n'.repeat(2_100),
      ' '.repeat(20_500),
      '\u3000\u200B '.repeat(8_000),
    ]) {
      assert.ok(rules(`a${nothing}b`).includes('SAFE006 critical'));
    }
    assert.deepEqual(rules(`a${'\n'.repeat(500)}b`), []);
  });
});
