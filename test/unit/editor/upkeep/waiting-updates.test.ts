import assert from 'node:assert/strict';
import type { StagedPayload } from '../../../../src/app/upkeep-payloads.ts';
import { DECISION_SENTENCES } from '../../../../src/core/marketplaces/decision-text.ts';
import { DECISION_CODES } from '../../../../src/core/marketplaces/auto-update-plan.ts';
import { filled } from '../../../../src/base/phrase.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { decisionWords } from '../../../../src/editor/upkeep/decision-catalogue.ts';
import { updatesNotice, waitingReason } from '../../../../src/editor/upkeep/update-words.ts';
import { updateKey, waitingUpdates } from '../../../../src/editor/upkeep/waiting-updates.ts';
import { content, installedSample, marketSample, recordSample } from '../../../support/market-samples.ts';

const staged: StagedPayload = {
  ...{ id: 'notes@tools', ...content('2'), staged_at: '2026-11-20T08:00:00.000Z' },
  ...{ needs: [], asks: [] },
};

describe('Updates that wait for a person', () => {
  const waiting = (
    code: string,
    over: Parameters<typeof recordSample>[1] = {},
    ready: readonly StagedPayload[] = [],
  ) =>
    waitingUpdates(
      marketSample({ installed: [installedSample()], records: [recordSample(code, over)], staged: ready }),
    );

  it('are those that auto-update left to one, with what is staged for them', () => {
    const [update] = waiting('mode_stage', { action: 'stage' }, [staged]);
    assert.deepEqual(
      [update?.id, update?.from, update?.to, update?.staged],
      ['notes@tools', '1.0.0', '2.0.0', staged],
    );
  });

  it('are called by the version that the staged manifest says, where no tag names one', () => {
    const [update] = waiting('mode_stage', { action: 'stage', version: null }, [staged]);
    assert.ok(update);
    assert.equal(update.to, '2.0.0');
    const params = { from: '1.0.0', to: 'fc314b008de3' };
    const record = { ...update.record, reason: { code: 'mode_stage', params, message: 'x' } };
    assert.equal(
      waitingReason({ ...update, record }, inEnglish),
      '2.0.0 is downloaded and checked; 1.0.0 is in use until you update.',
    );
  });

  it('are none once the content is in use, whoever installed it, nor for what is not installed', () => {
    assert.deepEqual(waiting('mode_notify', content('1')), []);
    assert.deepEqual(waiting('mode_notify', { id: 'gone@tools' }), []);
    assert.deepEqual(waiting('up_to_date', { action: 'none' }), []);
  });

  it('do not take what is staged of another content for theirs', () => {
    const [update] = waiting('mode_notify', content('3'), [staged]);
    assert.deepEqual([update?.to, update?.staged], ['3.0.0', undefined]);
  });

  it('include one whose source changed, of which no content is known', () => {
    const [update] = waiting('source_changed', { version: null, identity: null });
    assert.equal(update?.to, '');
  });

  it('are told by content and reason: another release of the same plugin is news', () => {
    const keys = [waiting('mode_notify'), waiting('mode_notify', content('3')), waiting('mode_notify')].map(
      ([update]) => (update === undefined ? '' : updateKey(update)),
    );
    assert.equal(new Set(keys).size, 2);
  });

  it('are told in one notification', () => {
    const [first] = waiting('mode_stage', { action: 'stage' }, [staged]);
    assert.ok(first);
    assert.equal(
      updatesNotice([first], inEnglish),
      '1 plugin update is downloaded and ready: notes@tools 2.0.0.',
    );
    const many = Array.from({ length: 5 }, () => ({ ...first, staged: undefined }));
    assert.equal(
      updatesNotice(many, inEnglish),
      '5 plugin updates wait for you: notes@tools 2.0.0, notes@tools 2.0.0, notes@tools 2.0.0, ….',
    );
  });

  it('say what was replaced under a fixed name beside why they wait', () => {
    const alert = { code: 'tag_moved', params: { tag: 'v1' }, message: 'x' };
    const [update] = waiting('major_version', { alert });
    assert.ok(update);
    const record = {
      ...update.record,
      reason: { code: 'major_version', params: { from: '1.0.0', to: '2.0.0' }, message: 'x' },
    };
    assert.equal(
      waitingReason({ ...update, record }, inEnglish),
      'From 1.0.0 to 2.0.0 is a major step; you decide. The tag v1 names other content than it did; you decide.',
    );
  });
});

describe('The words of decisions', () => {
  for (const [code, places] of Object.entries(DECISION_CODES))
    it(`say the same as the command line for ${code}`, () => {
      const params = Object.fromEntries(places.map((place) => [place, `<${place}>`]));
      const message = filled(DECISION_SENTENCES[code as keyof typeof DECISION_CODES], params);
      assert.equal(decisionWords({ code, params, message: '' }, inEnglish), message);
    });

  it('leave a reason of a newer version as it is', () => {
    assert.equal(decisionWords({ code: 'later', params: {}, message: 'Because.' }, inEnglish), 'Because.');
  });
});
