import assert from 'node:assert/strict';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { decodeText } from '../../../../src/core/learning/decoded-text.ts';
import { loadSides, mergeSides, textOf } from '../../../../src/core/learning/sides.ts';
import { draftSides, loadedTree, openDraft } from '../../../support/draft-sides.ts';
import { MemoryWorkspace } from '../../../support/memory-workspace.ts';
import { skillText } from '../../../support/temp-workspace.ts';

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.of(...values);

describe('The sides of a draft', () => {
  it('are text only where all of it is: no NUL, nothing that is not UTF-8', () => {
    assert.equal(decodeText(Buffer.from('ä\r\n')), 'ä\r\n');
    assert.equal(decodeText(bytes()), '');
    for (const binary of [bytes(0x61, 0), bytes(0xff, 0xfe), bytes(0xc3), undefined])
      assert.equal(decodeText(binary), undefined);
  });

  it('keep a byte order mark, so that it can come back out', () => {
    assert.equal(decodeText(bytes(0xef, 0xbb, 0xbf, 0x61)), '\uFEFFa');
    assert.equal(textOf(loadedTree({ 'a.txt': '\uFEFFa' }), 'a.txt'), '\uFEFFa');
    assert.equal(textOf(loadedTree({}), 'a.txt'), '');
  });

  it('merge a supporting text line by line, and choose other bytes whole', () => {
    const document = { 'SKILL.md': skillText('one', { Use: 'First.' }) };
    const { files, clean } = mergeSides(
      draftSides({
        base: { ...document, 'a.txt': '1\n2\n3\n4\n', 'a.bin': 'b\0' },
        local: { ...document, 'a.txt': 'one\n2\n3\n4\n', 'a.bin': 'l\0' },
        upstream: { ...document, 'a.txt': '1\n2\n3\nfour\n', 'a.bin': 'b\0' },
      }),
    );
    assert.equal(clean, true);
    assert.equal(files.merges.get('a.txt')?.text, 'one\n2\n3\nfour\n');
    assert.equal(files.files.find(({ path }) => path === 'a.bin')?.source, 'local');
  });

  it('are read from the store whole, or not at all', async () => {
    const workspace = new MemoryWorkspace();
    await workspace.plugin('kit', '1.0.0', { one: { 'SKILL.md': skillText('one', { Use: 'First.' }) } });
    await workspace.open().plugins.enable(['kit']);
    const { deps } = workspace.domains();
    const { tree_hash } = await deps.store.version('one', 'v0001');
    const upstream = { kind: 'upstream', source_id: 'kit', tree_hash } as const;
    const draft = openDraft({ base: upstream, upstream, base_version: 'v0001' });
    const sides = await loadSides(deps.store, draft);
    assert.deepEqual(
      [sides.base, sides.local, sides.upstream].map(({ digest }) => digest.treeHash),
      [tree_hash, tree_hash, tree_hash],
    );
    const revision = { kind: 'version', version: 'v0001' } as const;
    const revised = await loadSides(deps.store, { ...draft, base: revision, upstream: revision });
    assert.equal(revised.base.folder, deps.layout.version('one', 'v0001'));
    await workspace.files.remove(deps.layout.upstream('one', 'kit', tree_hash));
    await assert.rejects(loadSides(deps.store, draft), (error) => isBeaverError(error, 'upstream_missing'));
  });
});
