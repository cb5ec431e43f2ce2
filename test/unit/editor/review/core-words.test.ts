import assert from 'node:assert/strict';
import { filled, type PhraseParams } from '../../../../src/base/phrase.ts';
import { DRAFT_REASONS } from '../../../../src/core/learning/draft-reasons.ts';
import { GATE_FINDINGS, GATE_REASONS } from '../../../../src/core/learning/gate-report.ts';
import { CHANGE_RULES } from '../../../../src/core/learning/safety/change-rules.ts';
import { GATHERED } from '../../../../src/core/learning/safety/check-safety.ts';
import { FILE_RULES } from '../../../../src/core/learning/safety/safety-rules.ts';
import { SECRET_RULE } from '../../../../src/core/learning/safety/secrets.ts';
import { MERGE_REASONS } from '../../../../src/core/merge/reasons.ts';
import { inEnglish, type Translate } from '../../../../src/editor/model/translate.ts';
import {
  findingWords,
  gateWords,
  reasonWords,
  regionWords,
} from '../../../../src/editor/review/core-words.ts';

/** Something for every place of a sentence. */
function sample(template: string): PhraseParams {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return Object.fromEntries(names.map((name) => [name, name === 'side' ? 'local' : `<${name}>`]));
}

/** Marks what was translated: a sentence that the catalogue lacks would come out in plain English. */
const marked: Translate = (message, ...args) => `«${inEnglish(message, ...args)}»`;

const entries = (table: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(table);

describe('What the core says, in the language of the window', () => {
  for (const [code, template] of entries(GATE_REASONS)) {
    it(`has words for the gate reason ${code}, the core's own in English`, () => {
      const params = sample(template);
      const gate = { code, params, reason: 'from the core' };
      assert.equal(gateWords(gate, inEnglish), filled(template, params));
      assert.match(gateWords(gate, marked), /^«/);
    });
  }

  for (const [code, template] of [...entries(MERGE_REASONS), ...entries(DRAFT_REASONS)]) {
    it(`has words for the merge reason ${code}, the core's own in English`, () => {
      const params = sample(template);
      const reasoned = { code, params, reason: 'from the core' };
      assert.equal(reasonWords(reasoned, inEnglish), filled(template, params));
      assert.match(reasonWords(reasoned, marked), /^«/);
    });
  }

  const safety = [
    ...FILE_RULES.map(({ id, reason, fix }) => ({ id: id, phrase: id, reason, fix })),
    { id: SECRET_RULE.id, phrase: SECRET_RULE.id, reason: SECRET_RULE.reason, fix: SECRET_RULE.fix },
    ...CHANGE_RULES.flatMap(({ id, reasons, fix }) =>
      Object.entries(reasons).map(([phrase, reason]) => ({ id, phrase, reason, fix })),
    ),
  ];
  const gates = Object.entries(GATE_FINDINGS).map(([code, { message, next_step }]) => ({
    id: code,
    phrase: code,
    reason: message,
    fix: next_step,
  }));
  for (const { id, phrase, reason, fix } of [...safety, ...gates]) {
    it(`has words for the finding ${phrase} (${reason.slice(0, 30)}…), the core's own in English`, () => {
      const params = sample(reason);
      const finding = { code: id, phrase, params, message: 'from the core', next_step: 'from the core' };
      assert.deepEqual(findingWords(finding, inEnglish), { message: filled(reason, params), fix });
      const translated = findingWords(finding, marked);
      assert.match(translated.message + translated.fix, /^«.*»«.*»$/s);
    });
  }

  it('says how many others a finding stands for', () => {
    const finding = {
      code: 'SAFE020',
      phrase: 'SAFE020',
      params: { more: 7 },
      message: 'from the core',
      next_step: '',
    };
    assert(findingWords(finding, inEnglish).message.endsWith(filled(GATHERED, { more: 7 })));
  });

  it('keeps the English of what it does not know', () => {
    const unknown = { code: 'newer', params: {}, reason: 'A newer reason.' };
    assert.equal(gateWords(unknown, marked), 'A newer reason.');
    assert.equal(reasonWords({ ...unknown, code: 'toString' }, marked), 'A newer reason.');
    assert.equal(regionWords('poem', marked), 'poem');
    assert.equal(regionWords('table', marked), '«table»');
  });
});
