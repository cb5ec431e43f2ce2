import assert from 'node:assert/strict';
import * as path from 'node:path';
import fc from 'fast-check';
import {
  BINDING_STATUSES,
  PLUGIN_STATUSES,
  type PluginSkillBinding,
  type PluginState,
} from '../../../../src/core/plugins/models.ts';
import {
  NEW_BINDING,
  newPluginState,
  serialisePluginStates,
} from '../../../../src/core/plugins/state-schema.ts';
import { PluginStateStore } from '../../../../src/core/plugins/state.ts';
import { FaultFileSystem, isMutation } from '../../../support/fault-files.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';

const FILE = path.resolve('/workspace/.beaver/plugins/state.json');

const PENDING: PluginSkillBinding = {
  accepted_upstream_tree_hash: 'old',
  observed_upstream_tree_hash: 'new',
  accepted_beaver_version: 'v0001',
  current_beaver_version: 'v0002',
  pending_candidate_id: 'plugin-update:baoyu-comic:baoyu-comic:new',
  status: 'update_pending',
  last_error: null,
  last_error_code: null,
};

async function stored(text: string): Promise<{ files: MemoryFileSystem; store: PluginStateStore }> {
  const files = new MemoryFileSystem();
  await files.makeDirectory(path.dirname(FILE));
  await files.writeFile(FILE, Buffer.from(text));
  return { files, store: new PluginStateStore(files, FILE) };
}

async function textOf(files: MemoryFileSystem): Promise<string> {
  return Buffer.from((await files.readFile(FILE)) ?? []).toString('utf8');
}

