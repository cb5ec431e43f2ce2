import assert from 'node:assert/strict';
import * as path from 'node:path';
import { isMutation, FaultFileSystem, type Fault } from '../../../support/fault-files.ts';
import {
  assertSettled,
  carryOutInstall,
  forcedRollbacks,
  INSTALL_OPERATIONS,
  type InstalledFacts,
  type InstallOperation,
  installedFacts,
  openInstalls,
  installReleases,
  prepareInstalls,
} from '../../../support/install-faults.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';
import { fakePorts } from '../../../support/ports.ts';
import { readImage, writeImage, type WorkspaceImage } from '../../../crash/workspace-image.ts';

const ROOT = path.resolve('/life');

interface Prepared {
  readonly image: WorkspaceImage;
  readonly after: InstalledFacts;
  readonly calls: number;
}

async function prepare(operation: InstallOperation): Promise<Prepared> {
  const files = new MemoryFileSystem();
  const doors = { root: ROOT, ports: fakePorts(files) };
  await prepareInstalls(doors, operation);
  const image = await readImage(files, ROOT);
  const counting = new FaultFileSystem(files, {
    at: 0,
    counts: isMutation,
    fault: { kind: 'fail', code: 'EIO' },
  });
  await carryOutInstall({ root: ROOT, ports: fakePorts(counting) }, operation);
  const after = await installedFacts({ root: ROOT, ports: fakePorts(files) });
  return { image, after, calls: counting.calls.length };
}

/** Exactly one where the disk can take it; a disk that was full before the attempt had a journal has nothing to say it with. */
function expectedEvents(fault: Fault, found: number): number {
  return fault.kind === 'fail' && fault.persistent === true && found === 0 ? 0 : 1;
}

const FAULTS: readonly { readonly name: string; readonly fault: Fault }[] = [
  { name: 'one call fails', fault: { kind: 'fail', code: 'EIO' } },
  { name: 'the disk becomes full', fault: { kind: 'fail', code: 'ENOSPC', persistent: true, torn: true } },
];

describe('An installation on a disk that fails', function () {
  this.timeout(240_000);
  for (const operation of INSTALL_OPERATIONS) {
    let prepared: Prepared;
    before(async () => {
      prepared = await prepare(operation);
    });
    for (const { name, fault } of FAULTS) {
      it(`ends whole, whichever call it is: ${operation}, ${name}`, async () => {
        for (let at = 1; at <= prepared.calls; at += 1) {
          const files = new MemoryFileSystem();
          await writeImage(files, ROOT, prepared.image);
          const healthy = { root: ROOT, ports: fakePorts(files) };
          const before = await installedFacts(healthy);
          const earlier = await forcedRollbacks(healthy);
          const faulty = new FaultFileSystem(files, { at, counts: isMutation, fault });
          const failed = await carryOutInstall({ root: ROOT, ports: fakePorts(faulty) }, operation).then(
            () => false,
            () => true,
          );
          const where = `call ${at} of ${prepared.calls}: ${faulty.calls[at - 1]?.method ?? ''} ${faulty.calls[at - 1]?.path ?? ''}`;
          try {
            await openInstalls(healthy, installReleases(files)).plugins.sync();
            await assertSettled(healthy);
            const after = await installedFacts(healthy);
            const rolledBack = (await forcedRollbacks(healthy)) - earlier;
            const done = JSON.stringify(after.active) === JSON.stringify(prepared.after.active);
            // A change whose journal is on the disk has happened, even where it could not be completed before the answer.
            // An uninstallation has not begun, or is completed: there is nothing to roll back.
            const undone = failed && !done && operation !== 'uninstall';
            assert.equal(rolledBack, undone ? expectedEvents(fault, rolledBack) : 0);
            if (!done) assert.deepEqual(after, before, 'what was in use is in use');
            if (!failed) assert.ok(done, 'what succeeded stays');
          } catch (cause) {
            throw new Error(where, { cause });
          }
        }
      });
    }
  }
});
