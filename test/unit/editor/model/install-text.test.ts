import assert from 'node:assert/strict';
import { BeaverError } from '../../../../src/base/errors.ts';
import {
  failedInstall,
  failureReason,
  type InstallEvent,
  installOutcome,
} from '../../../../src/editor/model/install-text.ts';
import { phaseProgressText, phaseText } from '../../../../src/editor/model/phase-text.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { anInstall } from '../../../support/fake-workspace.ts';
import { content } from '../../../support/market-samples.ts';

const event: InstallEvent = {
  ...{ at: '2026-11-20T08:00:00.000Z', event: 'rolled_back', id: 'notes@tools', correlation_id: 't1' },
  ...{
    actor: 'ann',
    automatic: false,
    from: content('2'),
    to: content('1'),
    phase: 'health-check',
    detail: {},
  },
  reason: { code: 'install_unhealthy', message: 'No server.' },
};

describe('What is said of an installation', () => {
  it('is in which phase it is', () => {
    const progress = { id: 'notes@tools', phase: 'dependency-prepare', number: 3, of: 5 } as const;
    assert.equal(phaseProgressText(progress, inEnglish), 'Installing (phase 3/5): dependency-prepare');
    assert.equal(phaseText(progress, inEnglish), 'phase 3/5, dependency-prepare');
  });

  it('is what it came to', () => {
    assert.equal(installOutcome(anInstall(), 'Kit', inEnglish), 'Kit 1.0.0 is installed');
    assert.equal(installOutcome(anInstall({ status: 'skipped' }), 'Kit', inEnglish), 'Kit was not changed');
  });

  it('is what is in use and why, when it failed', () => {
    const said = (inUse: typeof event.to, last: InstallEvent | undefined): string =>
      failedInstall('Notes', inUse ?? undefined, last, 'No server.', inEnglish);
    assert.equal(said(content('1'), event), 'Notes: rolled back to v1.0.0. No server.');
    assert.equal(said(content('1'), undefined), 'Notes: v1.0.0 stays in use. No server.');
    assert.equal(said(content('1', null), event), 'Notes: rolled back to 111111111111. No server.');
    assert.equal(said(null, event), 'Notes was not installed. No server.');
  });

  it('keeps what is no coded error for the log', () => {
    assert.doesNotMatch(failureReason(new Error('/home/ann/x'), true, inEnglish), /ann/);
    const coded = new BeaverError('fetch_failed', 'No route.', { nextStep: 'Wait.' });
    assert.equal(failureReason(coded, true, inEnglish), 'No route.');
  });
});