describe('PluginStateStore', () => {
  it('keeps a round trip atomic', async () => {
    const files = new MemoryFileSystem();
    const store = new PluginStateStore(files, FILE);
    await store.setEnabled('baoyu-comic', true);
    await store.updateSkillBinding('baoyu-comic', 'baoyu-comic', PENDING);
    const reloaded = await new PluginStateStore(files, FILE).get('baoyu-comic');
    assert.equal(reloaded?.enabled, true);
    assert.deepEqual(reloaded.skills, { 'baoyu-comic': PENDING });
    assert.equal(await files.lstat(`${FILE}.tmp`), undefined);
  });

  it('is empty before the first write', async () => {
    const store = new PluginStateStore(new MemoryFileSystem(), FILE);
    assert.deepEqual([await store.list(), await store.get('a')], [[], undefined]);
  });

  it('lists by id, and replaces a whole plugin or all of them', async () => {
    const files = new MemoryFileSystem();
    const store = new PluginStateStore(files, FILE);
    await store.upsert({ ...newPluginState('b'), installed_version: '1.0.0' });
    await store.upsert(newPluginState('a'));
    await store.upsert(newPluginState('b'));
    assert.deepEqual(await store.list(), [newPluginState('a'), newPluginState('b')]);
    await store.save(new Map([['c', newPluginState('c')]]));
    assert.deepEqual([...(await store.load()).keys()], ['c']);
  });

  it('gives missing fields the values of a plugin that was never enabled', async () => {
    const { store } = await stored('{"plugins":{"a":{},"b":{"enabled":true,"skills":{"s":{}}}}}');
    assert.deepEqual(await store.list(), [
      {
        plugin_id: 'a',
        enabled: false,
        updates_paused: false,
        installed_version: null,
        manifest_path: null,
        status: 'discovered',
        last_error: null,
        last_error_code: null,
        skills: {},
      },
      { ...newPluginState('b'), enabled: true, skills: { s: NEW_BINDING } },
    ]);
    assert.deepEqual(NEW_BINDING, {
      accepted_upstream_tree_hash: null,
      observed_upstream_tree_hash: null,
      accepted_beaver_version: null,
      current_beaver_version: null,
      pending_candidate_id: null,
      status: 'discovered',
      last_error: null,
      last_error_code: null,
    });
  });

  it('keeps the keys of another writer and reads a status it does not know as discovered', async () => {
    const { files, store } = await stored(
      '{"schema_version":1,"plugins":{"a":{"status":"hibernating","origin":{"url":"x"},"skills":{"s":{"status":"odd","note":1}}}}}',
    );
    await store.setEnabled('a', true);
    const state: unknown = JSON.parse(await textOf(files));
    assert.deepEqual(state, {
      schema_version: 1,
      plugins: {
        a: {
          ...newPluginState('a'),
          enabled: true,
          origin: { url: 'x' },
          skills: { s: { ...NEW_BINDING, note: 1 } },
        },
      },
    });
  });

  it('takes the id from the key, whatever the record says', async () => {
    const { store } = await stored('{"plugins":{"a":{"plugin_id":"b"}}}');
    assert.deepEqual(await store.list(), [newPluginState('a')]);
  });

  for (const [what, text, code] of [
    ['a newer schema', '{"schema_version":2,"plugins":[],"more":1}', 'schema_newer'],
    ['broken JSON', '{"schema_version":1,"plugins":{', 'stored_file_unreadable'],
    ['an empty file', '', 'stored_file_unreadable'],
    ['another shape', '{"schema_version":1,"plugins":{"a":{"enabled":"yes"}}}', 'stored_file_unreadable'],
    ['no object', '[]', 'stored_file_unreadable'],
  ] as const) {
    it(`refuses ${what} and leaves the file untouched`, async () => {
      const { files, store } = await stored(text);
      const expected = { code, path: '.beaver/plugins/state.json' };
      await assert.rejects(store.load(), expected);
      await assert.rejects(store.setEnabled('a', true), expected);
      assert.equal(await textOf(files), text);
    });
  }

  it('keeps the old state when a write fails at any call', async () => {
    const { files } = await stored(serialisePluginStates(new Map([['a', newPluginState('a')]])));
    const before = await textOf(files);
    for (let at = 1; ; at++) {
      const faulty = new FaultFileSystem(files, {
        at,
        counts: isMutation,
        fault: { kind: 'fail', code: 'ENOSPC' },
      });
      const outcome = await new PluginStateStore(faulty, FILE).setEnabled('a', true).then(
        () => 'written',
        () => 'failed',
      );
      const after = await textOf(files);
      assert.ok(after === before || after.includes('"enabled": true'));
      await files.writeFile(FILE, Buffer.from(before));
      if (outcome === 'written') break;
    }
  });

  it('writes equal states as equal bytes, and reads back what it wrote', async () => {
    const word = fc.option(fc.string({ maxLength: 12 }), { nil: null });
    const id = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,8}$/);
    const binding: fc.Arbitrary<PluginSkillBinding> = fc.record(
      {
        accepted_upstream_tree_hash: word,
        observed_upstream_tree_hash: word,
        accepted_beaver_version: word,
        current_beaver_version: word,
        pending_candidate_id: word,
        status: fc.constantFrom(...BINDING_STATUSES),
        last_error: word,
        last_error_code: word,
      },
      { noNullPrototype: true },
    );
    const state: fc.Arbitrary<PluginState> = fc.record(
      {
        plugin_id: id,
        enabled: fc.boolean(),
        updates_paused: fc.boolean(),
        installed_version: word,
        manifest_path: word,
        status: fc.constantFrom(...PLUGIN_STATUSES),
        last_error: word,
        last_error_code: word,
        skills: fc.dictionary(id, binding, { maxKeys: 3, noNullPrototype: true }),
      },
      { noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(state, { maxLength: 4, selector: (one) => one.plugin_id }),
        async (states) => {
          const all = new Map(states.map((one) => [one.plugin_id, one]));
          const files = new MemoryFileSystem();
          const store = new PluginStateStore(files, FILE);
          await store.save(all);
          const loaded = await store.load();
          assert.deepEqual(new Map([...loaded].sort()), new Map([...all].sort()));
          const reversed = new Map([...all].reverse());
          assert.equal(serialisePluginStates(reversed), await textOf(files));
        },
      ),
      { numRuns: 100 },
    );
  });
});
