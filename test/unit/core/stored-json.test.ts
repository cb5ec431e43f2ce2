import assert from 'node:assert/strict';
import * as path from 'node:path';
import fc from 'fast-check';
import * as z from 'zod';
import { BeaverError, isBeaverError } from '../../../src/base/errors.ts';
import { parseStored, readStoredJson, storable, writeStoredJson } from '../../../src/core/stored-json.ts';
import { MemoryFileSystem } from '../../support/memory-files.ts';

const FILE = path.resolve('/workspace/note.json');
const KIND = { name: 'note', schemaVersion: 1 } as const;
const schema = z.looseObject({ schema_version: z.literal(1), text: z.string() });
const parse = (text: string) => parseStored(text, 'note.json', KIND, schema);

async function workspace(text?: string): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem();
  await files.makeDirectory(path.dirname(FILE));
  if (text !== undefined) await files.writeFile(FILE, Buffer.from(text));
  return files;
}

describe('Stored JSON', () => {
  it('keeps what could not be read again from being written', () => {
    const value = { schema_version: 1, text: 'words', theirs: [null] };
    assert.deepEqual(storable(value, KIND, schema), value);
    for (const bad of [{ schema_version: 1 }, { ...value, theirs: () => 1 }])
      assert.throws(() => storable(bad, KIND, schema), { code: 'record_refused' });
  });

  it('is undefined where there is no file', async () => {
    assert.equal(await readStoredJson(await workspace(), FILE, 'note.json', KIND, schema), undefined);
  });

  it('refuses a newer file before it looks at the rest, and leaves it as it is', async () => {
    const text = '{"schema_version":2,"words":[]}';
    const files = await workspace(text);
    await assert.rejects(readStoredJson(files, FILE, 'note.json', KIND, schema), (error) => {
      assert(isBeaverError(error, 'schema_newer'));
      assert.deepEqual([error.field, error.path], ['/schema_version', 'note.json']);
      return true;
    });
    assert.equal(Buffer.from((await files.readFile(FILE)) ?? []).toString(), text);
  });

  it('refuses what is torn, of another shape, or of no version that ever was', () => {
    for (const text of [
      '',
      '{"schema_version":1,"te',
      'null',
      '[]',
      '{"text":"a"}',
      '{"schema_version":0,"text":"a"}',
      '{"schema_version":1}',
      '{"schema_version":"2","text":"a"}',
    ])
      assert.throws(
        () => parse(text),
        (error) => isBeaverError(error, 'stored_file_unreadable'),
        text,
      );
  });

  it('says what a file is without its place on the machine or its content', () => {
    assert.throws(
      () => parse('secret words'),
      (error) => {
        assert(error instanceof BeaverError);
        assert.deepEqual([error.message, error.path], ['The note cannot be read.', 'note.json']);
        return true;
      },
    );
  });

  it('reads back any value that it wrote, with keys that nobody knows, as the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })),
        fc.string(),
        async (extra, text) => {
          const files = await workspace();
          const value = { ...z.record(z.string(), z.json()).parse(extra), schema_version: 1, text };
          await writeStoredJson(files, FILE, value);
          const first = Buffer.from((await files.readFile(FILE)) ?? []).toString();
          const read = await readStoredJson(files, FILE, 'note.json', KIND, schema);
          assert(read !== undefined);
          await writeStoredJson(files, FILE, z.record(z.string(), z.json()).parse(read));
          assert.equal(Buffer.from((await files.readFile(FILE)) ?? []).toString(), first);
        },
      ),
      { numRuns: 60 },
    );
  });
});
