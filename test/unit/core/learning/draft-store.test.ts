import assert from 'node:assert/strict';
import * as path from 'node:path';
import fc from 'fast-check';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { canonicalJson, type JsonValue } from '../../../../src/base/json.ts';
import { WorkspaceLayout } from '../../../../src/core/layout.ts';
import {
  type Draft,
  draftId,
  draftSchema,
  DraftStore,
  textDigest,
} from '../../../../src/core/learning/drafts.ts';
import type { TransactionStep } from '../../../../src/core/skills/transaction-steps.ts';
import { openDraft } from '../../../support/draft-sides.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';

const layout = new WorkspaceLayout('/workspace');

/** A store in which the steps are carried out. */
async function storeWith(steps: (store: DraftStore) => readonly TransactionStep[]) {
  const files = new MemoryFileSystem();
  const store = new DraftStore(files, layout);
  for (const step of steps(store)) {
    assert(step.kind === 'write');
    const file = path.join(layout.root, step.path);
    await files.makeDirectory(path.dirname(file));
    await files.writeFile(file, Buffer.from(step.text));
  }
  return { files, store };
}

describe('DraftStore', () => {
  it('reads back any draft that it wrote, with keys that nobody knows', async () => {
    const name = fc.string({ minLength: 1 }).filter((key) => key !== '__proto__');
    const resolution = fc.oneof(
      fc.record({ take: fc.constantFrom('base', 'local', 'upstream', 'local_then_upstream') }),
      fc.record({ take: fc.constant('text'), text: fc.string() }),
    );
    const settled = fc.record({
      fingerprint: fc.string(),
      resolutions: fc.dictionary(name, resolution),
      override: fc.oneof(fc.constant(null), fc.string()),
    });
    const change = fc.record({
      documents: fc.dictionary(name, settled, { maxKeys: 3 }),
      file_choices: fc.dictionary(name, fc.constantFrom('base', 'local', 'upstream', 'removed')),
      x_foreign: fc.string(),
    });
    await fc.assert(
      fc.asyncProperty(change, async (changed) => {
        const draft: Draft = draftSchema.parse({ ...openDraft(), ...changed });
        const { files, store } = await storeWith((it) => [it.step(draft)]);
        assert.deepEqual(await store.get(draft.draft_id), draft);
        const file = path.join(layout.draft(draft.draft_id), 'draft.json');
        const text = Buffer.from((await files.readFile(file)) ?? []).toString();
        assert.equal(text, canonicalJson({ ...openDraft(), ...changed } as unknown as JsonValue));
      }),
      { numRuns: 60 },
    );
  });

  it('reads a draft of a writer that knew no provenance and no acknowledgements as one without', async () => {
    const { provenance, acknowledgements, published_version: version, ...older } = openDraft();
    assert.notDeepEqual([provenance, acknowledgements, version], [undefined, undefined, undefined]);
    const { files, store } = await storeWith((it) => [it.step(openDraft())]);
    const file = path.join(layout.draft(older.draft_id), 'draft.json');
    await files.writeFile(file, Buffer.from(JSON.stringify(older)));
    const read = await store.get(older.draft_id);
    assert.deepEqual([read.provenance, read.acknowledgements, read.published_version], [{}, [], null]);
  });

  it('keeps a text under its digest, and gives out no other', async () => {
    const { draft_id } = openDraft();
    const text = '\uFEFFmine\r\n';
    const { files, store } = await storeWith((it) => [it.textStep(draft_id, text)]);
    assert.equal(await store.text(draft_id, textDigest(text)), text);
    await files.writeFile(path.join(layout.draft(draft_id), 'texts', textDigest(text)), Buffer.from('other'));
    for (const digest of [textDigest(text), textDigest('gone')])
      await assert.rejects(store.text(draft_id, digest), (error) => isBeaverError(error, 'draft_damaged'));
  });

  it('knows no draft of another name, and looks for none outside its folder', async () => {
    const { store } = await storeWith(() => []);
    for (const id of ['draft-0123456789abcdef', 'draft-1', '../../skills', '', 'draft-0123456789ABCDEF'])
      await assert.rejects(store.get(id), (error) => isBeaverError(error, 'draft_unknown'), id);
  });

  it('refuses a newer draft', async () => {
    const draft = openDraft();
    const { files, store } = await storeWith((it) => [it.step(draft)]);
    const file = path.join(layout.draft(draft.draft_id), 'draft.json');
    await files.writeFile(file, Buffer.from('{"schema_version":2}'));
    await assert.rejects(store.get(draft.draft_id), (error) => isBeaverError(error, 'schema_newer'));
  });
});

describe('draftId', () => {
  it('is one for one update on one version, and another for anything else', () => {
    const id = draftId('c', 'v0001', 'u');
    assert.match(id, /^draft-[0-9a-f]{16}$/);
    assert.equal(draftId('c', 'v0001', 'u'), id);
    const others = [
      draftId('d', 'v0001', 'u'),
      draftId('c', 'v0002', 'u'),
      draftId('c', 'v0001', 'w'),
      draftId('cv', '0001', 'u'),
    ];
    assert.equal(new Set([id, ...others]).size, 5);
  });
});
