import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import process from 'node:process';
import { projectRoot, testRoot } from '../../scripts/host/paths.ts';
import { HarnessClient } from './harness-client.ts';
import { FakeClock } from './ports.ts';
import { Publisher } from './publisher.ts';

export interface LaunchRun {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The launcher as it is shipped, in a folder of its own; built once for each process of tests. */
export class BuiltLauncher {
  static #built: BuiltLauncher | undefined;
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static get(): BuiltLauncher {
    this.#built ??= BuiltLauncher.#build();
    return this.#built;
  }

  static #build(): BuiltLauncher {
    // Below the checkout, where native parts are found.
    fs.mkdirSync(testRoot, { recursive: true });
    const dist = fs.mkdtempSync(path.join(testRoot, 'launcher-'));
    process.once('exit', () => {
      fs.rmSync(dist, { recursive: true, force: true });
    });
    execFileSync(process.execPath, [path.join(projectRoot, 'scripts/build-launcher.mjs'), dist]);
    return new BuiltLauncher(path.join(dist, 'launcher'));
  }

  get front(): string {
    return path.join(this.folder, 'beaver-launch');
  }
}

/** A person with a publisher's harness `acme` and the launcher. */
export class LaunchWorld {
  readonly publisher: Publisher;
  readonly client: HarnessClient;
  readonly launcher = BuiltLauncher.get();
  readonly clock: FakeClock;

  private constructor(publisher: Publisher, client: HarnessClient, clock: FakeClock) {
    this.publisher = publisher;
    this.client = client;
    this.clock = clock;
  }

  static async start(): Promise<LaunchWorld> {
    const clock = new FakeClock(Date.UTC(2026, 10, 21));
    const publisher = await Publisher.start(clock);
    return new LaunchWorld(publisher, new HarnessClient(clock), clock);
  }

  /** Publishes a version whose program is `body`, a shell script that may ask for `--version`. */
  async publish(version: string, body = `echo "acme ${version} $*"`): Promise<void> {
    const program = `#!/bin/sh\nif [ "$1" = --version ]; then echo "acme ${version}"; exit 0; fi\n${body}\n`;
    await this.publisher.publish(version, { program });
  }

  get environment(): Record<string, string> {
    return {
      PATH: [this.client.bin, path.dirname(process.execPath), process.env['PATH'] ?? ''].join(path.delimiter),
      HOME: this.client.home,
      LANG: 'C.UTF-8',
    };
  }

  /** Starts `acme` through the front and waits for its end. */
  launch(args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): LaunchRun {
    const { status, signal, stdout, stderr } = spawnSync(this.launcher.front, ['acme', ...args], {
      encoding: 'utf8',
      env: { ...this.environment, ...environment },
      cwd: this.client.home,
    });
    return { status, signal, stdout, stderr };
  }

  start(args: readonly string[] = []): ChildProcess {
    return spawn(this.launcher.front, ['acme', ...args], {
      env: this.environment,
      cwd: this.client.home,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Puts a program on the PATH, as some other installer would. */
  putOnPath(name: string, script: string): string {
    const file = path.join(this.client.bin, name);
    fs.writeFileSync(file, script, { mode: 0o755 });
    return file;
  }

  /** The program of the version that the pointer calls `which`. */
  async program(which: 'active' | 'staged' | 'previous'): Promise<string> {
    const version = (await this.client.service.status('acme')).stored.state[which];
    if (version === null) throw new Error(`There is no ${which} version.`);
    return this.client.layout.executable(version.directory, version.executable);
  }

  async dispose(): Promise<void> {
    this.client.dispose();
    await this.publisher.stop();
  }
}
