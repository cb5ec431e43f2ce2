import { createHash } from 'node:crypto';
import type * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { runServer } from 'verdaccio';

/** A real npm registry (Verdaccio) on loopback, empty at first, without any registry behind it. */
export class NpmRegistry {
  readonly #server: http.Server;

  private constructor(server: http.Server) {
    this.#server = server;
  }

  static async start(storage: string): Promise<NpmRegistry> {
    const server = (await runServer({
      self_path: storage,
      configPath: path.join(storage, 'config.yaml'),
      storage,
      uplinks: {},
      packages: { '**': { access: '$all', publish: '$anonymous', unpublish: '$anonymous' } },
      log: { type: 'stdout', format: 'json', level: 'fatal' },
      web: { enable: false },
      max_body_size: '50mb',
    })) as http.Server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new NpmRegistry(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Publishes as `npm publish` does. @returns the integrity of what was published. */
  async publish(name: string, version: string, tarball: Buffer, tag = 'latest'): Promise<string> {
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const file = `${name.split('/').at(-1) ?? name}-${version}.tgz`;
    const manifest = {
      name,
      version,
      dist: {
        integrity,
        shasum: createHash('sha1').update(tarball).digest('hex'),
        tarball: `${this.url}${name}/-/${file}`,
      },
    };
    const answer = await fetch(`${this.url}${name.replace('/', '%2f')}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        _id: name,
        name,
        'dist-tags': { [tag]: version },
        versions: { [version]: manifest },
        _attachments: {
          [file]: {
            content_type: 'application/octet-stream',
            data: tarball.toString('base64'),
            length: tarball.length,
          },
        },
      }),
    });
    if (!answer.ok) throw new Error(`publishing ${name}@${version}: ${answer.status} ${await answer.text()}`);
    return integrity;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
