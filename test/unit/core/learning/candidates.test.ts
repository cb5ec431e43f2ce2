import assert from 'node:assert/strict';
import * as path from 'node:path';
import fc from 'fast-check';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { canonicalJsonLine, type JsonValue } from '../../../../src/base/json.ts';
import { WorkspaceLayout } from '../../../../src/core/layout.ts';
import {
  type Candidate,
  CandidateBook,
  candidateStatuses,
  classifyPluginSkillUpdate,
  isPending,
  mergeModes,
  pluginUpdateId,
  revisionId,
} from '../../../../src/core/learning/candidates.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';

const layout = new WorkspaceLayout('/workspace');
const AT = '2026-01-01T00:00:00.000Z';

function update(
  id: string,
  over: Partial<Extract<Candidate, { kind: 'plugin_skill_update' }>> = {},
): Candidate {
  return {
    schema_version: 1,
    candidate_id: id,
    kind: 'plugin_skill_update',
    skill_name: 'one',
    status: 'open',
    priority: 10,
    confidence: 1,
    trigger_reason: 'plugin_update',
    draft_id: null,
    open_conflicts: null,
    published_version: null,
    superseded_by: null,
    created_at: AT,
    updated_at: AT,
    evidence: {
      plugin_id: 'kit',
      plugin_version: null,
      skill_name: 'one',
      merge_mode: 'three_way',
      base_upstream_tree_hash: 'b',
      new_upstream_tree_hash: 'u',
      local_version: 'v0002',
    },
    ...over,
  };
}

async function bookOf(text: string): Promise<CandidateBook> {
  const files = new MemoryFileSystem();
  await files.makeDirectory(path.dirname(layout.candidates));
  await files.writeFile(layout.candidates, Buffer.from(text));
  return CandidateBook.read(files, layout);
}

function stored(book: CandidateBook): string | undefined {
  const [step, ...others] = book.steps();
  assert.deepEqual(others, []);
  if (step === undefined) return undefined;
  assert(step.kind === 'write');
  assert.equal(step.path, '.beaver/learning/candidates.jsonl');
  return step.text;
}

const line = (candidate: Candidate): string => `${canonicalJsonLine(candidate as unknown as JsonValue)}\n`;
const ids = (book: CandidateBook) => book.all().map((candidate) => candidate.candidate_id);

describe('CandidateBook', () => {
  it('is empty without a file, and stores nothing that did not change', async () => {
    const book = await CandidateBook.read(new MemoryFileSystem(), layout);
    assert.deepEqual([book.all(), book.changed, stored(book)], [[], false, undefined]);
    const read = await bookOf(line(update('b')) + line(update('a')));
    assert.deepEqual([ids(read), read.changed, stored(read)], [['a', 'b'], false, undefined]);
  });

  it('gives the same bytes for the same updates, in whatever order they came', async () => {
    const texts = [
      ['c', 'a', 'b'],
      ['b', 'c', 'a'],
    ].map(async (order) => {
      const book = await bookOf('');
      for (const id of order) book.recordIfAbsent(update(id));
      return stored(book);
    });
    const [first, second] = await Promise.all(texts);
    assert.equal(first, ['a', 'b', 'c'].map((id) => line(update(id))).join(''));
    assert.equal(second, first);
  });

  it('records an update once, and leaves the one that is there in any status', async () => {
    for (const status of candidateStatuses) {
      const there = update('a', { status, priority: 3 });
      const book = await bookOf(line(there));
      assert.deepEqual(book.recordIfAbsent(update('a')), [there, false]);
      assert.equal(stored(book), undefined);
    }
    const book = await bookOf('');
    assert.deepEqual(book.recordIfAbsent(update('a')), [update('a'), true]);
  });

  it('notes the time of a change, and knows no update that is not there', async () => {
    const book = await bookOf(line(update('a')));
    const later = '2026-02-01T00:00:00.000Z';
    book.update('a', later, (now) => ({ ...now, status: 'rejected' }));
    assert.equal(stored(book), line(update('a', { status: 'rejected', updated_at: later })));
    assert.equal(book.find('b'), undefined);
    assert.throws(
      () => book.update('b', later, (now) => now),
      (error) => isBeaverError(error, 'candidate_unknown'),
    );
  });

  it('keeps lines of a kind that it does not know byte for byte, and does not show them', async () => {
    const foreign = '{ "kind":"agent_hint", "z":1,"a":[1.0, 2e3],  "candidate_id":"h" }';
    const book = await bookOf(`${line(update('b'))}${foreign}\n`);
    assert.deepEqual(ids(book), ['b']);
    book.recordIfAbsent(update('a'));
    assert.equal(stored(book), `${foreign}\n${line(update('a'))}${line(update('b'))}`);
  });

  it('keeps keys that it does not know, in an update and in its evidence', async () => {
    const base = update('a');
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.string({ minLength: 1 }).map((key) => `x_${key}`),
          fc.jsonValue({ maxDepth: 2 }),
        ),
        async (extra) => {
          const text = `${canonicalJsonLine({ ...base, ...extra, evidence: { ...base.evidence, ...extra } } as unknown as JsonValue)}\n`;
          const book = await bookOf(text);
          book.update('a', AT, (now) => now);
          assert.equal(stored(book), text);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads what a writer left out as an update that is open', async () => {
    const { kind, evidence } = update('a');
    const book = await bookOf(
      `\n${JSON.stringify({ candidate_id: 'a', skill_name: 'one', kind, evidence })}`,
    );
    assert.deepEqual(book.all(), [
      update('a', { priority: 0, confidence: 0, trigger_reason: '', created_at: '', updated_at: '' }),
    ]);
  });

  it('refuses a newer line, a torn one, and one of our kinds in another shape', async () => {
    const cases = [
      ['schema_newer', '{"schema_version":2,"kind":"plugin_skill_update","candidate_id":"a"}'],
      ['stored_file_unreadable', line(update('a')).slice(0, 60)],
      ['stored_file_unreadable', '{"kind":"plugin_skill_update","candidate_id":"a","skill_name":"one"}'],
      ['stored_file_unreadable', '{"candidate_id":"a"}'],
    ] as const;
    for (const [code, text] of cases)
      await assert.rejects(
        bookOf(`${line(update('b'))}${text}\n`),
        (error) => isBeaverError(error, code),
        text,
      );
  });
});

describe('Updates', () => {
  it('are classified by tree hashes alone', () => {
    const modes = ['BBB', 'BLB', 'BUU', 'BBU', 'BLU'].map(([b = '', l = '', u = '']) =>
      classifyPluginSkillUpdate(b, l, u),
    );
    assert.deepEqual(modes, ['unchanged', 'unchanged', 'already_applied', 'fast_forward', 'three_way']);
    assert.deepEqual([...new Set(modes)].sort(), [...mergeModes].sort());
  });

  it('have ids that follow from what they are', () => {
    const hash = '0123456789abcdef'.repeat(4);
    assert.equal(pluginUpdateId('kit', 'one', hash), 'plugin-update:kit:one:0123456789ab');
    assert.equal(revisionId('one', hash, 'v0001'), 'skill-revision:one:v0001:0123456789ab');
  });

  it('are pending until they are published, rejected or superseded', () => {
    const pending = candidateStatuses.filter((status) => isPending(update('a', { status })));
    assert.deepEqual(pending, ['open', 'drafted', 'ready']);
  });
});
