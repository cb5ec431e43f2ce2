import * as fs from 'node:fs';
import { connect } from 'node:net';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { REFERENCE } from '../../src/core/harness/adapters/reference.ts';
import { type ControlMessage, controlMessageSchema } from '../../src/core/harness/control-message.ts';
import {
  type SessionRecord,
  sessionRecordSchema,
  sessionsFolder,
} from '../../src/core/harness/session-record.ts';
import { SessionRecords } from '../../src/node/harness/session-records.ts';
import { LaunchWorld } from './launcher.ts';
import { buildReferenceHarness, type HarnessFault } from './reference-harness/build.ts';
import { HarnessDriver } from './reference-harness/harness-driver.ts';
import { VtTerminal } from './vt-terminal.ts';

/** A person in a terminal with the launcher, whose harness `acme` is the reference program and its adapter the reference's. */
export class SupervisedWorld {
  readonly world: LaunchWorld;
  readonly driver: HarnessDriver;
  readonly terminal: VtTerminal;

  private constructor(world: LaunchWorld, driver: HarnessDriver, terminal: VtTerminal) {
    this.world = world;
    this.driver = driver;
    this.terminal = terminal;
  }

  /** Version 1.0.0 is the active one, and a shell waits for a command. `fault`: of that version. */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    fault: HarnessFault = 'none',
  ): Promise<SupervisedWorld> {
    const [world, driver] = await Promise.all([LaunchWorld.start(), HarnessDriver.start()]);
    const terminal = new VtTerminal('/bin/sh', ['-i'], {
      cwd: world.client.home,
      env: {
        ...world.environment,
        ...driver.environment,
        PS1: '$ ',
        PATH: `${world.launcher.folder}:${world.environment['PATH'] ?? ''}`,
        ...environment,
      },
    });
    const made = new SupervisedWorld(world, driver, terminal);
    await made.publish('1.0.0', fault);
    await world.client.add(world.publisher);
    await world.client.update();
    fs.writeFileSync(world.client.layout.adapter, JSON.stringify(REFERENCE));
    await terminal.until(/^\$$/m);
    return made;
  }

  get beaverHome(): string {
    return path.join(this.world.client.home, '.beaver');
  }

  async publish(version: string, fault: HarnessFault = 'none'): Promise<void> {
    const file = path.join(this.world.client.home, 'reference');
    await buildReferenceHarness(file, version, fault);
    await this.world.publisher.publish(version, { program: fs.readFileSync(file, 'utf8') });
  }

  /** A newer version waits to become the active one. */
  async stage(version: string, fault: HarnessFault = 'none'): Promise<void> {
    await this.publish(version, fault);
    const { kind } = await this.world.client.update({ stageOnly: true });
    if (kind !== 'staged') throw new Error(`It was ${kind}.`);
  }

  records(): readonly SessionRecord[] {
    return new SessionRecords(sessionsFolder(this.beaverHome))
      .read()
      .map((value) => sessionRecordSchema.parse(value));
  }

  /** The record of the one session, as soon as it is as it should be. */
  async record(holds: (record: SessionRecord) => boolean): Promise<SessionRecord> {
    for (;;) {
      const [found] = this.records();
      if (found !== undefined && holds(found)) return found;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Waits until these, in any order, are all that keeps the session from being restarted. */
  async blockedBy(...expected: readonly string[]): Promise<SessionRecord> {
    const wanted = expected.toSorted().join();
    return this.record((record) => blockersOf(record).toSorted().join() === wanted);
  }

  /** What the supervisor of a session answers. */
  async ask({ socket }: SessionRecord, message: ControlMessage): Promise<ControlMessage> {
    const peer = connect(socket);
    try {
      peer.write(`${JSON.stringify(message)}\n`);
      for await (const line of createInterface({ input: peer })) {
        return controlMessageSchema.parse(JSON.parse(line));
      }
      throw new Error('The supervisor did not answer.');
    } finally {
      peer.destroy();
    }
  }

  async dispose(): Promise<void> {
    this.terminal.dispose();
    this.driver.dispose();
    await this.world.dispose();
  }
}

/** Kinds of blockers, each once; `unknown_state` with what is unknown. Null before anything is known. */
export function blockersOf({ quiescence }: SessionRecord): readonly string[] {
  if (quiescence === null) return ['nothing known'];
  if (quiescence.status === 'ready') return [];
  const words = quiescence.blockers.map(({ kind, subject }) =>
    kind === 'unknown_state' ? `unknown: ${String(subject)}` : kind,
  );
  return [...new Set(words)];
}
