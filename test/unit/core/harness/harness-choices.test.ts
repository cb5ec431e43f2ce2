import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { HarnessChoices } from '../../../../src/core/harness/harness-choices.ts';
import { HarnessClient, WAIT } from '../../../support/harness-client.ts';
import { FakeClock } from '../../../support/ports.ts';
import { Publisher } from '../../../support/publisher.ts';

const NOW = Date.UTC(2026, 10, 21);

describe('What a person decides about a harness', function () {
  this.timeout(60_000);
  let clock: FakeClock;
  let publisher: Publisher;
  let client: HarnessClient;
  let choices: HarnessChoices;

  beforeEach(async () => {
    clock = new FakeClock(NOW);
    publisher = await Publisher.start(clock);
    client = new HarnessClient(clock);
    choices = new HarnessChoices(client.deps);
    await publisher.publish('1.0.0');
    await client.add(publisher);
  });
  afterEach(async () => {
    client.dispose();
    await publisher.stop();
  });
  const rejectsWith = (work: Promise<unknown>, code: string): Promise<void> =>
    assert.rejects(work, (error) => isBeaverError(error, code));
  const program = (name: string, mode = 0o755): string => {
    const file = path.join(client.home, name);
    fs.writeFileSync(file, '#!/bin/sh\n', { mode });
    return file;
  };

  it('a version that is ignored is staged no more and not downloaded again, until it is taken back', async () => {
    await client.update();
    await publisher.publish('1.1.0');
    await client.update({ stageOnly: true });
    await choices.ignore('acme', '1.1.0', 'too slow', WAIT);
    assert.deepEqual(await client.versions(), { active: '1.0.0', staged: null, previous: null });
    assert.equal((await client.update()).kind, 'kept');
    await choices.stopIgnoring('acme', '1.1.0', WAIT);
    assert.equal((await client.update()).kind, 'activated');
    await rejectsWith(choices.ignore('acme', '1.1.0', '', WAIT), 'version_in_use');
    await rejectsWith(choices.ignore('acme', 'v1', '', WAIT), 'version_invalid');
    await rejectsWith(choices.ignore('other', '1.1.0', '', WAIT), 'harness_unknown');
  });

  it('a local build is durable and switches every look for a release off', async () => {
    const file = program('acme-dev');
    const { local_override: override } = await choices.useLocalBuild('acme', file, WAIT);
    assert.deepEqual(override, { path: file, since: '2026-11-21T00:00:00.000Z' });
    assert.deepEqual((await client.service.status('acme')).stored.state.local_override, override);
    publisher.server.requests.length = 0;
    await rejectsWith(client.update(), 'local_build_in_use');
    await rejectsWith(client.service.check('acme', { wait: WAIT }), 'local_build_in_use');
    assert.deepEqual(publisher.server.requests, []);
    await choices.useLocalBuild('acme', null, WAIT);
    assert.equal((await client.update()).kind, 'activated');
  });

  it('only a program outside of the cache is a local build', async () => {
    await client.update();
    const { active } = (await client.service.status('acme')).stored.state;
    assert.ok(active !== null);
    const own = client.layout.executable(active.directory, active.executable);
    const link = path.join(client.home, 'link');
    fs.symlinkSync(own, link);
    for (const file of [own, link, client.home, program('text', 0o644), 'acme-dev', '/no/such/file'])
      await rejectsWith(choices.useLocalBuild('acme', file, WAIT), 'local_build_unusable');
  });

  it('delegating lets the cache be filled beside a command of somebody else, and nothing else changes', async () => {
    const foreign = path.join(client.bin, 'acme');
    fs.writeFileSync(foreign, '#!/bin/sh\n', { mode: 0o755 });
    assert.equal((await client.update()).kind, 'not_ours');
    assert.equal((await choices.delegate('acme', true, WAIT)).delegated, true);
    assert.equal((await client.update()).kind, 'activated');
    assert.equal(fs.readFileSync(foreign, 'utf8'), '#!/bin/sh\n');
    await choices.delegate('acme', false, WAIT);
    assert.equal((await client.update()).kind, 'not_ours');
    assert.deepEqual(await client.versions(), { active: '1.0.0', staged: null, previous: null });
  });
});
