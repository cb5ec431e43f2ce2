import assert from 'node:assert/strict';
import * as path from 'node:path';
import { harnessLaunch } from '../../../../src/editor/model/harness-launch.ts';

describe('A harness in a terminal of the editor', () => {
  const place = { extension: '/ext', beaverHome: '/home/ada/.beaver', node: '/usr/bin/node' };

  it('is what any shell would start, with the same home', () => {
    assert.deepEqual(harnessLaunch('acme', place), {
      name: 'Beaver: acme',
      shellPath: path.join('/ext', 'dist', 'launcher', 'beaver-launch'),
      shellArgs: ['acme'],
      env: { BEAVER_HOME: '/home/ada/.beaver', BEAVER_NODE: '/usr/bin/node' },
    });
  });

  it('uses the Node on the PATH where the editor has no plain one', () => {
    const { env } = harnessLaunch('acme', { ...place, node: undefined });
    assert.deepEqual(env, { BEAVER_HOME: '/home/ada/.beaver' });
  });
});
