import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inEnglish } from '../../../src/editor/model/translate.ts';
import { viewDocument } from '../../../src/editor/review/review-model.ts';
import { packDocument, unpackDocument } from '../../../src/protocol/packed-document.ts';
import { ReviewDraft } from '../../support/review-draft.ts';
import { largeSample } from '../../support/review-sample.ts';

function viewOf(base: string, local: string, upstream: string) {
  const draft = new ReviewDraft({ documents: { 'SKILL.md': { base, local, upstream } } });
  return viewDocument(draft.document('SKILL.md'), inEnglish);
}

describe('A document on its way to the webview', () => {
  it('arrives as it was sent, whatever its sides are', () => {
    const text = fc
      .array(fc.constantFrom('one', 'two', 'three', ''), { maxLength: 8 })
      .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));
    fc.assert(
      fc.property(text, text, text, (base, local, upstream) => {
        const view = viewOf(base, local, upstream);
        assert.deepEqual(unpackDocument(packDocument(view)), view);
      }),
    );
  });

  it('carries lines that its sides share only once', () => {
    const view = viewDocument(new ReviewDraft(largeSample(2000)).document('SKILL.md'), inEnglish);
    const packed = JSON.stringify(packDocument(view)).length;
    assert.ok(packed < JSON.stringify(view).length * 0.45, String(packed));
  });
});
