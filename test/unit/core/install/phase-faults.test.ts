import assert from 'node:assert/strict';
import { PHASES } from '../../../../src/core/install/phases.ts';
import { assertSettled } from '../../../support/install-faults.ts';
import {
  doorsTo,
  PHASE_FAULTS,
  type PhaseWorld,
  phaseWorld,
  sufferInPhase,
  updateAgain,
} from '../../../support/phase-faults.ts';

const BEFORE = { 'kit@team': '1.0.0' };
const AFTER = { 'kit@team': '1.1.0', 'other@team': '1.0.0' };

describe('An update in which something goes wrong', function () {
  this.timeout(20_000);
  let world: PhaseWorld;
  before(async () => {
    world = await phaseWorld();
  });

  for (const phase of PHASES) {
    for (const fault of PHASE_FAULTS) {
      it(`leaves the version before in use, with one rollback event: ${phase}, ${fault}`, async () => {
        const ends = await sufferInPhase(world, phase, fault);
        assert.ok(ends.length > 0);
        let undone = 0;
        for (const end of ends) {
          await assertSettled(doorsTo(end.files));
          // A power cut after the end had been written down takes nothing back.
          if (phase === 'health-check' && fault === 'the power is cut' && end.rollbacks.length === 0) {
            assert.deepEqual(end.active, AFTER);
            continue;
          }
          undone += 1;
          assert.deepEqual(end.active, BEFORE);
          assert.deepEqual(end.visible, ['kit-notes']);
          const [event, ...more] = end.rollbacks;
          assert.ok(event !== undefined && more.length === 0, `${end.rollbacks.length} events`);
          // The journal says that a phase has begun before anybody else is told.
          const known = fault === 'the power is cut' ? [phase, PHASES[PHASES.indexOf(phase) + 1]] : [phase];
          assert.ok(known.includes(event.phase ?? undefined), event.phase ?? '');
          assert.equal(event.event_id, `${event.correlation_id}-rolled-back`);
          // The attempt that was found open is the one that the event tells of.
          if (end.open.length > 0) assert.deepEqual(end.open, [event.correlation_id]);
          assert.deepEqual(await updateAgain(world, end.files), AFTER, 'the next one goes through');
        }
        assert.ok(undone > 0);
      });
    }
  }
});
