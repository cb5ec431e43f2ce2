import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http, { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { mock } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Download } from '../../../../src/core/harness-ports.ts';
import { HttpTransfer } from '../../../../src/node/harness/http-transfer.ts';
import { type Handler, StaticServer } from '../../../support/static-server.ts';

const QUICK = { silence: 1000, pace: 1000, grace: 300 } as const;

async function read(download: Download): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of download.chunks) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('HttpTransfer', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'beaver-http-'));
  const content = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));
  let server: StaticServer;
  let transfer: HttpTransfer;

  before(async function () {
    this.timeout(20_000);
    writeFileSync(path.join(folder, 'file'), content);
    server = await StaticServer.start(folder);
    // What it stands on is loaded with the first request, however long that takes.
    await new HttpTransfer({ environment: {}, proxy: undefined }).read(`${server.url}file`, 5000);
    transfer = new HttpTransfer({ environment: {}, proxy: undefined }, QUICK);
  });
  afterEach(() => {
    server.handlers.clear();
    server.requests.length = 0;
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const serve = (handler: Handler): string => {
    server.handlers.set('odd', handler);
    return `${server.url}odd`;
  };

  it('reads a body whole, and knows nothing from something that is not there', async () => {
    assert.deepEqual(Buffer.from((await transfer.read(`${server.url}file`, 5000)) ?? []), content);
    assert.equal(await transfer.read(`${server.url}absent`, 5000), undefined);
  });

  it('ends in time where an editor holds a request back and does not hear of its end', async () => {
    const held = { setTimeout: () => held, on: () => held, destroy: () => held };
    const patched = mock.method(http, 'get', () => held);
    syncBuiltinESMExports();
    try {
      await assert.rejects(transfer.read(`${server.url}file`, 5000), { code: 'timeout' });
      assert.equal(patched.mock.callCount(), 1);
    } finally {
      patched.mock.restore();
      syncBuiltinESMExports();
    }
    assert.deepEqual(Buffer.from((await transfer.read(`${server.url}file`, 5000)) ?? []), content);
  });

  it('F40: goes on where a download stopped', async () => {
    const rest = await transfer.download(`${server.url}file`, 2000, 5000);
    assert.equal(rest.offset, 2000);
    assert.deepEqual(await read(rest), content.subarray(2000));
    assert.deepEqual(server.requests, ['GET file bytes=2000-']);
  });

  it('F40: begins anew where the server knows no ranges, or has less than is there already', async () => {
    const url = serve((_request, response) => response.end(content));
    assert.equal((await transfer.download(url, 2000, 5000)).offset, 0);
    const anew = await transfer.download(`${server.url}file`, 5000, 5000);
    assert.equal(anew.offset, 0);
    assert.deepEqual(await read(anew), content);
  });

  it('refuses the rest of a file of another size', async () => {
    await assert.rejects(transfer.download(`${server.url}file`, 2000, 6000), { code: 'mismatch' });
    const url = serve((_request, response) =>
      response.writeHead(206, { 'content-range': 'bytes 1-2/x' }).end(),
    );
    await assert.rejects(transfer.download(url, 1, 3), { code: 'source_unreachable' });
  });

  it('A10: a body that says that it is too large is not read', async () => {
    await assert.rejects(transfer.read(`${server.url}file`, 4999), { code: 'too_large' });
    await assert.rejects(read(await transfer.download(`${server.url}file`, 0, 4999)), { code: 'too_large' });
  });

  it('A10: a body without an end is left after the first byte too many', async () => {
    let sent = 0;
    const url = serve((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1000))) sent += 1000;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await assert.rejects(transfer.read(url, 100_000), { code: 'too_large' });
    const { chunks } = await transfer.download(url, 0, 100_001);
    let kept = 0;
    await assert.rejects(
      async () => {
        for await (const piece of chunks) kept += piece.byteLength;
      },
      { code: 'too_large' },
    );
    assert.ok(kept <= 100_001, `${kept} bytes were handed on`);
    assert.ok(sent < 50_000_000, `${sent} bytes were sent`);
  });

  it('A10: one byte more than was signed is too many', async () => {
    const url = serve((_request, response) => {
      response.write(content);
      response.end('x');
    });
    await assert.rejects(read(await transfer.download(url, 0, 5000)), { code: 'too_large' });
  });

  it('A10: a server that never answers, falls silent or trickles is left', async function () {
    this.timeout(20_000);
    await assert.rejects(
      transfer.read(
        serve(() => undefined),
        10,
      ),
      { code: 'timeout' },
    );
    const silent = serve((_request, response) => response.write('x'));
    await assert.rejects(transfer.read(silent, 10), { code: 'timeout' });
    const trickle = serve((_request, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.once('close', () => {
        clearInterval(timer);
      });
    });
    await assert.rejects(read(await transfer.download(trickle, 0, 1_000_000)), { code: 'timeout' });
  });

  it('A10: redirects end, and lead to nowhere but https', async () => {
    const loop = serve((_request, response) => response.writeHead(302, { location: '/odd' }).end());
    await assert.rejects(transfer.read(loop, 10), { code: 'source_unreachable' });
    assert.equal(server.requests.length, 6);
    for (const location of [
      'http://example.com/',
      'file:///etc/passwd',
      'ftp://127.0.0.1/',
      'https://u:p@a.example/',
      '//',
    ]) {
      const url = serve((_request, response) => response.writeHead(301, { location }).end());
      await assert.rejects(transfer.read(url, 10), { code: 'source_unreachable' }, location);
    }
    const honest = serve((_request, response) => response.writeHead(308, { location: '/file' }).end());
    assert.equal((await transfer.read(honest, 5000))?.byteLength, 5000);
  });

  it('A10: compression that nobody asked for is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    const url = serve((request, response) => {
      assert.equal(request.headers['accept-encoding'], 'identity');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    await assert.rejects(transfer.read(url, 100_000), { code: 'source_unreachable' });
  });

  it('reads over https only, but for this machine', async () => {
    for (const url of [
      'http://example.com/',
      'file:///etc/hostname',
      'http://127.0.0.1.example.com/',
      'x',
      'http://u:p@127.0.0.1/',
    ]) {
      await assert.rejects(transfer.read(url, 10), { code: 'source_unreachable' }, url);
    }
  });

  it('F40: a server that is down, fails or breaks off is unreachable, in words without an address', async () => {
    const failing = serve((_request, response) => response.writeHead(500).end('x'));
    const breaking = serve((_request, response) => {
      response.writeHead(200, { 'content-length': '5000' });
      response.write('x', () => response.destroy());
    });
    for (const url of ['http://127.0.0.1:1/', failing, breaking]) {
      await assert.rejects(transfer.read(url, 5000), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'source_unreachable');
        assert.doesNotMatch(error.message, /127|http/);
        return true;
      });
    }
  });

  it('F43: ends when its caller gives up, before and while bytes come', async () => {
    const gone = new AbortController();
    gone.abort();
    const options = { signal: gone.signal };
    await assert.rejects(transfer.read(`${server.url}file`, 5000, options), { code: 'fetch_cancelled' });
    const later = new AbortController();
    const url = serve((_request, response) => response.write(content));
    const { chunks } = await transfer.download(url, 0, 10_000, { signal: later.signal });
    await assert.rejects(
      async () => {
        for await (const piece of chunks) if (piece.byteLength > 0) later.abort();
      },
      { code: 'fetch_cancelled' },
    );
  });

  it('goes through the proxy of the environment, and never for this machine', async () => {
    const seen: string[] = [];
    const proxy = createServer((_request, response) => response.end());
    proxy.on('connect', (request, socket) => {
      seen.push(request.url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    const { port } = proxy.address() as AddressInfo;
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${port}`, HTTP_PROXY: `http://127.0.0.1:${port}` };
    const through = new HttpTransfer({ environment, proxy: undefined }, QUICK);
    await assert.rejects(through.read('https://releases.example/x', 10), { code: 'source_unreachable' });
    assert.deepEqual(seen, ['releases.example:443']);
    assert.equal((await through.read(`${server.url}file`, 5000))?.byteLength, 5000);
    assert.equal(seen.length, 1);
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });
});
