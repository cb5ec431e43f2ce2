import assert from 'node:assert/strict';
import fc from 'fast-check';
import { textDigest } from '../../../../src/core/learning/drafts.ts';
import { assembled, resultOf, type Sides } from '../../../support/draft-sides.ts';
import { skillText } from '../../../support/temp-workspace.ts';

const BASE = { Intro: 'Start here.', Order: 'First, then second.', End: 'Stop.' };
const doc = (change: Partial<typeof BASE> = {}): string => skillText('one', { ...BASE, ...change });
const same = { 'SKILL.md': doc() };
const side = (files: Sides['base']): Sides['base'] => ({ ...same, ...files });
const clash: Sides = {
  base: same,
  local: { 'SKILL.md': doc({ Order: 'Second, then first.' }) },
  upstream: { 'SKILL.md': doc({ Order: 'First, then third.' }) },
};

describe('The assembly of a draft', () => {
  it('takes each file from the side that changed it, and says which', async () => {
    const draft = await assembled({
      base: side({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c', 'gone.txt': 'x' }),
      local: side({ 'a.txt': 'A', 'b.txt': 'b', 'c.txt': 'c', 'gone.txt': 'x', 'learned.txt': 'l' }),
      upstream: side({ 'a.txt': 'a', 'b.txt': 'B', 'c.txt': 'c', 'new.txt': 'n' }),
    });
    assert.deepEqual(
      resultOf(draft),
      side({ 'a.txt': 'A', 'b.txt': 'B', 'c.txt': 'c', 'learned.txt': 'l', 'new.txt': 'n' }),
    );
    assert.deepEqual(draft.conflicts, []);
    const sources = Object.fromEntries(draft.decisions.map(({ path, source }) => [path, source]));
    assert.deepEqual(sources, {
      'SKILL.md': 'local',
      'a.txt': 'local',
      'b.txt': 'upstream',
      'c.txt': 'local',
      'gone.txt': 'removed',
      'learned.txt': 'local',
      'new.txt': 'upstream',
    });
  });

  it('names SKILL.md first, then the files by path, each once', async () => {
    const draft = await assembled({
      base: side({ 'A.txt': '1\n', 'z.txt': 'z', 'm.bin': 'm\0' }),
      local: side({ 'A.txt': '2\n', 'z.txt': 'zl', 'm.bin': 'l\0' }),
      upstream: side({ 'A.txt': '3\n', 'm.bin': 'u\0', 'b.txt': 'b' }),
    });
    const paths = draft.decisions.map(({ path }) => path);
    assert.deepEqual(paths, ['SKILL.md', 'A.txt', 'b.txt', 'm.bin', 'z.txt']);
  });

  it('keeps the executable bit of the side that changed it, whichever side changed the text', async () => {
    const cases = [
      ['run.sh', 'run.sh', 'run.sh*', true],
      ['run.sh', 'run.sh*', 'run.sh', true],
      ['run.sh*', 'run.sh', 'run.sh*', false],
      ['run.sh*', 'run.sh*', 'run.sh', false],
      ['run.sh*', 'run.sh*', 'run.sh*', true],
    ] as const;
    for (const [base, local, upstream, executable] of cases) {
      const draft = await assembled({
        base: side({ [base]: '#!/bin/sh\necho a\necho b\necho c\n' }),
        local: side({ [local]: '#!/bin/sh\necho A\necho b\necho c\n' }),
        upstream: side({ [upstream]: '#!/bin/sh\necho a\necho b\necho C\n' }),
      });
      const found = draft.files.find((file) => file.path === 'run.sh');
      assert.equal(found?.executable, executable, `${base} ${local} ${upstream}`);
      assert.equal(Buffer.from(found.bytes).toString(), '#!/bin/sh\necho A\necho b\necho C\n');
    }
  });

  it('of a fast-forward is the new upstream to the byte, whatever its bytes are', async () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.dictionary(fc.stringMatching(/^[a-c]\.(md|bin)$/), bytes),
        fc.dictionary(fc.stringMatching(/^[a-c]\.(md|bin)\*?$/), bytes),
        async (document, before, after) => {
          const names = new Set(Object.keys(after).map((name) => name.replace('*', '')));
          fc.pre(names.size === Object.keys(after).length);
          const upstream = { ...after, 'SKILL.md': document };
          const draft = await assembled(
            { base: side(before), local: side(before), upstream },
            { merge_mode: 'fast_forward' },
          );
          assert.deepEqual(draft.conflicts, []);
          assert.equal(draft.digest.treeHash, draft.sides.upstream.digest.treeHash);
        },
      ),
      { numRuns: 80 },
    );
  });

  it('shows a conflict with all three sides, and the result with marker lines until it is settled', async () => {
    const draft = await assembled(clash);
    assert.deepEqual(
      draft.conflicts.map(({ file, base, local, upstream }) => [
        file,
        base?.trim(),
        local?.trim(),
        upstream?.trim(),
      ]),
      [['SKILL.md', BASE.Order, 'Second, then first.', 'First, then third.']],
    );
    assert.match(resultOf(draft)['SKILL.md'] ?? '', /^<{7} local[^]*^={7}$[^]*^>{7} upstream$/m);
    assert.equal(draft.decisions[0]?.source, 'conflict');
  });

  it('applies resolutions only to the merge that they were made for', async () => {
    const open = await assembled(clash);
    const [document] = open.documents;
    assert(document !== undefined);
    const resolutions = { [open.conflicts[0]?.id ?? '']: { take: 'upstream' as const } };
    const state = { fingerprint: document.fingerprint, resolutions, override: null };
    const settled = await assembled(clash, { documents: { 'SKILL.md': state } });
    assert.deepEqual([settled.conflicts, resultOf(settled)['SKILL.md']], [[], clash.upstream['SKILL.md']]);
    assert.equal(settled.decisions[0]?.source, 'resolved');
    const other = { ...state, fingerprint: `${state.fingerprint.slice(1)}0` };
    assert.equal((await assembled(clash, { documents: { 'SKILL.md': other } })).conflicts.length, 1);
  });

  it('takes a text of the reviewer as it is, in a fast-forward too', async () => {
    const text = 'mine, without a newline';
    const digest = textDigest(text);
    for (const merge_mode of ['three_way', 'fast_forward'] as const) {
      const sides = merge_mode === 'three_way' ? clash : { ...clash, local: same };
      const open = await assembled(sides, { merge_mode });
      const fingerprint = open.documents[0]?.fingerprint ?? '';
      const documents = { 'SKILL.md': { fingerprint, resolutions: {}, override: digest } };
      const draft = await assembled(sides, { merge_mode, documents }, new Map([[digest, text]]));
      assert.deepEqual([draft.conflicts, resultOf(draft)], [[], { 'SKILL.md': text }]);
    }
  });

  it('leaves a file that both sides changed to the reviewer, who may take any side or none', async () => {
    const sides: Sides = {
      base: side({ 'logo*': 'B\0' }),
      local: side({ logo: 'L\0' }),
      upstream: side({ 'logo*': 'U\0' }),
    };
    const open = await assembled(sides);
    assert.deepEqual(open.conflicts, [{ id: 'logo', file: 'logo', base: null, local: null, upstream: null }]);
    const chosen = async (choice: 'base' | 'local' | 'upstream' | 'removed') => {
      const draft = await assembled(sides, { file_choices: { logo: choice } });
      assert.deepEqual(draft.conflicts, []);
      assert.equal(draft.decisions.find(({ path }) => path === 'logo')?.source, choice);
      return resultOf(draft);
    };
    assert.deepEqual(await chosen('base'), side({ 'logo*': 'B\0' }));
    assert.deepEqual(await chosen('local'), side({ logo: 'L\0' }));
    assert.deepEqual(await chosen('upstream'), side({ 'logo*': 'U\0' }));
    assert.deepEqual(await chosen('removed'), same);
  });

  it('takes a file out when the chosen side does not have it', async () => {
    const sides: Sides = { base: side({ 'a.txt': 'a' }), local: side({ 'a.txt': 'A' }), upstream: same };
    const open = await assembled(sides);
    assert.deepEqual(
      open.conflicts.map(({ id, base, local, upstream }) => [id, base, local, upstream]),
      [['a.txt', 'a', 'A', null]],
    );
    assert.deepEqual(resultOf(await assembled(sides, { file_choices: { 'a.txt': 'upstream' } })), same);
  });

  it('settles the chunks of a supporting text under its own path', async () => {
    const sides: Sides = {
      base: side({ 'ref.md': 'a\nb\nc\n' }),
      local: side({ 'ref.md': 'a\nL\nc\n' }),
      upstream: side({ 'ref.md': 'a\nU\nc\n' }),
    };
    const open = await assembled(sides);
    const [conflict] = open.conflicts;
    assert.match(conflict?.id ?? '', /^ref\.md#c\d+$/);
    const document = open.documents.find(({ path }) => path === 'ref.md');
    assert(document !== undefined);
    const [chunk = ''] = document.unresolved;
    const state = {
      fingerprint: document.fingerprint,
      resolutions: { [chunk]: { take: 'local_then_upstream' as const } },
      override: null,
    };
    const settled = await assembled(sides, { documents: { 'ref.md': state } });
    assert.deepEqual(resultOf(settled), side({ 'ref.md': 'a\nL\nU\nc\n' }));
    assert.equal(settled.decisions.find(({ path }) => path === 'ref.md')?.source, 'resolved');
  });

  it('is the same whenever it is put together', async () => {
    const [first, second] = [await assembled(clash), await assembled(clash)];
    assert.deepEqual(second, first);
  });
});
