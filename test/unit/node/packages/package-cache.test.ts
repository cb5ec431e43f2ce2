import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { Clock } from '../../../../src/core/ports.ts';
import { nodePorts } from '../../../../src/node/node-ports.ts';
import { PackageCache } from '../../../../src/node/packages/package-cache.ts';
import { PackageSandbox } from '../../../support/package-sandbox.ts';

describe('the cache of packages', () => {
  let sandbox: PackageSandbox;
  let now = 0;
  const clock: Clock = { now: () => now };

  beforeEach(async () => {
    sandbox = await PackageSandbox.create();
    now = 1_000_000;
  });

  afterEach(async () => {
    await sandbox.remove();
  });

  const cache = (maxBytes = 10_000): PackageCache =>
    new PackageCache(sandbox.path('cache'), { ...nodePorts(), clock }, maxBytes);
  const fill = async (one: PackageCache, source: string, bytes: number): Promise<void> => {
    now += 1000;
    await one.use({ kind: 'http', source }, undefined, async (place) => {
      await writeFile(path.join(place.folder, 'body'), 'x'.repeat(bytes));
      place.changed();
    });
  };
  const names = async (one: PackageCache) => (await one.list()).map(({ source }) => source);

  it('keeps what was used last, up to its bound', async () => {
    const one = cache();
    await fill(one, 'a', 4000);
    await fill(one, 'b', 4000);
    now += 2 * 60 * 60_000;
    await one.use({ kind: 'http', source: 'a' }, undefined, () => Promise.resolve());
    await fill(one, 'c', 4000);
    assert.deepEqual(await names(one), ['c', 'a']);
  });

  it('keeps the entry in use even where it is larger than the bound', async () => {
    const one = cache(1000);
    await fill(one, 'large', 5000);
    assert.deepEqual(await names(one), ['large']);
  });

  it('does not take away what another window works with', async () => {
    const one = cache(1000);
    const other = cache(1000);
    await fill(one, 'a', 800);
    await one.use({ kind: 'http', source: 'a' }, undefined, async (place) => {
      await fill(other, 'b', 800);
      assert.ok((await readdir(place.folder)).includes('body'));
      assert.deepEqual(
        await other.clear(['http', 'git', 'npm']).then((gone) => gone.map(({ source }) => source)),
        ['b'],
      );
    });
    assert.deepEqual(await names(one), ['a']);
  });

  it('lets one window after the other into an entry', async () => {
    const order: string[] = [];
    const enter = (name: string): Promise<void> =>
      cache().use({ kind: 'git', source: 'a' }, undefined, async () => {
        order.push(`${name} in`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} out`);
      });
    await Promise.all([enter('one'), enter('two')]);
    assert.deepEqual(
      [order[0]?.slice(-2), order[1]?.slice(-3), order[2]?.slice(-2), order[3]?.slice(-3)],
      ['in', 'out', 'in', 'out'],
    );
  });

  it('can be given up on while another window has the entry', async () => {
    const controller = new AbortController();
    await cache().use({ kind: 'git', source: 'a' }, undefined, async () => {
      const waiting = cache().use({ kind: 'git', source: 'a' }, controller.signal, () => Promise.resolve());
      controller.abort();
      await assert.rejects(waiting, { code: 'fetch_cancelled' });
    });
  });

  it('takes nothing for content that a crash left half made', async () => {
    const one = cache();
    await fill(one, 'a', 100);
    const [entry] = await one.list();
    const folder = sandbox.path('cache', 'http', entry?.id ?? '');
    await writeFile(path.join(folder, 'entry.json'), '{');
    assert.deepEqual(await names(one), []);
    await one.use({ kind: 'http', source: 'a' }, undefined, async (place) => {
      assert.deepEqual(await readdir(place.folder), ['entry.json']);
    });
  });

  it('removes what does not pass a check, and nothing else', async () => {
    const one = cache();
    await fill(one, 'good', 100);
    await fill(one, 'bad', 100);
    const gone = await one.verify(({ source }) => Promise.resolve(source === 'good'));
    assert.deepEqual(
      gone.map(({ source }) => source),
      ['bad'],
    );
    assert.deepEqual(await names(one), ['good']);
  });
});
