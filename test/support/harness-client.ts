import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { HarnessDeps } from '../../src/core/harness/harness-cache.ts';
import {
  HarnessService,
  type UpdateOptions,
  type UpdateOutcome,
} from '../../src/core/harness/harness-service.ts';
import { HarnessLayout } from '../../src/core/harness/layout.ts';
import { HttpTransfer } from '../../src/node/harness/http-transfer.ts';
import { UnpackingMachine } from '../../src/node/harness/unpacking-machine.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import type { Publisher } from './publisher.ts';
import type { FakeClock } from './ports.ts';
import { RecordingLogger } from './ports.ts';

/** A machine with a home of its own, on which Beaver keeps the harness `acme`. */
export class HarnessClient {
  readonly home = mkdtempSync(path.join(tmpdir(), 'beaver-client-'));
  readonly bin = path.join(this.home, 'bin');
  readonly log = new RecordingLogger();
  readonly layout = new HarnessLayout(path.join(this.home, '.beaver'), 'acme');
  readonly deps: HarnessDeps;
  readonly service: HarnessService;

  constructor(clock: FakeClock, changes: Partial<HarnessDeps> = {}) {
    mkdirSync(this.bin);
    this.deps = {
      ...nodePorts({ log: this.log }),
      clock,
      transfer: new HttpTransfer(
        { environment: {}, proxy: undefined },
        { silence: 5000, pace: 1, grace: 60_000 },
      ),
      machine: new UnpackingMachine(),
      beaverHome: path.join(this.home, '.beaver'),
      launcherVersion: '0.1.0',
      searched: [this.bin],
      suffixes: [''],
      ...changes,
    };
    this.service = new HarnessService(this.deps);
  }

  async add(
    publisher: Publisher,
    changes: { delegated?: boolean; channel?: string; replace?: boolean } = {},
  ): Promise<void> {
    await this.service.add(
      {
        harness: 'acme',
        root: readFileSync(path.join(publisher.folder, 'root', '1.root.json')),
        mirrors: [publisher.server.url],
        channel: changes.channel ?? 'stable',
        command: 'acme',
        delegated: changes.delegated ?? false,
        replace: changes.replace ?? false,
      },
      WAIT,
    );
  }

  update(options: Partial<UpdateOptions> = {}): Promise<UpdateOutcome> {
    return this.service.update('acme', { wait: WAIT, ...options });
  }

  /** Versions by what the pointer says of them. */
  async versions(): Promise<Readonly<Record<'active' | 'staged' | 'previous', string | null>>> {
    const { stored } = await this.service.status('acme');
    const { active, staged, previous } = stored.state;
    return {
      active: active?.version ?? null,
      staged: staged?.version ?? null,
      previous: previous?.version ?? null,
    };
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

export const WAIT = { kind: 'bounded', timeout: 20_000 } as const;
