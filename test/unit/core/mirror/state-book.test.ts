import assert from 'node:assert/strict';
import * as path from 'node:path';
import fc from 'fast-check';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { canonicalJson, type JsonValue } from '../../../../src/base/json.ts';
import { WorkspaceLayout } from '../../../../src/core/layout.ts';
import { StateBook } from '../../../../src/core/mirror/state-book.ts';
import { BINDING_STATUSES, PLUGIN_STATUSES } from '../../../../src/core/plugins/models.ts';
import { NEW_BINDING, newPluginState } from '../../../../src/core/plugins/state-schema.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';

const layout = new WorkspaceLayout('/workspace');

async function bookOf(value: JsonValue): Promise<StateBook> {
  const files = new MemoryFileSystem();
  await files.makeDirectory(path.dirname(layout.pluginState));
  await files.writeFile(layout.pluginState, Buffer.from(canonicalJson(value)));
  return StateBook.read(files, layout);
}

function stored(book: StateBook): string | undefined {
  const [step] = book.steps();
  if (step === undefined) return undefined;
  assert(step.kind === 'write');
  assert.equal(step.path, '.beaver/plugins/state.json');
  return step.text;
}

const text = fc.oneof(fc.constant(null), fc.string());
// No reader of JSON can be asked to keep `__proto__`.
const foreign = fc.jsonValue({ maxDepth: 1 }).filter((json) => !JSON.stringify(json).includes('__proto__'));
const binding = fc.record({
  accepted_upstream_tree_hash: text,
  observed_upstream_tree_hash: text,
  accepted_beaver_version: text,
  current_beaver_version: text,
  pending_candidate_id: text,
  status: fc.constantFrom(...BINDING_STATUSES),
  last_error: text,
  last_error_code: text,
  x_foreign: foreign,
});
const plugin = fc.record({
  enabled: fc.boolean(),
  updates_paused: fc.boolean(),
  installed_version: text,
  manifest_path: text,
  status: fc.constantFrom(...PLUGIN_STATUSES),
  last_error: text,
  last_error_code: text,
  skills: fc.dictionary(fc.stringMatching(/^[a-z0-9][a-z0-9_-]*$/), binding),
  x_foreign: foreign,
});

describe('StateBook', () => {
  it('stores nothing that did not change, even when it is set again', async () => {
    const state = newPluginState('kit');
    const book = await bookOf({ schema_version: 1, plugins: { kit: state } });
    book.set({ ...state });
    assert.deepEqual([book.changed, book.steps()], [false, []]);
    book.set({ ...state, enabled: true });
    assert.equal(
      stored(book),
      canonicalJson({ schema_version: 1, plugins: { kit: { ...state, enabled: true } } }),
    );
  });

  it('keeps every plugin and every key beside the one that changes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z0-9][a-z0-9_-]*$/), plugin, { maxKeys: 4 }),
        async (plugins) => {
          const whole = Object.fromEntries(
            Object.entries(plugins).map(([id, state]) => [id, { ...state, plugin_id: id }]),
          );
          const book = await bookOf({ schema_version: 1, plugins: whole });
          const added = newPluginState('~added');
          book.set(added);
          assert.equal(
            stored(book),
            canonicalJson({
              schema_version: 1,
              plugins: { ...whole, '~added': added },
            }),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('lists by id, and tells whose a skill is', async () => {
    const linked = { ...newPluginState('b'), skills: { one: NEW_BINDING } };
    const book = await bookOf({ schema_version: 1, plugins: { b: linked, a: newPluginState('a') } });
    assert.deepEqual(
      book.all().map((state) => state.plugin_id),
      ['a', 'b'],
    );
    assert.equal(book.ownerOf('one')?.plugin_id, 'b');
    assert.deepEqual([book.ownerOf('two'), book.ownerOf('toString')], [undefined, undefined]);
  });

  it('sets and removes one binding and leaves the others', async () => {
    const skills = { one: NEW_BINDING, two: NEW_BINDING };
    const book = await bookOf({ schema_version: 1, plugins: { a: { ...newPluginState('a'), skills } } });
    const synced = { ...NEW_BINDING, status: 'synced' as const };
    book.setBinding('a', 'two', synced);
    book.setBinding('a', 'three', NEW_BINDING);
    book.removeBinding('a', 'one');
    assert.deepEqual(book.get('a').skills, { two: synced, three: NEW_BINDING });
  });

  it('does not know a plugin that is not there', async () => {
    const book = await bookOf({ schema_version: 1, plugins: {} });
    assert.equal(book.find('a'), undefined);
    const calls = [
      () => book.get('a'),
      () => {
        book.setBinding('a', 'one', NEW_BINDING);
      },
      () => {
        book.removeBinding('a', 'one');
      },
    ];
    for (const call of calls) assert.throws(call, (error) => isBeaverError(error, 'plugin_unknown'));
    assert.equal(book.changed, false);
  });
});
