import assert from 'node:assert/strict';
import * as path from 'node:path';
import type { PluginManifest, PluginState } from '../../../../src/core/plugins/models.ts';
import { pluginPayload, pluginPayloadSchema } from '../../../../src/core/plugins/payload.ts';
import { NEW_BINDING, newPluginState } from '../../../../src/core/plugins/state-schema.ts';

const root = path.resolve('/secret/place/plugins/comic');

const manifest: PluginManifest = {
  schemaVersion: 1,
  pluginId: 'baoyu-comic',
  name: 'Baoyu Comic',
  version: '1.1.0',
  root,
  manifestPath: path.join(root, 'beaver.plugin.json'),
  displayPath: 'plugins/comic/beaver.plugin.json',
  dialect: 'beaver',
  skills: ['panels', 'comic'].map((name) => ({
    name,
    relativePath: `skills/${name}`,
    root: path.join(root, 'skills', name),
  })),
  findings: [],
};

const state: PluginState = {
  ...newPluginState('baoyu-comic'),
  enabled: true,
  installed_version: '1.0.0',
  manifest_path: 'plugins/comic/beaver.plugin.json',
  status: 'synced',
  skills: {
    comic: {
      accepted_upstream_tree_hash: 'a',
      observed_upstream_tree_hash: 'b',
      accepted_beaver_version: 'v0001',
      current_beaver_version: 'v0002',
      pending_candidate_id: 'plugin-update:baoyu-comic:comic:b',
      status: 'update_pending',
      last_error: null,
      last_error_code: null,
    },
    retired: { ...NEW_BINDING, status: 'missing' },
  },
};

describe('pluginPayload', () => {
  it('has exactly the keys of the API, and no absolute path', () => {
    const payload = pluginPayload('baoyu-comic', manifest, state);
    assert.deepEqual(payload, {
      id: 'baoyu-comic',
      name: 'Baoyu Comic',
      discovered_version: '1.1.0',
      installed_version: '1.0.0',
      enabled: true,
      status: 'synced',
      last_error: null,
      manifest_path: 'plugins/comic/beaver.plugin.json',
      updates_paused: false,
      skills: [
        {
          name: 'comic',
          status: 'update_pending',
          current_beaver_version: 'v0002',
          accepted_upstream_tree_hash: 'a',
          observed_upstream_tree_hash: 'b',
          accepted_beaver_version: 'v0001',
          pending_candidate_id: 'plugin-update:baoyu-comic:comic:b',
        },
        {
          name: 'panels',
          status: 'discovered',
          current_beaver_version: null,
          accepted_upstream_tree_hash: null,
          observed_upstream_tree_hash: null,
          accepted_beaver_version: null,
          pending_candidate_id: null,
        },
        {
          name: 'retired',
          status: 'missing',
          current_beaver_version: null,
          accepted_upstream_tree_hash: null,
          observed_upstream_tree_hash: null,
          accepted_beaver_version: null,
          pending_candidate_id: null,
        },
      ],
    });
    assert.doesNotMatch(JSON.stringify(payload), /secret/);
  });

  it('shows a plugin that was only discovered', () => {
    const payload = pluginPayload('baoyu-comic', { ...manifest, version: null }, undefined);
    assert.deepEqual(
      [
        payload.status,
        payload.enabled,
        payload.discovered_version,
        payload.installed_version,
        payload.skills.length,
      ],
      ['discovered', false, null, null, 2],
    );
  });

  it('shows a plugin whose package is gone from its state alone', () => {
    const payload = pluginPayload('baoyu-comic', undefined, state);
    assert.deepEqual(
      [
        payload.name,
        payload.status,
        payload.discovered_version,
        payload.installed_version,
        payload.manifest_path,
      ],
      ['baoyu-comic', 'missing', null, '1.0.0', 'plugins/comic/beaver.plugin.json'],
    );
    assert.deepEqual(
      payload.skills.map((skill) => skill.name),
      ['comic', 'retired'],
    );
    assert.equal(pluginPayload('a', undefined, { ...state, status: 'error' }).status, 'error');
  });

  it('fits the schema of the answers', () => {
    const payload = pluginPayload('baoyu-comic', manifest, state);
    assert.deepEqual(pluginPayloadSchema.parse(payload), payload);
    assert.deepEqual(pluginPayloadSchema.parse(payload), payload);
  });

  it('is not fooled by a skill that is named like a property of every object', () => {
    const odd = { ...manifest, skills: [{ name: 'constructor', relativePath: 'skills/constructor', root }] };
    assert.equal(
      pluginPayload('baoyu-comic', odd, newPluginState('baoyu-comic')).skills[0]?.status,
      'discovered',
    );
  });
});
