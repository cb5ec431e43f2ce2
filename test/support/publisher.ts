import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Clock } from '../../src/core/ports.ts';
import { ReleaseTool } from '../../src/release/commands.ts';
import { NodeMachine } from '../../src/node/harness/node-machine.ts';
import { StaticServer } from './static-server.ts';

export interface ReleaseParts {
  readonly channel?: string;
  /** What the program prints when it is asked for its version; `acme VERSION` unless given. */
  readonly prints?: string;
  /** The whole program, in place of one that prints its version. */
  readonly program?: string;
  readonly platform?: string;
  readonly minimumLauncher?: string;
  readonly revoke?: readonly string[];
  readonly expiresDays?: number;
  readonly keys?: readonly string[];
  /** A gzipped tar, in place of a single program. */
  readonly archive?: Uint8Array;
  readonly executable?: string;
}

/** A maintainer who publishes with `beaver-release`, and a web server on loopback over the folder. */
export class Publisher {
  readonly folder: string;
  readonly said: string[] = [];
  readonly tool: ReleaseTool;
  readonly server: StaticServer;
  readonly #home: string;

  private constructor(home: string, folder: string, server: StaticServer, clock: Clock) {
    this.#home = home;
    this.folder = folder;
    this.server = server;
    this.tool = new ReleaseTool(clock, (line) => void this.said.push(line));
  }

  /** With root 1: keys `root-a`, `root-b` (either is enough) and `release-a`, `release-b`. */
  static async start(clock: Clock): Promise<Publisher> {
    const home = mkdtempSync(path.join(tmpdir(), 'beaver-publisher-'));
    const folder = path.join(home, 'public');
    const publisher = new Publisher(home, folder, await StaticServer.start(folder), clock);
    for (const name of ['root-a', 'root-b', 'release-a', 'release-b']) publisher.key(name);
    await publisher.tool.init(folder, {
      product: 'acme',
      rootKey: [publisher.publicKey('root-a'), publisher.publicKey('root-b')],
      rootThreshold: 1,
      manifestKey: [publisher.publicKey('release-a'), publisher.publicKey('release-b')],
      manifestThreshold: 1,
      expiresDays: 365,
      signWith: [publisher.key('root-a')],
    });
    return publisher;
  }

  /** The file of a private key; made when it is first asked for. */
  key(name: string): string {
    const file = path.join(this.#home, `${name}.json`);
    if (!existsSync(file)) this.tool.keys(file);
    return file;
  }

  publicKey(name: string): string {
    return this.key(name).replace(/\.json$/, '.pub.json');
  }

  /** A program that is a shell script. */
  program(version: string, parts: Pick<ReleaseParts, 'prints' | 'program'> = {}): string {
    const file = path.join(this.#home, `acme-${version}`);
    writeFileSync(file, parts.program ?? `#!/bin/sh\necho "${parts.prints ?? `acme ${version}`}"\n`);
    chmodSync(file, 0o755);
    return file;
  }

  publish(version: string, parts: ReleaseParts = {}): Promise<void> {
    const platform = parts.platform ?? new NodeMachine().platform;
    return this.tool.publish(this.folder, {
      channel: parts.channel ?? 'stable',
      release: version,
      asset: [`${platform}=${this.#asset(version, parts)}`],
      ...(parts.executable === undefined ? {} : { executable: parts.executable }),
      gitSha: 'a'.repeat(40),
      profile: 'release',
      minimumLauncher: parts.minimumLauncher ?? '0.1.0',
      revoke: parts.revoke ?? [],
      expiresDays: parts.expiresDays ?? 90,
      signWith: parts.keys ?? [this.key('release-a')],
    });
  }

  #asset(version: string, parts: ReleaseParts): string {
    if (parts.archive === undefined) return this.program(version, parts);
    const file = path.join(this.#home, `acme-${version}.tar.gz`);
    writeFileSync(file, parts.archive);
    return file;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.#home, { recursive: true });
  }
}
