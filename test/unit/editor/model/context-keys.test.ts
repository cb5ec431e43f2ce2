import assert from 'node:assert/strict';
import { contextKeys } from '../../../../src/editor/model/context-keys.ts';
import {
  offeredSkill,
  samplePlugin,
  sampleSkill,
  sampleSnapshot,
  sampleUpdate,
} from '../../../support/editor-samples.ts';

const keysOf = (...parts: Parameters<typeof sampleSnapshot>[0][]): readonly string[] => {
  const keys = contextKeys(parts.map((part) => sampleSnapshot(part)));
  return Object.entries(keys)
    .filter(([, value]) => value === true)
    .map(([key]) => key.replace('beaver.', ''));
};

describe('contextKeys', () => {
  it('has nothing to say of an empty workspace', () => {
    assert.deepEqual(keysOf({}), []);
  });

  it('completes the steps of the walkthrough one by one', () => {
    const steps = (...parts: Parameters<typeof keysOf>): readonly string[] =>
      keysOf(...parts).filter((key) => key.startsWith('step.'));
    const offered = samplePlugin('p', { enabled: false, skills: [offeredSkill('a')] });
    const learned = samplePlugin('p', { skills: [sampleSkill('a', { current_beaver_version: 'v0002' })] });
    const all = ['step.added', 'step.enabled', 'step.learned', 'step.reviewed'];
    assert.deepEqual(steps({ plugins: [offered] }), all.slice(0, 1));
    assert.deepEqual(steps({ plugins: [samplePlugin('p')] }), all.slice(0, 2));
    assert.deepEqual(steps({ plugins: [learned] }), all.slice(0, 3));
    assert.deepEqual(
      steps({ plugins: [learned], updates: [sampleUpdate('a', { status: 'published' })] }),
      all,
    );
  });

  it('tells paused plugins and updates to review', () => {
    const keys = keysOf({
      plugins: [samplePlugin('p', { updates_paused: true })],
      updates: [sampleUpdate('a')],
    });
    assert.ok(keys.includes('hasPausedPlugins') && keys.includes('hasUpdatesToReview'));
  });

  it('has failed only when no folder could be read', () => {
    const phase = (...parts: Parameters<typeof sampleSnapshot>[0][]): unknown =>
      contextKeys(parts.map((part) => sampleSnapshot(part)))['beaver.phase'];
    assert.equal(phase({ phase: 'failed' }), 'failed');
    assert.equal(phase({ phase: 'failed' }, { phase: 'loading' }), 'loading');
    assert.equal(phase({ phase: 'failed' }, { phase: 'ready' }), 'ready');
  });
});
