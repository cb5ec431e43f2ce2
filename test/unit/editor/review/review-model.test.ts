import assert from 'node:assert/strict';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { viewDocument, viewDocumentState, viewDraft } from '../../../../src/editor/review/review-model.ts';
import { ReviewDraft } from '../../../support/review-draft.ts';
import { reviewSample } from '../../../support/review-sample.ts';

const BASE = 'one\ntwo\nthree\nfour\nfive\n';

function draftOf(local: string, upstream: string, base = BASE): ReviewDraft {
  return new ReviewDraft({ documents: { 'SKILL.md': { base, local, upstream } } });
}

describe('viewDocument', () => {
  it('carries each text once: chunks that are a side’s lines have none of their own', () => {
    const view = viewDocument(
      draftOf('ONE\ntwo\nthree\nfour\nfive\n', 'one\ntwo\nthree\nfour\nFIVE\n').document('SKILL.md'),
      inEnglish,
    );
    assert.deepEqual(view.chunks, [
      { id: 'c1', kind: 'local', base: [0, 1], local: [0, 1], upstream: [0, 1] },
      { id: 'c2', kind: 'unchanged', base: [1, 4], local: [1, 4], upstream: [1, 4] },
      { id: 'c3', kind: 'upstream', base: [4, 5], local: [4, 5], upstream: [4, 5] },
    ]);
  });

  it('shows line feeds only and no byte order mark', () => {
    const crlf = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`;
    const view = viewDocument(
      draftOf(crlf(BASE), `${BASE}six\n`, crlf(BASE)).document('SKILL.md'),
      inEnglish,
    );
    assert.equal(view.base, BASE);
    assert.equal(view.local, BASE);
    assert.ok(view.chunks.every(({ text }) => text === undefined));
  });

  it('keeps the text of an override, and has no conflict left with one', async () => {
    const draft = draftOf('ONE\n', 'uno\n', 'one\n');
    assert.deepEqual(viewDocumentState(draft.document('SKILL.md')).unresolved, ['c1']);
    await draft.resolve('draft-1', { kind: 'text', path: 'SKILL.md', text: 'both\r\n' });
    const state = viewDocumentState(draft.document('SKILL.md'));
    assert.equal(state.override, 'both\n');
    assert.deepEqual(state.unresolved, []);
  });
});

describe('viewDraft', () => {
  it('lists SKILL.md first, conflicts by file, and what a file can be settled to', async () => {
    const view = viewDraft(await new ReviewDraft(reviewSample).detail(), true, inEnglish);
    assert.deepEqual(
      view.files.map(({ path, kind, choices }) => [path, kind, choices]),
      [
        ['SKILL.md', 'document', []],
        ['references/labels.md', 'document', []],
        ['scripts/collect.sh', 'file', ['base', 'upstream', 'removed']],
      ],
    );
    assert.equal(view.files[2]?.source, 'conflict');
    assert.equal(view.files[2].unresolved, 1);
  });

  it('offers every side for a binary file, whose conflict has no texts', async () => {
    const draft = new ReviewDraft({
      documents: { 'SKILL.md': { base: BASE, local: BASE, upstream: BASE } },
      files: { 'logo.png': { base: null, local: null, upstream: null } },
    });
    assert.deepEqual(viewDraft(await draft.detail(), true, inEnglish).files[1]?.choices, [
      'base',
      'local',
      'upstream',
      'removed',
    ]);
  });

  it('keeps texts out of the summary', async () => {
    const view = viewDraft(await new ReviewDraft(reviewSample).detail(), true, inEnglish);
    assert.doesNotMatch(JSON.stringify(view), /first-time contributors|echo new/);
  });

  it('flattens provenance to keys and values', async () => {
    const draft = new ReviewDraft({
      documents: { 'SKILL.md': { base: BASE, local: BASE, upstream: BASE } },
      provenance: { plugin_version: '2.0.0', nested: { trees: ['a', 'b'], none: null }, count: 3 },
    });
    const view = viewDraft(await draft.detail(), false, inEnglish);
    assert.equal(view.upstreamVersion, '2.0.0');
    assert.deepEqual(view.provenance, [
      ['plugin_version', '2.0.0'],
      ['nested.trees', 'a, b'],
      ['count', '3'],
    ]);
    assert.equal(view.writable, false);
  });
});
