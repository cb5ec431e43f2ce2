import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import { type MadeEntry, makeTarGz, makeZip } from '../../../support/archives.ts';
import { type FileHandler, FileServer, serveContent } from '../../../support/file-server.ts';
import { PackageSandbox, textsIn } from '../../../support/package-sandbox.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const NOTES: MadeEntry = { name: 'skills/notes/SKILL.md', content: '# Notes\n' };
const TEXTS = { 'skills/notes/SKILL.md': '# Notes\n' };

describe('packages in archives', () => {
  let sandbox: PackageSandbox;
  let server: FileServer | undefined;

  beforeEach(async () => {
    sandbox = await PackageSandbox.create();
  });

  afterEach(async () => {
    await server?.close();
    server = undefined;
    await sandbox.remove();
  });

  const serving = async (handler: FileHandler): Promise<string> => {
    server = await FileServer.start(handler);
    return `${server.origin}/plugin.zip`;
  };
  const fetchIt = async (url: string, digest: string, into = sandbox.output()): Promise<string> => {
    const source = { kind: 'archive', url, sha256: null } as const;
    await sandbox
      .packages()
      .fetch({ source, identity: { kind: 'sha256', sha256: digest }, version: null }, into);
    return into;
  };
  const fetchBytes = async (bytes: Buffer): Promise<string> =>
    fetchIt(await serving(serveContent(() => bytes)), sha256(bytes));

  for (const [kind, make] of [
    ['zip', makeZip],
    ['tar.gz', makeTarGz],
  ] as const) {
    it(`unpacks a ${kind}, with or without a folder around everything`, async () => {
      assert.deepEqual(await textsIn(await fetchBytes(make([NOTES]))), TEXTS);
      await server?.close();
      const wrapped = make([{ ...NOTES, name: `tools-1.0/${NOTES.name}` }]);
      assert.deepEqual(await textsIn(await fetchBytes(wrapped)), TEXTS);
    });

    it(`takes a link inside a ${kind} for what it points to`, async () => {
      const link =
        kind === 'zip'
          ? { name: 'skills/copy', content: 'notes', mode: 0o120777 }
          : { name: 'skills/copy', type: '2', link: 'notes' };
      assert.deepEqual(await textsIn(await fetchBytes(make([NOTES, link]))), {
        ...TEXTS,
        'skills/copy/SKILL.md': '# Notes\n',
      });
    });

    const UNSAFE: readonly (readonly [string, readonly MadeEntry[]])[] = [
      ['a name that climbs out', [NOTES, { name: '../evil.md', content: 'x' }]],
      ['a name that climbs out further in', [NOTES, { name: 'skills/../../evil.md', content: 'x' }]],
      ['an absolute name', [NOTES, { name: '/tmp/evil.md', content: 'x' }]],
      ['a name with a drive', [NOTES, { name: 'C:/evil.md', content: 'x' }]],
      ['a name with backslashes', [NOTES, { name: '..\\evil.md', content: 'x' }]],
      ['two names that differ in case only', [NOTES, { name: 'skills/Notes/other.md', content: 'x' }]],
      [
        'two names that differ in normalisation only',
        [
          { name: 'skills/caf\u00e9.md', content: 'x' },
          { name: 'skills/cafe\u0301.md', content: 'y' },
        ],
      ],
      ['one name twice', [NOTES, NOTES]],
      ['a file below a file', [{ name: 'skills', content: 'x' }, NOTES]],
      ['a name that Windows reserves', [NOTES, { name: 'skills/con.md', content: 'x' }]],
      ['a name that ends in a dot', [NOTES, { name: 'skills/notes./SKILL.md', content: 'x' }]],
      [
        'a path of too many folders',
        [NOTES, { name: `${Array.from({ length: 45 }, () => 'a').join('/')}/f.md`, content: 'x' }],
      ],
    ];
    for (const [what, entries] of UNSAFE) {
      it(`refuses a ${kind} with ${what}, and leaves nothing outside`, async () => {
        await assert.rejects(fetchBytes(make(entries)), { code: 'package_unsafe' });
        assert.deepEqual(
          (await readdir(sandbox.root)).filter((name) => name !== 'cache' && name !== 'out'),
          [],
        );
      });
    }
  }

  for (const [what, entry] of [
    ['a symbolic link out of it', { name: 'skills/l', type: '2', link: '../../etc' }],
    ['an absolute symbolic link', { name: 'skills/l', type: '2', link: '/etc/passwd' }],
    ['a hard link out of it', { name: 'skills/l', type: '1', link: '../outside' }],
    ['a character device', { name: 'skills/d', type: '3' }],
    ['a block device', { name: 'skills/d', type: '4' }],
    ['a pipe', { name: 'skills/p', type: '6' }],
  ] as const) {
    it(`refuses a tar with ${what}`, async () => {
      await assert.rejects(fetchBytes(makeTarGz([NOTES, entry])), { code: 'package_unsafe' });
    });
  }

  it('refuses to write through a link', async () => {
    const entries = [
      { name: 'skills/l', type: '2', link: '.' },
      { name: 'skills/l/evil.md', content: 'x' },
    ];
    await assert.rejects(fetchBytes(makeTarGz(entries)), { code: 'package_unsafe' });
  });

  it('keeps no set-user-id bit', async () => {
    const into = await fetchBytes(makeTarGz([{ ...NOTES, mode: 0o4755 }]));
    const { statSync } = await import('node:fs');
    assert.equal(statSync(`${into}/skills/notes/SKILL.md`).mode & 0o7000, 0);
  });

  it('refuses a bomb before it is unpacked', async () => {
    const bomb = { name: 'skills/big.txt', content: Buffer.alloc(40 * 1024 * 1024) };
    await assert.rejects(fetchBytes(makeZip([NOTES, bomb])), { code: 'package_unsafe' });
    await server?.close();
    await assert.rejects(fetchBytes(makeTarGz([NOTES, bomb])), { code: 'package_unsafe' });
    assert.deepEqual(
      (await readdir(sandbox.root)).filter((name) => name === 'out'),
      [],
    );
  });

  it('refuses a zip that says less of a size than comes out, that is encrypted, or that has a device', async () => {
    const lying = { ...NOTES, content: 'x'.repeat(5000), claimedSize: 10 };
    for (const entry of [lying, { ...NOTES, flags: 1 }, { ...NOTES, mode: 0o020644 }]) {
      await assert.rejects(fetchBytes(makeZip([entry])), { code: 'package_unsafe' });
      await server?.close();
    }
    server = undefined;
  });

  it('refuses an archive with more files than a package may have', async () => {
    const many = Array.from({ length: 20_001 }, (_, index) => ({ name: `f${index}` }));
    await assert.rejects(fetchBytes(makeZip(many)), { code: 'fetch_too_large' });
  });

  it('refuses what is no archive, or cut off', async () => {
    const zip = makeZip([NOTES]);
    const tar = makeTarGz([NOTES]);
    for (const bytes of [
      Buffer.from('<html>'),
      zip.subarray(0, 60),
      tar.subarray(0, 60),
      deflateRawSync(tar),
    ]) {
      await assert.rejects(fetchBytes(bytes), { code: 'package_unsafe' });
      await server?.close();
    }
    server = undefined;
  });

  it('refuses other content than was asked for', async () => {
    const url = await serving(serveContent(() => makeZip([NOTES])));
    await assert.rejects(fetchIt(url, 'a'.repeat(64)), { code: 'package_integrity_mismatch' });
  });

  it('names the content of an address, and asks nothing where the digest is known', async () => {
    const zip = makeZip([NOTES]);
    const url = await serving(serveContent(() => zip));
    const packages = sandbox.packages();
    const asked = await packages.offers({ kind: 'archive', url, sha256: null });
    assert.deepEqual(asked.head?.identity, { kind: 'sha256', sha256: sha256(zip) });
    const known = await packages.offers({ kind: 'archive', url, sha256: 'b'.repeat(64) });
    assert.deepEqual(known.head?.identity, { kind: 'sha256', sha256: 'b'.repeat(64) });
    assert.equal(server?.requests.length, 1);
  });

  it('asks again with the ETag, and takes what it has when nothing changed', async () => {
    let zip = makeZip([NOTES]);
    const url = await serving(
      serveContent(
        () => zip,
        () => `"${sha256(zip)}"`,
      ),
    );
    const packages = sandbox.packages();
    const source = { kind: 'archive', url, sha256: null } as const;
    const first = await packages.offers(source);
    assert.deepEqual(await packages.offers(source), first);
    assert.equal(server?.requests[1]?.headers['if-none-match'], `"${sha256(zip)}"`);
    zip = makeZip([{ ...NOTES, content: '# Newer\n' }]);
    assert.deepEqual((await packages.offers(source)).head?.identity, { kind: 'sha256', sha256: sha256(zip) });
  });

  it('takes a transfer up where it broke off', async () => {
    const zip = makeZip([
      { ...NOTES, content: Buffer.from(Array.from({ length: 400_000 }, () => Math.random() * 256)) },
    ]);
    const whole = serveContent(
      () => zip,
      () => '"one"',
    );
    let breakOff: (() => void) | undefined;
    const url = await serving((request, response, attempt) => {
      if (attempt > 1) {
        breakOff = undefined;
        whole(request, response, attempt);
        return;
      }
      response.setHeader('etag', '"one"');
      response.setHeader('content-length', zip.length);
      response.writeHead(200).write(zip.subarray(0, 100_000));
      breakOff = () => request.socket.destroy();
    });
    const source = { kind: 'archive', url, sha256: null } as const;
    const identity = { kind: 'sha256', sha256: sha256(zip) } as const;
    // Once something of it has come.
    const options = {
      onProgress: () => {
        breakOff?.();
      },
    };
    await sandbox.packages().fetch({ source, identity, version: null }, sandbox.output(), options);
    assert.equal(server?.requests.length, 2);
    assert.match(server.requests[1]?.headers.range ?? '', /^bytes=[1-9]\d*-$/);
    assert.equal(server.requests[1]?.headers['if-range'], '"one"');
  });

  it('starts over when the content changed in between', async () => {
    const zip = makeZip([NOTES]);
    const url = await serving((_request, response, attempt) => {
      response.setHeader('etag', `"${attempt}"`);
      response.setHeader('content-length', zip.length);
      response.writeHead(200);
      if (attempt > 1) response.end(zip);
      else response.write(Buffer.alloc(zip.length - 10), () => response.destroy());
    });
    assert.deepEqual(await textsIn(await fetchIt(url, sha256(zip))), TEXTS);
  });

  it('stops at the end of what a server may send', async () => {
    const url = await serving((_request, response) => {
      response.setHeader('content-length', 10 * 1024 ** 3);
      response.writeHead(200).write('x');
    });
    await assert.rejects(fetchIt(url, 'a'.repeat(64)), { code: 'fetch_too_large' });
  });

  it('follows redirects to what may be fetched and to nothing else', async () => {
    const zip = makeZip([NOTES]);
    const whole = serveContent(() => zip);
    const url = await serving((request, response, attempt) => {
      if (request.url === '/real.zip') whole(request, response, attempt);
      else response.writeHead(302, { location: '/real.zip' }).end();
    });
    assert.deepEqual(await textsIn(await fetchIt(url, sha256(zip))), TEXTS);
    await server?.close();
    const leading = await serving((_request, response) => {
      response.writeHead(302, { location: 'http://example.org/real.zip' }).end();
    });
    await assert.rejects(fetchIt(leading, sha256(zip)), { code: 'source_refused' });
    await server?.close();
    const round = await serving((_request, response) => {
      response.writeHead(302, { location: '/plugin.zip' }).end();
    });
    await assert.rejects(fetchIt(round, sha256(zip)), { code: 'fetch_failed' });
  });

  it('says what kind of failure it was', async () => {
    for (const [status, code] of [
      [404, 'source_not_found'],
      [403, 'source_not_found'],
      [500, 'fetch_failed'],
    ] as const) {
      const url = await serving((_request, response) => void response.writeHead(status).end());
      await assert.rejects(fetchIt(url, 'a'.repeat(64)), { code });
      await server?.close();
    }
    server = undefined;
    await assert.rejects(fetchIt('http://127.0.0.1:1/plugin.zip', 'a'.repeat(64)), { code: 'fetch_offline' });
  });

  it('can be cancelled in the middle', async () => {
    const controller = new AbortController();
    const url = await serving((_request, response) => {
      response.setHeader('content-length', 1_000_000);
      response.writeHead(200).write('x'.repeat(1000));
    });
    const fetching = sandbox.packages().offers(
      { kind: 'archive', url, sha256: null },
      {
        signal: controller.signal,
        onProgress: () => {
          controller.abort();
        },
      },
    );
    await assert.rejects(fetching, { code: 'fetch_cancelled' });
  });

  it('goes through the proxy that the environment or the editor names, but for what is excepted', async () => {
    const zip = makeZip([NOTES]);
    const proxied: string[] = [];
    const proxy = await FileServer.start((request, response, attempt) => {
      proxied.push(request.url ?? '');
      serveContent(() => zip)(request, response, attempt);
    });
    const { proxyFor } = await import('../../../../src/node/packages/proxy-settings.ts');
    const environment = { HTTPS_PROXY: proxy.origin, NO_PROXY: 'internal.example, .corp' };
    assert.deepEqual(proxyFor('https://example.org/a', environment, undefined), { proxy: proxy.origin });
    assert.deepEqual(proxyFor('https://example.org/a', environment, 'http://editor:1'), {
      proxy: 'http://editor:1',
    });
    assert.deepEqual(proxyFor('https://a.corp/a', environment, undefined), { noProxy: 'a.corp' });
    assert.deepEqual(proxyFor('https://internal.example/a', environment, undefined), {
      noProxy: 'internal.example',
    });
    assert.deepEqual(proxyFor('http://127.0.0.1:1/a', environment, 'http://editor:1'), {
      noProxy: '127.0.0.1',
    });
    const connected = new Promise<string>((resolve) => {
      proxy.onConnect((target) => {
        resolve(target);
      });
    });
    const fetching = sandbox
      .packages({ environment })
      .offers({ kind: 'archive', url: 'https://plugins.example/a.zip', sha256: null });
    assert.equal(await connected, 'plugins.example:443');
    await assert.rejects(fetching);
    await proxy.close();
  });
});
